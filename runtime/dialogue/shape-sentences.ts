/** What ajv found wrong with one document, as sentences an author can act on. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearestName, type Problem } from './problem.ts';
import { pathOf, type Path, type Source, valueAt } from './read.ts';
import { keysOf, type Schema } from './schema-keys.ts';
import { CONDITION_AS_STEP, READ_BACK, meantBy, mixedCondition, stepFor } from './shape-advice.ts';

/**
 * One problem for each mistake. The schemas choose by `if` and never by trial, so what is left to do here is to
 * drop what only follows from another error.
 */
export function tellShape(root: Schema, source: Source, errors: readonly ErrorObject[]): Problem[] {
  return errors.length === 0 ? [] : new Teller(root, source).tell(errors);
}

/** The keys of one map that are not known. */
interface Unknown {
  keys: ReadonlySet<string>;
  /** One of them belongs to a later version. */
  later: boolean;
  /** A problem was told of one of them. */
  told: boolean;
}
const NOTHING_UNKNOWN: Unknown = { keys: new Set(), later: false, told: false };

class Teller {
  readonly #root: Schema;
  readonly #source: Source;
  /** Every key the schema knows anywhere. */
  readonly #allKeys: ReadonlySet<string>;
  readonly #problems: Problem[] = [];

  constructor(root: Schema, source: Source) {
    this.#root = root;
    this.#source = source;
    const parts = [root, ...Object.values(root.$defs ?? {})];
    this.#allKeys = new Set(parts.flatMap(({ properties }) => Object.keys(properties ?? {})));
  }

  tell(errors: readonly ErrorObject[]): Problem[] {
    const byPointer = new Map<string, ErrorObject[]>();
    for (const error of errors) {
      // These only say that another error was found.
      if (error.keyword === 'if' || error.keyword === 'propertyNames') continue;
      if (error.keyword === 'required' && error.schemaPath.includes('/oneOf/')) continue;
      const there = byPointer.get(error.instancePath);
      if (there) there.push(error);
      else byPointer.set(error.instancePath, [error]);
    }
    for (const [pointer, there] of byPointer) {
      const path = pathOf(this.#source.data, pointer);
      const wrongType = there.filter(({ keyword }) => keyword === 'type');
      if (wrongType.length > 0) {
        // Of the wrong type once, whatever follows from it; the schema that says what it should be is heard.
        const told = wrongType.find(({ parentSchema }) => parentSchema && 'x-should' in parentSchema);
        this.#tellOne(path, told ?? wrongType[0]!, NOTHING_UNKNOWN);
        continue;
      }
      const unknown = this.#tellUnknown(path, there);
      for (const error of there) this.#tellOne(path, error, unknown);
    }
    return this.#problems;
  }

  #report(code: string, message: string, path: Path, which: 'key' | 'value' = 'value'): void {
    const place = this.#source.placeOf(path, which);
    this.#problems.push({ severity: 'error', code, message, place });
  }

