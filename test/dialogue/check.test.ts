import { describe, expect, it } from 'vitest';
import { checkMeaning } from '../../runtime/dialogue/check.ts';
import { type DocumentFile, mapOf } from '../../runtime/dialogue/document-file.ts';
import { durationMs } from '../../runtime/dialogue/duration.ts';
import { inputSchema, outputSchema } from '../../runtime/dialogue/fields.ts';
import { formatProblem, nearestName, type Problem, sortProblems } from '../../runtime/dialogue/problem.ts';
import { readSource } from '../../runtime/dialogue/read.ts';
import type { Environment } from '../../runtime/dialogue/settings.ts';
import type { Kind } from '../../runtime/dialogue/schemas.ts';
import { checkShape } from '../../runtime/dialogue/shape.ts';

function documentOf(kind: Kind, id: string, text: string): DocumentFile {
  const source = readSource(`${id}.${kind}.yaml`, text);
  const { problems, held } = checkShape(kind, source);
  expect([...source.problems, ...problems]).toEqual([]);
  return { kind, id, source, data: mapOf(source.data), held };
}
const tell = (problems: readonly Problem[]): string[] =>
  sortProblems(problems).map(
    ({ place, severity, message }) => `${place.line}:${place.column} ${severity} ${message}`,
  );

function check(dialogue: string, env: Environment = {}): string[] {
  const file = documentOf('dialogue', 'a', dialogue);
  return tell(checkMeaning([file], new Set([file]), env));
}
function checkApps(apps: { [id: string]: string }, env: Environment = {}): string[] {
  const files = [
    documentOf('dialogue', 'd', 'inbound: { hangup: true }'),
    ...Object.entries(apps).map(([id, text]) => documentOf('app', id, text)),
  ];
  return tell(checkMeaning(files, new Set(files), env));
}

describe('names in expressions and texts', () => {
  it('may be those of the runtime, of every set and of every save, wherever they are given', () => {
    expect(
      check(`
tools: { find: { about: Finds, http: { url: http://127.0.0.1/ } } }
inbound:
  - say: "{{ late }} {{ found.table }} {{ caller.city }} {{ user.paired }} {{ app.anything }}"
  - branch:
      - if: session.attributes.whatever == session.from && user['name'] != caller.name && session.to
        say: Yes.
  - do: find
    save: found
  - set: { late: now(), session.attributes.mine: late }
`),
    ).toEqual([]);
  });

  it('are unknown with their place inside the text, however it is written', () => {
    expect(
      check(`inbound:
  - set: { party: 4 }
  - branch:
      - if: |
          party > 4
          && paty < 9
        say: 'Yes, {{ caller.cty }}'
`),
    ).toEqual([
      '6:14 error Unknown name `paty`; did you mean `party`?',
      '7:30 error `caller` has no `cty`; did you mean `city`?',
    ]);
  });

  it('of session.attributes do not become names of their own', () => {
    expect(check('inbound: [{ set: { session.attributes.day: 1 } }, { say: "{{ day }}" }]')).toEqual([
      '1:62 error Unknown name `day`.',
    ]);
  });

  it('cannot be what an expression reads as something else', () => {
    expect(check('inbound: { set: { new: 1, null: 2, app: 3, undefined: 4, good: 5 } }')).toEqual([
      '1:19 error `new` cannot be a name, because an expression reads it as something else.',
      '1:27 error `null` cannot be a name, because an expression reads it as something else.',
      '1:36 error `app` belongs to the runtime: choose another name.',
      '1:44 error `undefined` cannot be a name, because an expression reads it as something else.',
    ]);
  });

  it('that every object inherits are as unknown as any other', () => {
    expect(check('inbound: { say: "{{ constructor }} {{ user.toString }}" }')).toEqual([
      '1:21 error Unknown name `constructor`.',
      '1:44 error `user` has no `toString`.',
    ]);
    expect(check('inbound: constructor')).toEqual(['1:10 error Unknown state `constructor`.']);
    expect(check('inbound: { do: toString }')).toEqual(['1:16 error Unknown tool `toString`.']);
  });
});

