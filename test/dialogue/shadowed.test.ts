import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadFolder } from '../../runtime/dialogue/load.ts';
import type { Understanding } from '../../runtime/dialogue/proofs/shadowed.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shadowed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function told(yaml: string, understand?: Understanding): Promise<string[]> {
  writeFileSync(join(folder, 'a.app.yaml'), 'public: true\n');
  writeFileSync(join(folder, 'a.dialogue.yaml'), yaml);
  const { problems } = await loadFolder(folder, {}, understand ? { understand } : {});
  return problems.map(
    ({ severity, message, place }) => `${place.line}:${place.column} ${severity} ${message}`,
  );
}

const MENU = `inbound:
  - ask: "How can I help you?"
    answers:
      - { when: wants a table, like: ["a table", "I want to book"], hangup: "Goodbye." }
      - { when: wants to cancel, like: ["cancel it"] }
  - talk: Chat.
    until: [{ when: is done, like: ["that is all"], hangup: "Goodbye." }]
anytime:
  - { when: asks to repeat, like: ["say that again"], repeat: true }
`;

/** Takes a sentence for the choice that is described so; whatever is not in the list for its own. */
const taking =
  (taken: { [sentence: string]: string | null }): Understanding =>
  (expectation, text) => {
    const when = taken[text];
    if (when === null) return null;
    const choice = expectation.choices.find((one) =>
      when === undefined ? one.like.includes(text) : one.when === when,
    );
    return { choice: choice?.id ?? null, slots: {}, unsure: [], confidence: 1, by: 'like' };
  };

it('every example that is taken for its own answer is right', async () => {
  expect(await told(MENU, taking({}))).toEqual([]);
  expect(await told(MENU, understandByRules)).toEqual([]);
});

it('an example that is taken for another answer is a warning that names the other and its line', async () => {
  const shadowed = taking({ 'a table': 'wants to cancel', 'that is all': 'asks to repeat' });
  expect(await told(MENU, shadowed)).toEqual([
    '4:39 warning “a table” is taken for `wants to cancel` (line 5): callers who say it never reach `wants a table`.',
    '7:37 warning “that is all” is taken for `asks to repeat` (line 9): callers who say it never reach `is done`.',
  ]);
});

it('an example that is not understood at all is a warning', async () => {
  expect(await told(MENU, taking({ 'cancel it': null, 'say that again': null }))).toEqual([
    '5:41 warning “cancel it” is not understood as `wants to cancel`, whose example it is: too much else is expected here that is said like it.',
    '9:36 warning “say that again” is not understood as `asks to repeat`, whose example it is: too much else is expected here that is said like it.',
  ]);
});

it('an answer that a step expects wins over the same example of an anytime, which is no mistake', async () => {
  const both = `inbound:
  - ask: "How can I help you?"
    answers: [{ when: wants a person, like: [operator], hangup: "Goodbye." }]
anytime: [{ when: asks for somebody, like: [operator], hangup: "Goodbye." }]
`;
  expect(await told(both, understandByRules)).toEqual([]);
});

it('an example with the values of the collect behind it is taken for its answer', async () => {
  const booking = `slots: { party: { type: integer, ask: "How many?" }, day: { type: date, ask: "Which day?" } }
inbound:
  - ask: "How can I help you?"
    answers:
      - when: wants a table
        like: ["a table for four", "a table for two tomorrow"]
        then: [{ collect: [party, day] }, { hangup: "Goodbye." }]
      - { when: asks for prices, like: ["how much is the soup"], hangup: "Ten." }
`;
  expect(await told(booking, understandByRules)).toEqual([]);
});

it('by the rules, an example that sounds like that of another answer is told', async () => {
  const close = `inbound:
  - ask: "How can I help you?"
    answers:
      - { when: says who it is, like: ["I am"], hangup: "Goodbye." }
      - { when: is there, like: ["I'm"], hangup: "Goodbye." }
`;
  expect(await told(close, understandByRules)).toEqual([
    "5:34 warning “I'm” is taken for `says who it is` (line 4): callers who say it never reach `is there`.",
  ]);
});

it('nothing is told without an understanding, so that a server starts at once', async () => {
  expect(await told(MENU.replace('cancel it', 'a table!'))).toEqual([
    '5:41 error “a table!” is already an example of `wants a table` in this list: a caller who says it cannot mean both.',
  ]);
});
