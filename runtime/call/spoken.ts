/**
 * A line with audio, a speech and a voice, joined to a channel. Audio runs through here frame by frame and
 * waits for nothing; what was heard of it, the playback ledger says.
 */
import type { Expectation, Meaning, Turn, Value } from '../dialogue/protocol.ts';
import type { AudioLine, AudioLineEvent, Channel, ChannelEvent } from '../line/line.ts';
import type { Metrics } from '../metrics.ts';
import type { Prompt } from '../speech/prompts.ts';
import { NOT_UNDERSTOOD, type Speech, type SpeechEvent } from '../speech/speech.ts';
import { BargeIn } from './barge-in.ts';
import { Playback } from './playback.ts';
import { Sources, type SourcesParts } from './sources.ts';
import { Talking } from './talking.ts';

export interface SpokenParts extends SourcesParts {
  line: AudioLine;
  open(on: (event: SpeechEvent) => void): Speech;
  metrics: Metrics;
}

/** With the endpointing behind it: more than half a second of speech. */
const MUMBLED_MS = 1_400;

type Say = Parameters<Channel['say']>[0];
type Play = Parameters<Channel['play']>[0];
type Press = Parameters<Channel['press']>[0];
type Listen = Parameters<Channel['listen']>[0];
type Converse = Parameters<Channel['converse']>[0];

export class Spoken implements Channel {
  readonly #parts: SpokenParts;
  readonly #on: (event: ChannelEvent) => void;
  readonly #playback: Playback;
  readonly #speech: Speech;
  readonly #sources: Sources;
  /** What the model has not been told of, though it is being said; as it may be told. */
  readonly #untold = new Map<string, string>();
  /** Utterances that are no words, and what stands for each: of half of one nothing else can be told. */
  readonly #wordless = new Map<string, string>();
  readonly #talking: Talking;
  readonly #bargeIn: BargeIn;
  #turn: Turn = { interrupt: 'speech', patience: 'normal', words: 1 };
  #speaking = false;
  #speakingSince = 0;
  #spokeForMs = 0;
  #awaitingWords = false;
  /** The utterance whose words are awaited was said to the model: it answers, even where the talk is over since. */
  #saidToModel = false;
  #callerEndedAt: number | null = null;
  /** What the model gave since. */
  #firstTokenAt: number | null = null;
  #firstAudioAt: number | null = null;
  #quiet = true;
  #hangingUp = false;
  readonly #closing = new AbortController();
  #closed = false;
  /** What is pressed now is no business of a model's. */
  #sensitive = true;

