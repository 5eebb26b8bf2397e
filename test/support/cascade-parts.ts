/** An ear, a mind and a voice in memory: they do what a test says, and check how they are used. */
import type { Expectation, Patience, Value } from '../../runtime/dialogue/protocol.ts';
import type { Ear, EarEvent, EarKit, EarOptions } from '../../runtime/speech/ear.ts';
import type { Mind, MindEvent, MindKit, MindOptions } from '../../runtime/speech/mind.ts';
import type { Said, Talk, Voice, VoiceEvent, VoiceStream } from '../../runtime/speech/speech.ts';

export class ScriptedEar implements Ear {
  readonly options: EarOptions;
  readonly heard: string[] = [];
  readonly captions: string[] = [];
  expected: { expectation: Expectation | null; patience: Patience } | null = null;
  closed = false;

  constructor(options: EarOptions) {
    this.options = options;
  }

  tell(...events: EarEvent[]): void {
    for (const event of events) this.options.on(event);
  }

  /** A whole utterance. */
  says(text: string): void {
    this.tell({ kind: 'caller-started' }, { kind: 'caller-stopped' }, { kind: 'said', text });
  }

  hear(payload: string): void {
    this.heard.push(payload);
  }

  caption(text: string): void {
    this.captions.push(text);
  }

  expect(expectation: Expectation | null, patience: Patience): void {
    this.expected = { expectation, patience };
  }

  close(): void {
    this.closed = true;
  }
}

export class ScriptedMind implements Mind {
  readonly options: MindOptions;
  /** What it was told, in short. */
  readonly orders: string[] = [];
  talk: Talk | null = null;
  closed = false;
  #replies = 0;

  constructor(options: MindOptions) {
    this.options = options;
  }

  tell(...events: MindEvent[]): void {
    for (const event of events) this.options.on(event);
  }

  /** Writes some words of a reply, of a new one by default. */
  writes(text: string, reply = `r${++this.#replies}`): string {
    this.tell({ kind: 'words', reply, text });
    return reply;
  }

  /** Writes a whole reply. */
  replies(text: string): string {
    const reply = this.writes(text);
    this.tell({ kind: 'ended', reply, text });
    return reply;
  }

  note({ role, text }: Said): void {
    this.orders.push(`note ${role}: ${text}`);
  }

  converse(talk: Talk | null): void {
    this.talk = talk;
    this.orders.push(`converse ${talk?.id ?? null}`);
  }

  prepare(text: string): void {
    this.orders.push(`prepare ${text}`);
  }

  discard(): void {
    this.orders.push('discard');
  }

  said(text: string): void {
    this.orders.push(`said ${text}`);
  }

  respond(call: string, output: Value): void {
    this.orders.push(`respond ${call}: ${JSON.stringify(output)}`);
  }

  heardOnly(reply: string, heardText: string): void {
    this.orders.push(`heard ${reply}: ${heardText}`);
  }

  forget(): void {
    this.orders.push('forget');
  }

  hide(mask: (text: string) => string): void {
    this.orders.push(`hide ${mask('4711')}`);
  }

  close(): void {
    this.closed = true;
  }
}

export class ScriptedStream implements VoiceStream {
  readonly pieces: string[] = [];
  readonly #on: (event: VoiceEvent) => void;
  ended = false;
  cancelled = false;

  constructor(on: (event: VoiceEvent) => void) {
    this.#on = on;
  }

  /** All that it was given. */
  get text(): string {
    return this.pieces.join('');
  }

  tell(...events: VoiceEvent[]): void {
    for (const event of events) if (!this.cancelled) this.#on(event);
  }

  /** So much audio. */
  sounds(ms: number): void {
    this.tell({ kind: 'audio', payload: Buffer.alloc(ms * 8, 0x55).toString('base64') });
  }

  say(text: string): void {
    if (this.ended) throw new Error('A voice was given a text after its end.');
    this.pieces.push(text);
  }

  end(): void {
    this.ended = true;
  }

  cancel(): void {
    this.cancelled = true;
  }
}

export class ScriptedVoice implements Voice {
  readonly id = 'scripted/1';
  readonly streams: ScriptedStream[] = [];

  render(): Promise<Uint8Array> {
    return Promise.reject(new Error('A cascade renders nothing.'));
  }

  stream(_locale: string, on: (event: VoiceEvent) => void): ScriptedStream {
    const stream = new ScriptedStream(on);
    this.streams.push(stream);
    return stream;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export const scriptedEars = (): EarKit & { ears: ScriptedEar[] } => {
  const ears: ScriptedEar[] = [];
  return {
    ears,
    open(options) {
      const ear = new ScriptedEar(options);
      ears.push(ear);
      return ear;
    },
    close: () => Promise.resolve(),
  };
};

export const scriptedMinds = (): MindKit & { minds: ScriptedMind[] } => {
  const minds: ScriptedMind[] = [];
  return {
    minds,
    open(options) {
      const mind = new ScriptedMind(options);
      minds.push(mind);
      return mind;
    },
    close: () => Promise.resolve(),
  };
};
