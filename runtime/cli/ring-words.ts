import { BYTES_PER_MS } from '../audio.ts';
import type { PhoneEvent } from '../line/local/phone.ts';
import type { FollowedTurn } from './follow.ts';

/**
 * Prints the conversation: as the server has it, where it can be followed, which is what was really said, heard and
 * understood; otherwise what the phone knows of it.
 */
export class RingWords {
  readonly #out: (line: string) => void;
  readonly #turns = new Map<number, FollowedTurn>();
  readonly #printed = new Set<number>();
  #followed = false;
  #heardMs = 0;
  /** What Twilio's voice said in a relay session. */
  #spoken = '';

  constructor(out: (line: string) => void) {
    this.#out = out;
  }

  follow(followed: boolean): void {
    this.#followed = followed;
  }

  /** A turn is printed once, when it is known how much of it was heard. */
  turn(turn: FollowedTurn): void {
    this.#turns.set(turn.index, turn);
    if (turn.heardText !== null) this.#print(turn);
  }

  callerSays(text: string): void {
    if (!this.#followed) this.#out(`caller: ${text}`);
  }

  notice(event: PhoneEvent): void {
    if (event.kind === 'heard') this.#heardMs += event.audio.length / BYTES_PER_MS;
    if (event.kind === 'spoken') this.#spoken += event.text;
    if (event.kind === 'quiet' || event.kind === 'cleared') this.#agentFinished();
    // Twilio's own voice: the server has no turn for it.
    if (event.kind === 'says') this.#out(`agent: ${event.text}`);
    if (event.kind === 'plays') this.#out(`agent: [${event.url}]`);
    if (event.kind === 'tones') this.#out(`agent: [keys ${[...event.digits].join(' ')}]`);
    if (event.kind === 'barged-in') this.#out('(the caller interrupts)');
    this.#transfer(event);
  }

  /** The call is over: what was still being said is all that comes. */
  end(): void {
    this.#agentFinished();
    for (const turn of [...this.#turns.values()].toSorted((a, b) => a.index - b.index)) this.#print(turn);
  }

  /** What happens on the other side of a transfer, which the server has no turns for either. */
  #transfer(event: PhoneEvent): void {
    switch (event.kind) {
      case 'dialled':
        return this.#out(`(dialling ${event.to} as ${event.callerId})`);
      case 'callee':
        return this.#out(`(the other side ${event.did})`);
      case 'callee-hears':
        return this.#out(`to the other side: ${event.text}`);
      case 'joined':
        return this.#out('(the caller and the other side are joined)');
      case 'callee-says':
        return this.#out(`other side: ${event.text}`);
      default:
        return undefined;
    }
  }

  #agentFinished(): void {
    if (!this.#followed && this.#heardMs > 0) {
      this.#out(`agent: (${(this.#heardMs / 1000).toFixed(1)} s of speech)`);
    }
    if (!this.#followed && this.#spoken !== '') this.#out(`agent: ${this.#spoken.trim()}`);
    this.#heardMs = 0;
    this.#spoken = '';
  }

  #print({ index, role, text, interrupted, heardText }: FollowedTurn): void {
    if (this.#printed.has(index)) return;
    this.#printed.add(index);
    this.#out(`${role}: ${interrupted ? `${heardText ?? ''} —`.trimStart() : text}`);
  }
}
