import type { Clock } from '../clock.ts';
import type { Program } from '../dialogue/program.ts';
import type { Effect, Event, Offer, Scope } from '../dialogue/protocol.ts';
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

/** The call that the tools are called for. */
export interface ToolRunsOf {
  /** The session's id. */
  session: string;
  program: Program;
  /** What expressions see as `session`, now. */
  scope(): Scope;
  /** Calls that were at work when the line, or the process that held it, was lost. */
  open?: readonly ToolCallRow[];
}

/**
 * The tool calls of one call: run beside the conversation, told to it when they are over, and broken off with it,
 * but for those that are to finish.
 */
export class ToolRuns {
  readonly #parts: ToolRunsParts;
  readonly #of: ToolRunsOf;
  readonly #post: (outcome: Outcome) => void;
  readonly #canceled = new AbortController();
  readonly #running = new Map<string, { row: ToolCallRow; finish: boolean }>();
  readonly #finishing = new Set<Promise<void>>();

  constructor(parts: ToolRunsParts, of: ToolRunsOf, post: (outcome: Outcome) => void) {
    this.#parts = parts;
    this.#of = of;
    this.#post = post;
    for (const row of of.open ?? []) this.#running.set(row.id, { row, finish: false });
  }

  /**
   * What the event and its effects change in the table of tool calls. With the line, every call ends that is not to
   * finish: nobody waits for its answer any more.
   */
  rows(event: Event, effects: readonly Effect[]): ToolCallRow[] {
    const rows: ToolCallRow[] = [];
    switch (event.kind) {
      case 'tool-returned':
        rows.push(...this.#over(event.call, event.at, { output: event.output }));
        break;
      case 'tool-failed':
        rows.push(
          ...this.#over(event.call, event.at, { error: { code: event.code, message: event.message } }),
        );
        break;
      case 'line-closed':
        for (const [call, { finish }] of this.#running) {
          if (!finish) rows.push(...this.#cancelled(call, event.at, 'the line was closed'));
        }
        break;
      case 'line-resumed':
      case 'transfer-failed':
        // What is not ordered again was broken off with the line before.
        for (const call of this.#running.keys()) {
          if (!effects.some((effect) => effect.kind === 'call-tool' && effect.call === call))
            rows.push(...this.#cancelled(call, event.at, 'the line was lost'));
        }
        break;
      default:
    }
    for (const effect of effects) {
      if (effect.kind !== 'call-tool') continue;
      const { call: id, tool: name, input } = effect;
      const row = { id, name, input, output: null, error: null, startedAt: event.at, durationMs: null };
      this.#running.set(id, { row, finish: this.#finishes(effect) });
      rows.push(row);
    }
    return rows;
  }

  /** Runs the tool; its outcome is posted. The key is the same when a call that was lost is taken up again. */
  async run(order: Order): Promise<void> {
    const running = this.#run(order);
    if (!this.#finishes(order)) return running;
    this.#finishing.add(running);
    await running;
    this.#finishing.delete(running);
  }

  /** Offers of a dialogue as a model is to be shown them: with what the servers of its tools say beside. */
  shown(dialogue: string, offers: readonly Offer[]): Offer[] {
    const said = Object.entries(this.#of.program.parts[dialogue]?.offers ?? {});
    return offers.map((offer) => {
      const tool = said.find(([, { name }]) => name === offer.name)?.[0];
      return (tool === undefined ? null : this.#parts.tools.offer(dialogue, tool)) ?? offer;
    });
  }

  /** The call is over: whatever is not to finish ends now, without an outcome. */
  cancel(): void {
    this.#canceled.abort();
  }

  /** Settles when no tool that is to finish is at work any more; their own deadlines see to that. */
  async finished(): Promise<void> {
    while (this.#finishing.size > 0) await Promise.all(this.#finishing);
  }

  async #run(order: Order): Promise<void> {
    const { tools, log } = this.#parts;
    const { session, scope } = this.#of;
    const { call, dialogue, tool, input } = order;
    const key = `${session}:${call}`;
    const signal = this.#finishes(order) ? new AbortController().signal : this.#canceled.signal;
    try {
      const output = await tools.call({ dialogue, tool, input, key, session: scope(), signal });
      if (!signal.aborted) this.#post({ kind: 'tool-returned', call, output });
    } catch (thrown) {
      if (signal.aborted) return;
      const known = thrown instanceof OffhookError;
      const code = known ? thrown.code : 'tool-failed';
      // The words of an error that is no tool's may hold anything.
      const message = known ? messageOf(thrown) : `${tool} could not be called.`;
      log.warn({ tool, code, problem: message }, 'tool call failed');
      this.#post({ kind: 'tool-failed', call, code, message });
    }
  }

  #finishes({ dialogue, tool }: Order): boolean {
    return this.#of.program.parts[dialogue]?.tools[tool]?.finish ?? false;
  }

  #cancelled(call: string, at: number, why: string): ToolCallRow[] {
    const message = `The call of ${this.#running.get(call)?.row.name} was canceled: ${why}.`;
    return this.#over(call, at, { error: { code: 'tool-canceled', message } });
  }

  #over(call: string, at: number, outcome: Partial<Pick<ToolCallRow, 'output' | 'error'>>): ToolCallRow[] {
    const row = this.#running.get(call)?.row;
    if (!row) return [];
    this.#running.delete(call);
    this.#parts.metrics.toolCall(row.name, outcome.error ? 'failed' : 'returned');
    return [{ ...row, ...outcome, durationMs: at - row.startedAt }];
  }
}