describe('states', () => {
  it('are reached from inbound, outbound, the intro, anytime and the ladders, and on from there', () => {
    expect(
      check(`
intro: { ask: Well?, answers: [{ when: x, goto: a }] }
outbound: b
anytime: [{ when: y, goto: c }]
silence: [Hm?, { goto: d }]
states:
  a: { goto: e }
  b: { hangup: true }
  c: { hangup: true }
  d: { hangup: true }
  e: { do: nothing, failed: { goto: f } }
  f: { hangup: true }
tools: { nothing: { about: Nothing, http: { url: http://127.0.0.1/ } } }
`),
    ).toEqual([]);
  });

  it('that only lead to each other are each a warning', () => {
    expect(check('inbound: a\nstates:\n  a: { hangup: true }\n  b: { goto: c }\n  c: { goto: b }\n')).toEqual(
      ['4:3 warning Nothing leads to the state `b`.', '5:3 warning Nothing leads to the state `c`.'],
    );
  });
});

describe('keys', () => {
  it('may be the same in different lists', () => {
    expect(
      check(`
inbound:
  - { ask: One?, answers: [{ when: a, keys: "1" }, { when: b, keys: "11" }] }
  - { ask: Two?, answers: [{ when: a, keys: "1" }] }
anytime: [{ when: c, keys: "1" }]
`),
    ).toEqual([]);
  });
});

describe('the input of a tool', () => {
  const tools = (input: string): string =>
    `tools: { t: { about: T, http: { url: http://127.0.0.1/ }, input: ${input} } }\n`;

  it('of JSON Schema that lets more in may be given more', () => {
    const input = '{ type: object, properties: { a: { type: number } }, required: [a] }';
    expect(check(`${tools(input)}inbound: { do: t, with: { a: 1, b: 2 } }`)).toEqual([]);
    expect(check(`${tools(input)}inbound: { do: t, with: { b: 2 } }`)).toEqual([
      '2:16 error The tool `t` needs `a`: write it under `with`.',
    ]);
  });

  it('is the same in short as in JSON Schema', () => {
    expect(
      inputSchema({ party: 'integer', size: { type: 'choice', of: ['s', 'l'], about: 'Size' } }),
    ).toEqual({
      type: 'object',
      properties: {
        party: { type: 'integer' },
        size: { type: 'string', enum: ['s', 'l'], description: 'Size' },
      },
      required: ['party', 'size'],
      additionalProperties: false,
    });
    expect(inputSchema({ count: { type: 'number', min: 1, max: 2 } })).toMatchObject({
      properties: { count: { type: 'number', minimum: 1, maximum: 2 } },
    });
    expect(inputSchema({ type: 'object', properties: {} })).toEqual({ type: 'object', properties: {} });
    expect(outputSchema({ free: 'boolean' })).toEqual({
      type: 'object',
      properties: { free: { type: 'boolean' } },
      required: ['free'],
    });
  });
});

it('slots in one text, without the brackets of a list, are told how they are written', () => {
  const dialogue = 'slots: {a: {type: integer, ask: "A?"}}\ninbound: [{clear: "a, b"}, {hangup: "Bye."}]\n';
  expect(check(dialogue)).toEqual([
    '2:19 error `a, b` is one text, and no slot: a list is written in brackets, [a, b].',
  ]);
});

