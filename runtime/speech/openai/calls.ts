import type { Offer, Value } from '../../dialogue/protocol.ts';
import type { FunctionCall } from './wire.ts';

/** After this many rounds of nothing but broken calls the model is not asked again. */
const MAX_BROKEN = 3;
/** How many calls are remembered, to know a repeated event by. */
const MAX_KNOWN = 100;

interface Round {
  /** Outputs by call; null: not known yet. Posted ones are taken out. */
  open: Map<string, string | null>;
  done: boolean;
  broken: boolean;
}

interface Outcome {
  /** A call that is for the runtime to carry out. */
  surface(call: string, name: string, input: Value): void;
  /** Sends an output to the model. */
  post(call: string, output: string): void;
  /** Every call of a finished response has its output: the model may go on. */
  complete(): void;
}

/**
 * The functions that the model calls. All outputs of one response are posted before the model is asked to go on,
 * and only when that response is done. What is not offered, or is not a JSON object, is answered with an error
 * and never reaches the runtime.
 */
export class Calls {
  private readonly outcome: Outcome;
  private readonly rounds = new Map<string, Round>();
  private known: string[] = [];
  private brokenRounds = 0;

  constructor(outcome: Outcome) {
    this.outcome = outcome;
  }

  /** A call is complete. `isNew` is told first; repetitions are ignored. */
  made(
    response: string,
    call: FunctionCall,
    offers: readonly Offer[],
    isNew: (call: FunctionCall) => void,
  ): void {
    if (this.known.includes(call.call)) return;
    isNew(call);
    this.known.push(call.call);
    if (this.known.length > MAX_KNOWN) this.known.shift();

    const round = this.rounds.get(response) ?? { open: new Map(), done: false, broken: true };
    this.rounds.set(response, round);
    const read = readCall(call, offers);
    if ('error' in read) {
      round.open.set(call.call, JSON.stringify(read));
      return this.settle(response, round);
    }
    round.open.set(call.call, null);
    round.broken = false;
    this.outcome.surface(call.call, call.name, read.input);
  }

  /** The result of a call; ignored where nobody waits for it any more. */
  answer(call: string, output: Value): void {
    for (const [response, round] of this.rounds) {
      if (round.open.get(call) !== null) continue;
      round.open.set(call, JSON.stringify(output));
      this.settle(response, round);
    }
  }

  /** A response is over, and so are its calls. */
  done(response: string): void {
    const round = this.rounds.get(response);
    if (!round) return;
    round.done = true;
    this.settle(response, round);
  }

  /** No response that was being generated will ever be done. */
  lost(): void {
    for (const round of this.rounds.values()) round.done = true;
  }

  /** A session took over: posts what could not be posted. */
  resume(): void {
    for (const [response, round] of this.rounds) this.settle(response, round);
  }

  /** The dialogue went on: whatever is still open gets an answer, and the model is not asked about it. */
  abandon(): void {
    for (const round of this.rounds.values()) {
      for (const [call, output] of round.open) this.outcome.post(call, output ?? '{"ended":true}');
    }
    this.rounds.clear();
    this.brokenRounds = 0;
  }

  get waiting(): boolean {
    return this.rounds.size > 0;
  }

  private settle(response: string, round: Round): void {
    if (!round.done) return;
    for (const [call, output] of round.open) {
      if (output === null) continue;
      this.outcome.post(call, output);
      round.open.delete(call);
    }
    if (round.open.size > 0) return;
    this.rounds.delete(response);
    this.brokenRounds = round.broken ? this.brokenRounds + 1 : 0;
    if (this.brokenRounds < MAX_BROKEN) this.outcome.complete();
  }
}

function readCall(call: FunctionCall, offers: readonly Offer[]): { input: Value } | { error: string } {
  if (!offers.some((offer) => offer.name === call.name)) {
    return { error: `There is no function "${call.name}".` };
  }
  let input: unknown;
  try {
    input = JSON.parse(call.input);
  } catch {
    // Answered below like any other input that is not an object.
  }
  return isObject(input) ? { input } : { error: `The arguments of "${call.name}" were not a JSON object.` };
}

/** What was parsed from JSON holds nothing but values. */
function isObject(parsed: unknown): parsed is { readonly [name: string]: Value } {
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
}
