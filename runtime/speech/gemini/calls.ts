import type { Offer, Value } from '../../dialogue/protocol.ts';
import type { FunctionCall, FunctionResponse } from './wire.ts';

/** After this many rounds of nothing but broken calls the model is not answered again. */
const MAX_BROKEN = 3;
/** Calls that the server took back, or that a lost session made, and whose results may still come. */
const MAX_ORPHANS = 50;

/** The calls of one message: they are answered together. */
interface Round {
  open: Map<string, { name: string; response: FunctionResponse['response'] | null }>;
  isBroken: boolean;
}

interface Outcome {
  /** A call that is for the runtime to carry out. */
  surface(call: string, name: string, input: Value): void;
  /** Answers the model, which goes on. */
  respond(responses: FunctionResponse[]): void;
  /** The result of a call that no session waits for any more. */
  late(name: string, output: Value): void;
}

/**
 * The functions that the model calls in a talk. It says nothing until it is answered (`BLOCKING`), and the server
 * takes a call back where the caller goes on speaking: its result is then told as news. What is not offered, or is
 * not a JSON object, is answered with an error and never reaches the runtime.
 */
export class Calls {
  private readonly outcome: Outcome;
  private rounds: Round[] = [];
  private readonly orphans = new Map<string, string>();
  private brokenRounds = 0;

  constructor(outcome: Outcome) {
    this.outcome = outcome;
  }

  get waiting(): boolean {
    return this.rounds.length > 0;
  }

  /** `offers` by the names that the model knows. */
  made(calls: readonly FunctionCall[], offers: ReadonlyMap<string, Offer>): void {
    const round: Round = { open: new Map(), isBroken: true };
    this.rounds.push(round);
    const surfaced: { id: string; name: string; input: Value }[] = [];
    for (const { id, name, args } of calls) {
      if (this.roundOf(id)) continue;
      const offer = offers.get(name);
      if (!offer) {
        round.open.set(id, { name, response: { error: `There is no function "${name}".` } });
      } else if (!isObject(args)) {
        round.open.set(id, { name, response: { error: `The arguments of "${name}" were no object.` } });
      } else {
        round.open.set(id, { name, response: null });
        round.isBroken = false;
        surfaced.push({ id, name: offer.name, input: args });
      }
    }
    for (const { id, name, input } of surfaced) this.outcome.surface(id, name, input);
    this.settle(round);
  }

  /** The result of a call; ignored where nobody waits for it any more. */
  answer(id: string, output: Value): void {
    const round = this.roundOf(id);
    const call = round?.open.get(id);
    if (round && call) {
      call.response ??= { output };
      return this.settle(round);
    }
    const name = this.orphans.get(id);
    if (name === undefined) return;
    this.orphans.delete(id);
    this.outcome.late(name, output);
  }

  /** The server does not want the answers any more. */
  cancelled(ids: readonly string[]): void {
    for (const id of ids) {
      const round = this.roundOf(id);
      const call = round?.open.get(id);
      if (!round || !call) continue;
      round.open.delete(id);
      if (call.response === null) this.orphan(id, call.name);
      this.settle(round);
    }
  }

  /** The session that made the calls is gone: their results are told to the next one. */
  lost(): void {
    for (const round of this.rounds)
      for (const [id, { name, response }] of round.open) {
        if (response === null) this.orphan(id, name);
        else if ('output' in response) this.outcome.late(name, response.output);
      }
    this.rounds = [];
  }

  /** The dialogue went on: nobody waits for anything. What the caller says next takes the calls back. */
  abandon(): void {
    this.rounds = [];
    this.orphans.clear();
    this.brokenRounds = 0;
  }

  private roundOf(id: string): Round | undefined {
    return this.rounds.find((round) => round.open.has(id));
  }

  private orphan(id: string, name: string): void {
    this.orphans.set(id, name);
    const [oldest] = this.orphans.keys();
    if (this.orphans.size > MAX_ORPHANS && oldest !== undefined) this.orphans.delete(oldest);
  }

  private settle(round: Round): void {
    if (!this.rounds.includes(round)) return;
    const responses: FunctionResponse[] = [];
    for (const [id, { name, response }] of round.open) {
      if (response === null) return;
      responses.push({ id, name, response });
    }
    this.rounds = this.rounds.filter((one) => one !== round);
    if (responses.length === 0) return;
    this.brokenRounds = round.isBroken ? this.brokenRounds + 1 : 0;
    if (this.brokenRounds < MAX_BROKEN) this.outcome.respond(responses);
  }
}

/** What was parsed from JSON holds nothing but values. */
function isObject(parsed: unknown): parsed is { readonly [name: string]: Value } {
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
}
