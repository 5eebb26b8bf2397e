/** What an author most likely meant by a word that is none of the language's, and by a text where a step should be. */
import { nearestName } from './problem.ts';

/** Words of other languages and tools, and those of this one. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['str', 'text'],
  ['bool', 'boolean'],
  ['int', 'integer'],
  ['float', 'number'],
  ['tel', 'phone'],
  ['mail', 'email'],
  ['enum', 'choice'],
  ['speak', 'say'],
  ['tell', 'say'],
  ['text', 'say'],
  ['prompt', 'say'],
  ['question', 'ask'],
  ['options', 'answers'],
  ['choices', 'answers'],
  ['examples', 'like'],
  ['intent', 'when'],
  ['digits', 'keys'],
  ['call', 'do'],
  ['next', 'goto'],
  ['jump', 'goto'],
  ['end', 'hangup'],
  ['hang_up', 'hangup'],
  ['delay', 'wait'],
  ['pause', 'wait'],
  ['description', 'about'],
  ['values', 'of'],
  ['language', 'locale'],
  ['timezone', 'zone'],
]);

/** The candidate that is most likely meant, by its letters or by its sense; null where none is. */
export function meantBy(name: string, candidates: Iterable<string>): string | null {
  const known = [...candidates];
  const bare = name.replace(/^-/, '');
  if (bare !== name && known.includes(bare)) return bare;
  const synonym = SYNONYMS.get(name.toLowerCase());
  return synonym !== undefined && known.includes(synonym) ? synonym : nearestName(name, known);
}

/** `if` and `when` in each other's place, which is the most common mistake of all; null where it is not that. */
export function mixedCondition(key: string, here: ReadonlySet<string>): string | null {
  if (key === 'if' && here.has('when')) {
    return '`if` is code and belongs to `branch`. Here stands `when`: what the caller means, in words.';
  }
  if (key === 'when' && here.has('if')) {
    return '`when` is what a caller means and belongs to `answers`, `until` and `anytime`. Here stands `if`: an expression.';
  }
  return null;
}

/** An `if` where a step should be, or beside its verb. */
export const CONDITION_AS_STEP =
  '`if` is no step and belongs to none: conditions stand in a `branch`, as in `branch: [{if: day, goto: booking}]`.';

/** What a `confirm` wants, which is no flag. */
export const READ_BACK =
  'a sentence that reads the values back, such as "A table for {{ party }}. Is that right?"';

/** What to write in the place of a text that stands where a step should be; null where nobody can tell. */
export function stepFor(text: string, keys: ReadonlySet<string>, states: ReadonlySet<string>): string | null {
  const [, key = '', value = ''] = /^([a-z]+):(\S.*)$/s.exec(text) ?? [];
  if (keys.has(key)) return `behind the colon stands a space, as in \`${key}: ${value}\``;
  if (states.has(text)) return `to go to a state, write \`goto: ${text}\``;
  return keys.has(text) ? `\`${text}\` needs a colon and a value, as in {say: "Hello."}` : null;
}
