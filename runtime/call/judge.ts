import type { Clock } from '../clock.ts';
import type { Expectation, Meaning } from '../dialogue/protocol.ts';
import type { Channel } from '../line/line.ts';
import type { Understand } from '../understand/understand.ts';
import { countWords } from './acknowledgements.ts';

/** Longer than this nobody waits for an answer without a sound. */
const JUDGE_MS = 2_500;
/** What the rules are less sure of, a model is asked about where there is one. */
const SETTLED = 0.6;
/** Nobody speaks for longer without a pause; after that whatever was heard counts. */
const HELD_MS = 15_000;

/** What was judged: all that the caller said by then, and what it means. */
export interface Judgement {
  text: string;
  meaning: Meaning | null;
}

/** Asks a model other than the one that the caller speaks to: a chat model with the turns of this call. */
export type AskChat = (
  expectation: Expectation,
  text: string,
  signal: AbortSignal,
) => Promise<Meaning | null>;

/** Asked before the caller has finished. */
interface Prepared {
  expectation: string;
  text: string;
  abort: AbortController;
  answer: Promise<Meaning | null>;
}

interface Running {
  abort: AbortController;
  text: string;
  expectation: string;
  /** The caller has begun to speak again: the judgement waits for the rest. */
  held: boolean;
  /** The model has answered while it was held. */
  answer: Judgement | null;
  /** Ends the wait for the rest. */
  release: () => void;
  resolve(judgement: Judgement | null): void;
}

/**
 * Finds what an utterance means: by rules at once, else by the model within a deadline, else by what the rules
 * thought most likely. A caller who goes on speaking meanwhile is judged by all that was said.
 */
export class Judge {
  readonly #understand: Understand;
  readonly #channel: Pick<Channel, 'judge' | 'judges'>;
  readonly #clock: Clock;
  readonly #chat: AskChat | null;
  #running: Running | null = null;
  #prepared: Prepared | null = null;

  constructor(
    understand: Understand,
    channel: Pick<Channel, 'judge' | 'judges'>,
    clock: Clock,
    chat: AskChat | null,
  ) {
    this.#understand = understand;
    this.#channel = channel;
    this.#clock = clock;
    this.#chat = chat;
  }

  /** The meaning with the text it belongs to; null where a later utterance takes this one's place. */
  judge(expectation: Expectation, text: string): Promise<Judgement | null> {
    const before = this.#running;
    if (before !== null) this.#settle(before, null);
    const goesOn = before !== null && before.expectation === expectation.id;
    const whole = goesOn ? `${before.text} ${text}` : text;
    const byRules =
      this.#understand(expectation, whole) ?? (goesOn ? this.#understand(expectation, text) : null);
    const ask = this.#model();
    if (ask === null || (byRules !== null && byRules.confidence >= SETTLED)) {
      return Promise.resolve({ text: whole, meaning: byRules });
    }
    return new Promise((resolve, reject) => {
      const running: Running = {
        abort: new AbortController(),
        text: whole,
        expectation: expectation.id,
        held: false,
        answer: null,
        release: () => undefined,
        resolve,
      };
      this.#running = running;
      const cancel = this.#clock.after(JUDGE_MS, () => running.abort.abort());
      const answered = (meaning: Meaning | null): void => {
        cancel();
        if (this.#running !== running) return;
        running.answer = { text: whole, meaning: meaning ?? byRules };
        if (!running.held) this.#settle(running, running.answer);
      };
      const prepared = this.#takePrepared(expectation, whole);
      if (prepared) running.abort.signal.addEventListener('abort', () => prepared.abort.abort());
      const answer = prepared?.answer ?? ask(expectation, whole, running.abort.signal);
      answer.then(answered, (thrown: unknown) => {
        cancel();
        reject(thrown);
      });
    });
  }

  /**
   * The caller has probably said this, and may go on: where a model would be asked, it is asked already. When the words
   * are these in the end, its answer is there sooner; otherwise it is thrown away.
   */
  prepare(expectation: Expectation, text: string): void {
    const before = this.#prepared;
    if (before?.expectation === expectation.id && sameWords(before.text, text)) return;
    this.#discard();
    const ask = this.#model();
    const byRules = this.#understand(expectation, text);
    if (ask === null || text === '' || (byRules !== null && byRules.confidence >= SETTLED)) return;
    const abort = new AbortController();
    const cancel = this.#clock.after(HELD_MS, () => abort.abort());
    const answer = ask(expectation, text, abort.signal).finally(cancel);
    // Whoever takes it hears of it.
    answer.catch(() => undefined);
    this.#prepared = { expectation: expectation.id, text, abort, answer };
  }

  #takePrepared(expectation: Expectation, text: string): Prepared | null {
    const prepared = this.#prepared;
    if (prepared?.expectation === expectation.id && sameWords(prepared.text, text)) {
      this.#prepared = null;
      return prepared;
    }
    this.#discard();
    return null;
  }

  #discard(): void {
    this.#prepared?.abort.abort();
    this.#prepared = null;
  }

  /** What is certain to be meant by something that was said aside; null: nothing is. It may have been said to anybody. */
  aside(expectation: Expectation, text: string): Meaning | null {
    if (countWords(text, expectation.locale) === 0) return null;
    const meaning = this.#understand(expectation, text);
    return meaning !== null && meaning.confidence >= SETTLED ? meaning : null;
  }

  /** The caller speaks again: what is being judged waits for the rest, which comes as another `judge`. */
  callerBegan(): void {
    const running = this.#running;
    if (running === null || running.held) return;
    running.held = true;
    running.release = this.#clock.after(HELD_MS, () => this.callerSaidNothing());
  }

  /** What began was a noise: no rest will come. True: something said before it was still being judged. */
  callerSaidNothing(): boolean {
    const running = this.#running;
    if (running === null) return false;
    running.release();
    running.held = false;
    if (running.answer !== null) this.#settle(running, running.answer);
    return true;
  }

  close(): void {
    const running = this.#running;
    if (running !== null) this.#settle(running, null);
    this.#discard();
  }

  /** Whoever hears the caller judges best; a chat model only has the words. */
  #model(): AskChat | null {
    if (!this.#channel.judges) return this.#chat;
    return (expectation, text, signal) => this.#channel.judge(expectation, text, signal);
  }

  #settle(running: Running, judgement: Judgement | null): void {
    if (this.#running === running) this.#running = null;
    running.release();
    running.abort.abort();
    running.resolve(judgement);
  }
}

/** Recognisers change the case and the marks of what they have heard already. */
function sameWords(one: string, other: string): boolean {
  const words = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return words(one) === words(other);
}
