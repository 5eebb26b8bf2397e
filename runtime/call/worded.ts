/**
 * A line with words and a mind, joined to a channel. The far end listens and speaks; what was heard of what it was
 * given to say, the recital knows.
 */
import type { Clock } from '../clock.ts';
import type { Meaning, Value } from '../dialogue/protocol.ts';
import { messageOf } from '../errors.ts';
import type { Channel, ChannelEvent, WordLine, WordLineEvent } from '../line/line.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Mind, MindEvent } from '../speech/mind.ts';
import { countWords } from './acknowledgements.ts';
import { CallersSpeech } from './callers-speech.ts';
import { Foresight } from './foresight.ts';
import { Meter } from './meter.ts';
import { Recital } from './recital.ts';
import { Replies } from './replies.ts';
import type { Sounds } from './sounds.ts';

export interface WordedParts {
  line: WordLine;
  /** Who thinks in a `converse`; null: nobody. */
  open(on: (event: MindEvent) => void): Mind | null;
  sounds: Pick<Sounds, 'get'>;
  /** BCP 47. */
  locale: string;
  clock: Clock;
  log: Log;
  metrics: Pick<Metrics, 'bargeIn' | 'speechFailure'>;
}

/** An interruption and the key that was its cause come so close together. */
const KEY_BEFORE_MS = 300;
const KEY_MS = 250;
const PAUSE_MS = 500;

type Say = Parameters<Channel['say']>[0];
type Play = Parameters<Channel['play']>[0];
type Press = Parameters<Channel['press']>[0];
type Listen = Parameters<Channel['listen']>[0];
type Converse = Parameters<Channel['converse']>[0];

export class Worded implements Channel {
  readonly judges = false;
  readonly #parts: WordedParts;
  readonly #on: (event: ChannelEvent) => void;
  readonly #recital: Recital;
  readonly #caller: CallersSpeech;
  readonly #mind: Mind | null;
  readonly #replies: Replies;
  readonly #foresight: Foresight;
  readonly #meter: Meter;
  /** What the mind has not been told of, though it is being said; as it may be told. */
  readonly #untold = new Map<string, string>();
  #locale: string;
  /** With fewer the caller has not interrupted. */
  #words = 1;
  #mindLost = false;
  /** What is said, and what is pressed, now is no business of a mind's. */
  #secret = false;
  #secretKeys = true;
  /** What the caller says interrupted something. */
  #cut = false;
  #keyAt = -Infinity;
  #callerEndedAt: number | null = null;
  /** When the mind gave its first word since. */
  #firstTokenAt: number | null = null;
  #quiet = true;
  #hangingUp = false;
  #closed = false;

