import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFolder } from '../../runtime/dialogue/load.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `line:column severity message` of every problem of one dialogue. */
async function told(yaml: string, others: { [id: string]: string } = {}): Promise<string[]> {
  for (const [id, text] of Object.entries(others)) writeFileSync(join(folder, `${id}.dialogue.yaml`), text);
  writeFileSync(join(folder, 'a.app.yaml'), 'public: true\n');
  writeFileSync(join(folder, 'a.dialogue.yaml'), yaml);
  const { problems } = await loadFolder(folder, {});
  return problems.map(
    ({ severity, message, place }) => `${place.line}:${place.column} ${severity} ${message}`,
  );
}

describe('a way to the end', () => {
  it('is missing where every way leads back, and that is told of the state', async () => {
    expect(
      await told(`inbound: a
states:
  a:
    - ask: "Again?"
      answers: [{when: "yes", goto: a}]
      silence: {goto: b}
      unclear: {goto: a}
  b: {hangup: "Bye."}
`),
    ).toEqual([]);
    expect(
      await told(`inbound: a
states:
  a:
    - ask: "Again?"
      answers: [{when: "yes", goto: a}]
      silence: {goto: a}
      unclear: {goto: a}
`),
    ).toEqual([
      '3:3 error No way leads from the state `a` to the end of the call: add a `hangup`, or a `goto` to a state that has one.',
      '4:7 error A caller who says nothing is asked for ever: the `silence` of this step leads back to it. Let it end in a `hangup`.',
    ]);
  });
});

describe('a loop that never listens', () => {
  it('is an error where it has no way out', async () => {
    expect(await told('inbound: a\nstates:\n  a: [{say: "One."}, {goto: b}]\n  b: {goto: a}\n')).toEqual([
      '3:3 error No way leads from the state `a` to the end of the call: add a `hangup`, or a `goto` to a state that has one.',
      '3:7 error This loop of the states `a`, `b` never ends and never listens: ask something in it, or let it lead elsewhere.',
      '4:3 error No way leads from the state `b` to the end of the call: add a `hangup`, or a `goto` to a state that has one.',
    ]);
  });

  it('is a warning where a condition may end it', async () => {
    expect(
      await told(`inbound: a
states:
  a:
    - set: {count: "(count ?? 0) + 1"}
    - branch: [{if: "count > 3", hangup: "Bye."}]
    - goto: a
`),
    ).toEqual([
      '4:7 warning This loop of the state `a` listens to nobody: each round must be ended by its own condition, or the caller waits for ever.',
    ]);
  });

  it('counts a collect as listening only where the loop empties one of its slots', async () => {
    const loop = (clear: string) => `slots: {n: {type: integer, ask: "How many?"}}
inbound: a
states:
  a:
    - collect: n
    - branch: [{if: "n > 3", hangup: "Bye."}]${clear}
    - goto: a
`;
    expect(await told(loop('\n    - clear: n'))).toEqual([]);
    expect(await told(loop(''))).toEqual([
      '5:7 warning This loop of the state `a` listens to nobody: each round must be ended by its own condition, or the caller waits for ever.',
    ]);
  });
});

describe('a step behind one that leaves', () => {
  it('is never reached', async () => {
    expect(await told('inbound: [{hangup: "Bye."}, {say: "More."}, {say: "Even more."}]\n')).toEqual([
      '1:29 warning This step is never reached: the one before it always leads elsewhere.',
    ]);
  });

  it('is reached behind a branch that may fall through', async () => {
    expect(
      await told('inbound: [{branch: [{if: session.isInitiated, hangup: "Bye."}]}, {say: "More."}]\n'),
    ).toEqual([]);
  });
});

describe('a silence', () => {
  it('is too long where ladder follows ladder', async () => {
    const ladder = Array.from({ length: 20 }, () => '"Hello?"').join(', ');
    expect(
      await told(`inbound:
  - ask: "A?"
    answers: [{when: a, like: [a]}]
    silence: [${ladder}]
`),
    ).toEqual([
      '2:5 warning A caller who says nothing here is kept on the line for about 3.8 minutes: shorten the `silence` ladders on the way.',
    ]);
  });
});

describe('a name without a value', () => {
  it('is told where nothing on the way gives it one', async () => {
    expect(
      await told(`slots: {n: {type: integer, ask: "How many?"}}
tools: {find: {about: Finds, http: {url: "http://localhost/"}}}
inbound:
  - say: "So {{ n }}."
  - collect: n
  - say: "So {{ n }} and {{ found.count }}."
  - {do: find, save: found}
  - hangup: "{{ found.count }}"
`),
    ).toEqual([
      '4:10 warning The slot `n` is always empty here: nothing on the way gives it a value.',
      '6:10 warning The name `found` is always empty here: nothing on the way gives it a value.',
    ]);
  });
});

