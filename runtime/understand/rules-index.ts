/** The examples of everything that is expected, arranged so that one sentence is compared with all of them at once. */
import type { Choice, Expectation } from '../dialogue/protocol.ts';
import { numbersTell, pairsOf, readExample } from './rules-examples.ts';
import { languageOf } from './rules-language.ts';
import { STRONG, THINGS } from './rules-lexicon.ts';
import { type Match, Vocabulary } from './rules-vocabulary.ts';
import { polarityOfWhen, readWhen, type Sentence, WEIGHT, type Word } from './rules-words.ts';

/** The share of a choice's score that comes from its best example; the rest is how much of what was said it explains. */
const EXAMPLE_SHARE = 0.48;
/** A word that no example holds counts less against a choice than a word that another one holds. */
const UNKNOWN = 0.38;
/** Words of a `when` describe; they are not what callers say. */
const FROM_WHEN = 0.8;
const WHEN_SHARE = 0.82;
/** A word of one example among several may have nothing to do with the matter. */
const IN_PASSING = 0.85;

/** What a word adds that this choice has and no other. */
const OWN_WORD = 0.09;
/** A thing of another trade was named: "I want to cancel my room", said to a bank. */
const FOREIGN = 0.6;
const FOREIGN_THING = 1.2;
/** Nothing is known but what all is about here: "my bike" and more, said to a shop of bikes. */
const THING_ALONE = 0.85;
/** Nobody said that anything is to be cancelled or changed, which this choice is about. */
const UNCHANGED = 0.88;
/** What the choice is about was said not to be so. */
const DENIED = 0.45;

interface Example {
  choice: number;
  terms: readonly number[];
  weights: readonly number[];
  total: number;
  pairs: ReadonlySet<string>;
  hasNumber: boolean;
}

export class Index {
  readonly choices: readonly Choice[];
  /** The choices that are the yes and the no of the question, by index. */
  readonly polar: { readonly yes: number | null; readonly no: number | null };
  readonly #vocabulary: Vocabulary;
  readonly #examples: Example[] = [];
  /** By choice: most of its examples want something cancelled or changed. */
  readonly #changes: readonly boolean[];
  readonly #exact = new Map<string, number>();
  /** Examples as they are written: who says just that need not be read. */
  readonly #written = new Map<string, number>();
  /** Numbers tell the choices apart, as in "for two" and "for three". */
  readonly #numbersTell: boolean;

