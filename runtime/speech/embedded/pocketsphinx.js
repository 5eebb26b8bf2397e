/**
 * Pocketsphinx (cmusphinx.github.io, the 5prealpha interface that Debian calls 0.8+5prealpha, libpocketsphinx.so.3),
 * called in-process through koffi. Plain JavaScript because the worker loads it.
 */

const LIBRARIES = ['libsphinxbase.so.3', 'libpocketsphinx.so.3'];
const RATE = 16_000;
/** Quiet before the first and after the last word, for the silence model: it learns what silence is here from it. */
const PAD_MS = 300;

/**
 * How well the sounds must fit, as the mean score of a frame: 0 is the best the model knows of. Words that were
 * said lie between -8 and -40; where something else was said, either the words fit worse or the silence around
 * them, which then has to stand for speech. Found with four flite voices through mu-law: of what was expected
 * 97 % of phrases and 87 % of single digits are kept, of what was not 98 % are refused.
 */
const LEAST_WORD_SCORE = -42;
const LEAST_SILENCE_SCORE = -20;
/** What people utter without saying anything. It competes with what is expected, and is nothing when it wins. */
const NOTHING = ['ah', 'um', 'hmm', 'oh', 'hello'];

/**
 * Loads the libraries and the model. Throws a sentence that says what is missing.
 *
 * @param {string} model the folder with `en-us/` and `cmudict-en-us.dict`
 */
