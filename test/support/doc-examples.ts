/** The examples of the documents, among files that have everything they name. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { loadFolder } from '../../runtime/dialogue/load.ts';
import type { EngineName } from '../../runtime/dialogue/engines.ts';
import type { Problem } from '../../runtime/dialogue/problem.ts';
import type { Environment } from '../../runtime/dialogue/settings.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';

const APP = `
public: true
numbers: ["+14155550188"]
properties: {city: Prague}
transfers: {manager: "+14155550199"}
`;
const DIALOGUE = {
  params: { mark: 'integer' },
  slots: {
    party: { type: 'integer', ask: 'For how many?' },
    day: { type: 'date', ask: 'For which day?' },
    time: { type: 'time', ask: 'At what time?' },
  },
  tools: {
    find_table: {
      about: 'Finds a free table',
      input: { party: 'integer', day: 'date', note: 'text' },
      http: { url: 'https://example.com' },
    },
    menu: { about: 'Today’s dishes', http: { url: 'https://example.com' } },
  },
  inbound: 'start',
  states: {
    start: {
      ask: 'How can I help you?',
      answers: [{ when: 'wants a table', like: ['a table'], goto: 'agree' }],
    },
    agree: [{ collect: ['party', 'day', 'time'] }, { goto: 'example' }],
    example: { goto: 'booking' } as unknown,
    booking: { goto: 'questions' },
    questions: { goto: 'person' },
    person: { goto: 'bye' },
    bye: { hangup: 'Goodbye.' },
  },
};
const SURVEY =
  'params: {topic: text}\ninbound: {ask: "How was it?", answers: [{when: good, like: [good], return: 5}]}';
const ENV = {
  BOOKING_URL: 'https://example.com',
  BOOKING_TOKEN: 'x',
  CRM_MCP_URL: 'https://example.com',
  SHOP_SID: `AC${'1'.repeat(32)}`,
  SHOP_TOKEN: 'x',
  DUBLIN_SID: `AC${'2'.repeat(32)}`,
  DUBLIN_TOKEN: 'x',
};

/** Of a document, the first line of a block says what its text is: `yaml dialogue`, `yaml steps`, `yaml FILE.yaml`. */
export interface Example {
  language: string;
  kind: string;
  text: string;
}

export function examplesIn(markdown: string): Example[] {
  const blocks = markdown.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, language = '', kind = '', text = '']) => ({ language, kind, text }));
}

/** The files that an example stands for; null where it is of no known kind. */
function filesOf({ kind, text }: Example): Record<string, string> | null {
  if (kind.endsWith('.yaml')) return { [kind]: text };
  switch (kind) {
    case 'app':
      return { 'bistro.app.yaml': text };
    case 'dialogue':
      return { 'example.app.yaml': 'public: true', 'example.dialogue.yaml': text };
    case 'test':
      return { 'bistro.test.yaml': text };
    case 'steps': {
      const example = [...(parse(text) as unknown[]), { goto: 'booking' }];
      return { 'bistro.dialogue.yaml': stringify({ ...DIALOGUE, states: { ...DIALOGUE.states, example } }) };
    }
    default:
      return null;
  }
}

/** What `check` finds in the files of the example, among those around it. */
export async function problemsOf(
  example: Example,
  engine?: EngineName,
  env: Environment = {},
): Promise<readonly Problem[]> {
  const own = filesOf(example);
  if (!own || example.language !== 'yaml')
    throw new Error(`An example is of no known kind: ${example.kind}.`);
  const folder = await mkdtemp(path.join(tmpdir(), 'offhook-example-'));
  const files = {
    'bistro.app.yaml': APP,
    'bistro.dialogue.yaml': stringify(DIALOGUE),
    'survey.dialogue.yaml': SURVEY,
    'welcome.wav': '',
    ...own,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const { problems } = await loadFolder(
    folder,
    { ...ENV, ...env },
    {
      tests: true,
      understand: understandByRules,
      ...(engine && { engine }),
    },
  );
  await rm(folder, { recursive: true });
  return problems.filter(({ place }) => Object.hasOwn(own, path.relative(folder, place.file)));
}