  /** Tells of keys that are not known, and gives what follows from them. */
  #tellUnknown(path: Path, errors: readonly ErrorObject[]): Unknown {
    const value = valueAt(this.#source.data, path) as object;
    const keys = new Set<string>();
    const here = new Set<string>();
    const laterKeys = new Set<string>();
    let isStep = false;
    for (const { keyword, params, parentSchema } of errors) {
      if (keyword !== 'unevaluatedProperties' && keyword !== 'additionalProperties') continue;
      const key = String(params.unevaluatedProperty ?? params.additionalProperty);
      const known = keysOf(this.#root, parentSchema as Schema, value);
      // A key counts as unevaluated also where its own value is wrong, which is told elsewhere.
      if (known.has(key)) continue;
      keys.add(key);
      for (const name of known) here.add(name);
      isStep ||= keyword === 'unevaluatedProperties';
      if (notYet(parentSchema).includes(key)) laterKeys.add(key);
    }
    for (const key of laterKeys) this.#report('not-yet', notYetSentence(`\`${key}\``), [...path, key], 'key');
    const later = laterKeys.size > 0;
    // What stands beside a verb of a later version most likely belongs to it.
    if (later && isStep) return { keys, later, told: true };

    if (keys.has('if') && isStep && !here.has('when')) {
      this.#report('unknown-key', CONDITION_AS_STEP, [...path, 'if'], 'key');
      return { keys, later, told: true };
    }

    const verbless = errors.find(({ keyword }) => keyword === 'oneOf');
    const verbs = verbsOf(verbless);
    for (const verb of verbs) here.add(verb);
    let told = later;
    for (const key of keys) {
      // Such as a `with` without its `do`: the missing verb is the mistake.
      if (verbless && this.#allKeys.has(key) && nearestName(key, verbs) === null) continue;
      if (laterKeys.has(key)) continue;
      told = true;
      this.#report(
        'unknown-key',
        this.#unknownSentence(key, here, verbless !== undefined),
        [...path, key],
        'key',
      );
    }
    return { keys, later, told };
  }

  /** `isVerbless`: a step without a verb, which may be meant for something else that stands there, such as a state. */
  #unknownSentence(key: string, here: ReadonlySet<string>, isVerbless: boolean): string {
    const elsewhere = this.#allKeys.has(key);
    const mixed = mixedCondition(key, here);
    if (mixed !== null) return mixed;
    const nearest = meantBy(key, here) ?? (isVerbless && !elsewhere ? nearestName(key, this.#allKeys) : null);
    if (key === `-${nearest}`)
      return `An entry of a list is a \`-\` with a space behind it: \`- ${nearest}\`.`;
    if (nearest !== null) return `Unknown key \`${key}\`; did you mean \`${nearest}\`?`;
    const sentence = elsewhere ? `The key \`${key}\` does not belong here` : `Unknown key \`${key}\``;
    return here.size === 0 ? `${sentence}.` : `${sentence}; what may stand here: ${listed(here)}.`;
  }

  #tellOne(path: Path, error: ErrorObject, unknown: Unknown): void {
    const { keyword, params, parentSchema, propertyName } = error;
    if (propertyName !== undefined) {
      const message = `\`${propertyName}\` cannot be used here: it should be ${shouldBe(error)}.`;
      this.#report('bad-name', message, [...path, propertyName], 'key');
      return;
    }
    switch (keyword) {
      case 'unevaluatedProperties':
      case 'additionalProperties':
        return;
      case 'oneOf':
        this.#tellVerbs(path, error, unknown);
        return;
      case 'required': {
        const missing = String(params.missingProperty);
        if (unknown.later || nearestName(missing, unknown.keys) !== null) return;
        // Told already: the one stands in the place of the other.
        if ((missing === 'when' && unknown.keys.has('if')) || (missing === 'if' && unknown.keys.has('when')))
          return;
        this.#report('missing-key', this.#missingSentence(path, missing, parentSchema as Schema), path);
        return;
      }
      case 'uniqueItems': {
        const again = [...path, Math.max(Number(params.i), Number(params.j))];
        const message = `${named(again)} is there twice: ${this.#source.rawOf(again)}.`;
        this.#report('duplicate', message, again);
        return;
      }
      default:
        this.#tellValue(path, error);
    }
  }

  #tellVerbs(path: Path, error: ErrorObject, unknown: Unknown): void {
    const verbs = verbsOf(error);
    const value = valueAt(this.#source.data, path) as object;
    const [first, second] = Object.keys(value).filter((key) => verbs.includes(key));
    if ((error.parentSchema as Schema).title === 'Tool') {
      if (second === undefined)
        return this.#report('missing-key', `A tool needs one of ${listed(verbs)}.`, path);
      const message = `A tool has one of ${listed(verbs)}, but this one has \`${first}\` and \`${second}\`.`;
      return this.#report('two-verbs', message, [...path, second], 'key');
    }
    if (first !== undefined && second !== undefined) {
      const both = `has one verb, but this one has \`${first}\` and \`${second}\``;
      const message = verbs.includes('then')
        ? `What follows a condition ${both}: write them as a list under \`then\`.`
        : `A step ${both}: write two steps.`;
      this.#report('two-verbs', message, [...path, second], 'key');
    } else if (!unknown.told) {
      this.#report('no-verb', `A step needs one of ${listed(verbs)}.`, path);
    }
  }

  #missingSentence(path: Path, missing: string, parent: Schema): string {
    const value = valueAt(this.#source.data, path) as object;
    const owner = parent.required?.find((key) => key !== missing && Object.hasOwn(value, key));
    const should = parent['x-should'];
    if (should) return `\`${missing}\` is missing: write ${should}.`;
    return owner ? `\`${owner}\` needs \`${missing}\` beside it.` : `\`${missing}\` is missing.`;
  }

  #tellValue(path: Path, error: ErrorObject): void {
    const { data, parentSchema } = error;
    const isLater = (one: string): boolean =>
      one === data || (one.endsWith('/') && typeof data === 'string' && data.startsWith(one));
    if (notYet(parentSchema).some(isLater)) {
      this.#report('not-yet', notYetSentence(`\`${lastKey(path)}: ${String(data)}\``), path);
    } else {
      this.#report('bad-value', this.#valueSentence(path, error), path);
    }
  }

