import { ENGINES, type EngineName } from '../dialogue/engines.ts';
import { Command, CommanderError, Option } from 'commander';
import { OffhookError } from '../errors.ts';
import type { CallOptions } from './call-order.ts';
import { NUMBER_TYPES } from '../line/numbering.ts';
import type { CheckFormat } from './check.ts';
import type { BuyOptions } from './numbers.ts';

/** What each command does, given by whoever has the parts. Every one answers with the exit code. */
export interface Actions {
  serve(): Promise<number>;
  check(paths: string[], options: { engine?: EngineName; format: CheckFormat }): Promise<number>;
  createNew(name: string, options: { locale: string }): Promise<number>;
  graph(key: string, options: { format: 'mermaid' | 'svg'; out?: string }): Promise<number>;
  talk(key: string, options: TalkArguments): Promise<number>;
  test(paths: string[], options: TestArguments): Promise<number>;
  ring(key: string, options: RingOptions): Promise<number>;
  understand(key: string, options: { state?: string; now?: string; model?: boolean }): Promise<number>;
  call(options: CallOptions): Promise<number>;
  sessions(options: { app?: string; status?: string; limit: string }): Promise<number>;
  showSession(id: string): Promise<number>;
  accounts(): Promise<number>;
  createAccount(name: string, options: { parent?: string }): Promise<number>;
  listNumbers(): Promise<number>;
  attachNumbers(which: string): Promise<number>;
  detachNumbers(which: string): Promise<number>;
  buyNumber(options: BuyOptions): Promise<number>;
  users(options: { limit: string }): Promise<number>;
  showUser(who: string): Promise<number>;
  exportUser(who: string): Promise<number>;
  eraseUser(who: string, options: { yes?: true }): Promise<number>;
  mergeUsers(from: string, into: string): Promise<number>;
  pair(code: string, options: { name?: string; user?: string }): Promise<number>;
}

export interface TalkArguments {
  outbound?: boolean;
  from?: string;
  unpaired?: boolean;
  now?: string;
  attributes?: string;
}

export interface RingOptions {
  caller?: string;
  say?: string[];
  record?: string;
  outbound?: true;
  attributes?: string;
  from?: string;
  to?: string;
  url?: string;
  hangup?: true;
  callee?: 'answer' | 'busy' | 'no-answer' | 'decline';
}

export interface TestArguments {
  filter?: string;
  coverage?: boolean;
  coverageMin?: string;
  junit?: string;
  model?: true;
  watch?: true;
  fromSession?: string;
}

