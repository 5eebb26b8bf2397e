import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Value } from '../../dialogue/protocol.ts';
import type { OffhookError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Mind, MindEvent, MindOptions } from '../mind.ts';
import type { Said, Talk } from '../speech.ts';
import { backOffMs, failureOf, isFinal } from './chat-failure.ts';
import { ChatMemory } from './chat-memory.ts';
import { ChatOffers, type ReadCall } from './chat-offers.ts';
import { Reply, type ReplyEvent } from './chat-reply.ts';
import type { ChatServer } from './chat-server.ts';

/** After this many rounds of nothing but broken calls the model is not asked again. */
const MAX_BROKEN = 3;
/** How many calls are remembered, to know a repeated id by. */
const MAX_KNOWN = 200;

const MANNER =
  'You speak on the phone. What you write is read aloud as it is: short plain sentences, no lists, no markup, no emojis.';
/** Stand where the caller has said nothing: many servers want a user's message at the end. */
const WAITING = '(The caller is on the line and waits for you to speak.)';
const BROKEN_OFF = '(You were interrupted there by a bad connection: go on where you stopped.)';

export interface ChatMindParts {
  server: ChatServer;
  clock: Clock;
  log: Log;
  /** Told of every failure that a key may be to blame for. */
  refused(error: OffhookError): void;
}

/** The calls of one reply that the model waits for. */
interface Round {
  open: Map<string, ReadCall>;
  broken: boolean;
}

/** The mind of one call. A reply that fails is tried once more; the second failure in a row is the end. */
export class ChatMind implements Mind {
  readonly #parts: ChatMindParts;
  readonly #options: MindOptions;
  readonly #gone: () => void;
  readonly #memory = new ChatMemory();
  readonly #running = new Set<Reply>();
  #talk: Talk | null = null;
  #offers = new ChatOffers([]);
  #writing: Reply | null = null;
  #ahead: { text: string; reply: Reply } | null = null;
  #round: Round | null = null;
  #known = new Set<string>();
  #brokenRounds = 0;
  /** One failure was told, and no reply has come to its end since. */
  #troubled = false;
  #cancelRetry: () => void = () => undefined;
  /** Whoever is told something may give an order: what was under way before it is over then. */
  #orders = 0;
  #over = false;
  #closed = false;

  constructor(parts: ChatMindParts, options: MindOptions, gone: () => void) {
    this.#parts = parts;
    this.#options = options;
    this.#gone = gone;
  }