describe('a gate', () => {
  it('that never opens is an error', async () => {
    expect(
      await told(`slots: {n: {type: integer, ask: "How many?"}}
inbound: a
states:
  a:
    requires: n > 3
    steps: [{collect: n}]
`),
    ).toEqual(['5:15 error The gate of `a` never opens: `n > 3` is never true.']);
  });

  it('that something before it may open is none', async () => {
    expect(
      await told(`slots: {n: {type: integer, ask: "How many?"}}
inbound: [{collect: n}, {goto: a}]
states: {a: {requires: n > 3, steps: [{say: "A."}]}}
`),
    ).toEqual([]);
  });
});

describe('a secret in the file', () => {
  it('is told without being shown', async () => {
    const problems = await told(`tools:
  pay:
    about: Pays
    http: {url: "https://user:hunter22@example.com/", headers: {authorization: "Bearer abcdefgh12345678", accept: "application/json"}}
inbound: {do: pay}
`);
    expect(problems).toEqual([
      '4:17 error `url` holds what looks like a secret: put it into the environment and write ${NAME} here.',
      '4:80 error `authorization` holds what looks like a secret: put it into the environment and write ${NAME} here.',
    ]);
    expect(problems.join()).not.toMatch(/hunter22|abcdefgh/);
  });
});

describe('ways that only look wrong', () => {
  it('a transfer that fails goes on behind it by a ladder of the whole dialogue', async () => {
    expect(
      await told(`inbound: [{transfer: "+14155550199"}, {hangup: "Bye."}]
failed: [{say: "Nobody is free."}]
`),
    ).toEqual([]);
  });

  it('a tool that fails by a ladder that two steps share does not lead from one to the other', async () => {
    expect(
      await told(`tools: {find: {about: Finds, http: {url: "http://localhost/"}}}
inbound: a
states:
  a: [{do: find}, {goto: b}]
  b: [{do: find}, {hangup: "Bye."}]
failed: [{say: "That did not work."}]
`),
    ).toEqual([]);
  });

  it('what an anytime or a ladder saves may be read after it', async () => {
    expect(
      await told(`tools: {find: {about: Finds, http: {url: "http://localhost/"}}}
inbound:
  - ask: "Well?"
    answers: [{when: goes on, like: [go on]}]
    silence: [{set: {quiet: true}}, "Hello?"]
  - hangup: "{{ found.name }} {{ quiet }}"
anytime: [{when: asks for the name, like: [the name], then: [{do: find, save: found}]}]
`),
    ).toEqual([]);
  });

  it('a machine may answer when slots are filled already', async () => {
    expect(
      await told(`slots: {n: {type: integer, ask: "How many?"}}
outbound: [{collect: n}, {hangup: "Bye."}]
voicemail: {hangup: "A table for {{ n }}."}
`),
    ).toEqual([]);
  });

  it('a gate that asks a function is known on the call only', async () => {
    expect(
      await told(`inbound: a
states: {a: {requires: "now().hour < 17", steps: [{say: "A."}], else: {hangup: "Closed."}}}
`),
    ).toEqual([]);
  });

  it('a dialogue that is run may end the call, or listen', async () => {
    const loop = 'inbound: a\nstates: {a: [{run: b}, {goto: a}]}\n';
    const ask = 'inbound: [{ask: "More?", answers: [{when: agrees, like: ["yes"]}]}]\n';
    expect(await told(loop, { b: ask })).toEqual([]);
  });
});

