import type { Ear, EarEvent, EarKit, EarOptions } from '../ear.ts';
import { EarUtterances, type EarUtterance } from '../ear-utterances.ts';
import type { Speech, SpeechEvent, SpeechKit } from '../speech.ts';

/** The embedded ear as one of a cascade. Closing closes every ear that it opened, and nothing of `kit`. */
export function embeddedEars(kit: Pick<SpeechKit, 'open'>): EarKit {
  const ears = new Set<Ear>();
  return {
    open(options: EarOptions): Ear {
      const ear = new EmbeddedEar(kit, options, () => ears.delete(ear));
      ears.add(ear);
      return ear;
    },
    close(): Promise<void> {
      for (const ear of ears) ear.close();
      return Promise.resolve();
    },
  };
}

/**
 * What is said may be recognised while the next thing is being said already: here one utterance is told after the
 * other.
 */
class EmbeddedEar implements Ear {
  readonly #speech: Speech;
  readonly #options: EarOptions;
  readonly #closed: () => void;
  readonly #utterances = new EarUtterances((event) => this.#tell(event));
  /** Begun and not yet said, in order. */
  readonly #open: EarUtterance[] = [];
  #isClosed = false;

  constructor(kit: Pick<SpeechKit, 'open'>, options: EarOptions, closed: () => void) {
    this.#options = options;
    this.#closed = closed;
    const { sessionId, locale, model } = options;
    this.#speech = kit.open({
      sessionId,
      locale,
      model,
      voice: null,
      persona: '',
      on: (event) => this.#receive(event),
    });
  }

  hear(payload: string): void {
    this.#speech.hear(payload);
  }

  caption(text: string): void {
    this.#speech.caption(text);
  }

  expect(...[expectation, patience]: Parameters<Ear['expect']>): void {
    this.#speech.expect(expectation, patience);
  }

  close(): void {
    this.#isClosed = true;
    this.#speech.close();
    this.#closed();
  }

  #receive(event: SpeechEvent): void {
    switch (event.kind) {
      case 'ready':
      case 'used':
      case 'failed':
        return this.#tell(event);
      case 'caller-started':
        this.#open.push(this.#utterances.begin());
        return;
      case 'caller-words':
        return this.#open.at(-1)?.words(event.text);
      case 'caller-stopped':
        return this.#open.at(-1)?.stopped();
      case 'caller-said':
        return this.#open.shift()?.said(event.text);
      // A mind's, and an ear has none.
      case 'first-token':
      case 'audio':
      case 'words':
      case 'audio-ended':
      case 'model-called':
    }
  }

  #tell(event: EarEvent): void {
    if (!this.#isClosed) this.#options.on(event);
  }
}