  note(said: Said): void {
    if (!this.#over) this.#memory.note(said);
  }

  converse(talk: Talk | null): void {
    if (this.#over || talk === this.#talk) return;
    this.#orders++;
    this.#talk = talk;
    this.#offers = new ChatOffers(talk?.offers ?? []);
    this.#round = null;
    this.#brokenRounds = 0;
    this.discard();
    const { current } = this.#ordered();
    if (current() && talk?.answerNow) this.#ask(WAITING);
  }

  prepare(text: string): void {
    const words = text.trim();
    if (this.#over || !this.#talk || this.#round || words === '') return;
    if (this.#ahead && isSame(this.#ahead.text, words)) return;
    this.discard();
    this.#ahead = { text: words, reply: this.#open(words, WAITING, true) };
  }

  discard(): void {
    this.#ahead?.reply.cancel();
    this.#ahead = null;
  }

  said(text: string): void {
    const words = text.trim();
    if (this.#over) return;
    if (words === '') return this.discard();
    const { current } = this.#ordered();
    if (!current()) return;
    this.#memory.note({ role: 'caller', text: words });
    const ahead = this.#ahead;
    // A model that waits for a tool is told when it goes on.
    if (!this.#talk || this.#round) return this.discard();
    if (!ahead || ahead.reply.failed || !isSame(ahead.text, words)) {
      this.discard();
      return this.#ask(WAITING);
    }
    this.#ahead = null;
    this.#writing = ahead.reply;
    ahead.reply.release();
  }

  respond(call: string, output: Value): void {
    const round = this.#round;
    const read = round?.open.get(call);
    if (this.#over || !round || !read) return;
    round.open.delete(call);
    this.#memory.answered(read.made, JSON.stringify(output));
    this.#goOn(round);
  }

  heardOnly(reply: string, heardText: string): void {
    if (this.#over) return;
    const { current } = this.#ordered();
    this.#memory.heard(reply, heardText);
    if (current()) this.discard();
  }

  forget(): void {
    this.discard();
    this.#memory.forget();
  }

  hide(mask: (text: string) => string): void {
    this.#memory.hide(mask);
  }

  close(): void {
    void this.end();
  }

  /** As `close`; settles when no request is left. */
  async end(): Promise<void> {
    this.#closed = true;
    this.#stopAll();
    await Promise.all([...this.#running].map((reply) => reply.gone));
    this.#gone();
  }

  /** Stops what is being written: an order has come. Whether it still is the last one, `current` tells. */
  #ordered(): { current: () => boolean } {
    const order = ++this.#orders;
    this.#cancelRetry();
    this.#cancelRetry = () => undefined;
    const reply = this.#writing;
    this.#writing = null;
    reply?.cancel();
    if (reply && reply.text !== '') this.#emit({ kind: 'ended', reply: reply.id, text: reply.text });
    return { current: () => this.#orders === order && !this.#over };
  }

  #ask(nudge: string): void {
    this.#writing = this.#open(null, nudge, false);
  }

  #open(ahead: string | null, nudge: string, held: boolean): Reply {
    const { server, clock } = this.#parts;
    const { model } = this.#options;
    const messages = this.#memory.messages(ahead);
    const last = messages.at(-1)?.role;
    if (last === undefined || last === 'assistant') messages.push({ role: 'user', content: nudge });
    const { tools } = this.#offers;
    const request = { messages: [{ role: 'system' as const, content: this.#system() }, ...messages], tools };
    const reply: Reply = new Reply(
      {
        id: `reply_${randomUUID().replaceAll('-', '')}`,
        clock,
        ask: (signal) => server.stream(model, request, signal),
        failure: (thrown) => failureOf(thrown, { model, server: server.baseUrl }),
        on: (event) => this.#from(reply, event),
        used: (amounts) => this.#emit({ kind: 'used', usage: { vendor: 'openai', model, amounts } }),
      },
      held,
    );
    this.#running.add(reply);
    void reply.gone.then(() => this.#running.delete(reply));
    return reply;
  }

  /** What a talk is told begins with the persona as it is at that moment. */
  #system(): string {
    const { persona, locale } = this.#options;
    const instructions = this.#talk?.instructions.trim() ?? '';
    const language = `Speak the language of the locale ${locale}, unless told otherwise.`;
    return [instructions === '' ? persona : instructions, MANNER, language].filter(Boolean).join('\n\n');
  }

  #from(reply: Reply, event: ReplyEvent): void {
    if (reply !== this.#writing) return;
    switch (event.kind) {
      case 'words':
        this.#memory.wrote(reply.id, reply.text);
        return this.#emit({ kind: 'words', reply: reply.id, text: event.text });
      case 'done':
        return this.#done(reply, event);
      case 'failed':
        return this.#failed(reply, event.error);
      default:
        return event satisfies never;
    }
  }

  #done(reply: Reply, { calls, finish, cut }: Extract<ReplyEvent, { kind: 'done' }>): void {
    const { log } = this.#parts;
    const { sessionId, model } = this.#options;
    this.#writing = null;
    this.#troubled = false;
    if (cut || finish === 'length')
      log.warn({ sessionId, model }, 'a reply of the model was too long, and is cut');
    else if (finish === 'content_filter') log.warn({ sessionId, model }, 'a reply of the model was filtered');
    else if (calls.length === 0 && reply.text === '')
      log.info({ sessionId, model }, 'the model said nothing');
    const order = this.#orders;
    const read = calls.map((call) => this.#read(call));
    const round: Round = {
      open: new Map(read.flatMap((one) => (one.input === null ? [] : [[one.call, one]]))),
      broken: read.every(({ input }) => input === null),
    };
    if (read.length > 0) {
      this.#memory.called(
        reply.id,
        read.map(({ made }) => made),
      );
      this.#round = round;
    }
    if (reply.text !== '') this.#emit({ kind: 'ended', reply: reply.id, text: reply.text });
    for (const { call, name, input } of read) {
      // An order that came meanwhile took the talk, and with it the calls that were not told yet.
      if (this.#round !== round || this.#over) return;
      if (input !== null) this.#emit({ kind: 'called', call, name, input });
    }
    if (this.#orders === order && round.broken) this.#goOn(round);
  }

  #read(made: Parameters<ChatOffers['read']>[0]): ReadCall {
    const read = this.#offers.read(made, this.#known);
    this.#known.add(read.call);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return read;
  }

  /** The model goes on where it has all that it asked for. */
  #goOn(round: Round): void {
    if (this.#round !== round || round.open.size > 0) return;
    this.#round = null;
    this.#brokenRounds = round.broken ? this.#brokenRounds + 1 : 0;
    if (this.#talk && this.#brokenRounds < MAX_BROKEN) this.#ask(WAITING);
  }

  #failed(reply: Reply, error: OffhookError): void {
    const recovering = !this.#troubled && !isFinal(error);
    const talk = this.#talk;
    this.#ordered();
    this.#parts.refused(error);
    const wasCut = reply.text !== '';
    if (!recovering) this.#stopAll();
    else this.#troubled = true;
    this.#emit({ kind: 'failed', code: error.code, message: error.message, recovering });
    // Whoever was told may have ended the talk, or have had the model asked already.
    const again = (): void => {
      if (!this.#over && this.#talk === talk && this.#writing === null)
        this.#ask(wasCut ? BROKEN_OFF : WAITING);
    };
    const wait = backOffMs(error);
    if (!recovering) return;
    if (wait === 0) again();
    else this.#cancelRetry = this.#parts.clock.after(wait, again);
  }

  #stopAll(): void {
    this.#over = true;
    this.#cancelRetry();
    this.#writing = null;
    this.#ahead = null;
    this.#round = null;
    for (const reply of this.#running) reply.close();
  }

  #emit(event: MindEvent): void {
    if (this.#closed) return;
    try {
      this.#options.on(event);
    } catch (error) {
      // A bug of the listener's must not look like one of the server's, nor end the process.
      const { sessionId } = this.#options;
      this.#parts.log.error({ sessionId, err: error, kind: event.kind }, 'a listener of a mind threw');
    }
  }
}

/** The same words, however they are written: what a recogniser takes back is rarely more than a comma. */
function isSame(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