describe('variables of the environment', () => {
  const dialogue = `tools:
  t: { about: T, http: { url: "\${A}/x\${B}", headers: { a: "Bearer \${C}" } } }
inbound: { do: t }
`;
  it('that are missing are warnings with their column', () => {
    expect(check(dialogue, { A: 'http://127.0.0.1' })).toEqual([
      '2:38 warning The environment has no `B`.',
      '2:67 warning The environment has no `C`.',
    ]);
  });

  it('that make no URL are an error that does not show their value', () => {
    expect(check(dialogue, { A: 'secret', B: '', C: '' })).toEqual([
      '2:31 error ${A}/x${B} should be an http:// or https:// URL.',
    ]);
  });

  it('are only looked for in settings', () => {
    expect(check('inbound: { say: "It costs ${PRICE}." }')).toEqual([
      '1:27 warning `${PRICE}` is said as it is written: variables of the environment are for the settings of apps and tools.',
    ]);
  });
});

describe('apps', () => {
  it('say in `busy` only what is known of a call that is not taken', () => {
    const app = (busy: string): string =>
      `public: true\ndialogue: d\nproperties: { city: Prague }\nbusy: ${busy}\n`;
    expect(
      checkApps({
        one: app(`"{{ app.city }} {{ caller.phone }} {{ session.to }} {{ today() }}: call later."`),
      }),
    ).toEqual([]);
    expect(checkApps({ one: app(`"Sorry, {{ user.name }}, in {{ app.ciy }} {{ party }}"`) })).toEqual([
      '4:18 error There is no `user` in `busy`: who calls is not looked up for a call that is not taken.',
      '4:42 error `app` has no `ciy`; did you mean `city`?',
      '4:52 error Unknown name `party`.',
    ]);
    expect(checkApps({ one: app(`"All {{ busy"`) })).toEqual([
      '4:12 error "{{ busy" opens with {{ but has no }}.',
    ]);
  });

  it('that are right give no problem', () => {
    expect(
      checkApps({
        one: 'public: true\ndialogue: d\nnumbers: ["+14155550100"]\nlocale: cs-CZ\nengine: embedded\nvoice: embedded/slt\n',
        two: 'public: true\ndialogue: d\nnumbers: ["+420777123456"]\nvoice: openai/marin\n',
      }),
    ).toEqual([]);
  });

  it('that are private are right too', () => {
    expect(checkApps({ one: 'dialogue: d\npublic: false\n', d: 'locale: en-GB\n' })).toEqual([]);
  });

  it('have no call that lasts longer than a day', () => {
    expect(checkApps({ d: 'public: true\nlimits: { duration: 25h }\n' })).toEqual([
      '2:21 error `duration` is 25h, but may be 24h at most.',
    ]);
    expect(checkApps({ d: 'public: true\nlimits: { duration: 24h }\n' })).toEqual([]);
  });

  it('need a number that can exist', () => {
    expect(
      checkApps({ d: 'public: true\nnumbers: ["+1415555010", "+99912345678", "${N}"]\n' }, { N: 'none' }),
    ).toEqual([
      '2:11 error +1415555010 cannot be a phone number: it has too few or too many digits, or an unknown country code.',
      '2:26 error +99912345678 cannot be a phone number: it has too few or too many digits, or an unknown country code.',
      '2:42 error ${N} is "none", but should be a phone number with + and country code.',
    ]);
  });

  it('answer a number that no other app answers, also where it comes from the environment', () => {
    const app = 'public: true\ndialogue: d\nnumbers: ["${N}"]\n';
    expect(checkApps({ one: app, two: app.replace('${N}', '+14155550100') }, { N: '+14155550100' })).toEqual([
      '3:11 error +14155550100 is already answered by the app `one`, in one.app.yaml.',
    ]);
  });

  it('name a dialogue, or have one of their own id', () => {
    expect(checkApps({ e: 'public: true\n' })).toEqual([
      '1:1 error There is no dialogue `e`; did you mean `d`?',
    ]);
  });
});

