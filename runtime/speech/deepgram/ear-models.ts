/** Which of Deepgram's recognisers hears a call. */

/** How a stream is asked for. */
export interface Listening {
  /** Flux decides by itself when a turn is over (`/v2/listen`); Nova and its elders do not (`/v1/listen`). */
  api: 'flux' | 'nova';
  model: string;
  /** What is spoken, as the model wants it said; null where it takes no such thing. */
  language: string | null;
}

/** The full forms that Nova documents ("Models & Languages Overview"); of any other locale it is told the language. */
const FULL_FORMS = new Set(
  (
    'da-DK de-CH en-AU en-GB en-IN en-NZ en-US es-419 fr-CA gu-IN ko-KR nl-BE pt-BR pt-PT sv-SE ' +
    'zh-CN zh-Hans zh-Hant zh-TW'
  ).split(' '),
);
/** Languages that go by another name there. */
const ALIASES: Readonly<Record<string, string>> = { nb: 'no', nn: 'no', fil: 'tl', iw: 'he', in: 'id' };

/** `model` as the author wrote it, null for the default: Flux for English, Nova 3 for any other language. */
export function listeningOf(model: string | null, locale: string): Listening {
  const full = canonical(locale);
  const short = ALIASES[full.split('-')[0]!] ?? full.split('-')[0]!;
  const chosen = model ?? (short === 'en' ? 'flux-general-en' : 'nova-3');
  if (chosen.startsWith('flux')) {
    return { api: 'flux', model: chosen, language: chosen.endsWith('-multi') ? short : null };
  }
  return { api: 'nova', model: chosen, language: FULL_FORMS.has(full) ? full : short };
}

/** Two that hear the same way can be changed into one another without a new connection. */
export function isSameStream(one: Listening, other: Listening): boolean {
  if (one.api !== other.api || one.model !== other.model) return false;
  return one.api === 'flux' || one.language === other.language;
}

function canonical(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0] ?? locale;
  } catch {
    return locale.toLowerCase();
  }
}
