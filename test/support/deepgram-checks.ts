/** What Deepgram documents of a stream's address and of `Configure`, checked by hand. */
type Fields = Record<string, unknown>;

const COMMON = ['model', 'encoding', 'sample_rate', 'keyterm'];
const KNOWN: Readonly<Record<'nova' | 'flux', readonly string[]>> = {
  nova: [
    ...COMMON,
    'language',
    'interim_results',
    'endpointing',
    'utterance_end_ms',
    'vad_events',
    'smart_format',
  ],
  flux: [...COMMON, 'eot_threshold', 'eager_eot_threshold', 'eot_timeout_ms', 'language_hint'],
};

/** What is wrong with an address, a sentence each. */
export function checkQuery(api: 'nova' | 'flux', query: URLSearchParams): string[] {
  const problems: string[] = [];
  for (const name of new Set(query.keys()))
    if (!KNOWN[api].includes(name)) problems.push(`unknown parameter ${name}`);
  const model = query.get('model') ?? '';
  if (model.startsWith('flux') !== (api === 'flux')) problems.push(`${api} has no model ${model}`);
  if (query.get('encoding') !== 'mulaw' || query.get('sample_rate') !== '8000')
    problems.push('the audio is not announced as mu-law of 8 kHz');
  if (query.has('keyterm') && api === 'nova' && !model.startsWith('nova-3'))
    problems.push(`${model} knows no keyterms`);
  problems.push(...checkKeyterms(query.getAll('keyterm')));
  if (query.has('utterance_end_ms')) {
    if (Number(query.get('utterance_end_ms')) < 1_000) problems.push('utterance_end_ms is less than 1000');
    if (query.get('interim_results') !== 'true')
      problems.push('utterance_end_ms is of no use without interim results');
  }
  if (query.has('language_hint') && model !== 'flux-general-multi')
    problems.push(`${model} takes no language hint`);
  if (api === 'flux') problems.push(...checkThresholds(Object.fromEntries(query)));
  return problems;
}

/** What is wrong with a `Configure`, a sentence each. */
export function checkConfigure(api: 'nova' | 'flux', message: Fields): string[] {
  const problems: string[] = [];
  const known =
    api === 'flux' ? ['type', 'thresholds', 'keyterms', 'language_hints'] : ['type', 'keyterms', 'features'];
  for (const name of Object.keys(message))
    if (!known.includes(name)) problems.push(`Configure has no ${name}`);
  const { keyterms, thresholds } = message;
  if (Object.keys(message).length < 2) problems.push('a Configure of nothing');
  if (keyterms !== undefined) {
    if (!Array.isArray(keyterms)) problems.push('keyterms is no list');
    else problems.push(...checkKeyterms(keyterms.map(String)));
  }
  if (thresholds !== undefined) problems.push(...checkThresholds(thresholds as Fields));
  return problems;
}

function checkKeyterms(terms: readonly string[]): string[] {
  const problems: string[] = [];
  if (terms.length > 100) problems.push(`${terms.length} keyterms are more than 100`);
  // The likely number of tokens; a name has one for every two letters or so.
  const tokens = terms.reduce((sum, term) => sum + Math.ceil(term.length / 2), 0);
  if (tokens > 500) problems.push(`${tokens} tokens of keyterms are more than 500`);
  if (terms.some((term) => term.trim() === '')) problems.push('an empty keyterm');
  return problems;
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  eot_threshold: [0.5, 1],
  eager_eot_threshold: [0.3, 0.9],
  eot_timeout_ms: [500, 60_000],
};

function checkThresholds(of: Fields): string[] {
  const problems: string[] = [];
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = of[name];
    if (value === undefined) continue;
    if (!(Number(value) >= least && Number(value) <= most))
      problems.push(`${name} is ${JSON.stringify(value)}, not ${least} to ${most}`);
  }
  if (Number(of['eager_eot_threshold'] ?? 0) > Number(of['eot_threshold'] ?? 0.7))
    problems.push('the eager threshold is above the other');
  return problems;
}