describe('a problem', () => {
  const problem = (column: number): Problem => ({
    severity: 'error',
    code: 'x',
    message: 'Wrong.',
    place: { file: 'a.yaml', line: 2, column },
  });

  it('is shown with its line and a caret under its place', () => {
    expect(formatProblem(problem(3), 'a:\n  sya: b\n')).toBe(
      'a.yaml:2:3 error Wrong.\n      sya: b\n      ^',
    );
    expect(formatProblem(problem(2), 'a:\r\n\tsya: b\r\n')).toBe(
      'a.yaml:2:2 error Wrong.\n    \tsya: b\n    \t^',
    );
    expect(formatProblem(problem(1))).toBe('a.yaml:2:1 error Wrong.');
  });

  it('far along a long line shows the part of the line around it', () => {
    const [, line = '', caret = ''] = formatProblem(
      problem(301),
      `a\n${'x'.repeat(300)}Y${'z'.repeat(300)}`,
    ).split('\n');
    expect(line.length).toBeLessThanOrEqual(104);
    expect(line[caret.indexOf('^')]).toBe('Y');
  });

  it.each([
    ['sya', ['say', 'set', 'ask'], 'say'],
    ['goot', ['goto', 'do'], 'goto'],
    ['aswers', ['answers', 'ask'], 'answers'],
    ['say', ['say'], null],
    ['xyz', ['say', 'ask'], null],
    ['', ['a'], 'a'],
  ])('suggests the nearest name for %j', (name, candidates, nearest) => {
    expect(nearestName(name, candidates)).toBe(nearest);
  });
});

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['8s', 8000],
    ['1.5s', 1500],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
  ])('%s is %d milliseconds', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
  it.each(['8', '', 's', '8 s', '-1s', '8sec', '1e3s'])('"%s" is none', (text) => {
    expect(() => durationMs(text)).toThrow(`"${text}" is no duration: write 500ms, 8s, 15m, 2h or 30d.`);
  });
});

describe('what is given to a slot, a parameter, an input or a memory', () => {
  it('may be of its type and within its limits, or nobody knows', () => {
    expect(
      check(`
params: { level: integer }
slots:
  n: { type: integer, min: 1, max: 5 }
  size: { type: choice, of: { small: [little], large: [big, grand] } }
  day: { type: date, min: "2026-01-01", max: "2026-12-31" }
  visit: { type: datetime, min: "2026-03-04T10:00:00+01:00" }
  pin: { type: digits, length: { min: 4, max: 6 } }
  vip: { type: boolean }
  price: { type: money }
tools:
  find: { about: Finds, input: { party: integer, day: date, at: { type: number, max: 3 } }, http: { url: http://127.0.0.1/ } }
  free: { about: Free, input: { type: object, properties: { n: { type: integer } } }, http: { url: http://127.0.0.1/ } }
inbound:
  - set: { n: 5, size: "'large'", day: "'2026-12-31'", pin: "'1234'", vip: true, level: 99 }
  - set: { n: null, size: "vip ? 'small' : 'huge'", day: "vip ? '2025-01-01' : '2026-01-02'", pin: app.pin }
  - set: { visit: "'2026-03-04T09:30:00+00:00'", price: app.price, vip: n > 3, anything: 5 }
  - do: find
    with: { party: n + 1, day: "later(day, 1)", at: 3 }
  - do: free
    with: { n: "'x'" }
  - remember: { user.visits: 5, user.name: app.name }
  - callback: at(day, '19:00')
  - callback: later(now(), '2h')
  - callback: "'PT2H'"
  - callback: "'2026-03-04T10:00:00'"
  - callback: visit
  - callback: app.opening
  - hangup: true
`),
    ).toEqual([]);
  });

  it('says what limits there are', () => {
    const limits = (field: string, value: string): string[] =>
      check(`slots: { x: { ${field} } }\ninbound: [{ set: { x: ${value} } }, { hangup: true }]`);
    expect(limits('type: integer, min: 3', '-1')).toEqual([
      '2:23 error `x` takes 3 or more, but is given the number -1.',
    ]);
    expect(limits('type: number, min: 3, max: 5', '5.5')).toEqual([
      '2:23 error `x` takes 3 to 5, but is given the number 5.5.',
    ]);
    expect(limits('type: date, max: "2026-03-04"', `"'2026-03-05'"`)).toEqual([
      "2:23 error `x` takes 2026-03-04 or earlier, but is given the text '2026-03-05'.",
    ]);
    expect(limits('type: digits, length: { min: 4, max: 6 }', `"'123'"`)).toEqual([
      "2:23 error `x` takes 4 to 6 digits, but is given the text '123'.",
    ]);
    expect(limits('type: boolean', `"'yes'"`)).toEqual([
      "2:23 error `x` takes true or false, but is given the text 'yes': write true or false without quotes.",
    ]);
    expect(limits('type: money', '5')).toEqual(['2:23 error `x` takes money, but is given the number 5.']);
  });

  it('is no step’s where a state or a tool has the name of a verb', () => {
    expect(
      check(`
slots: { requires: { type: date } }
inbound: set
states:
  set: { requires: 5 > app.n, steps: [{ hangup: true }] }
`),
    ).toEqual([]);
  });
});

