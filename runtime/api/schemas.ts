/** The schemas of the language, for editors: as they stand in their files, with the names that are loaded. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AppFacts, Program } from '../dialogue/program.ts';
import { OffhookError } from '../errors.ts';
import { PACKAGE } from '../places.ts';
import type { Reply, Route } from './route.ts';

/** What is loaded at this moment. */
export interface NamesView {
  targets(): readonly {
    app: Pick<AppFacts, 'id' | 'transfers'>;
    program: Pick<Program, 'parts'>;
  }[];
}

type Names = 'apps' | 'dialogues' | 'transfers';

/**
 * Where the names of other files stand, by schema. They become examples, which editors offer and which forbid
 * nothing: a name may be written before its file is.
 */
const PLACES: Readonly<Record<string, readonly { names: Names; at: readonly string[] }[]>> = {
  'accounts.schema.json': [],
  'app.schema.json': [{ names: 'dialogues', at: ['properties', 'dialogue'] }],
  'dialogue.schema.json': [
    { names: 'dialogues', at: ['$defs', 'running', 'properties', 'run'] },
    { names: 'transfers', at: ['$defs', 'transferring', 'properties', 'transfer'] },
  ],
  'prices.schema.json': [],
  'test.schema.json': [
    { names: 'apps', at: ['properties', 'app'] },
    { names: 'dialogues', at: ['properties', 'dialogue'] },
  ],
};

export function schemaRoutes(loaded: NamesView): Route[] {
  return [
    {
      method: 'get',
      path: '/schemas/{name}',
      auth: 'none',
      summary: `A schema of the language, for editors: ${Object.keys(PLACES).join(', ')}. It offers the names that are loaded.`,
      params: { name: { type: 'string', enum: Object.keys(PLACES) } },
      responses: {
        200: {
          description: 'JSON Schema 2020-12.',
          type: 'application/schema+json',
          schema: { type: 'object' },
        },
        304: { description: 'It is as it was when its ETag was given.' },
      },
      handle({ params: { name = '' } }) {
        const places = Object.hasOwn(PLACES, name) ? PLACES[name] : undefined;
        if (!places) {
          const message = `There is no schema "${name}"; there are ${Object.keys(PLACES).join(', ')}.`;
          throw new OffhookError('unknown-schema', message, { status: 404 });
        }
        return replyWith(schemaText(name, namesOf(loaded), places));
      },
    },
  ];
}

function replyWith(text: string): Reply {
  const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
  const headers = { etag, 'cache-control': 'no-cache', 'access-control-allow-origin': '*' };
  return { status: 200, headers, body: { text, type: 'application/schema+json' } };
}

function namesOf(loaded: NamesView): Readonly<Record<Names, readonly string[]>> {
  const targets = loaded.targets();
  const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted();
  return {
    apps: sorted(targets.map(({ app }) => app.id)),
    dialogues: sorted(targets.flatMap(({ program }) => Object.keys(program.parts))),
    transfers: sorted(targets.flatMap(({ app }) => Object.keys(app.transfers))),
  };
}

interface Part {
  [key: string]: Part | readonly string[];
}

function schemaText(
  name: string,
  names: Readonly<Record<Names, readonly string[]>>,
  places: readonly { names: Names; at: readonly string[] }[],
): string {
  const file = new URL(`schemas/${name}`, PACKAGE);
  // Read anew each time, which is seldom: each schema is changed below.
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Part;
  for (const { names: which, at } of places) {
    const part = at.reduce((inner, key) => inner[key] as Part, schema);
    if (names[which].length > 0) part['examples'] = names[which];
  }
  return JSON.stringify(schema, null, 2);
}
