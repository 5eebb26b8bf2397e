/** The Twilio accounts that apps may name: `accounts.yaml` of the dialogues folder. */
import type { Account, AccountsDocument } from './document.ts';
import { mapOf, problem, problemIn } from './document-file.ts';
import type { Problem } from './problem.ts';
import { type Path, readSource, type Source } from './read.ts';
import { type Environment, expanded, slipsInSetting } from './settings.ts';
import { checkShape } from './shape.ts';

/** An account as the file declares it, with the values of the environment put in. */
export interface DeclaredAccount {
  /** Null where the environment does not have it: nothing can be done with the account then. */
  credentials: { sid: string; token: string } | null;
  /** Both or neither. */
  region: string | null;
  edge: string | null;
  /** How many calls a second may be placed. */
  cps: number;
  /** How many calls may run at the same time; null: any number. */
  maxCalls: number | null;
}

/** By the name that an app gives in `account`. */
export type DeclaredAccounts = ReadonlyMap<string, DeclaredAccount>;

/** The account of apps that name none: every app may name it as well. */
export const DEFAULT_ACCOUNT = 'default';

/** As Twilio has it for an account of which nobody says otherwise. */
export const USUAL_CPS = 1;

const SID = /^AC[0-9a-f]{32}$/;
const VARIABLE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

export interface ReadAccounts {
  /** None where the file has an error. */
  accounts: DeclaredAccounts;
  /** Every name that the file gives, also where it has an error; null where it cannot be read. */
  names: readonly string[] | null;
  problems: readonly Problem[];
}

/** Reads the file. No problem quotes a token. */
export function readAccounts(file: string, text: string, env: Environment): ReadAccounts {
  const source = readSource(file, text);
  const shape = source.data === undefined ? [] : checkShape('accounts', source).problems;
  const written = Object.entries(mapOf(source.data));
  const tokens = written.flatMap(([name, account]) => literalToken(source, name, mapOf(account)));
  const told = new Set(tokens.map(({ place }) => `${place.line}:${place.column}`));
  const problems = [
    ...source.problems,
    // What the schema says of a token that stands in the file would show it.
    ...shape.filter(({ place }) => !told.has(`${place.line}:${place.column}`)),
    ...tokens,
    ...written.flatMap(([name, account]) => checkAccount(source, name, mapOf(account), env)),
  ];
  const isRight = problems.every(({ severity }) => severity !== 'error');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema has admitted it
  const document = (isRight ? (source.data ?? {}) : {}) as AccountsDocument;
  return {
    accounts: new Map(Object.entries(document).map(([name, account]) => [name, declared(account, env)])),
    names: source.data === undefined ? null : written.map(([name]) => name),
    problems,
  };
}

function literalToken(source: Source, name: string, { token }: Fields): Problem[] {
  if (token === undefined || token === null || typeof token === 'object') return [];
  if (typeof token === 'string' && VARIABLE.test(token)) return [];
  const message = `\`token\` of the account \`${name}\` stands in the file: put it into the environment and write \${NAME} here.`;
  return [problem(source, [name, 'token'], 'secret', message)];
}

type Fields = ReturnType<typeof mapOf>;

function checkAccount(source: Source, name: string, fields: Fields, env: Environment): Problem[] {
  const problems: Problem[] = [];
  for (const key of ['sid', 'token'] as const) {
    const value = fields[key];
    if (typeof value !== 'string' || !VARIABLE.test(value)) continue;
    const path: Path = [name, key];
    const slips = slipsInSetting(value, env);
    for (const slip of slips) problems.push({ ...problemIn(source, path, slip), severity: slip.severity });
    if (key === 'sid' && slips.length === 0 && !SID.test(expanded(value, env))) {
      const message = `${value} should be AC and 32 hexadecimal digits, the SID of an account.`;
      problems.push(problem(source, path, 'bad-value', message));
    }
  }
  const has = ['region', 'edge'].filter((key) => fields[key] !== undefined);
  if (has.length === 1) {
    const [one, other] = has[0] === 'region' ? ['region', 'edge'] : ['edge', 'region'];
    const message = `\`${one}\` needs \`${other}\` beside it: Twilio is reached by both together, such as ie1 and dublin.`;
    problems.push(problem(source, [name, one], 'missing-key', message, { which: 'key' }));
  }
  return problems;
}

function declared(account: Account, env: Environment): DeclaredAccount {
  const credentials = { sid: expanded(account.sid, env), token: expanded(account.token, env) };
  const isWhole = SID.test(credentials.sid) && !VARIABLE.test(credentials.token) && credentials.token !== '';
  return {
    credentials: isWhole ? credentials : null,
    region: account.region ?? null,
    edge: account.edge ?? null,
    cps: account.cps ?? USUAL_CPS,
    maxCalls: account.limits?.calls ?? null,
  };
}