  constructor(parts: SpokenParts, on: (event: ChannelEvent) => void) {
    this.#parts = parts;
    this.#on = on;
    this.#playback = new Playback(parts.line, parts.clock, {
      started: (id) => this.#started(id),
      heard: (id) => this.#heard(id),
      interrupted: (id, ms, text) => this.#interrupted(id, ms, text),
      idle: (idle) => {
        this.#settle();
        if (idle && this.#hangingUp) parts.line.close();
      },
    });
    const floor = {
      needed: () => this.#playback.wordsNeeded,
      interrupt: (words: number) => this.#interrupt(words),
    };
    this.#bargeIn = new BargeIn(floor, parts.clock, parts.locale);
    this.#sources = new Sources(parts, this.#closing.signal);
    this.#speech = parts.open((event) => this.#fromSpeech(event));
    this.#talking = new Talking(this.#playback, this.#speech, on);
  }

  get judges(): boolean {
    return this.#speech.judges;
  }

  get converses(): boolean {
    return this.#speech.converses;
  }

  /** What the line brings; synchronous, since audio waits for nothing. */
  fromLine(event: AudioLineEvent): void {
    switch (event.kind) {
      case 'audio':
        this.#bargeIn.hear(event.payload);
        return this.#speech.hear(event.payload);
      case 'mark':
        return this.#playback.marked(event.name);
      case 'key':
        this.#callerEnded();
        this.#interrupt('keys');
        if (!this.#sensitive) this.#speech.note({ role: 'caller', text: `(pressed the key ${event.key})` });
        return this.#on({ kind: 'key', key: event.key });
      case 'caption':
        return this.#speech.caption(event.text);
      case 'closed':
        this.#closed = true;
        this.#closing.abort();
        this.#speech.close();
        this.#playback.close();
        return this.#on({ kind: 'closed', reason: event.reason });
      default:
        return event satisfies never;
    }
  }

  say(order: Say): void {
    if (this.#closed) return;
    const shown = order.masked ?? order.text;
    this.#untold.set(order.id, shown);
    this.#playback.queue(order.id, shown, order);
    const ready = this.#sources.ready(order);
    if (ready) this.#fill(order.id, ready);
    else
      void this.#fillLater(
        order.id,
        this.#sources.rendered(order, (usage) => this.#on({ kind: 'used', usage })),
      );
  }

  play({ id, file, interrupt, words }: Play, shown: string): void {
    if (this.#closed) return;
    this.#wordless.set(id, shown);
    this.#untold.set(id, shown);
    this.#playback.queue(id, shown, { interrupt, words });
    void this.#fillLater(id, this.#sources.played(file));
  }

  press({ id, keys }: Press, shown: string): void {
    if (this.#closed) return;
    this.#wordless.set(id, shown);
    this.#untold.set(id, shown);
    this.#playback.queue(id, shown, { interrupt: 'never', words: 1 });
    this.#fill(id, this.#sources.pressed(keys));
  }

  listen(order: Listen): void {
    if (this.#closed) return;
    this.#talking.stop();
    this.#expect(order);
  }

  converse(order: Converse): void {
    if (this.#closed) return;
    this.#expect(order);
    if (!this.converses) return;
    // What is queued will be heard before the model's own words: it must know of it.
    for (const [id, text] of this.#untold) this.#tell(id, text);
    const { id, instructions, offers, answerNow } = order;
    this.#talking.start({
      id,
      instructions,
      offers,
      answerNow,
      interruptible: order.turn.interrupt === 'speech',
      words: order.turn.words,
    });
  }

  answerModel(call: string, output: Value): void {
    this.#speech.respond(call, output);
  }

  judge(expectation: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null> {
    return this.#speech.judge(expectation, text, signal);
  }

  giveWay(): void {
    this.#interrupt(Infinity);
  }

  changeLanguage(locale: string): void {
    this.#sources.locale = locale;
    this.#bargeIn.locale = locale;
  }

  forget(): void {
    if (!this.#closed) this.#speech.forget();
  }

  hide(mask: (text: string) => string): void {
    this.#speech.hide?.(mask);
  }

  settled(expecting: boolean): void {
    // Keys that come before their question may be of anything.
    if (!expecting) this.#sensitive = true;
  }

  remainingMs(): number {
    return this.#playback.remainingMs();
  }

  hangUp(): void {
    this.#talking.stop();
    this.#speech.expect(null, 'normal');
    this.#hangingUp = true;
    if (this.#playback.idle) this.#parts.line.close();
  }

  close(): void {
    this.#parts.line.close();
  }

  #fromSpeech(event: SpeechEvent): void {
    switch (event.kind) {
      case 'audio':
        this.#firstAudioAt ??= this.#parts.clock.elapsed();
        return this.#talking.audio(event.item, event.payload, this.#turn);
      case 'words':
        return this.#talking.words(event.item, event.text);
      case 'audio-ended':
        return this.#talking.ended(event.item, event.text);
      case 'caller-started':
        this.#speaking = true;
        this.#speakingSince = this.#parts.clock.now();
        this.#bargeIn.began();
        this.#on({ kind: 'caller-began' });
        return this.#settle();
      case 'caller-stopped':
        this.#speaking = false;
        this.#spokeForMs = this.#parts.clock.now() - this.#speakingSince;
        this.#awaitingWords = true;
        return this.#finished();
      case 'caller-said':
        return this.#said(this.#wordsOf(event.text));
      case 'caller-words':
        return this.#bargeIn.words(event.text);
      case 'model-called':
        return this.#on({ kind: 'model-called', call: event.call, name: event.name, input: event.input });
      case 'failed':
        return this.#failed(event);
      case 'first-token':
        this.#firstTokenAt ??= this.#parts.clock.elapsed();
        return;
      case 'used':
        return this.#on({ kind: 'used', usage: event.usage });
      case 'ready':
        return;
      default:
        return event satisfies never;
    }
  }

  /** Noise is nothing; but who spoke for a while and was not understood did say something. */
  #wordsOf(text: string): string {
    return text === '' && this.#spokeForMs >= MUMBLED_MS ? NOT_UNDERSTOOD : text;
  }

  #finished(): void {
    const aside = this.#bargeIn.ended();
    this.#saidToModel = this.#talking.active;
    // Whatever it is: an answer to nothing that is being said, or one that has interrupted it.
    if (!aside) this.#reply();
    if (aside) this.#callerEndedAt = null;
    else this.#callerEnded();
    const finished = { kind: 'caller-finished', startedAt: this.#speakingSince } as const;
    this.#on(aside ? { ...finished, aside } : finished);
  }

  #said(text: string): void {
    this.#awaitingWords = false;
    const late = this.#bargeIn.awaitsWords;
    const { cut, aside } = this.#bargeIn.said(text);
    if (text === '') this.#callerEndedAt = null;
    else if (late && !aside) this.#reply();
    const answered = this.#saidToModel && !aside;
    this.#on({ kind: 'spoke', text, answered, cut, ...(aside && { aside }) });
    this.#settle();
  }

  /** A model that has to be told answers the caller. */
  #reply(): void {
    if (this.#talking.active && this.#turn.words > 1) this.#speech.reply();
  }

  #interrupt(by: 'keys' | number): boolean {
    const cut = this.#playback.interrupt(by);
    if (cut) this.#parts.metrics.bargeIn();
    return cut;
  }

  #started(id: string): void {
    const since = this.#callerEndedAt;
    this.#callerEndedAt = null;
    const after = (at: number | null): number | null =>
      since === null || at === null || at < since ? null : Math.round(at - since);
    this.#on({
      kind: 'started',
      utterance: id,
      latencyMs: after(this.#parts.clock.elapsed()),
      firstTokenMs: after(this.#firstTokenAt),
      firstAudioMs: after(this.#firstAudioAt),
    });
  }

  /** From now on the answer is awaited. */
  #callerEnded(): void {
    this.#callerEndedAt = this.#parts.clock.elapsed();
    this.#firstTokenAt = null;
    this.#firstAudioAt = null;
  }

  #heard(id: string): void {
    this.#wordless.delete(id);
    const text = this.#untold.get(id);
    if (text !== undefined) this.#tell(id, text);
    this.#on({ kind: 'heard', utterance: id });
  }

  #interrupted(id: string, heardMs: number, words: string): void {
    const shown = this.#wordless.get(id);
    const heardText = shown === undefined ? words : heardMs > 0 ? shown : '';
    this.#wordless.delete(id);
    if (this.#untold.has(id)) this.#tell(id, heardText);
    else if (!this.#closed) this.#talking.cut(id, heardMs, heardText);
    this.#on({ kind: 'interrupted', utterance: id, heardText });
  }

  #tell(id: string, text: string): void {
    this.#untold.delete(id);
    if (text !== '' && !this.#closed) this.#speech.note({ role: 'agent', text });
  }

  #expect({ expectation, turn }: Pick<Listen, 'expectation' | 'turn'>): void {
    this.#turn = turn;
    this.#sensitive = expectation.sensitive;
    this.#speech.expect(expectation, turn.patience);
  }

  #failed(event: Extract<SpeechEvent, { kind: 'failed' }>): void {
    const { log, metrics } = this.#parts;
    log.warn({ code: event.code, recovering: event.recovering }, event.message);
    metrics.speechFailure(event.code);
    this.#talking.breakOff();
    this.#bargeIn.lost();
    this.#speaking = false;
    this.#awaitingWords = false;
    if (!event.recovering) this.#sources.loseVoice();
    this.#on({ kind: event.recovering ? 'speech-lost' : 'speech-failed', code: event.code });
    this.#settle();
  }

  /** Null: nobody can say it, and the call goes on rather than wait for it. */
  #fill(id: string, prompt: Prompt | null): void {
    if (this.#closed) return;
    if (!prompt) return this.#playback.drop(id);
    for (const payload of prompt.payloads) this.#playback.add(id, payload);
    this.#playback.complete(id);
  }

  async #fillLater(id: string, prompt: Promise<Prompt | null>): Promise<void> {
    this.#fill(id, await prompt);
  }

  #settle(): void {
    const quiet = this.#playback.idle && !this.#speaking && !this.#awaitingWords;
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#on({ kind: 'quiet', quiet });
  }
}