  constructor(parts: WordedParts, on: (event: ChannelEvent) => void) {
    const { clock, line } = parts;
    this.#parts = parts;
    this.#on = on;
    this.#locale = parts.locale;
    this.#recital = new Recital(line, clock, {
      started: (id) => this.#started(id),
      heard: (id) => this.#heard(id),
      interrupted: (id, heardText) => this.#interrupted(id, heardText),
      idle: () => this.#settle(),
    });
    this.#caller = new CallersSpeech(clock, {
      began: () => {
        on({ kind: 'caller-began' });
        this.#settle();
      },
      spoke: (said) => this.#spoke(said),
    });
    this.#mind = parts.open((event) => this.#fromMind(event));
    this.#replies = new Replies(this.#recital, this.#mind, on);
    this.#foresight = new Foresight(this.#mind, clock);
    this.#meter = new Meter(clock, line.vendor, (usage) => on({ kind: 'used', usage }));
  }

  get converses(): boolean {
    return this.#mind !== null && !this.#mindLost;
  }

  fromLine(event: WordLineEvent): void {
    if (this.#closed) return;
    switch (event.kind) {
      case 'partial':
        this.#caller.partial();
        if (this.#replies.active && !this.#secret) this.#foresight.hear(event.text);
        return;
      case 'said':
        this.#foresight.stop();
        return this.#caller.said(event.text);
      case 'key':
        return this.#pressed(event.key);
      case 'interrupted': {
        const isKey = this.#parts.clock.elapsed() - this.#keyAt < KEY_BEFORE_MS;
        const cut = this.#recital.interrupted(event.text, event.ms, isKey ? 'keys' : 'speech');
        if (cut) this.#parts.metrics.bargeIn();
        if (isKey) return;
        this.#cut ||= cut;
        return this.#caller.interrupted();
      }
      case 'agent-speaking':
        return this.#recital.voice(event.on);
      case 'caller-speaking':
        return this.#caller.voice(event.on);
      case 'played':
        return this.#recital.played(event.text);
      case 'closed':
        this.#closed = true;
        this.#caller.close();
        this.#foresight.stop();
        this.#mind?.close();
        this.#recital.close();
        this.#meter.stop();
        return this.#on({ kind: 'closed', reason: event.reason });
      default:
        return event satisfies never;
    }
  }

  say({ id, text, masked, interrupt }: Say): void {
    if (this.#closed) return;
    const shown = masked ?? text;
    this.#untold.set(id, shown);
    this.#recital.queue({ id, shown, interrupt });
    this.#recital.add(id, text, true);
  }

  play({ id, file, interrupt }: Play, shown: string): void {
    if (this.#closed) return;
    this.#untold.set(id, shown);
    this.#recital.queue({ id, shown, interrupt });
    void this.#measure(id, file);
  }

  press({ id, keys }: Press, shown: string): void {
    if (this.#closed) return;
    this.#untold.set(id, shown);
    this.#recital.queue({ id, shown, interrupt: 'never' });
    const ms = [...keys].reduce((sum, key) => sum + (key === 'w' ? PAUSE_MS : KEY_MS), 0);
    this.#recital.sound(id, { kind: 'keys', keys }, ms);
  }

  listen(order: Listen): void {
    if (this.#closed) return;
    this.#stopTalk();
    this.#expect(order);
  }

  converse(order: Converse): void {
    if (this.#closed) return;
    this.#expect(order);
    if (!this.converses) return;
    // What is queued will be heard before the model's own words: it must know of it.
    for (const [id, text] of this.#untold) this.#tell(id, text);
    const { id, instructions, offers, answerNow, turn } = order;
    const { interrupt, words } = turn;
    this.#replies.start(
      { id, instructions, offers, answerNow, interruptible: interrupt === 'speech', words },
      interrupt,
    );
  }

  answerModel(call: string, output: Value): void {
    if (!this.#closed) this.#mind?.respond(call, output);
  }

  judge(): Promise<Meaning | null> {
    return Promise.resolve(null);
  }

  giveWay(): void {
    // The far end cannot be told to stop: the answer is said behind what it is saying.
  }

  changeLanguage(locale: string): void {
    if (this.#closed || locale === this.#locale) return;
    this.#locale = locale;
    this.#parts.line.switchTo(locale);
  }

  forget(): void {
    if (!this.#closed) this.#mind?.forget();
  }

  hide(mask: (text: string) => string): void {
    this.#mind?.hide(mask);
  }

  settled(expecting: boolean): void {
    // Keys that come before their question may be of anything.
    if (!expecting) this.#secretKeys = true;
  }

  remainingMs(): number {
    return this.#recital.remainingMs();
  }

  hangUp(): void {
    if (this.#closed) return;
    this.#stopTalk();
    this.#hangingUp = true;
    if (this.#recital.idle) this.close();
  }

  close(): void {
    this.#parts.line.end(JSON.stringify({ reason: this.#hangingUp ? 'done' : 'closed' }));
  }

  #fromMind(event: MindEvent): void {
    if (this.#closed) return;
    switch (event.kind) {
      case 'words':
        this.#firstTokenAt ??= this.#parts.clock.elapsed();
        return this.#replies.words(event.reply, event.text);
      case 'ended':
        return this.#replies.ended(event.reply);
      case 'called':
        return this.#on({ kind: 'model-called', call: event.call, name: event.name, input: event.input });
      case 'failed':
        return this.#failed(event);
      case 'used':
        return this.#on({ kind: 'used', usage: event.usage });
      default:
        return event satisfies never;
    }
  }

  /** The far end hears and speaks all the same: without a mind only talks are not carried out any more. */
  #failed({ code, message, recovering }: Extract<MindEvent, { kind: 'failed' }>): void {
    const { log, metrics } = this.#parts;
    log.warn({ code, recovering }, message);
    metrics.speechFailure(code);
    const talked = this.#replies.active;
    this.#replies.breakOff();
    if (recovering) return this.#on({ kind: 'speech-lost', code });
    this.#mindLost = true;
    this.#stopTalk();
    if (talked) this.#on({ kind: 'model-lost', code });
  }

  #pressed(key: string): void {
    const { clock, metrics } = this.#parts;
    this.#keyAt = clock.elapsed();
    this.#callerEnded(this.#keyAt);
    this.#caller.keyed();
    if (!this.#caller.active) this.#cut = false;
    if (this.#recital.keyed()) metrics.bargeIn();
    if (!this.#secretKeys) this.#mind?.note({ role: 'caller', text: `(pressed the key ${key})` });
    this.#on({ kind: 'key', key });
  }

  #spoke({ text, startedAt, endedAt }: { text: string; startedAt: number; endedAt: number }): void {
    const cut = this.#cut;
    this.#cut = false;
    // The far end has told of a murmur all the same, and speaks on.
    const isShort = text !== '' && this.#words > 1 && countWords(text, this.#locale) < this.#words;
    const aside = isShort && !cut && !this.#recital.idle ? { aside: true } : {};
    const answered = this.#replies.active && text !== '' && aside.aside !== true;
    this.#callerEnded(text === '' || aside.aside ? null : endedAt);
    this.#on({ kind: 'caller-finished', startedAt, ...aside });
    this.#on({ kind: 'spoke', text, answered, cut, ...aside });
    if (text === '') this.#mind?.discard();
    else if (answered) this.#replies.callerSaid(text);
    else if (!this.#secret && aside.aside) this.#mind?.note({ role: 'caller', text });
    else if (!this.#secret) this.#replies.callerSaid(text);
    this.#settle();
  }

  #started(id: string): void {
    const since = this.#callerEndedAt;
    this.#callerEndedAt = null;
    const after = (at: number | null): number | null =>
      since === null || at === null || at < since ? null : Math.round(at - since);
    const latencyMs = after(this.#parts.clock.elapsed());
    this.#on({ kind: 'started', utterance: id, latencyMs, firstTokenMs: after(this.#firstTokenAt) });
  }

  /** From now on the answer is awaited; null: to nothing. */
  #callerEnded(at: number | null): void {
    this.#callerEndedAt = at;
    this.#firstTokenAt = null;
  }

  #heard(id: string): void {
    const text = this.#untold.get(id);
    if (text !== undefined) this.#tell(id, text);
    this.#on({ kind: 'heard', utterance: id });
  }

  #interrupted(id: string, heardText: string): void {
    if (this.#untold.has(id)) this.#tell(id, heardText);
    else if (!this.#closed) this.#replies.cut(id, heardText);
    this.#on({ kind: 'interrupted', utterance: id, heardText });
  }

  #tell(id: string, text: string): void {
    this.#untold.delete(id);
    if (text !== '' && !this.#closed) this.#mind?.note({ role: 'agent', text });
  }

  #expect({ expectation, turn }: Pick<Listen, 'expectation' | 'turn'>): void {
    this.#words = turn.words;
    this.#secret = expectation.sensitive;
    this.#secretKeys = expectation.sensitive;
    this.changeLanguage(expectation.locale);
  }

  #stopTalk(): void {
    this.#foresight.stop();
    this.#replies.stop();
  }

  async #measure(id: string, file: string): Promise<void> {
    try {
      const { ms } = await this.#parts.sounds.get(file);
      if (!this.#closed) this.#recital.sound(id, { kind: 'file', file }, ms);
    } catch (thrown) {
      this.#parts.log.error({ problem: messageOf(thrown) }, 'a file could not be played');
      if (!this.#closed) this.#recital.drop(id);
    }
  }

  #settle(): void {
    if (this.#closed) return;
    if (this.#recital.idle && this.#hangingUp) return this.close();
    const quiet = this.#recital.idle && !this.#caller.active;
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#on({ kind: 'quiet', quiet });
  }
}