  #valueSentence(path: Path, error: ErrorObject): string {
    const { data, keyword, params } = error;
    const schema = error.parentSchema as Schema;
    const raw = this.#source.rawOf(path);
    const wantsText = keyword === 'type' && String(params.type) === 'string';
    if (wantsText && (typeof data === 'number' || typeof data === 'boolean')) {
      if (schema['x-holds'] === 'template' && lastKey(path) === 'confirm')
        return `${named(path)} is ${raw}, but should be ${READ_BACK}.`;
      const rightWhenQuoted = schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(raw);
      if (rightWhenQuoted && schema['x-holds'] !== 'duration') {
        const what = typeof data === 'number' ? 'a number' : 'true or false';
        return `${named(path)} is ${what} without quotes: write "${raw}".`;
      }
    }
    const sentence = `${named(path)} is ${shown(data, raw)}, but should be ${shouldBe(error)}`;
    if (typeof data !== 'string') return `${sentence}.`;
    if (schema.title === 'Step') {
      const states = new Set(Object.keys(Object(valueAt(this.#source.data, ['states'])) as object));
      const advice = stepFor(data, this.#allKeys, states);
      if (advice !== null) return `${named(path)} is ${shown(data, raw)}, but should be a step: ${advice}.`;
    }
    const meant = keyword === 'enum' ? meantBy(data, (params.allowedValues as unknown[]).map(String)) : null;
    return meant === null ? `${sentence}.` : `${sentence}; did you mean \`${meant}\`?`;
  }
}

const listed = (names: Iterable<string>): string => [...names].map((name) => `\`${name}\``).join(', ');

function named(path: Path): string {
  const key = lastKey(path);
  if (key === null) return 'The file';
  return typeof path.at(-1) === 'number' ? `An entry of \`${key}\`` : `\`${key}\``;
}

const lastKey = (path: Path): string | null => path.filter((step) => typeof step === 'string').at(-1) ?? null;

/** The keys of which a step has exactly one. */
function verbsOf(error: ErrorObject | undefined): string[] {
  const choices: unknown = error?.schema ?? [];
  return (choices as readonly { required: readonly string[] }[]).map(({ required }) => String(required[0]));
}

const notYet = (schema: object | undefined): readonly string[] =>
  (schema as Schema | undefined)?.['x-not-yet'] ?? [];

const notYetSentence = (what: string): string =>
  `${what} is part of the dialogue language, but this version of Offhook does not carry it out yet.`;

function shouldBe({ keyword, params, parentSchema }: ErrorObject): string {
  const should = (parentSchema as Schema)['x-should'];
  if (should) return should;
  if (keyword === 'enum') return `one of ${(params.allowedValues as unknown[]).join(', ')}`;
  if (keyword === 'const') return JSON.stringify(params.allowedValue);
  if (keyword === 'minItems') return 'a list with at least one entry';
  if (keyword === 'minProperties') return 'a map with at least one key';
  if (keyword === 'maxLength') return `no longer than ${params.limit} characters`;
  const type = String(params.type ?? 'something else');
  return (
    {
      object: 'a map',
      array: 'a list',
      string: 'a text',
      boolean: 'true or false',
      integer: 'a whole number',
    }[type] ?? `a ${type}`
  );
}

function shown(data: unknown, raw: string): string {
  if (data === null || data === undefined || (typeof data === 'string' && data.trim() === '')) return 'empty';
  if (Array.isArray(data)) return data.length === 0 ? 'an empty list' : 'a list';
  if (typeof data === 'object') return Object.keys(data).length === 0 ? 'an empty map' : 'a map';
  if (typeof data !== 'string') return raw === '' ? JSON.stringify(data) : raw;
  return JSON.stringify(data.length > 60 ? `${data.slice(0, 59)}…` : data);
}
