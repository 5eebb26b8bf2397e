import { createInterface, type Interface } from 'node:readline';
import type { Meaning } from '../../dialogue/protocol.ts';
import type { Channel, ChannelEvent } from '../line.ts';

/**
 * A caller at a terminal, or at the other end of a pipe: what is said becomes `agent: …` lines, and every line
 * typed is an utterance. `#1` presses keys, and waits until no more of them are expected; an empty line is silence, `/pair NAME` claims the code that was told, and the
 * end of the input hangs up. Lines that were typed ahead are said one by one, when it is the caller's turn.
 */
export class Terminal implements Channel {
  readonly judges = false;
  readonly converses = false;
  readonly #on: (event: ChannelEvent) => void;
  readonly #output: { write(text: string): unknown };
  readonly #reader: Interface;
  readonly #claim: (name: string) => boolean;
  readonly #typed: (ChannelEvent | { kind: 'claim'; name: string })[] = [];
  #callersTurn = false;
  #ended = false;
  #closed = false;

  constructor(
    input: NodeJS.ReadableStream,
    output: { write(text: string): unknown },
    on: (event: ChannelEvent) => void,
    claim: (name: string) => boolean = () => false,
  ) {
    this.#on = on;
    this.#claim = claim;
    this.#output = output;
    this.#reader = createInterface({ input, terminal: false });
    this.#reader.on('line', (line) => {
      this.#typed.push(...eventsOf(line.trim()));
      this.#next();
    });
    this.#reader.on('close', () => {
      this.#ended = true;
      this.#next();
    });
  }

  say(order: Parameters<Channel['say']>[0]): void {
    this.#print(order.id, order.text);
  }

  play(order: Parameters<Channel['play']>[0], shown: string): void {
    this.#print(order.id, shown);
  }

  press(order: Parameters<Channel['press']>[0], shown: string): void {
    this.#print(order.id, shown);
  }

  listen(): void {
    // The turn is given by `settled`, when everything of this step was said.
  }

  converse(): void {
    // No model speaks on this line: the exits of a talk are understood by their examples and keys.
  }

  answerModel(): void {
    // See `converse`.
  }

  judge(): Promise<Meaning | null> {
    return Promise.resolve(null);
  }

  giveWay(): void {
    // What is said here was read at once.
  }

  changeLanguage(): void {
    // Whatever is written is read.
  }

  forget(): void {
    // Nobody here remembers anything.
  }

  settled(expecting: boolean): void {
    this.#callersTurn = expecting;
    this.#next();
  }

  remainingMs(): number {
    return 0;
  }

  hangUp(): void {
    this.close();
  }

  close(): void {
    this.#end('closed');
  }

  #print(utterance: string, text: string): void {
    this.#output.write(`agent: ${text}\n`);
    this.#on({ kind: 'started', utterance, latencyMs: null });
    this.#on({ kind: 'heard', utterance });
  }

  #next(): void {
    if (this.#closed || !this.#callersTurn) return;
    const event = this.#typed.shift();
    if (event?.kind === 'claim') {
      // The call learns of it in a moment, and goes on.
      this.#callersTurn = false;
      if (this.#claim(event.name)) return;
      this.#output.write('There is no code to claim.\n');
      this.#callersTurn = true;
      this.#next();
    } else if (event) {
      this.#callersTurn = false;
      this.#on(event);
    } else if (this.#ended) {
      this.#end('stop');
    }
  }

  #end(reason: 'stop' | 'closed'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader.close();
    this.#on({ kind: 'closed', reason });
  }
}

function eventsOf(line: string): (ChannelEvent | { kind: 'claim'; name: string })[] {
  if (line === '') return [{ kind: 'silent' }];
  if (/^#[0-9*#]+$/.test(line)) {
    const keys = line.slice(1).split('');
    return [...keys.map((key) => ({ kind: 'key', key }) as const), { kind: 'keys-ended' }];
  }
  const name = /^\/pair\s+(\S.*)$/.exec(line)?.[1];
  if (name !== undefined) return [{ kind: 'claim', name }];
  return [{ kind: 'spoke', text: line, answered: false }];
}
