import { BYTES_PER_MS, decodeMulaw } from '../../audio.ts';
import type { Expectation, Patience } from '../../dialogue/protocol.ts';
import { OffhookError } from '../../errors.ts';
import { Resampler, TELEPHONE_RATE } from '../../resample.js';
import type { Ear, EarEvent, EarOptions } from '../ear.ts';
import { EarUtterances, type EarUtterance } from '../ear-utterances.ts';
import { Endpointing, type TurnDecision } from '../endpointing.ts';
import { keytermsOf } from '../keyterms.ts';
import { SilencePad } from '../silence-pad.ts';
import { NOT_UNDERSTOOD } from '../speech.ts';
import type { Usage } from '../usage.ts';
import { Link } from './link.ts';
import { transcriptionSession } from './session-config.ts';
import type { Vendor } from './socket.ts';
import type { ServerEvent, TranscriptionConfig } from './wire.ts';

/** Transcription takes PCM of this rate (Hz), 16 bits, little-endian. */
const PCM_RATE = 24_000;
/** From before the detector was sure: the first word begins in it. */
const LEAD_MS = 400;
/** How long the words of an utterance that is over may take. */
const COMPLETE_MS = 3_000;
/** Words that have not changed for so long are likely all. */
const SETTLED_MS = 200;

/** One utterance and its audio, which another session may have to be given again. */
interface Spoken {
  utterance: EarUtterance;
  audio: Buffer[];
  bytes: number;
  /** The vendor's name for it; null until it has one. */
  item: string | null;
  /** The words that came so far on this session. */
  text: string;
  /** How much audio had been heard when words came last. */
  wordsAt: number;
  phase: 'speaking' | 'paused' | 'over';
  /** The id of the event that committed it; null until it was committed on this session. */
  commit: string | null;
  cancelDeadline(): void;
}

/**
 * OpenAI's live transcription hears one call. The vendor finds no ends of utterances, so they are found here, and
 * nothing but utterances is sent. A lost session is replaced once, and given again what was not transcribed yet.
 */
export class OpenAiEar implements Ear {
  readonly #vendor: Vendor;
  readonly #options: EarOptions & { model: string };
  readonly #closed: () => void;
  readonly #link: Link;
  readonly #endpointing = new Endpointing();
  readonly #utterances = new EarUtterances((event) => this.#tell(event));
  readonly #pad: SilencePad;
  #state: 'open' | 'over' | 'closed' = 'open';
  #lead: Buffer[] = [];
  #leadBytes = 0;
  #heardBytes = 0;
  /** Begun and not yet said, in order. */
  #spoken: Spoken[] = [];
  readonly #resampler = new Resampler(TELEPHONE_RATE, PCM_RATE);
  #expectation: Expectation | null = null;
  #keywords: readonly string[] = [];
  #told = '';