describe('a name that is most likely a text', () => {
  it('is shown in quotes of its own, where nothing has a name like it', () => {
    expect(
      check(`inbound:
  - set: { tier: gold }
  - branch:
      - { if: tier == silver, say: "Silver." }
      - { if: bronze, say: "Bronze." }
      - { if: tier == teir, say: "{{ platinum }}" }
  - hangup: true
`),
    ).toEqual([
      `2:18 error Unknown name \`gold\`; for a text write "'gold'".`,
      "4:23 error Unknown name `silver`; for a text write 'silver'.",
      '5:15 error Unknown name `bronze`.',
      '6:23 error Unknown name `teir`; did you mean `tier`?',
      '6:38 error Unknown name `platinum`.',
    ]);
  });
});

describe('a text with several mistakes', () => {
  it('has each of them told, whatever cannot be read before it', () => {
    expect(check(`inbound: [{ hangup: "{{ n + }} {{ }} {{ siz }} {{ now() * 2 }} {{ open" }]`)).toEqual([
      '1:28 error "n +" ends before the expression is complete.',
      '1:32 error {{ }} holds no expression.',
      '1:41 error Unknown name `siz`.',
      "1:51 error `now()` is a date with its time, and `*` takes numbers: write later(now(), '-2d') or days(from, to).",
      '1:64 error "{{ open" opens with {{ but has no }}.',
    ]);
    expect(check(`inbound: [{ hangup: "{{ n + }} {{ siz }} {{ now() * 2 }}" }]`)).toEqual([
      '1:28 error "n +" ends before the expression is complete.',
      '1:35 error Unknown name `siz`.',
      "1:45 error `now()` is a date with its time, and `*` takes numbers: write later(now(), '-2d') or days(from, to).",
    ]);
  });
});

describe('a duration that is not in quotes', () => {
  it.each([
    ['2h', 'PT2H'],
    ['30m', 'PT30M'],
    ['1.5d', 'P1.5D'],
  ])('%s is shown as an expression takes it', (written, iso) => {
    expect(check(`inbound: [{ callback: ${written} }, { hangup: true }]`)).toEqual([
      `1:${23 + written.length - 1} error "${written}" is not an expression: a duration stands in quotes, "'${iso}'".`,
    ]);
  });
});

describe('a slot that is collected', () => {
  it('has a question, or else what it is about', () => {
    const warned = (slot: string, step = 'collect: [x]'): string[] =>
      check(`slots: { x: ${slot} }\ninbound: [{ ${step} }, { hangup: true }]`);
    expect(warned('{ type: date }')).toEqual([
      '1:10 warning The slot `x` is collected without a question: write it under `ask`, since the caller hears only the slot’s name.',
    ]);
    expect(warned('{ type: date, ask: "Which day?" }')).toEqual([]);
    expect(warned('{ type: date, about: the day of the visit }')).toEqual([]);
    expect(warned('{ type: date }', 'clear: [x]')).toEqual([]);
  });
});
