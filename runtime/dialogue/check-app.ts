/** The meaning of apps: the dialogue they hold, their numbers, who carries them. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { DEFAULT_ACCOUNT } from './accounts.ts';
import { checkCasts } from './check-casts.ts';
import {
  checkDurations,
  checkSettings,
  type DocumentFile,
  mapOf,
  problem,
  problemIn,
} from './document-file.ts';
import { localeOf } from './locales.ts';
import { readTemplate, slipsInTemplate } from './names.ts';
import { didYouMean, type Problem } from './problem.ts';
import { writtenSecrets } from './proofs/secrets.ts';
import type { Path } from './read.ts';
import { type Environment, expanded } from './settings.ts';
import { isZone } from '../zones.ts';

// What has another shape than these is told by the schema.
const ID = /^[a-z0-9-]+$/;
const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const TIME = /^\d\d:\d\d$/;
const E164 = /^\+[1-9][0-9]{6,14}$/;

/** Numbers that two apps want to answer. */
export function sharedNumbers(apps: readonly DocumentFile[], env: Environment): Problem[] {
  const claimed = new Map<string, DocumentFile>();
  const problems: Problem[] = [];
  for (const app of apps) {
    if (!Array.isArray(app.data.numbers)) continue;
    for (const [index, number] of app.data.numbers.entries()) {
      if (typeof number !== 'string') continue;
      const e164 = expanded(number, env);
      const other = claimed.get(e164);
      if (other && other !== app) {
        const message = `${e164} is already answered by the app \`${other.id}\`, in ${other.source.file}.`;
        problems.push(problem(app.source, ['numbers', index], 'shared-number', message));
      }
      claimed.set(e164, other ?? app);
    }
  }
  return problems;
}

/** What an app is held against. */
interface AroundApp {
  dialogues: ReadonlyMap<string, DocumentFile>;
  /** The names of the accounts; null: nobody knows them. */
  accounts: readonly string[] | null;
  env: Environment;
}

/** One app against itself, and against the dialogues and accounts there are. */
export function checkApp(app: DocumentFile, { dialogues, accounts, env }: AroundApp): Problem[] {
  const { source, data, id } = app;
  const problems = [...checkSettings(app, env), ...checkDurations(app), ...writtenSecrets(app)];

  const dialogue = data.dialogue ?? id;
  if (typeof dialogue === 'string' && ID.test(dialogue) && !dialogues.has(dialogue)) {
    problems.push(
      problem(
        source,
        data.dialogue === undefined ? [] : ['dialogue'],
        'unknown-dialogue',
        `There is no dialogue \`${dialogue}\`${didYouMean(dialogue, dialogues.keys())}`,
      ),
    );
  }
  const { account } = data;
  const known = accounts && [...accounts, DEFAULT_ACCOUNT];
  if (typeof account === 'string' && ID.test(account) && known && !known.includes(account)) {
    const message = `There is no account \`${account}\` in accounts.yaml${didYouMean(account, known)}`;
    problems.push(problem(source, ['account'], 'unknown-account', message));
  }
  if (typeof data.locale === 'string' && LOCALE.test(data.locale) && localeOf(data.locale) === null) {
    const message = `\`${data.locale}\` is no language and region, such as en-US or cs-CZ.`;
    problems.push(problem(source, ['locale'], 'bad-value', message));
  }
  if (typeof data.zone === 'string' && data.zone.trim() !== '' && !isZone(data.zone)) {
    const nearest = didYouMean(data.zone, Intl.supportedValuesOf('timeZone'));
    const message = `\`${data.zone}\` is no time zone`;
    const advice = nearest === '.' ? ': write one such as Europe/Prague or America/New_York.' : nearest;
    problems.push(problem(source, ['zone'], 'bad-zone', message + advice));
  }
  for (const [index, number] of (Array.isArray(data.numbers) ? data.numbers : []).entries()) {
    problems.push(...checkNumber(app, ['numbers', index], number, env));
  }
  for (const [name, number] of Object.entries(mapOf(data.transfers))) {
    problems.push(...checkNumber(app, ['transfers', name], number, env));
  }
  const { from, to } = mapOf(data.hours);
  if (typeof from === 'string' && typeof to === 'string' && TIME.test(from) && TIME.test(to) && from >= to) {
    const message = `\`to\` is ${to}, but should be later in the day than \`from\`, ${from}: nobody could ever be called.`;
    problems.push(problem(source, ['hours', 'to'], 'bad-value', message));
  }
  problems.push(...checkCasts(app), ...checkBusy(app));
  return problems;
}

/** The text is said before anybody has looked who calls. */
function checkBusy({ source, data }: DocumentFile): Problem[] {
  if (typeof data.busy !== 'string') return [];
  const names = { given: NONE, app: new Set(Object.keys(mapOf(data.properties))), user: NONE };
  const early = readTemplate(data.busy).expressions.flatMap(({ expression, offset }) =>
    expression.references.flatMap((reference) =>
      reference.path[0] === 'user'
        ? { code: 'unknown-name', message: NO_USER, offset: offset + reference.offset }
        : [],
    ),
  );
  return [...slipsInTemplate(data.busy, names), ...early].map((slip) => problemIn(source, ['busy'], slip));
}

const NONE: ReadonlySet<string> = new Set();
const NO_USER = 'There is no `user` in `busy`: who calls is not looked up for a call that is not taken.';

/** What is not resolved or has the wrong shape is told elsewhere. */
function checkNumber({ source }: DocumentFile, path: Path, number: unknown, env: Environment): Problem[] {
  const e164 = typeof number === 'string' ? expanded(number, env) : '';
  if (E164.test(e164)) {
    if (parsePhoneNumberFromString(e164)?.isPossible()) return [];
    const message = `${e164} cannot be a phone number: it has too few or too many digits, or an unknown country code.`;
    return [problem(source, path, 'bad-number', message)];
  }
  if (e164 === '' || e164 === number) return [];
  const message = `${String(number)} is "${e164}", but should be a phone number with + and country code.`;
  return [problem(source, path, 'bad-number', message)];
}
