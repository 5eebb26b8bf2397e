/** What a stream is asked for: the address, and what of it can be changed while it is open. */
import type { Patience } from '../../dialogue/protocol.ts';
import type { Listening } from './ear-models.ts';

/** The pause that Nova tells of; longer ones are counted here, so that they can change from step to step. */
export const ENDPOINTING_MS = 300;
/** The least that is of use (`utterance_end_ms`). */
export const UTTERANCE_END_MS = 1_000;

/** What a stream is to be like now. */
export interface Wanted {
  keyterms: readonly string[];
  patience: Patience;
  /** The caller dictates, with pauses in between. */
  dictated: boolean;
}

/** What can be changed while a stream is open, as `Configure` takes it. */
export type Settings = Readonly<{
  thresholds?: Thresholds;
  keyterms?: readonly string[];
  language_hints?: readonly string[];
}>;

interface Thresholds {
  /** How sure Flux is that the turn is over: 0.5 to 0.9. */
  eot_threshold: number;
  /** How sure it is that it may be: 0.3 to 0.9, and not more than the other. */
  eager_eot_threshold: number;
  /** After so much silence the turn is over, however unsure it is. */
  eot_timeout_ms: number;
}

const THRESHOLDS: Readonly<Record<Patience, Thresholds>> = {
  quick: { eot_threshold: 0.6, eager_eot_threshold: 0.4, eot_timeout_ms: 3_000 },
  normal: { eot_threshold: 0.7, eager_eot_threshold: 0.5, eot_timeout_ms: 5_000 },
  patient: { eot_threshold: 0.8, eager_eot_threshold: 0.6, eot_timeout_ms: 7_000 },
};
/** For who dictates, however patient the dialogue is. */
const DICTATED: Thresholds = { eot_threshold: 0.85, eager_eot_threshold: 0.7, eot_timeout_ms: 8_000 };

export function settingsOf({ api, model, language }: Listening, wanted: Wanted): Settings {
  // Nova 2 and its elders know keyterms no more than `Configure`.
  if (api === 'nova') return model.startsWith('nova-3') ? { keyterms: wanted.keyterms } : {};
  return {
    thresholds: wanted.dictated ? DICTATED : THRESHOLDS[wanted.patience],
    keyterms: wanted.keyterms,
    ...(language === null ? {} : { language_hints: [language] }),
  };
}

/** Path and query of a stream that has `settings` from the beginning. */
export function pathOf({ api, model, language }: Listening, settings: Settings): string {
  const query = new URLSearchParams({ model, encoding: 'mulaw', sample_rate: '8000' });
  if (api === 'nova') {
    if (language !== null) query.set('language', language);
    query.set('interim_results', 'true');
    query.set('endpointing', String(ENDPOINTING_MS));
    query.set('utterance_end_ms', String(UTTERANCE_END_MS));
    query.set('vad_events', 'true');
    query.set('smart_format', 'true');
  }
  for (const [name, value] of Object.entries(settings.thresholds ?? {})) query.set(name, String(value));
  for (const hint of settings.language_hints ?? []) query.append('language_hint', hint);
  for (const term of settings.keyterms ?? []) query.append('keyterm', term);
  return `/${api === 'nova' ? 'v1' : 'v2'}/listen?${query.toString().replaceAll('+', '%20')}`;
}
