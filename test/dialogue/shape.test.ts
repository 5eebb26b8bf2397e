import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readSource } from '../../runtime/dialogue/read.ts';
import type { Kind } from '../../runtime/dialogue/schemas.ts';
import { checkShape } from '../../runtime/dialogue/shape.ts';

function said(kind: Kind, text: string): string[] {
  const source = readSource('a.yaml', text);
  expect(source.problems).toEqual([]);
  return checkShape(kind, source).problems.map(
    ({ place, message }) => `${place.line}:${place.column} ${message}`,
  );
}
const held = (text: string, holds: string): string[] =>
  checkShape('dialogue', readSource('a.yaml', text))
    .held.filter((one) => one.holds === holds)
    .map(({ path }) => path.join('/'));

const later = (what: string): string =>
  `\`${what}\` is part of the dialogue language, but this version of Offhook does not carry it out yet.`;

/** Every key of the language that is carried out, in every form it may be written in. */
const EVERYTHING = `
persona: You are {{ app.who }}.
tools:
  short:
    about: Does it
    input:
      party: integer
      size: { type: choice, of: [small, large], about: How big }
      count: { type: integer, min: 1, max: 12 }
    output: { free: boolean }
    http: { method: GET, url: "\${URL}/x", headers: { x-key: "\${KEY}" } }
    timeout: 500ms
  long:
    about: Does it with JSON Schema
    input: { type: object, properties: { a: { type: array, items: { type: string } } } }
    http: { url: http://127.0.0.1/ }
    timeout: 1.5s
intro: { say: [Hello., Good day.], turn: { interrupt: never } }
inbound: start
outbound:
  - say: It is us.
  - goto: start
states:
  start:
    steps:
      - ask: [What?, Well?]
        answers:
          - when: nothing
          - { when: one, like: [first], keys: "1", goto: end }
          - when: two
            keys: "*2#"
            then:
              - say: Two.
              - repeat: true
          - { when: three, then: { say: Three. } }
        silence: Are you there?
        unclear: [Pardon?, { hangup: Goodbye. }]
        turn: { interrupt: keys }
      - talk: Chat.
        tools: [short, long]
        until: [{ when: done, goto: end }]
        turns: 5
        silence: { hangup: true }
    silence: [Hm?, { goto: end }]
    unclear: Sorry?
    turn: { interrupt: speech }
  middle: { goto: end }
  end:
    - set: { a: 1, b: "a + 1", c: null, session.attributes.d: true }
    - do: short
      with: { party: a, size: "'small'", count: 2 }
      save: found
      failed: [{ say: It failed. }, { goto: middle }]
    - do: long
      failed: { hangup: [Bye., Goodbye.] }
    - branch:
        - { if: found.free, say: Free. }
        - { if: a > 1, then: [{ say: Many. }, { repeat: true }] }
        - { if: false }
        - else: { hangup: true }
anytime:
  - { when: help, keys: "0", repeat: true }
silence: { hangup: Goodbye. }
unclear: [Pardon?, Sorry?]
turn: { interrupt: speech }
`;

