import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Phone, PhoneEvent } from '../line/local/phone.ts';

export type RingPhone = Pick<Phone, 'callSid' | 'call' | 'say' | 'press' | 'hangUp' | 'recording'>;

interface RingCallerOptions {
  /** What is said, one line a turn: words, `#1` for keys, nothing for a turn of silence. */
  script: Iterable<string> | AsyncIterable<string>;
  /** After the script: hang up, or stay silent. */
  hangsUp: boolean;
  clock: Clock;
  synthesize: (text: string) => Promise<Uint8Array>;
  words: { callerSays(text: string): void };
  err: (line: string) => void;
}

type Line =
  | { kind: 'speech'; text: string; samples: Uint8Array }
  | { kind: 'keys'; keys: string }
  | { kind: 'silence' };

/** The agent has finished when nothing was heard of it for this long. */
const TURN_OVER_MS = 700;

/** Speaks when it is the caller's turn: the agent has said something and has finished. */
export class RingCaller {
  readonly #options: RingCallerOptions;
  readonly #script: AsyncGenerator<Line>;
  /** The next line is made ready while the agent speaks. */
  #upcoming: Promise<IteratorResult<Line>>;
  #phone: RingPhone | null = null;
  #answered = false;
  #speaking = false;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: RingCallerOptions) {
    this.#options = options;
    this.#script = linesOf(options);
    this.#upcoming = this.#prepare();
  }

  /** Gives the caller the phone to speak into. */
  holds(phone: RingPhone): void {
    this.#phone = phone;
  }

  notice(event: PhoneEvent): void {
    if (event.kind === 'heard' || event.kind === 'spoken') this.#answered = true;
    // The caller interrupted: what comes next is the answer to that.
    if (event.kind === 'cleared') this.#answered = false;
    if (event.kind === 'media' || event.kind === 'words' || event.kind === 'quiet') this.#cancel();
    // Twilio itself listens, and only then.
    if (event.kind === 'listens') {
      this.#answered = true;
      this.#cancel();
      this.#cancel = this.#options.clock.after(TURN_OVER_MS, () => void this.#takeTurn());
    }
    if (event.kind === 'quiet') {
      this.#cancel = this.#options.clock.after(TURN_OVER_MS, () => void this.#takeTurn());
    }
  }

  async speak(samples: Uint8Array, text: string | null): Promise<void> {
    this.#speaking = true;
    await this.#phone?.say(samples, text);
    this.#speaking = false;
    // What was heard meanwhile was not an answer to this.
    this.#answered = false;
  }

  /** The call is over. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
    // Not awaited: the script may be waiting for a line that never comes.
    void this.#script.return(undefined);
  }

  async #takeTurn(): Promise<void> {
    if (!this.#answered || this.#speaking) return;
    this.#answered = false;
    const next = await this.#upcoming;
    if (this.#stopped) return;
    if (next.done) {
      if (this.#options.hangsUp) this.#phone?.hangUp();
      return;
    }
    this.#upcoming = this.#prepare();
    const line = next.value;
    if (line.kind === 'keys') {
      this.#options.words.callerSays(`#${line.keys}`);
      this.#phone?.press(line.keys);
    } else if (line.kind === 'speech') {
      this.#options.words.callerSays(line.text);
      await this.speak(line.samples, line.text);
    }
  }

  async #prepare(): Promise<IteratorResult<Line>> {
    try {
      return await this.#script.next();
    } catch (error) {
      // Once the call is over nobody waits for the line, nor is there a voice any more.
      if (!this.#stopped) this.#options.err(messageOf(error));
      return { done: true, value: undefined };
    }
  }
}

async function* linesOf({ script, synthesize }: RingCallerOptions): AsyncGenerator<Line> {
  for await (const raw of script) {
    const text = raw.trim();
    if (text === '') yield { kind: 'silence' };
    else if (/^#[0-9*#]+$/.test(text)) yield { kind: 'keys', keys: text.slice(1) };
    else yield { kind: 'speech', text, samples: await synthesize(text) };
  }
}
