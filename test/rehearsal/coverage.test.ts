import { describe, expect, it } from 'vitest';
import { Coverage, percent, type Covered } from '../../runtime/rehearsal/coverage.ts';
import { loadSuite, runTests } from '../../runtime/rehearsal/suite.ts';
import { folderWith, partsWith } from './house.ts';

const DIALOGUE = `
inbound: menu
states:
  menu:
    steps:
      - ask: "Tea or coffee?"
        answers:
          - {when: tea, like: [tea], keys: "1", goto: tea}
          - {when: coffee, like: [coffee], keys: "2", then: [{say: "Coffee."}, {goto: bye}]}
          - {when: neither, keys: "3"}
        unclear: ["I beg your pardon?", {set: {lost: "true"}}, {goto: bye}]
    silence: ["Hello?", "Anybody?", {goto: bye}]
  tea:
    branch:
      - {if: "session.isInitiated", then: [{ask: "Green?", answers: [{when: green, keys: "5"}]}]}
      - {else: {goto: bye}}
  bye: {hangup: "Bye."}
anytime: [{when: again, keys: "*", repeat: true}]
unclear: ["What?"]
`;

/** What was reached, as `kind name`, and where the rest stands, as `line:column kind name`. */
async function coveredBy(turns: string): Promise<{ reached: string[]; missed: string[]; all: Covered[] }> {
  const folder = await folderWith({
    'tea.dialogue.yaml': DIALOGUE,
    'tea.test.yaml': `dialogue: tea\ntests:\n  - {name: one, turns: ${turns}}\n`,
  });
  const { files, loaded } = await loadSuite(folder, {});
  const coverage = new Coverage();
  for (const file of files) {
    await runTests(file, partsWith(), { filter: '', coverage }, ({ failure }) => expect(failure).toBeNull());
  }
  const source = [...loaded.documents.values()].find(({ file }) => file.kind === 'dialogue')!.file.source;
  const all = coverage.report(() => source).get('tea') ?? [];
  return {
    all,
    reached: all.filter(({ reached }) => reached).map(({ kind, name }) => `${kind} ${name}`),
    missed: all
      .filter(({ reached }) => !reached)
      .map(({ kind, name, place }) => `${place.line}:${place.column} ${kind} ${name}`),
  };
}

describe('coverage', () => {
  it('knows states that are only passed through, answers and what was never reached, with its place', async () => {
    const { reached, missed } = await coveredBy('[{caller: tea}, {ended: agent-hung-up}]');
    expect(reached).toEqual(['state menu', 'state tea', 'state bye', 'answer tea']);
    expect(missed).toEqual([
      '9:13 answer coffee',
      '10:13 answer neither',
      '11:19 rung unclear 1',
      '11:41 rung unclear 2',
      '15:70 answer green',
      '18:11 answer again',
      '12:15 rung silence 1',
      '12:25 rung silence 2',
      '12:37 rung silence 3',
      '19:11 rung unclear 1',
    ]);
  });

  it('does not count an anytime whose key an inner dialogue has, for not being offered', async () => {
    const folder = await folderWith({
      'tea.dialogue.yaml':
        'inbound: [{run: inner}, {hangup: "Bye."}]\nanytime: [{when: again, keys: "*", repeat: true}]\n',
      'inner.dialogue.yaml':
        'inbound: {ask: "Tea?", answers: [{when: tea, keys: "1"}]}\nanytime: [{when: help, keys: "*", say: "Tea."}]\n',
      'tea.test.yaml': `dialogue: tea\ntests:\n  - {name: one, turns: [{caller: {keys: "1"}}, {agent: Bye.}]}\n`,
    });
    const { files, loaded } = await loadSuite(folder, {});
    const coverage = new Coverage();
    for (const file of files) {
      await runTests(file, partsWith(), { filter: '', coverage }, ({ failure }) =>
        expect(failure).toBeNull(),
      );
    }
    const sources = new Map([...loaded.documents.values()].map(({ file }) => [file.id, file.source]));
    const all = coverage.report((id) => sources.get(id) ?? null).get('tea') ?? [];
    expect(all.map(({ name, reached }) => [name, reached])).toEqual([['again', false]]);
  });

  it('counts answers by keys, those without steps, and those that repeat', async () => {
    const { reached } = await coveredBy('[{caller: {keys: "*"}}, {caller: {keys: "3"}}, {agent: Goodbye}]');
    expect(reached).toEqual(['state menu', 'answer neither', 'answer again']);
  });

  it('counts the rungs that were climbed, texts and steps in a row', async () => {
    const { reached } = await coveredBy(
      '[{caller: {silence: 7s}}, {agent: "Hello"}, {caller: {keys: "7"}}, {agent: pardon}, {caller: {keys: "7"}}, {agent: Bye}]',
    );
    expect(reached).toEqual([
      'state menu',
      'state bye',
      'rung unclear 1',
      'rung unclear 2',
      'rung silence 1',
    ]);
  });

  it('is a hundred only where all was reached, and where there is nothing to reach', async () => {
    const { all } = await coveredBy('[{caller: tea}]');
    expect(percent(all)).toBe(Math.floor((4 * 100) / all.length));
    expect(percent([])).toBe(100);
    const nearly = Array.from({ length: 1000 }, (_, index) => ({ ...all[0]!, reached: index > 0 }));
    expect(percent(nearly)).toBe(99);
  });
});
