/** The examples of everything that is expected, arranged so that one sentence is compared with all of them at once. */
import type { Choice, Expectation } from '../dialogue/protocol.ts';
import { likeness } from './rules-likeness.ts';
import { polarityOfWhen, readSentence, readWhen, type Sentence, WEIGHT, type Word } from './rules-words.ts';

/** The share of a choice's score that comes from its best example; the rest is how much of what was said it explains. */
const EXAMPLE_SHARE = 0.55;
/** A word that no example holds counts less against a choice than a word that another one holds. */
const UNKNOWN = 0.6;
const SAME_CONCEPT = 0.85;
/** Words of a `when` describe; they are not what callers say. */
const FROM_WHEN = 0.85;
const WHEN_SHARE = 0.75;
const LABEL = 1.5;
/** A word of one example among several may have nothing to do with the matter. */
const IN_PASSING = 0.8;
/** How fast a word loses weight with every further choice that holds it. */
const RARITY = 0.45;

interface Term {
  stem: string;
  concept: string | null;
  number: boolean;
  weight: number;
  /** Indices of the choices with it in an example, with the number of examples, and of those with it in their `when`. */
  choices: Map<number, number>;
  whens: Set<number>;
}

interface Example {
  choice: number;
  terms: readonly number[];
  weights: readonly number[];
  total: number;
  pairs: ReadonlySet<string>;
  hasNumber: boolean;
  negates: boolean;
}

interface Match {
  term: number;
  alike: number;
  /** One says the opposite of the other, which only means the same where both sentences say no to something. */
  crossed: boolean;
}

export class Index {
  readonly choices: readonly Choice[];
  /** The choices that are the yes and the no of the question, by index. */
  readonly polar: { readonly yes: number | null; readonly no: number | null };
  readonly #terms: Term[] = [];
  readonly #byStem = new Map<string, number>();
  readonly #byConcept = new Map<string, number[]>();
  readonly #byLetter = new Map<string, number[]>();
  readonly #examples: Example[] = [];
  /** By choice: the terms of its `when` that say what is wanted done. */
  readonly #wanted: number[][] = [];
  readonly #exact = new Map<string, number>();
  /** Numbers tell the choices apart, as in "for two" and "for three". */
  readonly #numbersTell: boolean;
  /** The choices with an example that says no to something, by index. */
  readonly #negating = new Set<number>();

