/** Values that stand where one of a certain type is wanted: in `set`, `remember`, `with` and `callback`. */
import { dialogueTypes, fieldType } from './check-types.ts';
import { type DocumentFile, mapOf, problem } from './document-file.ts';
import { localeOf } from './locales.ts';
import type { Problem } from './problem.ts';
import { type Path, valueAt } from './read.ts';
import type { StaticType } from './static-type.ts';
import { RUNTIME_TYPES, typeOfExpression } from './types.ts';
import { neverCalledBack, neverEqual } from './types-clash.ts';
import { classOf, hasMembers, isSet, memberOf } from './types-known.ts';
import { type Judged, type Limits, noMoment, notAdmitted, outOfRange } from './types-phrases.ts';

/** What takes the value. */
interface Wanted {
  name: string;
  type: StaticType;
  /** The slot or field with its limits. */
  field: { readonly [key: string]: unknown };
}

/**
 * What is certain to be no value of the type of the slot, parameter, input or memory that it is given to.
 * @param holders the apps that hold the dialogue; null where none is known.
 */
export function checkGiven(
  dialogue: DocumentFile,
  holders: readonly DocumentFile[] | null,
  dialogues: ReadonlyMap<string, DocumentFile>,
): Problem[] {
  const { source, held } = dialogue;
  const types = dialogueTypes(dialogue, holders ?? []);
  return held.flatMap(({ holds, path, value }) => {
    if (holds !== 'expression') return [];
    // Numbers and the like may be written bare.
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    const given: Judged = {
      source: written,
      type: typeOfExpression(written, types),
      literal: isWritten(typeOfExpression(written, NO_NAMES)),
    };
    const noLocale = isLocaleSet(path) ? slipInLocale(given) : null;
    if (noLocale !== null) return [problem(source, path, 'bad-value', noLocale)];
    const message =
      path.at(-1) === 'callback' ? slipInMoment(given) : slipIn(dialogue, path, given, dialogues);
    return message === null ? [] : [problem(source, path, 'wrong-type', message)];
  });
}

const NO_NAMES: ReadonlyMap<string, StaticType> = new Map();

/** A text, a number, true, false or null as it stands there. */
const isWritten = (type: StaticType): boolean =>
  typeof type === 'object' && ('is' in type || (isSet(type) && type.of.length === 1));

const isLocaleSet = (path: Path): boolean => path.at(-1) === 'session.locale' && path.at(-2) === 'set';

/** A text that stands there and is no locale; of anything else only the call can tell. */
function slipInLocale({ type }: Judged): string | null {
  const texts = isSet(type) ? type.of : [];
  const wrong = texts.find((text) => localeOf(text) === null);
  return wrong === undefined ? null : `\`${wrong}\` is no language and region, such as en-US or cs-CZ.`;
}

const slipInMoment = (given: Judged): string | null => (neverCalledBack(given.type) ? noMoment(given) : null);

function slipIn(
  dialogue: DocumentFile,
  path: Path,
  given: Judged,
  dialogues: ReadonlyMap<string, DocumentFile>,
): string | null {
  const wanted = wantedAt(dialogue, path, dialogues);
  if (wanted === null || wanted.type === 'value') return null;
  if (neverEqual(wanted.type, given.type)) return notAdmitted(wanted.name, wanted.type, given);
  const limits = limitsOf(wanted.field);
  return isOutside(wanted.type, limits, given.type) ? outOfRange(wanted.name, limits, given) : null;
}

function wantedAt(
  { data }: DocumentFile,
  path: Path,
  dialogues: ReadonlyMap<string, DocumentFile>,
): Wanted | null {
  const [name, key] = [String(path.at(-1)), path.at(-2)];
  // A state or a tool may have the name of a verb.
  if (path.length === 3 && (path[0] === 'states' || path[0] === 'tools')) return null;
  if (isLocaleSet(path)) return { name, type: 'text', field: {} };
  if (key === 'set') {
    return typed(name, mapOf(data.slots)[name]) ?? typed(name, mapOf(data.params)[name], false);
  }
  if (key === 'remember') {
    const { user } = RUNTIME_TYPES;
    const type = hasMembers(user) ? memberOf(user, name.replace(/^user\./, '')) : null;
    return type && { name, type, field: {} };
  }
  if (key !== 'with') return null;
  const step = mapOf(valueAt(data, path.slice(0, -2)));
  if (typeof step.run === 'string') {
    return typed(name, mapOf(dialogues.get(step.run)?.data.params)[name], false);
  }
  const input = typeof step.do === 'string' ? mapOf(valueAt(data, ['tools', step.do, 'input'])) : {};
  return input.type === 'object' ? null : typed(name, input[name]);
}

/** Of what is given to a parameter only the type counts, not its range. */
function typed(name: string, field: unknown, hasLimits = true): Wanted | null {
  return field === undefined ? null : { name, type: fieldType(field), field: hasLimits ? mapOf(field) : {} };
}

function limitsOf({ min, max, length }: Wanted['field']): Limits {
  if (length === undefined) return { least: limit(min), most: limit(max), unit: '' };
  const { min: least = length, max: most = length } = mapOf(length);
  return { least: limit(least), most: limit(most), unit: ' digits' };
}

const limit = (written: unknown): number | string | null =>
  typeof written === 'number' || typeof written === 'string' ? written : null;

/** True where every value that may be given is below the least or above the most. */
function isOutside(type: StaticType, { least, most }: Limits, given: StaticType): boolean {
  const isBeyond = (value: number | string): boolean =>
    (typeof least === typeof value && least !== null && value < least) ||
    (typeof most === typeof value && most !== null && value > most);
  if (isSet(given)) {
    if (type === 'digits') return given.of.every((text) => isBeyond(text.length));
    // The letters of dates and times have their order; those of moments with an offset have not.
    return (type === 'date' || type === 'time') && given.of.every(isBeyond);
  }
  return (
    typeof given === 'object' &&
    'is' in given &&
    typeof given.is === 'number' &&
    classOf(type) === 'number' &&
    isBeyond(given.is)
  );
}
