/** The page of the problem codes, held against the code that finds them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ENGINES, type EngineName } from '../../runtime/dialogue/engines.ts';
import type { Environment } from '../../runtime/dialogue/settings.ts';
import { helpUri, readHelp } from '../../runtime/cli/check-help.ts';
import { examplesIn, problemsOf } from '../support/doc-examples.ts';

const help = readHelp();
const DIALOGUE = new URL('../../runtime/dialogue/', import.meta.url);

/** Words that stand in the code of the checks as codes do, and are none. */
const NO_CODES = new Set([
  'date-time',
  'json-schema',
  'x-should',
  'x-holds',
  'x-not-yet',
  'x-keys-hold',
  'states',
  'tools',
]);
/** Thrown where a folder cannot be read or a value is handed in by code: nothing that is found in a file. */
const THROWN = new Set(['no-dialogues', 'unknown-state']);
/** Codes that are put together. */
const PUT_TOGETHER = ['unknown-state', 'unknown-tool', 'unknown-slot', 'unknown-app', 'unknown-dialogue'];
/** What no short file shows; `unclear-like` depends on who understands, `gather-language` on the app's voice. */
const WITHOUT_EXAMPLE = [
  'file-too-big',
  'bad-encoding',
  'unreadable-file',
  'not-compiled',
  'unclear-like',
  'gather-language',
];

/** The engine on which the example of a code degrades, and the keys at hand then. */
function surroundingsOf(code: string): [engine?: EngineName, env?: Environment] {
  if (code === 'gather-talk' || code === 'gather-open') return ['gather', { OPENAI_API_KEY: 'x' }];
  if (code.startsWith('gemini-')) return ['realtime', { GEMINI_API_KEY: 'x' }];
  if (code.startsWith('no-model-')) return ['cascade'];
  if (code.startsWith('twilio-')) return ['relay'];
  return [ENGINES.find((engine) => code.startsWith(`${engine}-`))];
}

/** Every code in the files that check, and in the catalog. */
function codesInCode(): Set<string> {
  const files = readdirSync(DIALOGUE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^(proofs\/|check|degrade|document-file|load|names|read|settings|shape|syntax|duration|types)/.test(file),
  );
  const texts = [...files.map((file) => new URL(file, DIALOGUE)), new URL('../catalog.ts', DIALOGUE)].map(
    (url) => readFileSync(url, 'utf8'),
  );
  const codes = texts.flatMap((text) => [
    ...[...text.matchAll(/(?<!from )'([a-z]+(?:-[a-z]+)+)'/g)].map((match) => match[1] ?? ''),
    ...[...text.matchAll(/(?:#?report\(|problem\(source, path, )'([a-z]+)'|code: '([a-z]+)'/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    ),
  ]);
  return new Set([...codes, ...PUT_TOGETHER].filter((code) => !NO_CODES.has(code)));
}

describe('the page of the problem codes', () => {
  it('explains every code that there is, and no other', () => {
    const codes = [...codesInCode()].filter((code) => help.has(code) || !THROWN.has(code));
    expect([...help.keys()].toSorted()).toEqual(codes.toSorted());
  });

  it.each([...help].filter(([code]) => !WITHOUT_EXAMPLE.includes(code)))(
    'shows what gives %s',
    async (code, { markdown }) => {
      const examples = examplesIn(markdown);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        const found = await problemsOf(example, ...surroundingsOf(code));
        expect(found.map((problem) => problem.code)).toContain(code);
      }
    },
  );

  it.each([...help])('says in one sentence what %s is', (_, { short }) => {
    expect(short).toMatch(/^[A-ZÄÖÜ`][^\n]*[\s\S]*\.$/);
    expect(short.length).toBeLessThan(200);
  });

  it('has a place for each code that a link leads to', () => {
    const uri = new URL(helpUri('unknown-key'));
    expect(readFileSync(fileURLToPath(uri), 'utf8')).toContain('\n### unknown-key\n');
    expect(uri.hash).toBe('#unknown-key');
  });
});
