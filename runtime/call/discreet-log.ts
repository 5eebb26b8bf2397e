import type { Log } from '../log.ts';

const LEVELS: ReadonlySet<string | symbol> = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
const DEEPEST = 6;

/** The log, but every text that it is given goes through `mask` first, those within objects and errors too. */
export function discreet(log: Log, mask: (text: string) => string): Log {
  return new Proxy(log, {
    get(target, property): unknown {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (LEVELS.has(property))
        return (...args: unknown[]): unknown =>
          Reflect.apply(
            value,
            target,
            args.map((arg) => masked(arg, mask, 0)),
          );
      if (property === 'child')
        return (...args: unknown[]): Log => discreet(Reflect.apply(value, target, args), mask);
      return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
    },
  });
}

function masked(value: unknown, mask: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'number') return mask(String(value)) === String(value) ? value : mask(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return undefined;
  const deeper = (one: unknown): unknown => masked(one, mask, depth + 1);
  if (Array.isArray(value)) return value.map(deeper);
  const fields = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, deeper(field)]));
  if (!(value instanceof Error)) return fields;
  // The log writes an error its own way: it gets one.
  const { name, message, stack, cause } = value;
  const copy = new Error(mask(message), cause === undefined ? undefined : { cause: deeper(cause) });
  return Object.assign(copy, fields, { name, stack: stack === undefined ? '' : mask(stack) });
}
