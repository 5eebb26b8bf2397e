/**
 * A line that asks again and again, as the conversation sees it: what is said is collected until it is the caller's
 * turn, and is the answer of one exchange. What was heard of it can only be told when the next one comes.
 */
import type { Clock } from '../clock.ts';
import type { Expectation, Interrupt, Meaning, Patience, Value } from '../dialogue/protocol.ts';
import type { Listening, Sound, Told } from '../line/gathering.ts';
import type { Channel, ChannelEvent } from '../line/line.ts';
import type { Mind, MindEvent } from '../speech/mind.ts';
import { GatheredTalk } from './gathered-talk.ts';
import { LastAnswer } from './last-answer.ts';
import { listeningFor } from './listening.ts';
import { PAUSE_MS, textMs, type Sounding } from './sounding.ts';

export interface GatheredParts {
  clock: Clock;
  /** BCP 47. */
  locale: string;
  /** Opens who carries out talks; null: nobody does. */
  open(on: (event: MindEvent) => void): Mind | null;
  /** The conversation has still something to do before what it ordered is whole. */
  busy(): boolean;
  /** The caller has probably said this, and goes on. */
  prepare(text: string): void;
  /** Somebody can begin to answer while the caller still speaks. */
  partials: boolean;
}

/** The answer of an exchange. */
export interface Script {
  sounds: readonly Sound[];
  /** The same as it may be written down. */
  shown: readonly Sound[];
  sounding: readonly Sounding[];
  /** `over`: the line is closed behind it. */
  next: Listening | { kind: 'ask-again' } | { kind: 'over' };
}

type Say = Parameters<Channel['say']>[0];
type Play = Parameters<Channel['play']>[0];
type Press = Parameters<Channel['press']>[0];
type Listen = Parameters<Channel['listen']>[0];
type Converse = Parameters<Channel['converse']>[0];

interface Item {
  sounding: Sounding;
  sound: Sound;
  shown: Sound;
}

/** Behind so long, what is there is said at once, though more is to come: the line is never dead. */
const SAID_MS = 1_500;

export class Gathered implements Channel {
  readonly judges = false;
  readonly #parts: GatheredParts;
  readonly #on: (event: ChannelEvent) => void;
  readonly #talk: GatheredTalk;
  readonly #answered: LastAnswer;
  #locale: string;
  /** Collected, and not yet part of an answer. */
  #items: Item[] = [];
  #expected: { expectation: Expectation; interrupt: Interrupt; patience: Patience } | null = null;
  #silenceMs: number | null = null;
  /** It is the caller's turn, as far as is settled. */
  #turn = false;
  /** The dialogue listens, though it is not the caller's turn: it lets time pass. */
  #waits = false;
  /** Keys of this exchange that are still to be told; null: none are. */
  #keys: string[] | null = null;
  #exchange: { resolve(script: Script): void; askedAt: number; answersCaller: boolean } | null = null;
  #cancelSaid: (() => void) | null = null;
  #quiet = true;
  /** The conversation went on by itself while the line listened. */
  #passed = false;
  #hangingUp = false;
  #closed = false;