describe('a document of the right shape', () => {
  it('may use every key that is carried out, in every form', () => {
    expect(said('dialogue', EVERYTHING)).toEqual([]);
  });

  it('is an open conversation without states', () => {
    expect(said('dialogue', 'persona: You are Ana.\n')).toEqual([]);
  });

  it('of an app may use every setting that is carried out', () => {
    const app = `
name: Bistro Verde
dialogue: bistro
public: true
locale: cs-CZ
numbers: ["+14155550100", "\${SECOND_NUMBER}"]
engine: realtime
model: openai/gpt-realtime
voice: openai/marin
limits: { calls: 20, duration: 15m }
properties: { city: Prague, max_party: 8, days: [monday, { from: 9, to: 17.5 }], vip: null, open: true }
`;
    expect(said('app', app)).toEqual([]);
    expect(said('app', '{}\n')).toEqual([]);
  });

  it('says where expressions, texts and names stand, without a second list of keys', () => {
    expect(held(EVERYTHING, 'state')).toEqual([
      'inbound',
      'outbound/1/goto',
      'states/start/steps/0/answers/1/goto',
      'states/start/steps/1/until/0/goto',
      'states/start/silence/1/goto',
      'states/middle/goto',
      'states/end/1/failed/1/goto',
    ]);
    expect(held(EVERYTHING, 'tool')).toEqual([
      'states/start/steps/1/tools/0',
      'states/start/steps/1/tools/1',
      'states/end/1/do',
      'states/end/2/do',
    ]);
    expect(held(EVERYTHING, 'name')).toEqual([
      'states/end/0/set/a',
      'states/end/0/set/b',
      'states/end/0/set/c',
      'states/end/0/set/session.attributes.d',
      'states/end/1/save',
    ]);
    expect(held(EVERYTHING, 'expression')).toHaveLength(10);
    expect(held(EVERYTHING, 'setting')).toEqual([
      'tools/short/http/url',
      'tools/short/http/headers/x-key',
      'tools/long/http/url',
    ]);
    expect(held(EVERYTHING, 'template')).toContain('states/start/steps/0/silence');
    expect(held(EVERYTHING, 'template')).toContain('intro/say/1');
  });
});

describe('one mistake gives one problem', () => {
  it.each([
    ['a misspelt verb', 'inbound: { sya: Hello }', '1:12 Unknown key `sya`; did you mean `say`?'],
    [
      'a misspelt verb with its companions',
      'inbound: { aks: Well, answers: [{ when: a }] }',
      '1:12 Unknown key `aks`; did you mean `ask`?',
    ],
    [
      'a misspelt key that is required',
      'inbound: { ask: Well, answer: [{ when: a }] }',
      '1:23 Unknown key `answer`; did you mean `answers`?',
    ],
    [
      'a misspelt key of a state',
      'states: { a: { stesp: [{ say: Hi }] } }',
      '1:16 Unknown key `stesp`; did you mean `steps`?',
    ],
    [
      'a key in the wrong place',
      'inbound: { say: Hi, silence: Hm }',
      '1:21 The key `silence` does not belong here; what may stand here: `say`, `turn`.',
    ],
    [
      'a step that is a text',
      'states: { a: [Hello] }',
      '1:15 An entry of `a` is "Hello", but should be a step, such as {say: "Hello."}.',
    ],
    ['a text that is a map', 'inbound: { say: { text: Hi } }', '1:17 `say` is a map, but should be a text.'],
    ['an empty text', 'inbound: { say: "" }', '1:17 `say` is empty, but should be a text.'],
    [
      'nothing behind a key',
      'inbound:\n',
      '1:9 `inbound` is empty, but should be a step, such as {say: "Hello."}.',
    ],
    [
      'a hangup of false',
      'inbound: { hangup: false }',
      '1:20 `hangup` is false, but should be the goodbye, or true.',
    ],
    [
      'a wrong rung',
      'silence: [Hm?, 5]',
      '1:16 An entry of `silence` is 5, but should be a step, such as {say: "Hello."}.',
    ],
    [
      'a mistake deep inside',
      'inbound: { branch: [{ else: [{ ask: A, answers: [{ when: b, then: { sya: c } }] }] }] }',
      '1:69 Unknown key `sya`; did you mean `say`?',
    ],
    [
      'a wrong choice',
      'turn: { interrupt: speach }',
      '1:20 `interrupt` is "speach", but should be one of speech, keys, never; did you mean `speech`?',
    ],
    [
      'a number of turns that is none',
      'inbound: { talk: Chat, turns: 0 }',
      '1:31 `turns` is 0, but should be a whole number from 1 up.',
    ],
    ['a tool twice', 'inbound: { talk: Chat, tools: [a, a] }', '1:35 An entry of `tools` is there twice: a.'],
    [
      'a set of something that is not the author’s',
      'inbound: { set: { user.name: 1 } }',
      '1:19 `user.name` cannot be used here: it should be a plain name, session.attributes.NAME or session.locale.',
    ],
    [
      'an if beside an else',
      'inbound: { branch: [{ if: a, else: { say: b } }] }',
      '1:23 The key `if` does not belong here; what may stand here: `else`.',
    ],
    [
      'a tool that lacks its request',
      'tools: { a: { about: b } }',
      '1:13 A tool needs one of `http`, `code`, `mcp`.',
    ],
    [
      'a tool that is two things',
      'tools: { a: { about: b, http: { url: c }, code: ./d.js } }',
      '1:43 A tool has one of `http`, `code`, `mcp`, but this one has `http` and `code`.',
    ],
    [
      'a choice without values',
      'tools: { a: { about: b, http: { url: c }, input: { d: { type: choice } } } }',
      '1:55 `of` is missing: write a choice with its values, such as {type: choice, of: [inside, outside]}.',
    ],
    [
      'a name with a blank',
      'states: { "a b": { say: c } }',
      '1:11 `a b` cannot be used here: it should be a name of letters, digits, _ and -.',
    ],
  ])('%s', (_, text, problem) => {
    expect(said('dialogue', text)).toEqual([problem]);
  });

  it('but two mistakes beside each other give two', () => {
    expect(said('dialogue', 'inbound: { say: 5, turn: { intercept: keys }, fooo: 1 }')).toEqual([
      '1:17 `say` is a number without quotes: write "5".',
      '1:28 Unknown key `intercept`; did you mean `interrupt`?',
      '1:47 Unknown key `fooo`; what may stand here: `say`, `turn`.',
    ]);
  });
});

