/** `offhook new`: a small app, its dialogue and its test, to begin with. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, OffhookError } from '../errors.ts';
import { PACKAGE } from '../places.ts';
import { type Texts, textsFor } from './new-texts.ts';

export interface NewOptions {
  /** The id of the app and of its dialogue. */
  name: string;
  /** BCP 47. */
  locale: string;
  /** The dialogues folder; it is made where it is missing. */
  folder: string;
  /** Where a running server answers: its schemas are named where no file of them is in the project. */
  serverUrl: string;
}

interface Out {
  write(text: string): unknown;
}

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SCHEMAS = fileURLToPath(new URL('schemas/', PACKAGE));

/**
 * Writes NAME.app.yaml, NAME.dialogue.yaml and NAME.test.yaml and names them on `out`, one a line. Nothing is
 * overwritten; where one of the files cannot be written, none is left.
 * @throws OffhookError `bad-name`, `bad-locale`, `already-there`, `not-written`.
 */
export async function createNew({ name, locale, folder, serverUrl }: NewOptions, out: Out): Promise<void> {
  if (!ID.test(name)) throw badName(name);
  const language = canonical(locale);
  const taken = await filesOf(name, folder);
  if (taken.length > 0) {
    const files = new Intl.ListFormat('en-GB').format(taken);
    const message = `${files} ${taken.length === 1 ? 'is' : 'are'} already there: choose another name.`;
    throw new OffhookError('already-there', message);
  }
  const schema = (kind: string): string => schemaFrom(folder, kind, serverUrl);
  const { texts, translated } = textsFor(language);
  const files = {
    app: appText(name, language, schema('app')),
    dialogue: dialogueText(name, texts, translated ? null : language, schema('dialogue')),
    test: testText(name, texts, translated, schema('test')),
  };
  const written: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const [kind, text] of Object.entries(files)) {
      const file = path.join(folder, `${name}.${kind}.yaml`);
      await writeFile(file, text, { flag: 'wx' });
      written.push(file);
    }
  } catch (cause) {
    for (const file of written) await rm(file, { force: true });
    throw new OffhookError('not-written', `Nothing was written: ${messageOf(cause)}.`, { cause });
  }
  for (const file of written) out.write(`${file}\n`);
}

function badName(name: string): OffhookError {
  const nearest = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const instead = nearest === '' ? '' : `; how about \`${nearest}\`?`;
  const message = `\`${name}\` cannot be a name: it is made of small letters, digits and single hyphens between them`;
  return new OffhookError('bad-name', `${message}${instead || '.'}`);
}

function canonical(locale: string): string {
  try {
    const [one] = Intl.getCanonicalLocales(locale);
    if (one !== undefined) return one;
  } catch {
    // The same sentence says it.
  }
  throw new OffhookError(
    'bad-locale',
    `\`${locale}\` is no language and region: write it like en-US, de-DE or fr.`,
  );
}

/** Files of an app or dialogue with this id, anywhere below the folder; a test by this name, in it. */
async function filesOf(name: string, folder: string): Promise<string[]> {
  let entries: string[];
  try {
    entries = await readdir(folder, { recursive: true });
  } catch {
    // Where there is no folder yet, nothing is taken; where it cannot be read, writing says why.
    return [];
  }
  const names = ['app', 'dialogue', 'test'].map((kind) => `${name}.${kind}.yaml`);
  return entries
    .filter(
      (entry) => names.includes(path.basename(entry)) && !entry.split(path.sep).includes('node_modules'),
    )
    .map((entry) => path.join(folder, entry))
    .toSorted();
}

/** The schema as a file where it is part of the project, so that editors need no server. */
function schemaFrom(folder: string, kind: string, serverUrl: string): string {
  const file = `${kind}.schema.json`;
  const fromHere = path.relative(process.cwd(), SCHEMAS);
  if (fromHere.startsWith('..') || path.isAbsolute(fromHere)) return `${serverUrl}/schemas/${file}`;
  return path.relative(path.resolve(folder), path.join(SCHEMAS, file)).split(path.sep).join('/');
}

const titleOf = (name: string): string =>
  name
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');

/** A text as YAML takes it wherever it stands. */
const quoted = (text: string): string => JSON.stringify(text);
const list = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;

function appText(name: string, locale: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
name: ${quoted(titleOf(name))}
# Everybody may call.
public: true
locale: ${quoted(locale)}
# The phone numbers that it answers, in quotes, such as ["+14155550100"].
numbers: []
`;
}

function dialogueText(name: string, texts: Texts, untranslated: string | null, schema: string): string {
  const translate =
    untranslated === null
      ? ''
      : `# The texts are English still: write what is said and heard in ${untranslated}.\n`;
  return `# yaml-language-server: $schema=${schema}
# Hold it in the terminal with: offhook talk ${name}
${translate}slots:
  day: {type: date, ask: ${quoted(texts.askDay)}}

intro: {say: ${quoted(texts.greeting.replace('{name}', titleOf(name)))}}
inbound: welcome

states:
  welcome:
    - ask: ${quoted(texts.question)}
      answers:
        - when: wants an appointment
          like: ${list(texts.wantsAppointment)}
          keys: "1"
          goto: appointment
        - when: asks for the opening hours
          like: ${list(texts.asksHours)}
          keys: "2"
          goto: hours
  hours:
    - say: ${quoted(texts.hours)}
    - goto: welcome
  appointment:
    - collect: [day]
    - confirm: ${quoted(texts.readBack)}
      rejected: [{clear: day}, {goto: appointment}]
    - hangup: ${quoted(texts.done)}

anytime:
  - when: wants to end the call
    like: ${list(texts.wantsToEnd)}
    keys: "#"
    hangup: ${quoted(texts.goodbye)}
`;
}

function testText(name: string, texts: Texts, translated: boolean, schema: string): string {
  // A yes is understood without a model in the languages that are known; the key is in every one.
  const yes = translated ? quoted(texts.yes) : '{keys: "1"}';
  return `# yaml-language-server: $schema=${schema}
# Run it with: offhook test
app: ${name}
tests:
  - name: makes an appointment
    now: 2026-03-03T10:00:00+01:00
    turns:
      - agent: ${quoted(texts.question)}
      - caller: ${quoted(texts.wantsAppointment[1])}
      - agent: ${quoted(texts.askDay)}
      - caller: ${quoted(texts.tomorrow)}
      - expect: {state: appointment, slots: {day: "2026-03-04"}}
      - caller: ${yes}
      - agent: ${quoted(texts.done)}
      - ended: agent-hung-up
  - name: tells the opening hours and asks again
    turns:
      - caller: {keys: "2"}
      - agent: [${quoted(texts.hours)}, ${quoted(texts.question)}]
      - caller: ${quoted(texts.wantsToEnd[0])}
      - ended: agent-hung-up
  - name: silence ends the call
    turns:
      - caller: {silence: 1m}
      - ended: agent-hung-up
`;
}