  constructor(vendor: Vendor, options: EarOptions & { model: string }, closed: () => void) {
    this.#vendor = vendor;
    this.#options = options;
    this.#closed = closed;
    this.#pad = new SilencePad(vendor.clock, (payload) => this.#advance(Buffer.from(payload, 'base64')));
    this.#link = new Link({ ...vendor, transcribes: true }, options.model, () => this.#configure(), {
      up: (rotated) => this.#up(rotated),
      event: (event) => this.#receive(event),
      audio: () => {},
      lost: (error, recovering) => this.#lost(error, recovering),
      isQuiet: () => this.#spoken.length === 0,
    });
  }

  hear(payload: string): void {
    if (this.#state !== 'open') return;
    this.#pad.heard();
    this.#advance(Buffer.from(payload, 'base64'));
  }

  /** OpenAI hears for itself. */
  caption(): void {}

  expect(expectation: Expectation | null, patience: Patience): void {
    if (this.#state !== 'open') return;
    this.#expectation = expectation;
    this.#endpointing.expect(expectation, patience);
    // While nothing is expected, what was expected last is as good a guess as any.
    if (expectation) this.#keywords = keytermsOf(expectation);
    if (!this.#link.ready || JSON.stringify(this.#session()) === this.#told) return;
    this.#link.send({ type: 'session.update', session: this.#configure() });
  }

  close(): void {
    void this.end();
  }

  /** As `close`; settles when no connection is left. */
  async end(): Promise<void> {
    if (this.#state !== 'closed') this.#stop();
    this.#state = 'closed';
    await this.#link.close();
    this.#closed();
  }

  #session(): TranscriptionConfig {
    const { model, locale } = this.#options;
    return transcriptionSession(model, this.#expectation?.locale ?? locale, this.#keywords);
  }

  #configure(): TranscriptionConfig {
    const session = this.#session();
    this.#told = JSON.stringify(session);
    return session;
  }

  #advance(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#heardBytes += bytes.length;
    const current = this.#current;
    if (current) this.#take(current, bytes);
    else this.#keepLead(bytes);
    this.#endpointing.hear(bytes, (decision) => this.#decided(decision));
    this.#settle();
  }

  /** What is being spoken. */
  get #current(): Spoken | null {
    const last = this.#spoken.at(-1);
    return last && last.phase !== 'over' ? last : null;
  }

  #keepLead(bytes: Buffer): void {
    this.#lead.push(bytes);
    this.#leadBytes += bytes.length;
    while (this.#leadBytes - this.#lead[0]!.length >= LEAD_MS * BYTES_PER_MS)
      this.#leadBytes -= this.#lead.shift()!.length;
  }

  #take(spoken: Spoken, bytes: Buffer): void {
    spoken.audio.push(bytes);
    spoken.bytes += bytes.length;
    if (this.#link.ready) this.#append(bytes);
  }

  /** The end of an utterance is silence: what the filter holds back of it is not missed. */
  #append(bytes: Buffer): void {
    const { buffer, byteOffset, byteLength } = this.#resampler.push(decodeMulaw(bytes));
    this.#link.append(Buffer.from(buffer, byteOffset, byteLength).toString('base64'));
  }

  #decided(decision: TurnDecision): void {
    const current = this.#current;
    switch (decision) {
      case 'started':
        return this.#begin();
      case 'paused':
        if (current) current.phase = 'paused';
        return;
      case 'resumed':
        if (current) current.phase = 'speaking';
        return current?.utterance.goesOn();
      case 'ended':
        if (!current) return;
        current.phase = 'over';
        current.utterance.stopped();
        this.#pad.stop();
        return this.#commit(current);
    }
  }

  #begin(): void {
    const spoken: Spoken = {
      utterance: this.#utterances.begin(),
      audio: [],
      bytes: 0,
      item: null,
      text: '',
      wordsAt: 0,
      phase: 'speaking',
      commit: null,
      cancelDeadline: () => {},
    };
    if (this.#state !== 'open') return;
    this.#spoken.push(spoken);
    this.#resampler.reset();
    for (const bytes of this.#lead) this.#take(spoken, bytes);
    this.#lead = [];
    this.#leadBytes = 0;
    this.#pad.start();
    this.#link.watch(true);
  }

  /** The utterance is over: its words are due. Where no session is set up, they are when one is. */
  #commit(spoken: Spoken): void {
    if (!this.#link.ready || spoken.commit !== null) return;
    spoken.commit = this.#link.send({ type: 'input_audio_buffer.commit' });
    spoken.cancelDeadline = this.#vendor.clock.after(COMPLETE_MS, () => {
      if (spoken.text !== '') return this.#say(spoken, spoken.text.trim(), {});
      const what = `OpenAI gave no words of what was said within ${COMPLETE_MS} ms.`;
      this.#link.fail(new OffhookError('openai-timeout', what, { detail: { model: this.#options.model } }));
    });
  }

  /** Words that have stayed the same since the caller fell silent are likely all. */
  #settle(): void {
    for (const { utterance, phase, text, wordsAt } of this.#spoken) {
      const isSettled = this.#heardBytes - wordsAt >= SETTLED_MS * BYTES_PER_MS;
      if (phase !== 'speaking' && text !== '' && isSettled) utterance.likelyDone();
    }
  }

  /** `amounts` is what the words took, where the vendor told it; else it is the audio that counts. */
  #say(spoken: Spoken, text: string, amounts: Usage['amounts']): void {
    const at = this.#spoken.indexOf(spoken);
    if (at < 0) return;
    spoken.cancelDeadline();
    this.#spoken.splice(at, 1);
    spoken.utterance.said(text);
    if (this.#spoken.length === 0) this.#link.watch(false);
    const seconds = spoken.bytes / BYTES_PER_MS / 1_000;
    const isTold = Object.keys(amounts).length > 0;
    const usage = { vendor: 'openai', model: this.#options.model, amounts: isTold ? amounts : { seconds } };
    this.#tell({ kind: 'used', usage });
  }

  #up(rotated: boolean): void {
    for (const spoken of this.#spoken) {
      this.#resampler.reset();
      for (const bytes of spoken.audio) this.#append(bytes);
      if (spoken.phase === 'over') this.#commit(spoken);
    }
    this.#link.watch(this.#spoken.length > 0);
    // What was expected may have changed while the session was being set up.
    if (JSON.stringify(this.#session()) !== this.#told)
      this.#link.send({ type: 'session.update', session: this.#configure() });
    if (!rotated) this.#tell({ kind: 'ready' });
  }

  #lost(error: OffhookError, recovering: boolean): void {
    const { sessionId } = this.#options;
    this.#vendor.log.warn({ session: sessionId, code: error.code, recovering }, error.message);
    for (const spoken of this.#spoken) {
      spoken.cancelDeadline();
      spoken.item = null;
      spoken.commit = null;
      spoken.text = '';
    }
    if (!recovering) {
      // The words that are known are not lost with the vendor. Saying them takes them out of `#spoken`.
      for (const spoken of this.#spoken.slice()) this.#say(spoken, spoken.utterance.text, {});
      if (this.#state === 'closed') return;
      this.#stop();
      this.#state = 'over';
    }
    this.#tell({ kind: 'failed', code: error.code, message: error.message, recovering });
  }

  #receive(event: ServerEvent): void {
    switch (event.type) {
      case 'caller-committed':
        this.#named(event.item);
        return;
      case 'caller-words': {
        const spoken = this.#named(event.item);
        if (!spoken) return;
        spoken.text += event.delta;
        spoken.wordsAt = this.#heardBytes;
        return spoken.utterance.words(spoken.text.trim());
      }
      case 'caller-transcribed': {
        const spoken = this.#named(event.item);
        return spoken?.phase === 'over' ? this.#say(spoken, event.text.trim(), event.usage) : undefined;
      }
      case 'caller-untranscribed': {
        const spoken = this.#named(event.item);
        this.#vendor.log.warn({ session: this.#options.sessionId }, 'openai gave no transcript');
        return spoken?.phase === 'over'
          ? this.#say(spoken, spoken.text.trim() || NOT_UNDERSTOOD, {})
          : undefined;
      }
      case 'error': {
        const { code, message, eventId } = event;
        // The message may quote what was asked for.
        const why = this.#expectation?.sensitive ? '[hidden]' : message;
        this.#vendor.log.warn({ session: this.#options.sessionId, code }, `openai: ${why}`);
        const refused = this.#spoken.find((spoken) => spoken.commit !== null && spoken.commit === eventId);
        return refused ? this.#say(refused, refused.text.trim(), {}) : undefined;
      }
      default:
        return;
    }
  }

  /** The utterance of an item: one that has no name yet gets it, the eldest first. Utterances may be told crosswise. */
  #named(item: string): Spoken | null {
    const known = this.#spoken.find((spoken) => spoken.item === item);
    if (known) return known;
    const next = this.#spoken.find((spoken) => spoken.item === null);
    if (next) next.item = item;
    return next ?? null;
  }

  #stop(): void {
    this.#pad.stop();
    for (const spoken of this.#spoken) spoken.cancelDeadline();
    this.#spoken = [];
  }

  #tell(event: EarEvent): void {
    if (this.#state !== 'closed') this.#options.on(event);
  }
}