  constructor(expectation: Expectation) {
    const { choices, locale } = expectation;
    this.choices = choices;
    const sentences = choices.map(({ like }) => like.map((example) => readExample(example, locale)));
    this.#numbersTell = numbersTell(sentences);
    this.#vocabulary = new Vocabulary(this.#numbersTell, languageOf(locale).lexicon.compounds ?? false);
    for (const [choice, { when, polar }] of choices.entries()) {
      for (const { words, text } of sentences[choice]!) {
        this.#vocabulary.learn(choice, words);
        const holder = this.#exact.get(text);
        const better =
          holder === undefined || (choices[holder]!.scope === 'anytime' && choices[choice]!.scope === 'step');
        if (better) this.#exact.set(text, choice);
      }
      const isAnswer = polar !== null || polarityOfWhen(when, locale) !== null;
      const described = isAnswer ? [] : readWhen(when, locale);
      for (const word of described) this.#vocabulary.describe(choice, word);
    }
    this.#changes = sentences.map(
      (own) => own.length > 0 && own.filter(wantsChange).length * 2 >= own.length,
    );
    for (const [choice, { like }] of choices.entries()) {
      for (const [at, example] of like.entries())
        this.#written.set(example, this.#exact.get(sentences[choice]![at]!.text)!);
    }
    for (const [choice, own] of sentences.entries()) {
      for (const { words } of own) if (words.length > 0) this.#examples.push(this.#example(choice, words));
    }
    this.polar = {
      yes: this.#polarChoice('yes', sentences, locale),
      no: this.#polarChoice('no', sentences, locale),
    };
  }

  /** The choice with an example that says just this, by index. */
  sameAs(sentence: Sentence): number | null {
    return this.#exact.get(sentence.text) ?? null;
  }

  /** The same, of a text that is an example letter by letter. */
  writtenAs(text: string): number | null {
    return this.#written.get(text) ?? null;
  }

  /** The choice with an example of two words or more that stands in a sentence, and the sentence without it. */
  quotedIn({ text }: Sentence): { choice: number; rest: string } | null {
    const whole = ` ${text} `;
    for (const [example, choice] of this.#exact) {
      const at = example.includes(' ') ? whole.indexOf(` ${example} `) : -1;
      const { yes, no } = this.polar;
      if (at < 0 || choice === yes || choice === no) continue;
      return { choice, rest: `${whole.slice(0, at)} ${whole.slice(at + example.length + 1)}` };
    }
    return null;
  }

  /** How well each choice fits, 0 to 1, in the order of the choices. */
  score(sentence: Sentence): number[] {
    const matches = sentence.words.map((word) => this.#vocabulary.match(word));
    const said = nearest(matches, this.#vocabulary.size);
    const explained = this.#explained(sentence.words, matches);
    const likest = this.#likest(sentence.words, said);
    // Of "a table for three" among numbers, only the number counts.
    const foreign = !this.#numbersTell && sentence.words.some((word, at) => isForeign(word, matches[at]!));
    const changes = wantsChange(sentence);
    return this.choices.map((_, choice) => {
      const { share, evidence, described, own, denied, vague } = explained[choice]!;
      if (evidence < WEIGHT.light) return 0;
      const best = Math.max(likest[choice]!, WHEN_SHARE * Math.min(1, described));
      const whole = EXAMPLE_SHARE * best + (1 - EXAMPLE_SHARE) * share;
      const thin = evidence < 0.5 && best < 0.85 ? 0.6 : 1;
      const lost = share < 0.3 ? 0.9 : 1;
      const alone = OWN_WORD * Math.min(1, own);
      return (
        Math.min(1, whole * thin * lost + alone) *
        (foreign ? FOREIGN : 1) *
        (this.#changes[choice] && !changes ? UNCHANGED : 1) *
        (vague ? THING_ALONE : 1) *
        (denied ? DENIED : 1)
      );
    });
  }

  #example(choice: number, words: readonly Word[]): Example {
    const terms = words.map((word) => this.#vocabulary.termOf(word));
    const weights = terms.map((term) => this.#vocabulary.weightOf(term));
    return {
      choice,
      terms,
      weights,
      total: weights.reduce((sum, weight) => sum + weight, 0),
      pairs: pairsOf(words),
      hasNumber: words.some(({ number }) => number),
    };
  }

  #polarChoice(says: 'yes' | 'no', sentences: readonly Sentence[][], locale: string): number | null {
    const found = this.choices.findIndex(
      ({ scope, when, polar }, choice) =>
        scope === 'step' &&
        (polar === null
          ? polarityOfWhen(when, locale) === says ||
            sentences[choice]!.some(({ polarity }) => polarity?.purely && polarity.says === says)
          : polar === says),
    );
    return found < 0 ? null : found;
  }

  /** For every choice: the share of what was said that it explains, and the weightiest word of that. */
  #explained(words: readonly Word[], matches: readonly Match[][]) {
    const sums = this.choices.map(() => ({
      share: 0,
      evidence: 0,
      described: 0,
      own: 0,
      /** Of all its content words that were said. */
      onlyThings: true,
      denied: false,
    }));
    let total = 0;
    let strangers = 0;
    for (const [index, word] of words.entries()) {
      const own = this.#vocabulary.ownWeight(word);
      const best = new Map<number, number>();
      const known = word.weight < WEIGHT.light ? 1 : UNKNOWN;
      const foreign = !this.#numbersTell && isForeign(word, matches[index]!);
      let weight = own * (foreign ? FOREIGN_THING : known);
      for (const { term, alike } of matches[index]!) {
        weight = Math.max(weight, this.#vocabulary.weightOf(term));
        const { choices, whens } = this.#vocabulary.holdersOf(term);
        for (const [choice, examples] of choices) {
          const central = examples > 1 || whens.has(choice) || this.choices[choice]!.like.length === 1;
          best.set(choice, Math.max(best.get(choice) ?? 0, alike * (central ? 1 : IN_PASSING)));
        }
        for (const choice of whens) {
          best.set(choice, Math.max(best.get(choice) ?? 0, alike * FROM_WHEN));
          sums[choice]!.described = Math.max(
            sums[choice]!.described,
            this.#vocabulary.weightOf(term) * alike * FROM_WHEN,
          );
        }
      }
      total += weight;
      for (const choice of this.#vocabulary.denied(word)) sums[choice]!.denied = true;
      const [only, ...others] = best.keys();
      if (word.weight >= WEIGHT.content) {
        if (only === undefined) strangers++;
        if (!isThing(word)) for (const choice of best.keys()) sums[choice]!.onlyThings = false;
      }
      if (
        only !== undefined &&
        others.length === 0 &&
        word.weight >= WEIGHT.content &&
        !this.#vocabulary.isGeneric(word, only)
      )
        sums[only]!.own += best.get(only)!;
      for (const [choice, sum] of sums.entries()) {
        const alike = best.get(choice) ?? 0;
        sum.share += weight * alike;
        sum.evidence = Math.max(sum.evidence, own * alike);
      }
    }
    return sums.map(({ onlyThings, ...sum }) => ({
      ...sum,
      share: total === 0 ? 0 : sum.share / total,
      vague: strangers > 0 && sum.own === 0 && onlyThings,
    }));
  }

  /** For every choice: how much of its best example was said. */
  #likest(words: readonly Word[], alike: Float64Array): number[] {
    const best = this.choices.map(() => 0);
    const pairs = pairsOf(words);
    const numbers = new Set(words.filter(({ number }) => number).map(({ stem }) => stem));
    for (const example of this.#examples) {
      let said = 0;
      let numbersSaid = 0;
      for (const [index, term] of example.terms.entries()) {
        const value = alike[term]!;
        said += example.weights[index]! * value;
        if (value === 1 && this.#vocabulary.isNumber(term)) numbersSaid++;
      }
      if (said === 0) continue;
      let score = said / example.total;
      if (this.#numbersTell && example.hasNumber && numbersSaid < numbers.size)
        score *= numbersSaid === 0 ? 0 : 0.8;
      if (score <= best[example.choice]!) continue;
      let common = 0;
      for (const pair of example.pairs) if (pairs.has(pair)) common++;
      score *= example.pairs.size === 0 ? 1 : 0.9 + (0.1 * common) / example.pairs.size;
      if (score > best[example.choice]!) best[example.choice] = score;
    }
    return best;
  }
}

/** For every term: how like it the likest word was. */
function nearest(matches: readonly Match[][], terms: number): Float64Array {
  const found = new Float64Array(terms);
  for (const { term, alike } of matches.flat()) found[term] = Math.max(found[term]!, alike);
  return found;
}

const wantsChange = ({ words }: Sentence): boolean => words.some(({ weight }) => weight === WEIGHT.strong);

const isThing = ({ concept }: Word): boolean => concept !== null && THINGS.has(concept);

/** A thing that some trade deals in, or a change of mind, of which nothing here speaks. */
const isForeign = (word: Word, matches: readonly Match[]): boolean =>
  matches.length === 0 && (isThing(word) || (word.concept !== null && STRONG.has(word.concept)));
