/** The tools of a rehearsal: each gives what its test says, and the real ones only where the test asks for them. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Clock } from '../clock.ts';
import type { ToolMock } from '../dialogue/document.ts';
import { durationMs } from '../dialogue/duration.ts';
import type { Program, ToolSpec } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { ToolCall, Tools } from '../tools/tools.ts';

/** What a mock answers: the same to every call, or one answer after another. */
type Mock = 'live' | { always: Answer } | { inTurn: Answer[] };

interface Answer {
  outcome: { result: Value } | { error: string };
  afterMs: number;
}

export interface MocksParts {
  program: Program;
  clock: Clock;
  /** Calls the real tool, for those that are `live`. */
  live: Tools['call'];
  called(tool: string, input: ToolCall['input']): void;
  /** The test does not provide for what happened: it cannot go on as it is written. */
  fault(message: string): void;
}

export class Mocks implements Tools {
  /** Every call, in order. */
  readonly called: { name: string; input: ToolCall['input'] }[] = [];
  readonly #parts: MocksParts;
  readonly #mocks: ReadonlyMap<string, Mock>;

  constructor(mocks: { readonly [tool: string]: ToolMock }, parts: MocksParts) {
    this.#parts = parts;
    this.#mocks = new Map(Object.entries(mocks).map(([tool, mock]) => [tool, mockOf(mock)]));
  }

  /** As `Tools.call`; a call that the test does not provide for is a fault of the test. */
  async call(call: ToolCall): Promise<Value> {
    const { tool, input, signal } = call;
    this.called.push({ name: tool, input });
    this.#parts.called(tool, input);
    const mock = this.#mocks.get(tool);
    if (mock === 'live') return this.#parts.live(call);
    const spec = specOf(this.#parts.program, call);
    const { accepts, gives } = spec ? validatorsOf(spec) : { accepts: null, gives: null };
    if (accepts && !accepts(input)) {
      const message = `The input of ${tool} is not what it takes: ${problemOf(accepts)}.`;
      throw new OffhookError('tool-bad-input', message);
    }
    const answer = mock === undefined ? undefined : 'always' in mock ? mock.always : mock.inTurn.shift();
    if (!answer) throw this.#fault(unprovided(call, mock !== undefined));

    const { outcome, afterMs } = answer;
    const timeoutMs = spec?.timeoutMs ?? afterMs;
    if (afterMs > 0) await this.#pass(Math.min(afterMs, timeoutMs), signal);
    if (afterMs > timeoutMs) {
      throw new OffhookError('tool-timeout', `${tool} did not answer within ${timeoutMs} ms.`);
    }
    if ('error' in outcome) throw new OffhookError(outcome.error, `${tool} failed, as the test wants it.`);
    if (gives && !gives(outcome.result)) {
      const given = `The result that the test gives for \`${tool}\` is not what the tool promises`;
      throw this.#fault(`${given}: ${problemOf(gives)}.`);
    }
    return outcome.result;
  }

  /** As the dialogue says: a rehearsal has no model that asks for more. */
  offer(): null {
    return null;
  }

  /** The real tools are closed by whoever opened them. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #fault(message: string): OffhookError {
    this.#parts.fault(message);
    return new OffhookError('tool-unknown', message);
  }

  /** Lets simulated time pass; rejects with `tool-canceled` where the call ends before. */
  #pass(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(new OffhookError('tool-canceled', 'The call ended before the tool did.'));
      });
    });
  }
}

function mockOf(mock: ToolMock): Mock {
  if (mock === 'live') return mock;
  return Array.isArray(mock) ? { inTurn: mock.map(answerOf) } : { always: answerOf(mock as Value) };
}

/** `{error: CODE}` and `{result: …, after: 3s}` say how the answer comes; anything else is the answer. */
function answerOf(mock: Value): Answer {
  const { error, result, after, ...more } = mapOf(mock);
  const afterMs = typeof after === 'string' && isDuration(after) ? durationMs(after) : null;
  const plain = Object.keys(more).length === 0 && (after === undefined || afterMs !== null);
  if (plain && result === undefined && typeof error === 'string') {
    return { outcome: { error }, afterMs: afterMs ?? 0 };
  }
  if (plain && error === undefined && result !== undefined)
    return { outcome: { result }, afterMs: afterMs ?? 0 };
  return { outcome: { result: mock }, afterMs: 0 };
}

const isDuration = (text: string): boolean => /^[0-9]+(\.[0-9]+)?(ms|s|m|h)$/.test(text);

function mapOf(value: Value): { readonly [name: string]: Value | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: Value })
    : {};
}

function unprovided({ tool, input }: ToolCall, exhausted: boolean): string {
  const call = `The dialogue called the tool \`${tool}\` with ${JSON.stringify(input)}`;
  return exhausted
    ? `${call} once more than the test has results for it.`
    : `${call}, but the test does not say what it gives: write tools: {${tool}: …}, or {${tool}: live} for the real one.`;
}

function specOf({ parts }: Program, { dialogue, tool }: ToolCall): ToolSpec | null {
  const tools = parts[dialogue]?.tools ?? {};
  return Object.hasOwn(tools, tool) ? tools[tool]! : null;
}

interface Validators {
  accepts: ValidateFunction;
  gives: ValidateFunction | null;
}

const known = new WeakMap<ToolSpec, Validators>();
const ajv = new Ajv2020({ strict: false, addUsedSchema: false, logger: false });
formats.default(ajv);

/** As the tools themselves are called: what an older draft shares with 2020-12. */
function compiled(schema: ToolSpec['input']): ValidateFunction {
  const { $schema: _, ...rest } = schema;
  return ajv.compile(rest);
}

/** A program is rehearsed many times; its schemas are compiled once. */
function validatorsOf(spec: ToolSpec): Validators {
  const validators = known.get(spec) ?? {
    accepts: compiled(spec.input),
    gives: spec.output === null ? null : compiled(spec.output),
  };
  known.set(spec, validators);
  return validators;
}

function problemOf({ errors }: ValidateFunction): string {
  const [error] = errors ?? [];
  return error ? `${error.instancePath || 'it'} ${error.message ?? 'is wrong'}` : 'it is wrong';
}
