/**
 * A line with audio, a speech and a voice, joined to a channel. Audio runs through here frame by frame and
 * waits for nothing; what was heard of it, the playback ledger says.
 */
import type { Clock } from '../clock.ts';
import type { Expectation, Interrupt, Meaning, Value } from '../dialogue/protocol.ts';
import { messageOf } from '../errors.ts';
import type { AudioLine, AudioLineEvent, Channel, ChannelEvent } from '../line/line.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Prompt, Prompts } from '../speech/prompts.ts';
import type { Speech, SpeechEvent, Voice } from '../speech/speech.ts';
import { Playback } from './playback.ts';

export interface SpokenParts {
  line: AudioLine;
  open(on: (event: SpeechEvent) => void): Speech;
  prompts: Prompts;
  voice: Voice;
  /** A voice that needs no vendor, for when the other one fails. */
  fallback: Voice;
  locale: string;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** With the fallback behind it, nobody waits longer than three seconds for a line. */
const RENDER_MS = 2_300;
const FALLBACK_RENDER_MS = 6_000;
/** With the endpointing behind it: more than half a second of speech. */
const MUMBLED_MS = 1_400;
/** Stands for words that nobody could make out, in the transcript and for who judges them. */
const NOT_UNDERSTOOD = '…';
/** Items that were cut and may still send something. */
const CUT_ITEMS = 50;

type Say = Parameters<Channel['say']>[0];
type Listen = Parameters<Channel['listen']>[0];
type Converse = Parameters<Channel['converse']>[0];

export class Spoken implements Channel {
  readonly #parts: SpokenParts;
  readonly #on: (event: ChannelEvent) => void;
  readonly #playback: Playback;
  readonly #speech: Speech;
  /** Prompts that the model has not been told of. */
  readonly #untold = new Map<string, string>();
  readonly #cutItems = new Set<string>();
  /** The model's utterances whose audio still comes, with their words so far. */
  readonly #items = new Map<string, string>();
  #interrupt: Interrupt = 'speech';
  #talking = false;
  #speaking = false;
  #speakingSince = 0;
  #spokeForMs = 0;
  #awaitingWords = false;
  /** The utterance whose words are awaited was said to the model: it answers, even where the talk is over since. */
  #saidToModel = false;
  /** What the caller says interrupted something. */
  #cut = false;
  #callerEndedAt: number | null = null;
  #quiet = true;
  #hangingUp = false;
  readonly #closing = new AbortController();
  #closed = false;
  #voiceLost = false;

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
    this.#speech = parts.open((event) => this.#fromSpeech(event));
  }

  get thinks(): boolean {
    return this.#speech.thinks;
  }

