/**
 * Settings of tools as an author writes them: `${NAME}` is a value of the environment, `{{ name }}` a value of the
 * tool's input. Both are put in at once, so that a value is never read as a setting.
 */
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;
export type Input = { readonly [name: string]: Value };

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const PIECE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;
const WHOLE = /^\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}$/;

/** A variable's value, which no message ever shows. @throws OffhookError `tool-bad-setting` where it is not set. */
function variable(name: string, env: Env, tool: string): string {
  const value = env[name];
  if (!value) {
    throw new OffhookError('tool-bad-setting', `The environment has no ${name}, which ${tool} needs.`);
  }
  return value;
}

/** A text with the environment put in. */
export function withEnv(text: string, env: Env, tool: string): string {
  return text.replace(VARIABLE, (_, name: string) => variable(name, env, tool));
}

/** Of the input's own values; null where there is none. */
export function valueOf(input: Input, name: string): Value {
  return Object.hasOwn(input, name) ? (input[name] ?? null) : null;
}

/** A text with both put in; `spell` says how a value of the input is written there. */
export function withValues(
  text: string,
  env: Env,
  input: Input,
  tool: string,
  spell: (value: Value, name: string, offset: number) => string,
): string {
  return text.replace(
    PIECE,
    (_, variableName: string | undefined, name: string | undefined, offset: number) => {
      if (variableName !== undefined) return variable(variableName, env, tool);
      return name === undefined ? '' : spell(valueOf(input, name), name, offset);
    },
  );
}

/** A setting with both put in, at any depth: a text that is exactly `{{ name }}` becomes the value, of its type. */
export function filled(setting: Value, env: Env, input: Input, tool: string): Value {
  if (typeof setting === 'string') {
    const whole = WHOLE.exec(setting)?.[1];
    return whole === undefined ? withValues(setting, env, input, tool, textOf) : valueOf(input, whole);
  }
  if (Array.isArray(setting)) return setting.map((one: Value) => filled(one, env, input, tool));
  if (typeof setting !== 'object' || setting === null) return setting;
  return Object.fromEntries(
    Object.entries(setting).map(([name, one]) => [name, filled(one, env, input, tool)]),
  );
}

/** A value within a text: texts as they are, nothing as an empty text, the rest as JSON. */
export function textOf(value: Value): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
