/** The ear that needs no vendor: hears when a caller speaks, and what, as far as this machine can tell. */
import { BYTES_PER_MS, FRAME_BYTES, SILENCE } from '../../audio.ts';
import type { Clock } from '../../clock.ts';
import type { Expectation, Meaning, Patience } from '../../dialogue/protocol.ts';
import { pauseMs } from '../endpointing.ts';
import { KeptAudio } from '../kept-audio.ts';
import { NOT_UNDERSTOOD, type Speech, type SpeechEvent } from '../speech.ts';
import type { Recogniser } from './recogniser.ts';
import type { Vad, VadDecision } from '../vad.ts';

export interface EarParts {
  vad: Vad;
  recogniser: Recogniser | null;
  clock: Clock;
  on(event: SpeechEvent): void;
}

/** A caption without speech counts after so much audio: it usually travels with the first frame of its speech. */
const CAPTION_MS = 1_000;
/** A line that sends nothing for so long is taken to be silent. */
const STALL_MS = 1_000;
/** Words that trail off are quiet before they are over, and loudness is all that this ear has to tell by. */
const TRAIL_MS = 150;
/** Kept from before the detector was sure, for the recogniser. */
const LEAD_MS = 300;
/** An ear is told a few words at a time; more than this is not a person. */
const CAPTIONS = 20;

const silentFrame = new Uint8Array(FRAME_BYTES).fill(SILENCE);
const never: Promise<void> = Promise.resolve();

/**
 * An ear without a mind: it gives what was said, and whoever joins it to a call judges that by rules. `judge`
 * always answers null, and what a model would be told (`note`, `forget`, `converse`, `respond`, `heardOnly`)
 * concerns nobody here.
 *
 * What was said is, in this order: the words of the recogniser, where there is one and it knows what is expected;
 * the captions that came with the utterance; nothing.
 */
export class Ear implements Speech {
  readonly judges = false;
  readonly converses = false;
  readonly #parts: EarParts;
  readonly #closing = new AbortController();
  #frame = Buffer.alloc(FRAME_BYTES);
  #heardBytes = 0;
  #captions: { text: string; atMs: number }[] = [];
  #expectation: Expectation | null = null;
  /** Of the utterance, or a little of what came before it. Empty without a recogniser. */
  readonly #kept = new KeptAudio();
  /** Utterances are given in the order they were spoken. */
  #saying = never;
  #cancelWatch: (() => void) | null = null;

  constructor(parts: EarParts) {
    this.#parts = parts;
    queueMicrotask(() => this.#tell({ kind: 'ready' }));
  }

  hear(payload: string): void {
    if (this.#closing.signal.aborted) return;
    const room = payload.length;
    if (room > this.#frame.length * 2) this.#frame = Buffer.alloc(room);
    const length = this.#frame.write(payload, 'base64');
    if (this.#parts.recogniser) this.#keep(length);
    this.#advance(this.#frame, length);
  }

  caption(text: string): void {
    if (this.#closing.signal.aborted || text.trim() === '') return;
    this.#captions.push({ text: text.trim(), atMs: this.#heardMs() });
    if (this.#captions.length > CAPTIONS) this.#captions.shift();
    this.#watch();
  }

  /** Shapes what the recogniser can hear (the examples, the keys' names, yes and no), and how long a pause may be. */
  expect(expectation: Expectation | null, patience: Patience): void {
    this.#expectation = expectation;
    this.#parts.vad.hangoverMs = pauseMs(expectation, patience) + TRAIL_MS;
  }

  judge(): Promise<Meaning | null> {
    return Promise.resolve(null);
  }

  note(): void {}
  forget(): void {}
  converse(): void {}
  respond(): void {}
  reply(): void {}
  heardOnly(): void {}

  close(): void {
    this.#closing.abort();
    this.#cancelWatch?.();
    this.#cancelWatch = null;
    this.#captions = [];
  }

  #heardMs(): number {
    return this.#heardBytes / BYTES_PER_MS;
  }

  #advance(bytes: Uint8Array, length: number): void {
    this.#heardBytes += length;
    this.#decide(this.#parts.vad.hear(bytes, length));
    const [first] = this.#captions;
    if (first && !this.#parts.vad.speaking && this.#heardMs() - first.atMs >= CAPTION_MS) {
      this.#tell({ kind: 'caller-started' });
      this.#tell({ kind: 'caller-stopped' });
      this.#say(Promise.resolve(null), this.#takeCaptions());
    }
  }

  #decide(decision: VadDecision): void {
    if (decision === 'started') {
      this.#tell({ kind: 'caller-started' });
      this.#watch();
    } else if (decision === 'stopped') {
      this.#tell({ kind: 'caller-stopped' });
      this.#say(this.#recognise(), this.#takeCaptions());
    }
  }

  #takeCaptions(): string {
    const text = this.#captions.map((caption) => caption.text).join(' ');
    this.#captions = [];
    return text;
  }

  #keep(length: number): void {
    const kept = this.#kept;
    kept.push(this.#frame.subarray(0, length));
    if (!this.#parts.vad.speaking) kept.release(kept.end - LEAD_MS * BYTES_PER_MS);
  }

  #recognise(): Promise<string | null> {
    const { recogniser } = this.#parts;
    const utterance = this.#kept.all();
    this.#kept.release(this.#kept.end);
    if (!recogniser || !this.#expectation || utterance.length === 0) return Promise.resolve(null);
    return recogniser.recognise(utterance, this.#expectation, this.#closing.signal);
  }

  #say(recognised: Promise<string | null>, captions: string): void {
    if (!this.#parts.recogniser) {
      this.#tell({ kind: 'caller-said', text: captions });
      return;
    }
    const before = this.#saying;
    this.#saying = recognised.then(async (text) => {
      await before;
      // Words that the recogniser was not told of are still in the captions, where the line has some.
      const words = text === NOT_UNDERSTOOD ? captions || text : text || captions;
      this.#tell({ kind: 'caller-said', text: words });
    });
  }

  /** While something is open, a line that has stopped sending is heard as silence, or it would stay open. */
  #watch(): void {
    if (this.#cancelWatch || this.#closing.signal.aborted) return;
    if (!this.#parts.vad.speaking && this.#captions.length === 0) return;
    const seen = this.#heardBytes;
    this.#cancelWatch = this.#parts.clock.after(STALL_MS, () => {
      this.#cancelWatch = null;
      if (this.#heardBytes === seen) {
        for (let ms = 0; ms < STALL_MS; ms += FRAME_BYTES / BYTES_PER_MS)
          this.#advance(silentFrame, FRAME_BYTES);
      }
      this.#watch();
    });
  }

  #tell(event: SpeechEvent): void {
    if (!this.#closing.signal.aborted) this.#parts.on(event);
  }
}