export async function openPocketsphinx(model) {
  const koffi = await import('koffi').then(
    (loaded) => loaded.default,
    (/** @type {unknown} */ error) => {
      throw new Error(`koffi cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  const [base, lib] = LIBRARIES.map((name) => {
    try {
      return koffi.load(name);
    } catch (cause) {
      throw new Error(`${name} is not installed (Debian: libpocketsphinx3)`, { cause });
    }
  });
  if (!base || !lib) throw new Error('unreachable');
  const c = {
    setLog: base.func('void err_set_logfp(void *file)'),
    parse: base.func('void *cmd_ln_parse_r(void *config, void *known, int count, str *args, int strict)'),
    freeConfig: base.func('int cmd_ln_free_r(void *config)'),
    known: lib.func('void *ps_args()'),
    init: lib.func('void *ps_init(void *config)'),
    has: lib.func('void *ps_lookup_word(void *ps, str word)'),
    release: base.func('void ckd_free(void *pointer)'),
    setGrammar: lib.func('int ps_set_jsgf_string(void *ps, str name, str jsgf)'),
    setSearch: lib.func('int ps_set_search(void *ps, str name)'),
    start: lib.func('int ps_start_utt(void *ps)'),
    process: lib.func(
      'int ps_process_raw(void *ps, int16_t *samples, size_t count, int noSearch, int whole)',
    ),
    end: lib.func('int ps_end_utt(void *ps)'),
    hypothesis: lib.func('str ps_get_hyp(void *ps, _Out_ int *score)'),
    firstSegment: lib.func('void *ps_seg_iter(void *ps)'),
    nextSegment: lib.func('void *ps_seg_next(void *segment)'),
    word: lib.func('str ps_seg_word(void *segment)'),
    frames: lib.func('void ps_seg_frames(void *segment, _Out_ int *first, _Out_ int *last)'),
    scores: lib.func(
      'int ps_seg_prob(void *segment, _Out_ int *acoustic, _Out_ int *language, _Out_ int *back)',
    ),
  };
  // It would write pages to standard error, which is the runtime's log.
  c.setLog(null);
  const args = ['offhook', '-hmm', `${model}/en-us`, '-dict', `${model}/cmudict-en-us.dict`];
  // Silence between words is unlikely, or it would swallow what is not expected.
  args.push('-logfn', '/dev/null', '-silprob', '1e-6');
  // What it takes for noise it would remember from utterance to utterance, and so from call to call.
  args.push('-remove_noise', 'no');
  // A grammar is small enough to be searched to the end: what is pruned early is the right word as often as not.
  args.push('-beam', '1e-160', '-pbeam', '1e-160', '-wbeam', '1e-140', '-lw', '1');
  const config = c.parse(null, c.known(), args.length, args, 1);
  if (!config) throw new Error('pocketsphinx does not take its settings');
  const decoder = c.init(config);
  if (!decoder) throw new Error(`pocketsphinx cannot load the model in ${model}`);
  c.freeConfig(config);

  let current = '';
  /** @type {ReadonlySet<string>} */
  let expected = new Set();

  /**
   * Phrases with a word that the dictionary lacks cannot be recognised and are left out. Whole phrases only: with
   * a loop in the grammar, such as any number of digits, this decoder misses even what stands beside it.
   *
   * @param {readonly string[]} phrases
   * @returns {boolean} whether there is anything to recognise
   */
  function expect(phrases) {
    const name = phrases.join('|');
    if (name === current) return expected.size > 0;
    current = '';
    expected = new Set(phrases.filter((phrase) => phrase.split(' ').every(isKnown)));
    if (expected.size > 0) {
      const alternatives = new Set([...expected, ...NOTHING]);
      const jsgf = `#JSGF V1.0; grammar expected; public <utterance> = ${[...alternatives].join(' | ')};`;
      if (c.setGrammar(decoder, 'expected', jsgf) < 0 || c.setSearch(decoder, 'expected') < 0) {
        throw new Error('pocketsphinx does not take a grammar');
      }
    }
    current = name;
    return expected.size > 0;
  }

  /** @param {string} word */
  function isKnown(word) {
    const phones = /** @type {unknown} */ (c.has(decoder, word));
    if (phones === null) return false;
    c.release(phones);
    return true;
  }

  return {
    /**
     * The words that were said; empty where it was nothing that is expected, null where nothing expected is made
     * of words that the dictionary knows.
     *
     * @param {Int16Array} samples at 8 kHz
     * @param {readonly string[]} phrases
     * @returns {string | null}
     */
    recognise(samples, phrases) {
      if (!expect(phrases)) return null;
      const wide = widen(samples);
      if (c.start(decoder) < 0) throw new Error('pocketsphinx does not start an utterance');
      const processed = c.process(decoder, wide, wide.length, 0, 1);
      if (c.end(decoder) < 0 || processed < 0) throw new Error('pocketsphinx does not take the audio');
      const text = /** @type {string | null} */ (c.hypothesis(decoder, [0]));
      return text && expected.has(text) && fits() ? text : '';
    },
  };

  function fits() {
    const words = { score: 0, frames: 0 };
    const silence = { score: 0, frames: 0 };
    for (let segment = c.firstSegment(decoder); segment; segment = c.nextSegment(segment)) {
      const name = /** @type {string} */ (c.word(segment));
      const first = [0];
      const last = [0];
      const acoustic = [0];
      c.frames(segment, first, last);
      c.scores(segment, acoustic, [0], [0]);
      const kind = /^[<[(]/.test(name) ? silence : words;
      kind.score += acoustic[0] ?? 0;
      kind.frames += (last[0] ?? 0) - (first[0] ?? 0) + 1;
    }
    return (
      words.frames > 0 &&
      words.score / words.frames >= LEAST_WORD_SCORE &&
      silence.score / Math.max(1, silence.frames) >= LEAST_SILENCE_SCORE
    );
  }
}

/** Of the band above 4 kHz. */
const IMAGE = 0.3;
const TAPS = 24;
/** Hann-windowed sinc, for the samples that lie half way between two. */
const HALF_WAY = Float64Array.from({ length: TAPS }, (_, k) => {
  const x = k - TAPS / 2 + 0.5;
  return (Math.sin(Math.PI * x) / (Math.PI * x)) * (0.5 + 0.5 * Math.cos((2 * Math.PI * x) / (TAPS + 1)));
});

/**
 * 8 kHz to the model's 16 kHz, with 0.3 of the mirrored image kept above 4 kHz: the model was trained up to
 * 6.8 kHz, and an empty upper band makes it hear nothing.
 *
 * @param {Int16Array} samples
 * @returns {Int16Array} with quiet added before and after
 */
export function widen(samples) {
  const pad = (PAD_MS * RATE) / 1_000;
  const out = new Int16Array(2 * samples.length + 2 * pad);
  for (let n = 0; n < samples.length; n++) {
    let between = 0;
    const first = n - TAPS / 2 + 1;
    const to = Math.min(TAPS, samples.length - first);
    for (let k = Math.max(0, -first); k < to; k++) {
      between += /** @type {number} */ (HALF_WAY[k]) * /** @type {number} */ (samples[first + k]);
    }
    out[pad + 2 * n] = clip((1 + IMAGE) * /** @type {number} */ (samples[n]));
    out[pad + 2 * n + 1] = clip((1 - IMAGE) * between);
  }
  return out;
}

/** @param {number} sample */
function clip(sample) {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}
