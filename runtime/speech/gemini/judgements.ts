import type { Clock } from '../../clock.ts';
import { canMean, meaningFrom } from '../../dialogue/meaning-schema.ts';
import type { Expectation, Meaning } from '../../dialogue/protocol.ts';

/** No judgement takes longer, whatever the caller of `judge` allows. */
const LONGEST_MS = 10_000;
const MAX_KEPT = 10;

/** What the model was given to judge: an utterance it heard, or a text it was sent. */
interface Question {
  /** Null: a text. */
  utterance: number | null;
  expectation: Expectation | null;
  /** Undefined: not answered yet. */
  meaning: Meaning | null | undefined;
  waiting: ((meaning: Meaning | null) => void)[];
}

/** Somebody who waits. */
interface Ask {
  expectation: Expectation;
  text: string;
  finish(meaning: Meaning | null): void;
}

/**
 * Sends a text to be judged. `later`: there is no session, and `resume` will be called; `never`: it would disturb
 * what is going on.
 */
type SendText = (expectation: Expectation, text: string) => 'sent' | 'later' | 'never';

/**
 * What the listening model made of what it heard. It judges every utterance by itself, under what was expected when
 * it was given it, so that the answer is there, or nearly, when somebody asks. What has become more than one
 * utterance, or is asked under another expectation, is sent to it as a text.
 */
export class Judgements {
  private readonly clock: Clock;
  private readonly send: SendText;
  private questions: Question[] = [];
  private readonly asks = new Set<Ask>();

  constructor(clock: Clock, send: SendText) {
    this.clock = clock;
    this.send = send;
  }

  get waiting(): boolean {
    return this.asks.size > 0;
  }

  /** The session has been given an utterance. Whatever came before it is not answered any more. */
  heard(utterance: number, expectation: Expectation | null): void {
    this.put({ utterance, expectation, meaning: undefined, waiting: [] });
  }

  /** The caller goes on: an answer that is still on its way could not be told from the next one. */
  overtaken(): void {
    for (const question of this.questions) if (question.meaning === undefined) settle(question, null);
  }

  /** The model called `heard`. */
  answered(args: unknown): void {
    const question = this.questions.find(({ meaning }) => meaning === undefined);
    if (!question) return;
    settle(question, question.expectation ? meaningFrom(question.expectation, args) : null);
  }

  /** The model's turn is over: what it has not answered it never will. */
  turnOver(): void {
    this.overtaken();
  }

  /** `utterance`: the one that said `text`, and nothing else; null: there is none. */
  ask(
    expectation: Expectation,
    text: string,
    utterance: number | null,
    signal: AbortSignal,
  ): Promise<Meaning | null> {
    if (signal.aborted || !canMean(expectation)) return Promise.resolve(null);
    return new Promise((resolve) => {
      const ask: Ask = {
        expectation,
        text,
        finish: (meaning) => {
          if (!this.asks.delete(ask)) return;
          cancel();
          signal.removeEventListener('abort', giveUp);
          resolve(meaning);
        },
      };
      const giveUp = (): void => ask.finish(null);
      const cancel = this.clock.after(LONGEST_MS, giveUp);
      signal.addEventListener('abort', giveUp);
      this.asks.add(ask);

      const known = this.questions.findLast(
        (one) => utterance !== null && one.utterance === utterance && one.expectation?.id === expectation.id,
      );
      if (!known) this.sendText(ask);
      else if (known.meaning === undefined) known.waiting.push(ask.finish);
      else ask.finish(known.meaning);
    });
  }

  /** The session is gone, and with it what it was asked. */
  lost(): void {
    this.questions = [];
  }

  /** A session took over: it is asked what is still open. */
  resume(): void {
    for (const ask of this.asks) this.sendText(ask);
  }

  close(): void {
    for (const ask of this.asks) ask.finish(null);
  }

  private sendText(ask: Ask): void {
    // Without words there is nothing to judge.
    const sent = ask.text === '' ? 'never' : this.send(ask.expectation, ask.text);
    if (sent === 'never') ask.finish(null);
    if (sent === 'sent')
      this.put({ utterance: null, expectation: ask.expectation, meaning: undefined, waiting: [ask.finish] });
  }

  private put(question: Question): void {
    this.overtaken();
    this.questions.push(question);
    if (this.questions.length > MAX_KEPT) this.questions.shift();
  }
}

function settle(question: Question, meaning: Meaning | null): void {
  question.meaning = meaning;
  for (const finish of question.waiting.splice(0)) finish(meaning);
}
