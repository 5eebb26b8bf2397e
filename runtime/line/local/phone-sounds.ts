/** What the simulated network lets the caller hear by itself: `<Say>`, `<Play>` and `<Pause>`. */
import { BYTES_PER_MS } from '../../audio.ts';
import { OffhookError, messageOf } from '../../errors.ts';
import { readWav } from '../../wav.ts';
import { reach, type Route } from './ask.ts';
import { SAY_MS, absolute } from './phone-dial.ts';
import { pauseOn } from './phone-documents.ts';
import type { Verb } from './twiml-reader.ts';

export type SoundHappening =
  /** Twilio's own voice begins to say this. */
  | { kind: 'says'; text: string; language: string }
  /** A file begins to play. */
  | { kind: 'plays'; url: string }
  /** Keys are sent to the caller's side. */
  | { kind: 'tones'; digits: string }
  | { kind: 'warning'; code: number; problem: string };

/** About how fast Twilio's voices speak. */
export const CHARACTERS_PER_S = 1000 / SAY_MS;
/** The limit of `<Say>`; behind it Twilio says nothing (13521). */
const SAY_CHARACTERS = 4096;
const FILE_WITHIN_MS = 15_000;
/** A tone and the gap behind it; `w` is half a second. */
const TONE_MS = 200;
const WAIT_MS = 500;

export interface SoundOptions {
  route: Route;
  charactersPerS: number;
  on: (event: SoundHappening) => void;
}

export const SOUND_VERBS = ['Say', 'Play', 'Pause'];

/** Carries one of them out. Settles when it was heard, or at once when the signal is aborted. */
export async function sound(
  verb: Verb,
  documentUrl: string,
  { route, charactersPerS, on }: SoundOptions,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { attributes, text } = verb;
  if (verb.name === 'Pause') return pauseOn(route.clock, Number(attributes.length ?? 1) * 1000, signal);
  if (verb.name === 'Say') {
    if (text.length > SAY_CHARACTERS) {
      on({ kind: 'warning', code: 13521, problem: `<Say> has ${text.length} characters` });
      return;
    }
    on({ kind: 'says', text, language: attributes.language ?? 'en-US' });
    return pauseOn(route.clock, (text.length / charactersPerS) * 1000, signal);
  }
  const { digits } = attributes;
  if (digits !== undefined) {
    on({ kind: 'tones', digits });
    const ms = [...digits].reduce((sum, key) => sum + (key === 'w' ? WAIT_MS : TONE_MS), 0);
    return pauseOn(route.clock, ms, signal);
  }
  const url = absolute(text, documentUrl);
  const samples = await fetched(route, url, signal);
  if (signal.aborted) return;
  on({ kind: 'plays', url });
  return pauseOn(route.clock, samples.length / BYTES_PER_MS, signal);
}

async function fetched(route: Route, url: string, hangUp: AbortSignal): Promise<Uint8Array> {
  const fail = (problem: string): OffhookError =>
    new OffhookError('bad-webhook', `The file ${url} cannot be played: ${problem}.`, {
      detail: { twilioCode: 11200 },
    });
  const deadline = new AbortController();
  const cancel = route.clock.after(FILE_WITHIN_MS, () => deadline.abort());
  try {
    const signal = AbortSignal.any([deadline.signal, hangUp]);
    const response = await fetch(reach(route, url), { signal });
    if (!response.ok) throw fail(`the server answered with ${response.status}`);
    const type = response.headers.get('content-type') ?? '';
    if (!/^audio\/(x-)?wav\b/.test(type)) throw fail(`its type is "${type}", and only WAV is simulated`);
    return readWav(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    if (error instanceof OffhookError) throw error;
    if (hangUp.aborted) return new Uint8Array();
    throw fail(messageOf(error));
  } finally {
    cancel();
  }
}
