/** Dialogues and tests in a folder of their own, and how the tests went. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { Coverage } from '../../runtime/rehearsal/coverage.ts';
import { loadSuite, runTests, type SuiteParts, type TestResult } from '../../runtime/rehearsal/suite.ts';
import type { ToolCall } from '../../runtime/tools/tools.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import type { AskModel } from '../../runtime/understand/understand.ts';

/** A folder with these files, gone after the test. */
export async function folderWith(files: { [name: string]: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'offhook-rehearsal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const metrics = openMetrics();

/** What a run of tests needs. `live` stands for the world outside, which answers as it says. */
export function partsWith(
  live: (call: ToolCall) => Promise<unknown> = () => Promise.resolve(null),
  model: AskModel | null = null,
): SuiteParts {
  return {
    tools: () => ({
      call: async (call) => (await live(call)) as null,
      offer: () => null,
      close: () => Promise.resolve(),
    }),
    understand: understandByRules,
    model: () => model,
    log: silentLog,
    metrics,
  };
}

export const PIZZA = `
persona: You are Pia.
slots:
  pin: {type: digits, length: 4, ask: "Your PIN, please.", from: [keys], sensitive: true}
tools:
  place:
    about: Places an order
    input: {size: text}
    output: {minutes: integer}
    http: {url: "http://localhost/orders"}
    timeout: 4s
    meanwhile: "The oven is being asked."
intro: {say: "Pizza Presto."}
inbound: menu
outbound: call
states:
  menu:
    - ask: "Small or large?"
      answers:
        - {when: small, like: [a small one], keys: "1", set: {size: "'small'"}}
        - {when: large, like: [a large one], keys: "22", set: {size: "'large'", session.attributes.big: "true"}}
        - {when: asks for the chef, like: [the chef], goto: chef}
        - {when: pays by card, like: [by card], goto: card}
      silence: ["Hello?", {hangup: "Bye."}]
    - goto: order
  order:
    - {do: place, with: {size: size}, save: ticket, failed: {hangup: "The oven is cold."}}
    - say: "It takes {{ ticket.minutes }} minutes."
    - {remember: {user.size: size}}
    - {wait: 2s}
    - hangup: "Enjoy it. Goodbye."
  chef:
    - {transfer: chef, failed: [{say: "The chef is out."}, {goto: menu}]}
  card:
    - collect: [pin]
    - hangup: "Paid with {{ pin }}."
  call:
    - say: "Hello {{ user.name }}, a pizza in {{ session.attributes.city }}?"
    - goto: menu
voicemail: {hangup: "Call us back."}
`;

/** Runs the conversations in `tests` (the YAML of a list) with the pizza dialogue, or another one. */
export async function rehearsed(
  tests: string,
  more: {
    dialogue?: string;
    app?: string;
    /** Further files of the folder. */
    files?: { [name: string]: string };
    live?: (call: ToolCall) => Promise<unknown>;
    model?: AskModel;
  } = {},
): Promise<TestResult[]> {
  const folder = await folderWith({
    'pizza.dialogue.yaml': more.dialogue ?? PIZZA,
    'pizza.app.yaml': more.app ?? 'transfers: {chef: "+14155550199"}\n',
    'pizza.test.yaml': `tests:\n${tests}`,
    ...more.files,
  });
  const { files, problems } = await loadSuite(folder, {});
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new Error(errors.map(({ message, place }) => `${place.line} ${message}`).join('\n'));
  const results: TestResult[] = [];
  for (const file of files) {
    await runTests(
      file,
      partsWith(more.live, more.model ?? null),
      { filter: '', coverage: new Coverage() },
      (one) => results.push(one),
    );
  }
  return results;
}

/** How the only conversation went: null where it went as it is written. */
export async function missOf(
  test: string,
  more: Parameters<typeof rehearsed>[1] = {},
): Promise<{ message: string; line: number; transcript: string[] } | null> {
  const [result] = await rehearsed(
    `  - name: it\n${test.replace(/^\n+/, '').replaceAll(/^/gm, '    ')}\n`,
    more,
  );
  if (!result) throw new Error('There was no test.');
  const { failure } = result;
  return failure && { message: failure.message, line: failure.place.line, transcript: failure.transcript };
}
