/** What the caller says in words, where the pocketsphinx library and its English model are installed. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeMulaw } from '../../audio.ts';
import type { Clock } from '../../clock.ts';
import type { Expectation } from '../../dialogue/protocol.ts';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { CODE } from '../../places.ts';
import { NOT_UNDERSTOOD } from '../speech.ts';
import { grammarOf } from './grammar.ts';
import { Thread } from './thread.ts';

export interface Recogniser {
  /**
   * The words of a mu-law utterance, as one of those expected; empty where it was something else. Null where it
   * cannot tell: nothing it could tell apart is expected, or another language. `NOT_UNDERSTOOD` where it has failed, or
   * would be too late.
   */
  recognise(utterance: Uint8Array, expectation: Expectation, signal: AbortSignal): Promise<string | null>;
  close(): Promise<void>;
}

/** Debian's and the usual place of a library built by hand. */
const MODELS = ['/usr/share/pocketsphinx/model/en-us', '/usr/local/share/pocketsphinx/model/en-us'];
const OPEN_MS = 5_000;
const RECOGNISE_MS = 2_000;
/** For all calls together: some 50 ms each. */
const QUEUE = 32;

/** The recogniser, or why there is none, as the end of a sentence. It serves all calls, one utterance at a time. */
export async function findRecogniser(
  { clock, log }: { clock: Clock; log: Log },
  models: readonly string[] = MODELS,
): Promise<{ recogniser: Recogniser; why: null } | { recogniser: null; why: string }> {
  const model = await firstModel(models);
  if (model === null) {
    return { recogniser: null, why: 'the pocketsphinx model is not installed (Debian: pocketsphinx-en-us)' };
  }
  const script = new URL('speech/embedded/recogniser-worker.js', CODE);
  const thread = new Thread({ script, name: 'recogniser', queue: QUEUE, clock, log });
  try {
    const never = new AbortController().signal;
    await thread.run({ model, utterance: null, phrases: [] }, { signal: never, deadlineMs: OPEN_MS });
  } catch (error) {
    await thread.close();
    return { recogniser: null, why: messageOf(error) };
  }
  return { recogniser: new Pocketsphinx(model, thread, log), why: null };
}

class Pocketsphinx implements Recogniser {
  readonly #model: string;
  readonly #thread: Thread;
  readonly #log: Log;
  /** The grammar of the last expectation: a step that is asked again expects the same. */
  readonly #grammars = new WeakMap<Expectation, readonly string[]>();

  constructor(model: string, thread: Thread, log: Log) {
    this.#model = model;
    this.#thread = thread;
    this.#log = log;
  }

  async recognise(
    utterance: Uint8Array,
    expectation: Expectation,
    signal: AbortSignal,
  ): Promise<string | null> {
    if (!/^en(?![a-z])/i.test(expectation.locale)) return null;
    const phrases = this.#grammars.get(expectation) ?? grammarOf(expectation);
    this.#grammars.set(expectation, phrases);
    if (phrases.length === 0) return null;
    try {
      const job = { model: this.#model, utterance: decodeMulaw(utterance), phrases };
      const text = await this.#thread.run(job, { signal, deadlineMs: RECOGNISE_MS });
      return typeof text === 'string' ? text : null;
    } catch (error) {
      if (signal.aborted) return null;
      this.#log.warn({ problem: messageOf(error) }, 'an utterance was not recognised');
      return NOT_UNDERSTOOD;
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

async function firstModel(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const missing = await access(join(folder, 'en-us', 'mdef')).then(
      () => false,
      () => true,
    );
    if (!missing) return folder;
  }
  return null;
}
