import type { Clock } from '../clock.ts';
import type { Channel } from '../line/line.ts';

/**
 * The line of a call that we placed, while the network still listens to who answered. A machine's greeting may have
 * led the dialogue to its end before that is known: the line stays open until then, so that the machine can be left
 * its message, and is closed as ordered where no machine answered.
 */
export class PatientChannel implements Channel {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #isForGood: () => boolean;
  /** Until when the verdict may come, on the monotonic clock. */
  #until: number;
  /** Closes the line; null where that was not ordered. */
  #cancel: (() => void) | null = null;
  /** The line was to be closed, and something is said after all. */
  #revived = false;

  /**
   * @param withinMs how long the verdict is waited for.
   * @param isForGood whether the call is over when its line closes; one that is to be transferred waits for nothing.
   */
  constructor(channel: Channel, clock: Clock, withinMs: number, isForGood: () => boolean) {
    this.#channel = channel;
    this.#clock = clock;
    this.#isForGood = isForGood;
    this.#until = clock.elapsed() + withinMs;
  }

  get judges(): boolean {
    return this.#channel.judges;
  }

  get converses(): boolean {
    return this.#channel.converses;
  }

  /** No machine answered, or nobody will ever tell: the line is closed where that was ordered. */
  goOn(): void {
    this.#until = -Infinity;
    if (this.#cancel) this.hangUp();
  }

  /** The dialogue is told: it says something more, or hangs up again, unless it is past all that. */
  machineAnswered(): void {
    this.#until = -Infinity;
  }

  hangUp(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#revived = false;
    const leftMs = this.#until - this.#clock.elapsed();
    if (leftMs > 0 && this.#isForGood()) this.#cancel = this.#clock.after(leftMs, () => this.goOn());
    else this.#channel.hangUp();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#channel.close();
  }

  /** More than nothing while the line is kept open, so that nobody takes it for one that was forgotten. */
  remainingMs(): number {
    const isKept = this.#cancel !== null || this.#revived;
    return Math.max(isKept ? 1 : 0, this.#channel.remainingMs());
  }

  say(...order: Parameters<Channel['say']>): void {
    this.#revive();
    this.#channel.say(...order);
  }

  play(...order: Parameters<Channel['play']>): void {
    this.#revive();
    this.#channel.play(...order);
  }

  press(...order: Parameters<Channel['press']>): void {
    this.#revive();
    this.#channel.press(...order);
  }

  listen(...order: Parameters<Channel['listen']>): void {
    this.#revive();
    this.#channel.listen(...order);
  }

  converse(...order: Parameters<Channel['converse']>): void {
    this.#revive();
    this.#channel.converse(...order);
  }

  answerModel(...answer: Parameters<Channel['answerModel']>): void {
    this.#channel.answerModel(...answer);
  }

  judge(...question: Parameters<Channel['judge']>): ReturnType<Channel['judge']> {
    return this.#channel.judge(...question);
  }

  giveWay(): void {
    this.#channel.giveWay();
  }

  changeLanguage(locale: string): void {
    this.#channel.changeLanguage(locale);
  }

  forget(): void {
    this.#channel.forget();
  }

  hide(mask: (text: string) => string): void {
    this.#channel.hide?.(mask);
  }

  settled(...told: Parameters<Channel['settled']>): void {
    this.#channel.settled(...told);
  }

  /** The dialogue goes on behind its end. */
  #revive(): void {
    if (!this.#cancel) return;
    this.#cancel();
    this.#cancel = null;
    this.#revived = true;
  }
}
