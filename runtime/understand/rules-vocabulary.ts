/** The words of all that is expected, and which of the choices hold them. */
import { compoundLikeness, lastPart, likeness } from './rules-likeness.ts';
import { WEIGHT, type Word } from './rules-words.ts';

const SAME_CONCEPT = 0.85;
const LABEL = 1.5;
/** How fast a word loses weight with every further choice that holds it. */
const RARITY = 0.32;
/** What is done to anything at all. */
const GENERIC: ReadonlySet<string> = new Set(['book', 'buy', 'change', 'help', 'problem']);

interface Term {
  stem: string;
  concept: string | null;
  number: boolean;
  weight: number;
  /** Indices of the choices with it in an example, with the number of examples, and of those with it in their `when`. */
  choices: Map<number, number>;
  whens: Set<number>;
}

export interface Match {
  /** The number of the term. */
  term: number;
  /** 0 to 1. */
  alike: number;
}

/** Terms are numbered from 0, in the order in which they were learnt. */
export class Vocabulary {
  readonly #terms: Term[] = [];
  readonly #byStem = new Map<string, number>();
  readonly #byConcept = new Map<string, number[]>();
  readonly #byLetter = new Map<string, number[]>();
  readonly #byEnd = new Map<string, number[]>();
  /** By concept and choice: how many examples of the choice speak of it. */
  readonly #spokenOf = new Map<string, Map<number, number>>();
  readonly #numbersTell: boolean;
  readonly #compounds: boolean;

  /** `numbersTell`: numbers tell the choices apart, as in "for two" and "for three". */
  constructor(numbersTell: boolean, compounds: boolean) {
    this.#numbersTell = numbersTell;
    this.#compounds = compounds;
  }

  get size(): number {
    return this.#terms.length;
  }

  /** Learns the words of an example of a choice. */
  learn(choice: number, words: readonly Word[]): void {
    for (const concept of new Set(words.map((word) => word.concept))) {
      if (concept === null) continue;
      const counts = this.#spokenOf.get(concept) ?? new Map<number, number>();
      this.#spokenOf.set(concept, counts.set(choice, (counts.get(choice) ?? 0) + 1));
    }
    for (const word of new Map(words.map((one) => [one.stem, one])).values()) {
      const { choices } = this.#term(word);
      choices.set(choice, (choices.get(choice) ?? 0) + 1);
    }
  }

  /** Learns a word of what a choice is said to be about. */
  describe(choice: number, word: Word): void {
    this.#term(word).whens.add(choice);
  }

  /** A word that was learnt. */
  termOf(word: Word): number {
    return this.#byStem.get(word.stem)!;
  }

  holdersOf(term: number): Pick<Term, 'choices' | 'whens'> {
    return this.#terms[term]!;
  }

  isNumber(term: number): boolean {
    return this.#terms[term]!.number;
  }

  /** How much a word of a sentence means by itself. */
  ownWeight(word: Word): number {
    return word.number && this.#numbersTell ? LABEL : word.weight;
  }

  /** A word that several choices hold tells less. */
  weightOf(term: number): number {
    const { weight, choices, whens } = this.#terms[term]!;
    return weight / Math.max(1, choices.size, whens.size) ** RARITY;
  }

  /** The terms that a word is, or is like. */
  match(word: Word): Match[] {
    const same = this.#byStem.get(word.stem);
    const found: Match[] = same === undefined ? [] : [{ term: same, alike: 1 }];
    for (const term of this.#byConcept.get(word.concept ?? '') ?? []) {
      if (term !== same) found.push({ term, alike: SAME_CONCEPT });
    }
    if (found.length > 0 || word.number || word.weight < WEIGHT.content) return found;
    for (const term of this.#byLetter.get(firstLetter(word.stem)) ?? []) {
      const { stem } = this.#terms[term]!;
      const alike = Math.max(
        likeness(word.stem, stem),
        this.#compounds ? compoundLikeness(word.stem, stem) : 0,
      );
      if (alike > 0) found.push({ term, alike });
    }
    for (const term of this.#byEnd.get(lastLetters(word.stem)) ?? []) {
      const part = this.#compounds ? compoundLikeness : lastPart;
      const alike = part(bare(word.stem), bare(this.#terms[term]!.stem));
      if (alike > 0 && isTurned(word.stem) === isTurned(this.#terms[term]!.stem)) found.push({ term, alike });
    }
    return found;
  }

  /** What is done to anything at all says little, unless the choice is about just that. */
  isGeneric({ concept }: Word, choice: number): boolean {
    if (concept === null || !GENERIC.has(bare(concept))) return false;
    return (this.#spokenOf.get(concept)?.get(choice) ?? 0) < 2;
  }

  /** The choices of which the opposite is said: "I did not lose it". */
  denied({ stem, concept, weight }: Word): number[] {
    if (weight < WEIGHT.content || !isTurned(stem)) return [];
    const holding = (one: string, other: string | null): Set<number> => {
      const terms = [this.#byStem.get(one) ?? [], this.#byConcept.get(other ?? '') ?? []].flat();
      return new Set(terms.flatMap((term) => [...this.#terms[term]!.choices.keys()]));
    };
    const same = holding(stem, concept);
    return [...holding(bare(stem), concept && bare(concept))].filter((choice) => !same.has(choice));
  }

  #term(word: Word): Term {
    let id = this.#byStem.get(word.stem);
    if (id === undefined) {
      id = this.#terms.length;
      this.#byStem.set(word.stem, id);
      this.#terms.push({
        stem: word.stem,
        concept: word.concept,
        number: word.number,
        weight: this.ownWeight(word),
        choices: new Map(),
        whens: new Set(),
      });
      if (word.concept !== null) push(this.#byConcept, word.concept, id);
      if (word.weight >= WEIGHT.content) {
        push(this.#byLetter, firstLetter(word.stem), id);
        push(this.#byEnd, lastLetters(word.stem), id);
      }
    }
    return this.#terms[id]!;
  }
}

const firstLetter = (stem: string): string => stem.slice(0, isTurned(stem) ? 2 : 1);
const lastLetters = (stem: string): string => stem.slice(-3);
const isTurned = (stem: string): boolean => stem.startsWith('!');
const bare = (stem: string): string => (isTurned(stem) ? stem.slice(1) : stem);

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
