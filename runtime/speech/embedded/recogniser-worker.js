/** The thread that recognises: an utterance and what is expected in, the words out. */
import { openPocketsphinx } from './pocketsphinx.js';
import { serve } from './serve.js';

/**
 * Without an utterance it only loads what it needs.
 * @typedef {{ model: string, utterance: Int16Array | null, phrases: readonly string[] }} RecogniserJob
 */

/** @type {ReturnType<typeof openPocketsphinx> | null} */
let opening = null;

serve(async (job) => {
  const { model, utterance, phrases } = /** @type {RecogniserJob} */ (job);
  opening ??= openPocketsphinx(model);
  const decoder = await opening;
  if (!utterance) return { answer: '' };
  return { answer: decoder.recognise(utterance, phrases) };
});