describe('what may be asked for in a dialogue that is run, by one that runs it', () => {
  const TALK =
    'inbound: chat\nstates:\n  chat: [{talk: Chat., until: [{when: goes on, like: [go on], goto: chat}], silence: {goto: chat}, unclear: {goto: chat}}]\n';
  const ENDLESS = expect.stringMatching(/^3:3 error No way leads from the state `chat`/);

  it('is a way out of it', async () => {
    const main = 'inbound: [{run: b}, {hangup: "Bye."}]\n';
    const person = 'anytime: [{when: asks for a person, like: [operator], hangup: "One moment."}]\n';
    const more = 'anytime: [{when: asks who speaks, like: [who], say: "Ana."}]\n';
    const others = [
      expect.stringMatching(/1:21 warning This step is never reached/),
      expect.stringMatching(/asked for ever/),
    ];
    expect(await told(main + person, { b: TALK })).toEqual(others);
    expect(await told(main + more, { b: TALK })).toEqual([others[0], ENDLESS, others[1]]);
  });

  it('is none where a call may begin with it', async () => {
    const run =
      'inbound: [{run: a}]\nanytime: [{when: asks for a person, like: [operator], hangup: "One moment."}]\n';
    writeFileSync(join(folder, 'b.app.yaml'), 'public: true\n');
    expect(await told(TALK, { b: run })).toContainEqual(ENDLESS);
  });

  it('leads on from the step that runs it, only where it listens', async () => {
    const main = `inbound: a
states:
  a: {run: b}
  c: [{say: "{{ found.name }}"}, {hangup: "Bye."}]
tools: {find: {about: Finds, http: {url: "http://localhost/"}}}
anytime: [{when: asks for it, like: [it], then: [{do: find, save: found}, {goto: c}]}]
`;
    const ask = 'inbound: [{ask: "More?", answers: [{when: agrees, like: ["yes"]}]}]\n';
    expect(await told(main, { b: ask })).toEqual([]);
  });

  it('keeps a wait from being deaf, but not from lasting for ever', async () => {
    const hold = 'inbound: hold\nstates: {hold: [{wait: 10s}, {goto: hold}]}\n';
    const main = 'inbound: [{run: b}]\nanytime: [{when: gives up, like: [stop], hangup: "Bye."}]\n';
    expect(await told(main, { b: hold })).toEqual([expect.stringMatching(/waits here for ever/)]);
  });
});

describe('ways that only look right', () => {
  it('a dialogue that is run and always hangs up leads nowhere', async () => {
    expect(
      await told('inbound: [{run: b}, {hangup: "Bye."}]\n', { b: 'inbound: {hangup: "Gone."}\n' }),
    ).toEqual(['1:21 warning This step is never reached: the one before it always leads elsewhere.']);
  });

  it('a dialogue that is run and only speaks does not break a loop', async () => {
    expect(
      await told('inbound: a\nstates: {a: [{run: b}, {goto: a}]}\n', { b: 'inbound: {say: "Hm."}\n' }),
    ).toEqual([
      '2:10 error No way leads from the state `a` to the end of the call: add a `hangup`, or a `goto` to a state that has one.',
      '2:14 error This loop of the state `a` never ends and never listens: ask something in it, or let it lead elsewhere.',
    ]);
  });

  it('an answer that only repeats does not lead on', async () => {
    expect(
      await told(`inbound:
  - ask: "Well?"
    answers: [{when: asks again, like: [again], repeat: true}]
  - hangup: "Bye."
`),
    ).toEqual(['4:5 warning This step is never reached: the one before it always leads elsewhere.']);
  });

  it('a silence that comes back by slots that are filled already has no end', async () => {
    const booking = (rejected: string) => `slots: {n: {type: integer, ask: "How many?"}}
inbound: a
states:
  a:
    - collect: n
    - confirm: "{{ n }}?"
      silence: [${rejected}{goto: a}]
    - hangup: "Bye."
`;
    expect(await told(booking(''))).toEqual([
      '6:7 error A caller who says nothing is asked for ever: the `silence` of this step leads back to it. Let it end in a `hangup`.',
    ]);
    expect(await told(booking('{clear: n}, '))).toEqual([]);
  });

  it('a wait that goes round is left only by what may be asked for at any time', async () => {
    expect(
      await told(`inbound: hold
states: {hold: [{say: "Please hold."}, {wait: 10s}, {goto: hold}]}
anytime: [{when: gives up, like: [stop], hangup: "Bye."}]
`),
    ).toEqual([
      '2:40 error A caller who says nothing waits here for ever: this loop does not end by itself. Let it end in a `hangup`.',
    ]);
  });

  it('a silence that only a condition may end is a warning', async () => {
    expect(
      await told(`inbound: a
states:
  a:
    - branch: [{if: "(count ?? 0) > 2", hangup: "Bye."}]
    - set: {count: "(count ?? 0) + 1"}
    - ask: "Well?"
      answers: [{when: agrees, like: ["yes"], hangup: "Bye."}]
      silence: {goto: a}
`),
    ).toEqual([
      '6:7 warning A caller who says nothing is asked for ever: the `silence` of this step leads back to it. Only a condition on the way may end it.',
    ]);
  });

  it('dialogues that run each other are held within each other', async () => {
    const ask = '[{ask: "More?", answers: [{when: agrees, like: ["yes"]}]}, {run: RUN}]\n';
    expect(
      (
        await told(`inbound: ${ask.replace('RUN', 'b')}`, { b: `inbound: ${ask.replace('RUN', 'a')}` })
      ).toSorted(),
    ).toEqual([
      '1:75 warning `a` runs this dialogue in turn: each round is held within the one before, and the twentieth ends the call. Use `return` or `goto` to go back.',
      '1:75 warning `b` runs this dialogue in turn: each round is held within the one before, and the twentieth ends the call. Use `return` or `goto` to go back.',
    ]);
  });
});
