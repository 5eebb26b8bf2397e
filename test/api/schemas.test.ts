import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aProblem, openHouse, type House } from './house.ts';

interface Served {
  $id: string;
  properties: Record<string, { examples?: string[] }>;
  $defs: Record<string, { properties: Record<string, { examples?: string[] }> }>;
}

const NAMES = [
  'accounts.schema.json',
  'app.schema.json',
  'dialogue.schema.json',
  'prices.schema.json',
  'test.schema.json',
];
const inFile = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')) as object;

describe('GET /schemas/{name}', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  it.each(NAMES)('gives %s to everybody, from every page, as it stands in its file', async (name) => {
    const { status, headers, body } = await house.ask('GET', `/schemas/${name}`, { token: null });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/schema+json');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(body).toEqual(inFile(name));
    expect((body as Served).$id).toBe(`urn:offhook:schema:${name.split('.')[0]}`);
  });

  it('offers the names that are loaded, and forbids no other', async () => {
    house.targets = [
      {
        app: { id: 'bistro', transfers: { manager: '+14155550199' } },
        program: { parts: { main: part, survey: part } },
      },
      { app: { id: 'alone', transfers: {} }, program: { parts: { alone: part } } },
    ];
    const served = async (name: string): Promise<Served> =>
      (await house.ask('GET', `/schemas/${name}`)).body as Served;
    const [, app, dialogue, , test] = await Promise.all(NAMES.map(served));
    expect(app?.properties['dialogue']?.examples).toEqual(['alone', 'main', 'survey']);
    expect(dialogue?.$defs['running']?.properties['run']?.examples).toEqual(['alone', 'main', 'survey']);
    expect(dialogue?.$defs['transferring']?.properties['transfer']?.examples).toEqual(['manager']);
    expect(test?.properties['app']?.examples).toEqual(['alone', 'bistro']);
    expect(test?.properties['dialogue']?.examples).toEqual(['alone', 'main', 'survey']);
    const validate = new Ajv2020({ strict: false }).compile(app ?? {});
    expect(validate({ dialogue: 'not-there-yet' })).toBe(true);
    expect(validate({ dialogue: 'Not an id' })).toBe(false);
  });

  it('answers 304 to who has it, and 200 again once another name is loaded', async () => {
    const first = await house.ask('GET', '/schemas/app.schema.json');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(await statusWith(etag)).toBe(304);
    expect(await statusWith('"another"')).toBe(200);
    house.targets = [{ app: { id: 'new', transfers: {} }, program: { parts: { new: part } } }];
    expect(await statusWith(etag)).toBe(200);
  });

  /** `fetch` asks every cache on the way for a fresh answer, as an editor does not. */
  const statusWith = (etag: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const url = `${house.url}/schemas/app.schema.json`;
      get(url, { headers: { 'if-none-match': etag } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });

  it.each(['nothing.json', 'constructor', '..%2Fpackage.json'])('does not know %s', async (name) => {
    const { status, body } = await house.ask('GET', `/schemas/${name}`);
    const detail = `There is no schema "${decodeURIComponent(name)}"; there are ${NAMES.join(', ')}.`;
    expect([status, body]).toEqual([404, aProblem(404, 'Not Found', 'unknown-schema', detail)]);
  });
});

interface Described {
  $ref?: string;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Described>;
  $defs?: Record<string, Described>;
  [keyword: string]: unknown;
}

/** Keywords that hold one schema, and those that hold a map or a list of them. */
const ONE = ['items', 'additionalProperties', 'propertyNames', 'if', 'then', 'else'];
const MANY = ['properties', '$defs', 'allOf', 'anyOf', 'oneOf'];

/** Every schema within a schema, by its JSON pointer. */
function partsOf(part: Described, at = '#'): (readonly [string, Described])[] {
  const inner = [
    ...ONE.map((key) => [key, part[key]] as const),
    ...MANY.flatMap((key) =>
      Object.entries(part[key] ?? {}).map(([name, one]) => [`${key}/${name}`, one as unknown] as const),
    ),
  ];
  const schemas = inner.filter(([, one]) => typeof one === 'object' && one !== null);
  return [[at, part], ...schemas.flatMap(([key, one]) => partsOf(one as Described, `${at}/${key}`))];
}

describe('the schemas', () => {
  it.each(NAMES)('of %s explain every key, and their examples are right', (name) => {
    const schema = inFile(name) as Described & { $id: string };
    const parts = partsOf(schema);
    const keys = parts.flatMap(([at, { properties }]) =>
      Object.entries(properties ?? {}).map(([key, one]) => [`${at}/properties/${key}`, one] as const),
    );
    expect(keys.length).toBeGreaterThan(6);
    const silent = keys.filter(([, { description, $ref }]) => {
      const target = $ref === undefined ? undefined : schema.$defs?.[$ref.replace('#/$defs/', '')];
      return !(description || target?.description)?.endsWith('.');
    });
    // The condition of an `if` only asks what a value is.
    expect(silent.map(([at]) => at).filter((at) => !at.includes('/if/'))).toEqual([]);

    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(schema);
    const wrong = parts.flatMap(([at, { examples }]) => {
      const validate = examples && ajv.compile({ $ref: `${schema.$id}${encodeURI(at)}` });
      return (examples ?? []).filter((example) => !validate?.(example)).map((example) => [at, example]);
    });
    expect(wrong).toEqual([]);
  });
});

type Targets = House['targets'];
/** Only the name of a part counts here. */
const part = {} as Targets[number]['program']['parts'][string];
