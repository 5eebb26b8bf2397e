/** What the contract suite of speech needs of an adapter: the adapter, and a hand on its far side. */
import type { Speech, SpeechEvent, Talk } from '../../runtime/speech/speech.ts';

export interface FarReply {
  say?: string;
  calls?: readonly { name: string; input: { readonly [name: string]: string } }[];
  /** It takes longer than a test does: there is time to interrupt it. */
  slow?: boolean;
}

export interface Far {
  speech: Speech;
  events: SpeechEvent[];
  /** Sends an utterance and the silence that ends it down the line, in frames, at once. */
  callerSays(text: string): void;
  /** The same, of an utterance that the vendor says it has no words of; absent where no vendor says that. */
  callerIsNotTranscribed?(): void;
  /** What the model replies from now on, one after the other; then nothing but "Of course." */
  replies(...replies: FarReply[]): void;
  /** What the model was given of the functions that it called, as JSON. */
  outputs(): string[];
  /** The vendor fails, and is there again: settles when that was noticed, or will be when it is asked next. */
  breaks(): Promise<void>;
  /** The vendor refuses for good, likewise. */
  dies(): Promise<void>;
  /** Replies that are still being made, where that can be seen. */
  generating(): number;
  /** Connections that are open. */
  open(): number;
  /** What was sent to the vendor against its documentation. */
  problems(): string[];
  /** How long anything here may take. */
  limitMs: number;
  close(): Promise<void>;
}

export interface Subject {
  name: string;
  /** A model carries out `converse`. */
  converses: boolean;
  /** The model answers whatever it hears in a talk, asked or not. */
  unasked?: boolean;
  /** The vendor may say that it has no words of an utterance. */
  untold?: boolean;
  /** `on`: told of every event, beside `events`. */
  open(on?: (event: SpeechEvent) => void): Promise<Far>;
}

export const TALK: Talk = {
  id: 't1',
  instructions: 'Talk about the menu.',
  offers: [
    {
      name: 'menu',
      about: 'The dishes of today',
      input: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
    },
  ],
  answerNow: false,
  interruptible: true,
  words: 1,
};

/** Waits until the events of the far side show it. */
export async function until(far: Pick<Far, 'limitMs'>, isSo: () => boolean, what: string): Promise<void> {
  const end = performance.now() + far.limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Waited in vain: ${what}.`);
    await pause(1);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export function of<K extends SpeechEvent['kind']>(
  { events }: Pick<Far, 'events'>,
  kind: K,
): Extract<SpeechEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<SpeechEvent, { kind: K }> => event.kind === kind);
}