  /** What the line brings; synchronous, since audio waits for nothing. */
  fromLine(event: AudioLineEvent): void {
    switch (event.kind) {
      case 'audio':
        return this.#speech.hear(event.payload);
      case 'mark':
        return this.#playback.marked(event.name);
      case 'key':
        this.#callerEndedAt = this.#parts.clock.elapsed();
        this.#bargeIn('keys');
        this.#speech.note({ role: 'caller', text: `(pressed the key ${event.key})` });
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
    const { prompts, voice, locale } = this.#parts;
    this.#untold.set(order.id, order.text);
    this.#playback.queue(order.id, order.text, order.interrupt);
    const ready = prompts.ready(voice, order.text, locale);
    if (ready) this.#fill(order.id, ready);
    else void this.#render(order);
  }

  listen(order: Listen): void {
    if (this.#closed) return;
    this.#stopTalking();
    this.#interrupt = order.interrupt;
    this.#speech.expect(order.expectation);
  }

  converse(order: Converse): void {
    if (this.#closed) return;
    this.#interrupt = order.interrupt;
    this.#speech.expect(order.expectation);
    if (!this.thinks) return;
    // What is queued will be heard before the model's own words: it must know of it.
    for (const [id, text] of this.#untold) this.#tell(id, text);
    this.#talking = true;
    const { id, instructions, offers, answerNow } = order;
    this.#speech.converse({
      id,
      instructions,
      offers,
      answerNow,
      interruptible: order.interrupt === 'speech',
    });
  }

  answerModel(call: string, output: Value): void {
    this.#speech.respond(call, output);
  }

  judge(expectation: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null> {
    return this.#speech.judge(expectation, text, signal);
  }

  settled(): void {
    // A stream of audio has nothing to send at the end of a step: everything left when it was ordered.
  }

  remainingMs(): number {
    return this.#playback.remainingMs();
  }

  hangUp(): void {
    this.#stopTalking();
    this.#speech.expect(null);
    this.#hangingUp = true;
    if (this.#playback.idle) this.#parts.line.close();
  }

  close(): void {
    this.#parts.line.close();
  }

  #fromSpeech(event: SpeechEvent): void {
    switch (event.kind) {
      case 'audio':
        return this.#play(event.item, event.payload);
      case 'words':
        this.#items.set(event.item, event.text);
        if (!this.#playback.has(event.item)) return;
        this.#playback.setText(event.item, event.text);
        return this.#on({ kind: 'model-says', utterance: event.item, text: event.text, complete: false });
      case 'audio-ended':
        return this.#finish(event.item, event.text);
      case 'caller-started':
        this.#speaking = true;
        this.#speakingSince = this.#parts.clock.now();
        this.#cut = this.#bargeIn('speech');
        this.#on({ kind: 'caller-began' });
        return this.#settle();
      case 'caller-stopped':
        this.#speaking = false;
        this.#spokeForMs = this.#parts.clock.now() - this.#speakingSince;
        this.#awaitingWords = true;
        this.#saidToModel = this.#talking;
        this.#callerEndedAt = this.#parts.clock.elapsed();
        return this.#on({ kind: 'caller-finished', startedAt: this.#speakingSince });
      case 'caller-said':
        this.#awaitingWords = false;
        if (this.#wordsOf(event.text) === '') this.#callerEndedAt = null;
        this.#on({
          kind: 'spoke',
          text: this.#wordsOf(event.text),
          answered: this.#saidToModel,
          cut: this.#cut,
        });
        return this.#settle();
      case 'model-called':
        return this.#on({ kind: 'model-called', call: event.call, name: event.name, input: event.input });
      case 'failed':
        return this.#failed(event);
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

  /** The hot path of a model that speaks. */
  #play(item: string, payload: string): void {
    if (!this.#playback.has(item)) {
      if (this.#cutItems.has(item) || !this.#talking) return;
      const text = this.#items.get(item) ?? '';
      this.#items.set(item, text);
      this.#playback.queue(item, text, this.#interrupt);
      this.#on({ kind: 'model-says', utterance: item, text, complete: false });
    }
    this.#playback.add(item, payload);
  }

  #finish(item: string, text: string): void {
    this.#items.delete(item);
    if (!this.#playback.has(item)) return;
    this.#playback.setText(item, text);
    this.#on({ kind: 'model-says', utterance: item, text, complete: true });
    this.#playback.complete(item);
  }

  #bargeIn(by: 'speech' | 'keys'): boolean {
    const cut = this.#playback.interrupt(by);
    if (cut) this.#parts.metrics.bargeIn();
    return cut;
  }

  #started(id: string): void {
    const since = this.#callerEndedAt;
    this.#callerEndedAt = null;
    const latencyMs = since === null ? null : Math.round(this.#parts.clock.elapsed() - since);
    this.#on({ kind: 'started', utterance: id, latencyMs });
  }

  #heard(id: string): void {
    const text = this.#untold.get(id);
    if (text !== undefined) this.#tell(id, text);
    this.#on({ kind: 'heard', utterance: id });
  }

  #interrupted(id: string, heardMs: number, heardText: string): void {
    if (this.#untold.has(id)) this.#tell(id, heardText);
    else if (!this.#closed) this.#cutItem(id, heardMs, heardText);
    this.#on({ kind: 'interrupted', utterance: id, heardText });
  }

  #cutItem(item: string, heardMs: number, heardText: string): void {
    const words = this.#items.get(item);
    if (words !== undefined) this.#on({ kind: 'model-says', utterance: item, text: words, complete: false });
    this.#items.delete(item);
    this.#cutItems.add(item);
    if (this.#cutItems.size > CUT_ITEMS) this.#cutItems.delete(this.#cutItems.values().next().value!);
    this.#speech.heardOnly(item, heardMs, heardText);
  }

  #tell(id: string, text: string): void {
    this.#untold.delete(id);
    if (text !== '' && !this.#closed) this.#speech.note({ role: 'agent', text });
  }

  #stopTalking(): void {
    if (!this.#talking) return;
    this.#talking = false;
    this.#speech.converse(null);
    for (const item of this.#items.keys()) this.#playback.complete(item);
    this.#items.clear();
  }

  #failed(event: Extract<SpeechEvent, { kind: 'failed' }>): void {
    const { log, metrics } = this.#parts;
    log.warn({ code: event.code, recovering: event.recovering }, event.message);
    metrics.speechFailure(event.code);
    for (const item of this.#items.keys()) this.#playback.complete(item);
    this.#items.clear();
    this.#speaking = false;
    this.#awaitingWords = false;
    if (!event.recovering) this.#voiceLost = true;
    this.#on({ kind: event.recovering ? 'speech-lost' : 'speech-failed', code: event.code });
    this.#settle();
  }

  #fill(id: string, prompt: Prompt): void {
    for (const payload of prompt.payloads) this.#playback.add(id, payload);
    this.#playback.complete(id);
  }

  /** The line is not in memory: rendered in the app's voice, else in the one that needs no vendor. */
  async #render(order: Say): Promise<void> {
    const { prompts, voice, fallback, locale, clock, log } = this.#parts;
    const attempts: (readonly [Voice, number])[] = this.#voiceLost ? [] : [[voice, RENDER_MS]];
    for (const [speaker, deadlineMs] of [...attempts, [fallback, FALLBACK_RENDER_MS] as const]) {
      const abort = new AbortController();
      const cancel = clock.after(deadlineMs, () => abort.abort());
      try {
        const signal = AbortSignal.any([abort.signal, this.#closing.signal]);
        this.#fill(order.id, await prompts.get(speaker, order.text, locale, signal));
        return;
      } catch (thrown) {
        if (this.#closed) return;
        log.warn({ voice: speaker.id, problem: messageOf(thrown) }, 'a line could not be rendered');
      } finally {
        cancel();
      }
    }
    // Nobody can say it: the call goes on rather than wait for it.
    this.#playback.drop(order.id);
  }

  #settle(): void {
    const quiet = this.#playback.idle && !this.#speaking && !this.#awaitingWords;
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#on({ kind: 'quiet', quiet });
  }
}
