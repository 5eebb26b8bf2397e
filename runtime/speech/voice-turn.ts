import { OffhookError } from '../errors.ts';
import type { VoiceEvent, VoiceStream } from './speech.ts';
import type { Usage } from './usage.ts';
import type { Route, Seat, SeatListener, Track, VoicePool } from './voice-pool.ts';
import { isFinal, type VoiceVendor } from './voice-socket.ts';

/** From a text until it is heard of, connecting included. */
const FIRST_AUDIO_MS = 3_000;
/** Between two chunks of what is being spoken. */
const IDLE_MS = 3_000;
/** Some twenty minutes of speech: nobody says so much in one turn. */
const MAX_TEXT = 20_000;

export interface TurnParts {
  vendor: VoiceVendor;
  pool: VoicePool;
  route: Route;
  /** As the vendor calls it, for what is counted. */
  model: string;
  on(event: VoiceEvent): void;
  /** Nothing more is called back. */
  gone(): void;
}

/**
 * One text that is spoken while it is being written, over a socket of a vendor's. What fails before anything of the
 * text was heard is tried once more on a fresh socket; what fails later, or a second time, ends the stream.
 */
export class VoiceTurn implements VoiceStream {
  readonly #parts: TurnParts;
  #seat: Seat | null = null;
  /** What was said and is not known to be spoken to the end. */
  #pieces: string[] = [];
  /** Of the first of them something has been heard. */
  #heard = false;
  /** Text without anything that could be heard: it waits for what follows. */
  #held = '';
  #length = 0;
  #retries = 1;
  #ended = false;
  /** `ending`: nothing more is done, and the last event is about to be told. */
  #state: 'speaking' | 'ending' | 'over' = 'speaking';
  #cancelDeadline: (() => void) | null = null;

  constructor(parts: TurnParts) {
    this.#parts = parts;
    this.#sit(false);
  }

  say(text: string): void {
    if (this.#state !== 'speaking' || this.#ended) return;
    this.#length += text.length;
    if (this.#length > MAX_TEXT) {
      const { code } = this.#parts.vendor;
      const sentence = `A text of more than ${MAX_TEXT} characters is too long to be spoken.`;
      return this.#fail(new OffhookError(`${code}-refused`, sentence));
    }
    this.#held += text;
    if (!/[\p{L}\p{N}]/u.test(this.#held)) return;
    const piece = this.#held;
    this.#held = '';
    this.#pieces.push(piece);
    if (!this.#cancelDeadline) this.#wait(FIRST_AUDIO_MS);
    if (this.#seat) this.#seat.track?.say(piece);
    else this.#sit(false);
  }

  end(): void {
    if (this.#state !== 'speaking' || this.#ended) return;
    this.#ended = true;
    if (this.#pieces.length === 0) return this.#finish({ kind: 'ended' });
    if (!this.#cancelDeadline) this.#wait(IDLE_MS);
    this.#seat?.track?.end();
  }

  cancel(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#rest();
    this.#leave(false);
    this.#parts.gone();
  }

  /** Ends it as failed. */
  abandon(error: OffhookError): void {
    this.#fail(error);
  }

  #sit(fresh: boolean): void {
    const { pool, route } = this.#parts;
    const mine =
      <A extends unknown[]>(act: (...args: A) => void) =>
      (...args: A): void => {
        if (this.#seat === seat) act(...args);
      };
    const listener: SeatListener = {
      opened: mine((track) => this.#begin(track)),
      audio: mine((payload) => this.#audio(payload)),
      spoken: mine((pieces) => this.#spoken(pieces)),
      sent: mine((characters) => this.#count(characters)),
      spent: mine(() => {
        this.#leave(false);
        this.#sit(false);
      }),
      done: mine(() => this.#finish({ kind: 'ended' })),
      failed: mine((error) => this.#failed(error)),
    };
    let seat: Seat;
    try {
      seat = pool.take(route, fresh, listener);
    } catch (thrown) {
      if (!(thrown instanceof OffhookError)) throw thrown;
      return this.#fail(thrown);
    }
    this.#seat = seat;
    if (seat.track) this.#begin(seat.track);
  }

  /** Says what was said so far. */
  #begin(track: Track): void {
    const seat = this.#seat;
    for (const piece of this.#pieces) {
      // A track may be spent by it, and the rest was then said on the next one.
      if (this.#seat !== seat) return;
      track.say(piece);
    }
    if (this.#ended && this.#seat === seat) track.end();
  }

  #audio(payload: string): void {
    if (payload === '') return;
    this.#heard = true;
    this.#retries = 1;
    // Before the end nobody knows whether more is due: the next piece, or the end, begins to wait again.
    this.#rest();
    if (this.#ended) this.#wait(IDLE_MS);
    this.#parts.on({ kind: 'audio', payload });
  }

  #spoken(pieces: number): void {
    this.#pieces.splice(0, pieces);
    this.#heard = false;
    this.#rest();
    if (this.#pieces.length > 0 || this.#ended) this.#wait(FIRST_AUDIO_MS);
  }

  #count(characters: number): void {
    const { vendor, model } = this.#parts;
    const usage: Usage = { vendor: vendor.code, model, amounts: { characters } };
    // Also told from within `say`, which returns first.
    queueMicrotask(() => {
      if (this.#state !== 'over') this.#parts.on({ kind: 'used', usage });
    });
  }

  #failed(error: OffhookError): void {
    if (isFinal(error) || this.#heard) return this.#fail(error);
    // Nobody waits for anything: the next piece takes another socket.
    if (this.#pieces.length === 0) return this.#leave(true);
    if (this.#retries === 0) return this.#fail(error);
    this.#retries--;
    const { vendor } = this.#parts;
    vendor.log.warn({ vendor: vendor.code, problem: error.message }, 'a voice is tried once more');
    this.#leave(true);
    this.#wait(FIRST_AUDIO_MS);
    this.#sit(true);
  }

  #wait(ms: number): void {
    this.#rest();
    const { vendor } = this.#parts;
    this.#cancelDeadline = vendor.clock.after(ms, () => {
      const what = this.#heard ? 'stopped in the middle of a text' : `did not speak within ${ms} ms`;
      this.#failed(new OffhookError(`${vendor.code}-timeout`, `${vendor.name} ${what}.`));
    });
  }

  #rest(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = null;
  }

  #fail(error: OffhookError): void {
    this.#finish({ kind: 'failed', code: error.code, message: error.message });
  }

  /** The last event, told when whatever led to it has returned. */
  #finish(event: VoiceEvent): void {
    if (this.#state !== 'speaking') return;
    this.#state = 'ending';
    this.#rest();
    this.#leave(event.kind === 'failed');
    queueMicrotask(() => {
      if (this.#state === 'over') return;
      this.#state = 'over';
      this.#parts.on(event);
      this.#parts.gone();
    });
  }

  #leave(broken: boolean): void {
    const seat = this.#seat;
    this.#seat = null;
    seat?.leave(broken);
  }
}