  constructor(parts: GatheredParts, on: (event: ChannelEvent) => void) {
    this.#parts = parts;
    this.#on = on;
    this.#locale = parts.locale;
    this.#answered = new LastAnswer(parts.clock, (id, heardText) => {
      this.#talk.heard(id, heardText);
      if (heardText === null) on({ kind: 'heard', utterance: id });
      else on({ kind: 'interrupted', utterance: id, heardText });
    });
    this.#talk = new GatheredTalk({
      clock: parts.clock,
      open: (hear) => parts.open(hear),
      on,
      say: (reply, text) => this.#modelSays(reply, text),
      givenUp: () => this.#consider(),
    });
  }

  get converses(): boolean {
    return this.#talk.converses;
  }

  /** What the caller hears since that moment (wall clock), as another process has answered. */
  takeUp(sounding: readonly Sounding[], answeredAt: number): void {
    this.#answered.given(sounding, answeredAt);
    for (const { id, shown } of sounding) this.#talk.saying(id, shown);
  }

  /** Takes what the line tells, and settles when there is an answer. One at a time. */
  exchange(told: Told): Promise<Script> {
    return new Promise((resolve) => {
      const answersCaller = told.kind === 'spoke' || told.kind === 'pressed';
      this.#exchange = { resolve, askedAt: this.#parts.clock.elapsed(), answersCaller };
      if (this.#items.length > 0) this.#watchSaid();
      if (!this.#hangingUp && !this.#closed) this.#take(told);
      this.#consider();
    });
  }

  /** The conversation has been told something otherwise: what was settled before does not hold any more. */
  unsettle(): void {
    this.#turn = false;
    this.#waits = false;
  }

  /** The caller has said this so far. */
  partial(text: string): void {
    if (this.#closed || this.#exchange || text === '') return;
    if (this.#talk.active) this.#talk.prepare(text);
    else this.#parts.prepare(text);
  }

  say({ id, text, masked, interrupt }: Say): void {
    const say = (words: string): Sound => ({ kind: 'say', text: words, locale: this.#locale, interrupt });
    this.#collect(id, say(text), say(masked ?? text), masked ?? text, interrupt);
  }

  play({ id, file, interrupt }: Play, shown: string): void {
    const sound: Sound = { kind: 'play', file, interrupt };
    this.#collect(id, sound, sound, shown, interrupt);
  }

  press({ id, keys }: Press, shown: string): void {
    this.#collect(id, { kind: 'press', keys }, { kind: 'press', keys: '' }, shown, 'never');
  }

  /**
   * What the caller says here is only told when it has stopped what was being said, so nothing can be cut; but what the
   * line tells next is of what is over: its silence, or whatever was said to it, is no answer to what comes now.
   */
  giveWay(): void {
    this.#passed = this.#exchange === null;
  }

  changeLanguage(locale: string): void {
    this.#locale = locale;
  }

  listen(order: Listen): void {
    if (this.#closed) return;
    this.#talk.stop();
    this.#expect(order);
  }

  converse(order: Converse): void {
    if (this.#closed) return;
    this.#expect(order);
    this.#talk.start(order);
  }

  answerModel(call: string, output: Value): void {
    this.#talk.respond(call, output);
  }

  judge(): Promise<Meaning | null> {
    return Promise.resolve(null);
  }

  forget(): void {
    this.#talk.forget();
  }

  hide(mask: (text: string) => string): void {
    this.#talk.hide(mask);
  }

  settled(expecting: boolean, silenceMs: number | null): void {
    this.#turn = expecting;
    this.#waits = !expecting && silenceMs !== null;
    this.#silenceMs = silenceMs;
    if (this.#keys !== null) this.#pressNext();
    else this.#consider();
  }

  /** More than nothing while the line is only to be closed when it asks the next time. */
  remainingMs(): number {
    return Math.max(this.#hangingUp ? 1 : 0, this.#answered.remainingMs);
  }

  hangUp(): void {
    if (this.#closed) return;
    this.#talk.stop();
    this.#hangingUp = true;
    this.#consider();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#answered.brokenOff();
    this.#talk.close();
    this.#consider();
    this.#on({ kind: 'closed', reason: 'closed' });
  }

  #take(told: Told): void {
    const passed = this.#passed;
    this.#passed = false;
    if (passed) return this.#passOver(told);
    switch (told.kind) {
      case 'here':
      case 'asks-again':
        // It may be known before the line has asked that this exchange comes.
        return this.#answered.whenHeard(() => this.#setQuiet(this.#items.length === 0));
      case 'nothing':
        this.#talk.discard();
        this.#answered.heard();
        this.#setQuiet(this.#items.length === 0);
        this.unsettle();
        return this.#on({ kind: 'silent' });
      case 'pressed':
        this.#talk.discard();
        this.#answered.cut('keys', keyedMs(told.keys));
        this.#setQuiet(this.#items.length === 0);
        this.unsettle();
        this.#keys = [...told.keys];
        return this.#pressNext();
      case 'spoke':
        return this.#spoke(told.text);
      default:
        told satisfies never;
    }
  }

  /** Only what was heard of the last answer is learned of it. */
  #passOver(told: Told): void {
    if (told.kind === 'spoke') this.#cutBySpeech(told.text);
    else if (told.kind === 'pressed') this.#answered.cut('keys', keyedMs(told.keys));
    else if (told.kind === 'nothing') this.#answered.heard();
    else this.#answered.whenHeard(() => this.#setQuiet(this.#items.length === 0));
    this.#talk.discard();
  }

  /** Gives how long the caller spoke, with the pause behind it, and whether that cut something. */
  #cutBySpeech(text: string): { spokeMs: number; cut: boolean } {
    const pauseMs = PAUSE_MS[this.#expected?.patience ?? 'normal'];
    const spokeMs = textMs(text) + pauseMs;
    const hasty = textMs(text, 'hasty') + pauseMs;
    return { spokeMs, cut: this.#answered.cut('speech', { usual: spokeMs, hasty }) };
  }

  #spoke(text: string): void {
    const { clock } = this.#parts;
    const { spokeMs, cut } = this.#cutBySpeech(text);
    this.unsettle();
    this.#setQuiet(false);
    this.#on({ kind: 'caller-began' });
    this.#on({ kind: 'caller-finished', startedAt: clock.now() - spokeMs });
    const answered = this.#talk.active;
    if (answered) this.#talk.said(text);
    else this.#note(text);
    this.#on({ kind: 'spoke', text, answered, cut });
    this.#setQuiet(this.#items.length === 0);
  }

  #pressNext(): void {
    const key = this.#keys?.shift();
    if (key !== undefined && !this.#hangingUp) {
      this.#note(`(pressed the key ${key})`);
      return this.#on({ kind: 'key', key });
    }
    this.#keys = null;
    this.#on({ kind: 'keys-ended' });
  }

  #collect(id: string, sound: Sound, shownSound: Sound, shown: string, interrupt: Interrupt): void {
    if (this.#closed) return;
    this.#talk.saying(id, shown);
    const sounding: Sounding = { id, shown, interrupt, wordless: sound.kind !== 'say', ms: soundMs(sound) };
    this.#items.push({ sounding, sound, shown: shownSound });
    this.#setQuiet(false);
    this.#watchSaid();
  }

  #watchSaid(): void {
    if (!this.#exchange || this.#cancelSaid) return;
    const { clock } = this.#parts;
    const leftMs = this.#exchange.askedAt + SAID_MS - clock.elapsed();
    this.#cancelSaid = clock.after(Math.max(0, leftMs), () => this.#answer({ kind: 'ask-again' }));
  }

  /** Answers where there is an answer. */
  #consider(): void {
    if (!this.#exchange) return;
    if (this.#closed || this.#hangingUp) return this.#answer({ kind: 'over' });
    if (this.#keys !== null || this.#parts.busy()) return;
    if (!this.#turn) {
      // Nothing more comes before this was heard.
      if (this.#waits && this.#items.length > 0) this.#answer({ kind: 'ask-again' });
      return;
    }
    const expected = this.#expected;
    if (!expected || this.#talk.pending) return;
    this.#answer(listeningFor(expected.expectation, expected, this.#silenceMs, this.#parts.partials));
  }

  #answer(next: Script['next']): void {
    const { clock } = this.#parts;
    const exchange = this.#exchange;
    if (!exchange) return;
    this.#exchange = null;
    this.#cancelSaid?.();
    this.#cancelSaid = null;
    // What went on while the caller heard the last answer is behind it.
    this.#answered.heard();
    this.#setQuiet(false);
    const items = this.#items;
    this.#items = [];
    const latencyMs = exchange.answersCaller ? Math.round(clock.elapsed() - exchange.askedAt) : null;
    const sounding = items.map((item) => item.sounding);
    for (const [index, { id }] of sounding.entries()) {
      this.#on({ kind: 'started', utterance: id, latencyMs: index === 0 ? latencyMs : null });
    }
    this.#answered.given(sounding, clock.now());
    exchange.resolve({
      sounds: items.map(({ sound }) => sound),
      shown: items.map(({ shown }) => shown),
      sounding,
      next,
    });
    if (next.kind !== 'over' || this.#closed) return;
    // The line says it to its end, and closes itself.
    this.#answered.heard();
    // Not while the conversation is still ordering.
    queueMicrotask(() => this.close());
  }

  #expect({ expectation, turn }: Pick<Listen, 'expectation' | 'turn'>): void {
    const { interrupt, patience } = turn;
    this.#expected = { expectation, interrupt, patience };
    this.#locale = expectation.locale;
  }

  #modelSays(reply: string, text: string): void {
    const interrupt = this.#expected?.interrupt ?? 'speech';
    const sound: Sound = { kind: 'say', text, locale: this.#locale, interrupt };
    this.#collect(reply, sound, sound, text, interrupt);
  }

  /** What the caller did, where it was not done to the model; nothing sensitive is told to it. */
  #note(text: string): void {
    if (this.#expected?.expectation.sensitive !== true) this.#talk.note({ role: 'caller', text });
  }

  #setQuiet(quiet: boolean): void {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#on({ kind: 'quiet', quiet });
  }
}

/** Whoever presses several keys has begun before the last of them. */
function keyedMs(keys: string): { usual: number; hasty: number } {
  return { usual: (keys.length - 1) * 400, hasty: (keys.length - 1) * 100 };
}

/** A file's length is not looked up for this: it only bounds a guess. */
const FILE_MS = 4_000;
const KEY_MS = 200;

function soundMs(sound: Sound): number {
  if (sound.kind === 'say') return textMs(sound.text);
  return sound.kind === 'play' ? FILE_MS : sound.keys.length * KEY_MS;
}