  constructor(expectation: Expectation) {
    const { choices, locale } = expectation;
    this.choices = choices;
    const sentences = choices.map(({ like }) => like.map((example) => readExample(example, locale)));
    this.#numbersTell = numbersTell(sentences);
    for (const [choice, { when }] of choices.entries()) {
      for (const { words, text } of sentences[choice]!) {
        if (negates(words)) this.#negating.add(choice);
        for (const word of new Map(words.map((one) => [one.stem, one])).values()) {
          const { choices: holders } = this.#learn(word);
          holders.set(choice, (holders.get(choice) ?? 0) + 1);
        }
        const holder = this.#exact.get(text);
        const better =
          holder === undefined || (choices[holder]!.scope === 'anytime' && choices[choice]!.scope === 'step');
        if (better) this.#exact.set(text, choice);
      }
      const described = polarityOfWhen(when, locale) === null ? readWhen(when, locale) : [];
      for (const word of described) this.#learn(word).whens.add(choice);
      const wanted = described.filter(({ weight }) => weight === WEIGHT.strong);
      this.#wanted.push(wanted.map(({ stem }) => this.#byStem.get(stem)!));
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

  /** How well each choice fits, 0 to 1, in the order of the choices. */
  score(sentence: Sentence): number[] {
    const matches = sentence.words.map((word) => this.#match(word));
    const said = nearest(matches, this.#terms.length, false);
    const explained = this.#explained(sentence.words, matches);
    const likest = this.#likest(sentence.words, matches);
    return this.choices.map((_, choice) => {
      const { share, evidence, described, wantsOther } = explained[choice]!;
      if (evidence < WEIGHT.light) return 0;
      const wanted = this.#wanted[choice]!;
      const missing = wanted.length > 0 && !wanted.some((term) => said[term]! > 0);
      const best = Math.max(likest[choice]!, WHEN_SHARE * Math.min(1, described) * (missing ? 0.6 : 1));
      const whole = EXAMPLE_SHARE * best + (1 - EXAMPLE_SHARE) * share;
      const thin = evidence < 0.5 && best < 0.85 ? 0.7 : 1;
      const lost = share < 0.3 ? 0.8 : 1;
      return whole * thin * lost * (wantsOther ? 0.6 : 1);
    });
  }

  #learn(word: Word): Term {
    let id = this.#byStem.get(word.stem);
    if (id === undefined) {
      id = this.#terms.length;
      this.#byStem.set(word.stem, id);
      const weight = word.number && this.#numbersTell ? LABEL : word.weight;
      this.#terms.push({
        stem: word.stem,
        concept: word.concept,
        number: word.number,
        weight,
        choices: new Map(),
        whens: new Set(),
      });
      if (word.concept !== null) push(this.#byConcept, word.concept, id);
      if (word.weight >= WEIGHT.content) push(this.#byLetter, firstLetter(word.stem), id);
    }
    return this.#terms[id]!;
  }

  #example(choice: number, words: readonly Word[]): Example {
    const terms = words.map(({ stem }) => this.#byStem.get(stem)!);
    const weights = terms.map((term) => this.#weight(term));
    return {
      choice,
      terms,
      weights,
      total: weights.reduce((sum, weight) => sum + weight, 0),
      pairs: pairsOf(words),
      hasNumber: words.some(({ number }) => number),
      negates: negates(words),
    };
  }

  /** A word that several choices hold tells less. */
  #weight(term: number): number {
    const { weight, choices, whens } = this.#terms[term]!;
    return weight / Math.max(1, choices.size, whens.size) ** RARITY;
  }

  #polarChoice(says: 'yes' | 'no', sentences: readonly Sentence[][], locale: string): number | null {
    const found = this.choices.findIndex(
      ({ scope, when }, choice) =>
        scope === 'step' &&
        (polarityOfWhen(when, locale) === says ||
          sentences[choice]!.some(({ polarity }) => polarity?.purely && polarity.says === says)),
    );
    return found < 0 ? null : found;
  }

  /** The terms that a word is, or is like. */
  #match(word: Word): Match[] {
    const found = this.#sameOrLike(word, false);
    const { stem, concept } = word;
    const opposite = stem.startsWith('!')
      ? { ...word, stem: stem.slice(1), concept: concept?.slice(1) ?? null }
      : { ...word, stem: `!${stem}`, concept: concept === null ? null : `!${concept}` };
    return this.#negating.size > 0 ? [...found, ...this.#sameOrLike(opposite, true)] : found;
  }

  #sameOrLike(word: Word, crossed: boolean): Match[] {
    const same = this.#byStem.get(word.stem);
    const found: Match[] = same === undefined ? [] : [{ term: same, alike: 1, crossed }];
    for (const term of this.#byConcept.get(word.concept ?? '') ?? []) {
      if (term !== same) found.push({ term, alike: SAME_CONCEPT, crossed });
    }
    if (found.length > 0 || word.number || word.weight < WEIGHT.content) return found;
    for (const term of this.#byLetter.get(firstLetter(word.stem)) ?? []) {
      const alike = likeness(word.stem, this.#terms[term]!.stem);
      if (alike > 0) found.push({ term, alike, crossed });
    }
    return found;
  }

  /** For every choice: the share of what was said that it explains, and the weightiest word of that. */
  #explained(words: readonly Word[], matches: readonly Match[][]) {
    const sums = this.choices.map(() => ({ share: 0, evidence: 0, described: 0, wantsOther: false }));
    const bothNegate = negates(words);
    let total = 0;
    for (const [index, word] of words.entries()) {
      const own = word.number && this.#numbersTell ? LABEL : word.weight;
      const best = new Map<number, number>();
      let weight = own * (word.weight >= WEIGHT.light ? UNKNOWN : 1);
      for (const { term, alike, crossed } of matches[index]!) {
        if (crossed && !bothNegate) continue;
        weight = Math.max(weight, this.#weight(term));
        const { choices, whens } = this.#terms[term]!;
        for (const [choice, examples] of choices) {
          if (crossed && !this.#negating.has(choice)) continue;
          const central = examples > 1 || whens.has(choice) || this.choices[choice]!.like.length === 1;
          best.set(choice, Math.max(best.get(choice) ?? 0, alike * (central ? 1 : IN_PASSING)));
        }
        for (const choice of crossed ? [] : whens) {
          best.set(choice, Math.max(best.get(choice) ?? 0, alike * FROM_WHEN));
          sums[choice]!.described = Math.max(sums[choice]!.described, this.#weight(term) * alike * FROM_WHEN);
        }
      }
      total += weight;
      const wants = word.weight === WEIGHT.strong;
      for (const [choice, sum] of sums.entries()) {
        const alike = best.get(choice) ?? 0;
        sum.share += weight * alike;
        sum.evidence = Math.max(sum.evidence, own * alike);
        sum.wantsOther ||= wants && alike === 0;
      }
    }
    for (const sum of sums) sum.share = total === 0 ? 0 : sum.share / total;
    return sums;
  }

  /** For every choice: how much of its best example was said. */
  #likest(words: readonly Word[], matches: readonly Match[][]): number[] {
    const plain = nearest(matches, this.#terms.length, false);
    const either = negates(words) ? nearest(matches, this.#terms.length, true) : plain;
    const best = this.choices.map(() => 0);
    const pairs = pairsOf(words);
    const numbers = new Set(words.filter(({ number }) => number).map(({ stem }) => stem));
    for (const example of this.#examples) {
      const alike = example.negates ? either : plain;
      let said = 0;
      let numbersSaid = 0;
      for (const [index, term] of example.terms.entries()) {
        const value = alike[term]!;
        said += example.weights[index]! * value;
        if (value === 1 && this.#terms[term]!.number) numbersSaid++;
      }
      if (said === 0) continue;
      let score = said / example.total;
      if (this.#numbersTell && example.hasNumber && numbersSaid < numbers.size)
        score *= numbersSaid === 0 ? 0 : 0.8;
      if (score <= best[example.choice]!) continue;
      let common = 0;
      for (const pair of example.pairs) if (pairs.has(pair)) common++;
      score *= example.pairs.size === 0 ? 1 : 0.88 + (0.12 * common) / example.pairs.size;
      if (score > best[example.choice]!) best[example.choice] = score;
    }
    return best;
  }
}

const examples = new Map<string, Sentence>();
const MAX_EXAMPLES = 5000;

/** Dialogues repeat their examples: the anytimes stand beside every step. */
function readExample(example: string, locale: string): Sentence {
  const key = `${locale}\n${example}`;
  const known = examples.get(key);
  if (known) return known;
  const sentence = readSentence(example, locale);
  // What is a yes or a no and nothing else is judged as an answer, not word by word.
  const kept = sentence.polarity?.purely ? { ...sentence, words: [] } : sentence;
  if (examples.size >= MAX_EXAMPLES) examples.clear();
  examples.set(key, kept);
  return kept;
}

const negates = (words: readonly Word[]): boolean => words.some(({ stem }) => stem.startsWith('!'));

const firstLetter = (stem: string): string => (stem.startsWith('!') ? stem.slice(0, 2) : stem.slice(0, 1));

/** For every term: how like it the likest word was. */
function nearest(matches: readonly Match[][], terms: number, evenCrossed: boolean): Float64Array {
  const found = new Float64Array(terms);
  for (const { term, alike, crossed } of matches.flat()) {
    if (!crossed || evenCrossed) found[term] = Math.max(found[term]!, alike);
  }
  return found;
}

function pairsOf(words: readonly Word[]): Set<string> {
  const pairs = new Set<string>();
  for (let at = 1; at < words.length; at++) pairs.add(`${words[at - 1]!.stem} ${words[at]!.stem}`);
  return pairs;
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** True where the short examples of two choices or more have numbers that no other choice has. */
function numbersTell(sentences: readonly (readonly Sentence[])[]): boolean {
  const holders = new Map<string, Set<number>>();
  for (const [choice, own] of sentences.entries()) {
    for (const { words } of own) {
      const rest = words.reduce((sum, { number, weight }) => sum + (number ? 0 : weight), 0);
      if (rest >= WEIGHT.content) continue;
      for (const { stem, number } of words) {
        if (number) holders.set(stem, (holders.get(stem) ?? new Set()).add(choice));
      }
    }
  }
  const told = new Set<number>();
  for (const choices of holders.values())
    for (const choice of choices) if (choices.size === 1) told.add(choice);
  return told.size > 1;
}
