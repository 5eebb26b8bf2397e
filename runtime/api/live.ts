/** A running call as it happens: server-sent events (HTML Living Standard, section 9.2). */
import { Readable } from 'node:stream';
import type { LiveEvent } from '../call/conversation.ts';
import type { Clock } from '../clock.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Route } from './route.ts';
import { isOver, unknownSession } from './sessions.ts';
import { eventView, toolCallView, turnView } from './views.ts';

/** Who tells of running calls. */
export interface LiveCalls {
  /** Null where no such call runs here. The answer stops the telling; `ended` is the last that is told. */
  subscribe(session: string, listener: (event: LiveEvent) => void): (() => void) | null;
}

const HEARTBEAT_MS = 15_000;
/** Whoever reads so slowly that this much waits is let go. */
const MOST_WAITING_BYTES = 256 * 1024;

export interface LiveParts {
  store: Pick<Store, 'session'>;
  live: LiveCalls;
  clock: Clock;
}

export function liveRoutes(parts: LiveParts): Route[] {
  return [
    {
      method: 'get',
      path: '/api/sessions/{id}/live',
      auth: 'bearer',
      summary:
        'A running call as it happens, as server-sent events: turn, tool, event, and ended at the end.',
      params: { id: { type: 'string' } },
      responses: { 200: { description: 'Events until the call is over.', type: 'text/event-stream' } },
      async handle({ params, log }) {
        const id = params['id']!;
        const session = await parts.store.session(id);
        if (!session) throw unknownSession(id);
        const feed = Feed.open(id, parts, log);
        if (isOver(session) || !feed) {
          feed?.destroy();
          throw new OffhookError('session-not-running', `The session "${id}" is not running.`, {
            status: 409,
          });
        }
        return {
          status: 200,
          headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
          body: { stream: feed, type: 'text/event-stream' },
        };
      },
    },
  ];
}

class Feed extends Readable {
  readonly #id: string;
  readonly #parts: LiveParts;
  readonly #log: Log;
  #unsubscribe: () => void;
  #cancelBeat: () => void;

  static open(id: string, parts: LiveParts, log: Log): Feed | null {
    let feed: Feed | null = null;
    const unsubscribe = parts.live.subscribe(id, (event) => feed?.tell(event));
    if (!unsubscribe) return null;
    feed = new Feed(id, parts, log, unsubscribe);
    return feed;
  }

  private constructor(id: string, parts: LiveParts, log: Log, unsubscribe: () => void) {
    super();
    this.#id = id;
    this.#parts = parts;
    this.#log = log;
    this.#unsubscribe = unsubscribe;
    this.#cancelBeat = this.#beatLater();
    // So that the head of the answer leaves at once.
    this.push(': following\n\n');
  }

  tell(event: LiveEvent): void {
    this.#send(`event: ${event.kind}\ndata: ${JSON.stringify(liveView(event))}\n\n`);
    if (event.kind === 'ended') this.push(null);
  }

  override _read(): void {
    // Events come when they come.
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#cancelBeat();
    this.#unsubscribe();
    callback(error);
  }

  #send(text: string): void {
    if (this.destroyed || this.readableEnded) return;
    if (this.readableLength > MOST_WAITING_BYTES) {
      this.#log.warn({ session: this.#id }, 'a follower of a call reads too slowly and was let go');
      this.destroy();
      return;
    }
    this.push(text);
  }

  #beatLater(): () => void {
    return this.#parts.clock.after(HEARTBEAT_MS, () => {
      this.#beat().catch((thrown: unknown) => {
        this.#log.warn({ session: this.#id, problem: messageOf(thrown) }, 'a follower of a call was let go');
        this.destroy();
      });
    });
  }

  /** A call that broke off tells nothing more; it may be taken up again, or turn out to be over. */
  async #beat(): Promise<void> {
    this.#send(': still here\n\n');
    const session = await this.#parts.store.session(this.#id);
    if (this.destroyed) return;
    if (!session || isOver(session)) {
      this.tell({ kind: 'ended', endReason: session?.endReason ?? null });
      return;
    }
    const unsubscribe = this.#parts.live.subscribe(this.#id, (event) => this.tell(event));
    this.#unsubscribe();
    this.#unsubscribe = unsubscribe ?? nothing;
    this.#cancelBeat = this.#beatLater();
  }
}

function nothing(): void {
  // There is nobody to unsubscribe from.
}

function liveView(event: LiveEvent): unknown {
  switch (event.kind) {
    case 'turn':
      return { kind: 'turn', turn: turnView(event.turn) };
    case 'tool':
      return { kind: 'tool', tool: toolCallView(event.tool) };
    case 'event':
      return { kind: 'event', event: eventView(event.event) };
    case 'ended':
      return event;
    default:
      return event satisfies never;
  }
}
