import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';

/** A response that was asked for is announced at once, even by a model that thinks first. */
const ANNOUNCED_MS = 2_500;
/** An announced response may think, but not for ever. */
const STALL_MS = 5_000;
/** During a talk the server answers by itself; where it does not, it is asked. */
const UNANSWERED_MS = 1_200;
const MAX_BUSY = 3;

interface Asks {
  /** Sends `response.create`; gives its event id. */
  create(): string;
  callerSpeaks(): boolean;
  stalled(error: OffhookError): void;
}

/**
 * Whose turn it is to speak within one session: only one response at a time may write to the conversation
 * (`conversation_already_has_active_response`), so that what is wanted waits until the one before it is done and
 * until the caller has finished. A vendor that promises a response and does not give it is reported.
 */
export class Floor {
  private readonly clock: Clock;
  private readonly asks: Asks;
  private wanted = false;
  private requested: { eventId: string; at: number } | null = null;
  private active: string | null = null;
  private movedAt = 0;
  /** The server is about to answer the caller by itself. */
  private expecting = false;
  private busyAnswers = 0;
  private closed = false;
  private cancelWatch: () => void = () => {};
  private cancelExpect: () => void = () => {};

  constructor(clock: Clock, asks: Asks) {
    this.clock = clock;
    this.asks = asks;
  }

  /** The response that is being generated. */
  get current(): string | null {
    return this.active;
  }

  /** Somebody waits for the model. */
  get busy(): boolean {
    return this.wanted || this.expecting || this.requested !== null || this.active !== null;
  }

  /** A response is wanted, as soon as it is allowed. */
  ask(): void {
    this.wanted = true;
    this.pump();
  }

  /** What was wanted is not wanted any more. What is being generated has to be cut by whoever knows it. */
  forget(): void {
    this.wanted = false;
    this.expecting = false;
    this.cancelExpect();
  }

  /** The caller said something that the server answers by itself. */
  expect(): void {
    if (this.closed) return;
    this.expecting = true;
    this.cancelExpect();
    this.cancelExpect = this.clock.after(UNANSWERED_MS, () => {
      this.expecting = false;
      this.ask();
    });
  }

  /** `answersAll`: it was created knowing everything that is in the conversation. */
  created(response: string, answersAll: boolean): void {
    if (this.closed) return;
    const asked = this.requested !== null;
    this.requested = null;
    this.active = response;
    this.movedAt = this.clock.elapsed();
    this.busyAnswers = 0;
    if (this.expecting) {
      this.expecting = false;
      this.cancelExpect();
    }
    if (!asked && answersAll) this.wanted = false;
    this.watch();
  }

  moved(response: string): void {
    if (response === this.active) this.movedAt = this.clock.elapsed();
  }

  done(response: string): void {
    if (response !== this.active) return;
    this.active = null;
    this.watch();
    this.pump();
  }

  /** Nothing stands in the way that was not there before, such as the caller, who stopped. */
  pump(): void {
    if (
      this.closed ||
      !this.wanted ||
      this.requested ||
      this.active !== null ||
      this.expecting ||
      this.asks.callerSpeaks()
    )
      return;
    this.wanted = false;
    this.requested = { eventId: this.asks.create(), at: this.clock.elapsed() };
    this.watch();
  }

  /** An error that a `response.create` caused. True: it only came too early, and is sent again. */
  refused(eventId: string, code: string): 'again' | 'failed' | 'unknown' {
    if (this.requested?.eventId !== eventId) return 'unknown';
    this.requested = null;
    this.watch();
    if (code !== 'conversation_already_has_active_response' || ++this.busyAnswers > MAX_BUSY) return 'failed';
    this.wanted = true;
    if (this.active === null) this.expect();
    return 'again';
  }

  /** The session is gone: nothing is asked of it any more. */
  close(): void {
    this.closed = true;
    this.cancelWatch();
    this.cancelExpect();
  }

  private watch(): void {
    this.cancelWatch();
    const due = this.due();
    if (due === null) return;
    const left = due - this.clock.elapsed();
    this.cancelWatch = this.clock.after(left, () => {
      const moved = this.due();
      if (moved === null || moved > this.clock.elapsed()) return this.watch();
      const what = this.requested ? 'did not begin a response' : 'stopped in the middle of a response';
      const limitMs = this.requested ? ANNOUNCED_MS : STALL_MS;
      this.asks.stalled(new OffhookError('openai-silent', `OpenAI ${what} for ${limitMs} ms.`));
    });
  }

  private due(): number | null {
    if (this.requested) return this.requested.at + ANNOUNCED_MS;
    return this.active === null ? null : this.movedAt + STALL_MS;
  }
}
