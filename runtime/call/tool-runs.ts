import type { Clock } from '../clock.ts';
import type { Effect, Event } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ToolCallRow } from '../store/store.ts';
import type { Tools } from '../tools/tools.ts';

type Order = Extract<Effect, { kind: 'call-tool' }>;
type Outcome =
  Omit<Extract<Event, { kind: 'tool-returned' }>, 'at'> | Omit<Extract<Event, { kind: 'tool-failed' }>, 'at'>;

export interface ToolRunsParts {
  tools: Tools;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** The tool calls of one call: run beside the conversation, told to it when they are over, ended with it. */
export class ToolRuns {
  readonly #parts: ToolRunsParts;
  readonly #session: string;
  readonly #post: (outcome: Outcome) => void;
  readonly #canceled = new AbortController();
  readonly #running = new Map<string, ToolCallRow>();

  constructor(parts: ToolRunsParts, session: string, post: (outcome: Outcome) => void) {
    this.#parts = parts;
    this.#session = session;
    this.#post = post;
  }

  /** What the event and its effects change in the table of tool calls. */
  rows(event: Event, effects: readonly Effect[]): ToolCallRow[] {
    const rows: ToolCallRow[] = [];
    if (event.kind === 'tool-returned' || event.kind === 'tool-failed') {
      const row = this.#running.get(event.call);
      if (row) {
        this.#running.delete(event.call);
        const error = event.kind === 'tool-failed' ? { code: event.code, message: event.message } : null;
        const output = event.kind === 'tool-returned' ? event.output : null;
        rows.push({ ...row, output, error, durationMs: event.at - row.startedAt });
        this.#parts.metrics.toolCall(row.name, error ? 'failed' : 'returned');
      }
    }
    for (const effect of effects) {
      if (effect.kind !== 'call-tool') continue;
      const { call: id, tool: name, input } = effect;
      const row = { id, name, input, output: null, error: null, startedAt: event.at, durationMs: null };
      this.#running.set(id, row);
      rows.push(row);
    }
    return rows;
  }

  /** Runs the tool; its outcome is posted. The key is the same when a call that was lost is taken up again. */
  async run({ call, tool, input }: Order): Promise<void> {
    const { tools, log } = this.#parts;
    const key = `${this.#session}:${call}`;
    try {
      const output = await tools.call({ tool, input, key, signal: this.#canceled.signal });
      this.#post({ kind: 'tool-returned', call, output });
    } catch (thrown) {
      const code = thrown instanceof OffhookError ? thrown.code : 'tool-failed';
      log.warn({ tool, code, problem: messageOf(thrown) }, 'tool call failed');
      this.#post({ kind: 'tool-failed', call, code, message: messageOf(thrown) });
    }
  }

  /** The call is over. */
  cancel(): void {
    this.#canceled.abort();
  }
}