describe('a duration', () => {
  const should = 'but should be a duration with a unit, such as 15m (units: ms, s, m, h, d).';
  it.each([
    ['15', '15'],
    ['"15"', '"15"'],
    ['15 m', '"15 m"'],
    ['15min', '"15min"'],
    ['-5m', '"-5m"'],
    ['0s', '"0s"'],
  ])('without a known unit is an error: %s', (written, shown) => {
    expect(said('app', `limits: { duration: ${written} }`)).toEqual([
      `1:21 \`duration\` is ${shown}, ${should}`,
    ]);
  });
  it.each(['500ms', '8s', '15m', '2h', '1d', '1.5h'])('with its unit is right: %s', (written) => {
    expect(said('app', `limits: { duration: ${written} }`)).toEqual([]);
  });
});

describe('what is part of the language but not carried out', () => {
  it.each(['record', 'analyze', 'report'])('is an error that says so: %s of an app', (key) => {
    expect(said('app', `${key}: x\n`)).toEqual([`1:1 ${later(key)}`]);
  });
});

describe('the schemas', () => {
  const schemas = ['app', 'dialogue'].map((name) => {
    const file = fileURLToPath(new URL(`../../schemas/${name}.schema.json`, import.meta.url));
    return [name, JSON.parse(readFileSync(file, 'utf8')) as unknown] as const;
  });

  it.each(schemas)('describe every key, for hover texts and the reference: %s', (_, schema) => {
    const bare: string[] = [];
    const visit = (part: unknown, where: string): void => {
      if (typeof part !== 'object' || part === null) return;
      for (const [key, value] of Object.entries(part)) {
        if (key === 'if') continue;
        if (key !== 'properties') visit(value, `${where}/${key}`);
        else
          for (const [name, property] of Object.entries(value as object))
            described(property, `${where}/${name}`);
      }
    };
    const described = (property: unknown, where: string): void => {
      if (!(property as { description?: string }).description) bare.push(where);
      visit(property, where);
    };
    visit(schema, '');
    expect(bare).toEqual([]);
  });

  it('are what the types of documents were generated from', () => {
    const script = fileURLToPath(new URL('../../schemas/generate-types.js', import.meta.url));
    expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
  });
});

describe('the schemas themselves', () => {
  it('are JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: false });
    for (const name of ['app', 'dialogue']) {
      const url = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
      const schema = JSON.parse(readFileSync(url, 'utf8')) as object;
      expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
    }
  });
});