interface Io {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/** Parses the arguments and runs the command. Gives 0 done, 1 it found problems or failed, 2 wrong usage or configuration. */
export async function runCommand(
  args: readonly string[],
  actions: Actions,
  version: string,
  io: Io,
): Promise<number> {
  let code = 0;
  const does =
    <A extends unknown[]>(action: (...given: A) => Promise<number>) =>
    async (...given: A): Promise<void> => {
      code = await action(...given);
    };
  const program = new Command('offhook')
    .description('A declarative dialogue runtime for phone calls.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });

  program
    .command('serve')
    .description('run the server')
    .action(does(() => actions.serve()));

  program
    .command('check')
    .description('every problem of every file, as file:line:col severity message')
    .argument('[paths...]', 'files and folders; the dialogues folder where none is given')
    .addOption(new Option('--engine <engine>', 'also what would degrade on this engine').choices(ENGINES))
    .addOption(
      new Option('--format <format>', 'how problems are printed')
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    )
    .action(does((paths: string[], options) => actions.check(paths, options)));

  program
    .command('new')
    .description('write a small app, its dialogue and its test')
    .argument('<name>', 'what they are called: small letters, digits and hyphens')
    .option('--locale <locale>', 'the language of the call, BCP 47', 'en-US')
    .action(does((name: string, options) => actions.createNew(name, options)));

  program
    .command('graph')
    .description('a dialogue as a picture: its states and what leads from one to another')
    .argument('<key>', 'an app or a dialogue')
    .addOption(
      new Option('--format <format>', 'Mermaid text, or an image')
        .choices(['mermaid', 'svg'])
        .default('mermaid'),
    )
    .option('--out <file>', 'the file to write; standard output where none is given')
    .action(does((key: string, options) => actions.graph(key, options)));

  program
    .command('talk')
    .description('hold the conversation in the terminal, or by a pipe')
    .argument('<key>', 'an app or a dialogue')
    .option('--outbound', 'as a call that we placed')
    .option('--attributes <json>', 'what is known of a call that we placed, as a JSON object')
    .option('--from <number>', 'the caller’s number, such as +14155550123')
    .option('--unpaired', 'the caller is not known; /pair NAME claims the code')
    .option('--now <moment>', 'when the call begins, such as 2026-03-03T10:00:00+01:00')
    .action(does((key: string, options) => actions.talk(key, options)));

  program
    .command('test')
    .description('run the conversations of *.test.yaml files, in simulated time')
    .argument('[paths...]', 'files and folders; the dialogues folder where none is given')
    .option('--filter <text>', 'only tests whose names hold this text')
    .option('--coverage', 'also which states, answers and ladders were reached, and which were not')
    .option('--coverage-min <percent>', 'fail where less than this was reached')
    .option('--junit <file>', 'also write the results as JUnit XML')
    .option('--model', 'ask the model that the app names what the rules do not settle')
    .option('--watch', 'run what is affected whenever a file changes')
    .option('--from-session <id>', 'write a test from a call in the store, and run none')
    .action(does((paths: string[], options: TestArguments) => actions.test(paths, options)));

  program
    .command('ring')
    .description('a simulated phone call over the running server’s webhook and websocket, with real audio')
    .argument('<key>', 'an app or a dialogue')
    .option('--caller <file>', 'what the caller says, as a WAV file')
    .option('--say <text...>', 'what the caller says, one text a turn')
    .option('--record <file>', 'write what was heard to a WAV file')
    .option('--outbound', 'as a call that we placed')
    .option('--attributes <json>', 'what is known of a call that we placed, as a JSON object')
    .option('--from <number>', 'the caller’s number')
    .option('--to <number>', 'the number that is called')
    .option('--url <url>', 'the server; the local one where none is given')
    .option('--hangup', 'hang up when everything was said, rather than stay silent')
    .addOption(
      new Option('--callee <how>', 'what the other side of a transfer does')
        .choices(['answer', 'busy', 'no-answer', 'decline'])
        .default('answer'),
    )
    .action(does((key: string, options) => actions.ring(key, options)));

  program
    .command('understand')
    .description('how utterances would be taken: lines on standard input, one JSON object a line')
    .argument('<key>', 'an app or a dialogue')
    .option('--state <state>', 'the state whose first listening step takes them')
    .option('--now <moment>', 'when they are said, such as 2026-03-03T10:00:00+01:00')
    .option('--model', 'ask the app’s text model about what the rules do not settle')
    .action(does((key: string, options) => actions.understand(key, options)));

  program
    .command('call')
    .description('call somebody through Twilio, or everybody in a file')
    .option('-o, --to <number>', 'the number to call, E.164')
    .option(
      '--file <file>',
      'the people to call: CSV or JSON with to, locale, at, and attributes of any name',
    )
    .option('--new', 'call them even where the same people were called before')
    .option('--batch <id>', 'follow the calls of a file that was given before')
    .option('--cancel', 'cancel those of its calls that have not begun')
    .option('-f, --from <number>', 'the caller id; the app’s first number where none is given')
    .option('-k, --key <key>', 'an app or a dialogue')
    .option('-a, --account <sid>', 'the Twilio account')
    .option('-t, --token <token>', 'its auth token')
    .option('-l, --locale <locale>', 'the language of the call, BCP 47')
    .option('--attributes <json>', 'what the dialogue is told of the call, as a JSON object')
    .addOption(
      new Option('--machine <how>', 'where a machine answers: hang up, leave a message, or go on').choices([
        'hangup',
        'message',
        'continue',
      ]),
    )
    .option('--attempts <count>', 'how often it is tried in all where it is busy or nobody answers')
    .option('--every <time>', 'from one attempt to the next, such as 15m')
    .action(does((options: CallOptions) => actions.call(options)));

  const sessions = program
    .command('sessions')
    .description('the sessions in the store, newest first')
    .option('--app <app>', 'only of this app')
    .option('--status <status>', 'only with this status')
    .option('--limit <count>', 'how many', '20')
    .action(does((options) => actions.sessions(options)));
  sessions
    .command('show')
    .description('one session with its turns and tool calls')
    .argument('<id>')
    .action(does((id: string) => actions.showSession(id)));

  const numbers = program
    .command('numbers')
    .description('the phone numbers of the apps and of their Twilio accounts, and where each leads');
  numbers
    .command('list', { isDefault: true })
    .description('every number, its app, and where it leads')
    .action(does(() => actions.listNumbers()));
  numbers
    .command('attach')
    .description('lead a number, or every number of an app, to the app, whoever has led it elsewhere')
    .argument('<number|app>', 'such as +14155550100, or the id of an app')
    .action(does((which: string) => actions.attachNumbers(which)));
  numbers
    .command('detach')
    .description('lead a number, or every number of an app, back to where it led before')
    .argument('<number|app>', 'such as +14155550100, or the id of an app')
    .action(does((which: string) => actions.detachNumbers(which)));
  numbers
    .command('buy')
    .description('buy a number for an app: shows its price and asks')
    .requiredOption('--app <app>', 'the app that it is for')
    .requiredOption('--country <country>', 'two letters, such as US')
    .option('--area <digits>', 'the area code, or the first digits behind the country code')
    .addOption(new Option('--type <type>', 'what kind of number').choices(NUMBER_TYPES).default('local'))
    .option('--yes', 'buy it without asking')
    .action(does((options: BuyOptions) => actions.buyNumber(options)));

  const accounts = program
    .command('accounts')
    .description('the Twilio accounts at hand, and whose each app is')
    .action(does(() => actions.accounts()));
  accounts
    .command('create')
    .description('make a subaccount at Twilio, and print what to write down of it')
    .argument('<name>', 'what apps call it: small letters, digits and hyphens')
    .option('--parent <account>', 'the account that it is made under', 'default')
    .action(does((name: string, options: { parent?: string }) => actions.createAccount(name, options)));
  const users = program
    .command('users')
    .description('the people in the store, newest first')
    .option('--limit <count>', 'how many', '20')
    .action(does((options) => actions.users(options)));
  users
    .command('show')
    .description('one of them, with numbers and with what is remembered')
    .argument('<who>', 'an id, or a number such as +14155550123')
    .action(does((who: string) => actions.showUser(who)));
  users
    .command('export')
    .description('all that is known of one, as JSON')
    .argument('<who>', 'an id, or a number')
    .action(does((who: string) => actions.exportUser(who)));
  users
    .command('erase')
    .description('erase one with everything of theirs')
    .argument('<who>', 'an id, or a number')
    .option('--yes', 'do it; else it is only told what would be erased')
    .action(does((who: string, options: { yes?: true }) => actions.eraseUser(who, options)));
  users
    .command('merge')
    .description('make two of them one')
    .argument('<from>', 'an id or a number: the one who is no more')
    .argument('<into>', 'an id or a number: the one who stays')
    .action(does((from: string, into: string) => actions.mergeUsers(from, into)));

  program
    .command('pair')
    .description('pair a caller’s phone by the code that the caller was told')
    .argument('<code>', 'six digits')
    .option('--name <name>', 'whose phone it is')
    .option('--user <id>', 'somebody who is known already, in the place of a name')
    .action(does((code: string, options) => actions.pair(code, options)));

  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    if (thrown instanceof OffhookError) {
      const { place, message } = thrown;
      io.stderr.write(
        place ? `${place.file}:${place.line}:${place.column} error ${message}\n` : `${message}\n`,
      );
      return WRONG_SETTING.has(thrown.code) ? 2 : 1;
    }
    throw thrown;
  }
}

/** Errors of what the user gave, rather than of the work. */
const WRONG_SETTING = new Set([
  'bad-setting',
  'bad-file',
  'bad-retry',
  'bad-now',
  'no-dialogues',
  'bad-dialogues',
  'cannot-listen',
  'unknown-key',
  'unknown-state',
  'nothing-listens',
  'bad-number',
  'bad-name',
  'account-exists',
  'bad-locale',
  'no-account',
  'no-public-url',
  'no-number',
  'unknown-number',
]);
