import { describe, expect, it } from 'vitest';
import { OffhookError } from '../../runtime/errors.ts';
import { missOf } from './house.ts';

const order = (tools: string, turns: string): string => `${tools}\nturns: [{caller: a small one}, ${turns}]`;

describe('a tool of a test', () => {
  it('gives what the test says, every time', async () => {
    expect(await missOf(order('tools: {place: {minutes: 20}}', '{agent: It takes 20 minutes}'))).toBeNull();
  });

  it('gives one result after another where the test has a list', async () => {
    const dialogue = `
tools: {dice: {about: Throws, http: {url: "http://localhost/"}}}
inbound:
  - {do: dice, save: one}
  - {do: dice, save: two}
  - hangup: "{{ one }}, then {{ two }}."`;
    expect(await missOf('tools: {dice: [3, 5]}\nturns: [{agent: "3, then 5."}]', { dialogue })).toBeNull();
    expect(await missOf('tools: {dice: 4}\nturns: [{agent: "4, then 4."}]', { dialogue })).toBeNull();
    expect((await missOf('tools: {dice: [3]}\nturns: [{agent: "3"}]', { dialogue }))?.message).toBe(
      'The dialogue called the tool `dice` with {} once more than the test has results for it.',
    );
  });

  it('fails where the test wants it', async () => {
    expect(
      await missOf(order('tools: {place: {error: tool-refused}}', '{agent: The oven is cold.}')),
    ).toBeNull();
  });

  it('takes its time, and what is said meanwhile is said', async () => {
    const slow = 'tools: {place: {result: {minutes: 20}, after: 3s}}';
    expect(await missOf(order(slow, '{agent: [The oven is being asked., It takes 20 minutes]}'))).toBeNull();
    const fast = slow.replace('3s', '1s');
    expect((await missOf(order(fast, '{agent: The oven is being asked}')))?.message).toContain(
      'but said "It takes',
    );
  });

  it('is given up when it takes longer than its timeout', async () => {
    const slow = 'tools: {place: {result: {minutes: 20}, after: 5s}}';
    expect(await missOf(order(slow, '{agent: The oven is cold.}'))).toBeNull();
  });

  it('fails the test where the test does not know it', async () => {
    expect(await missOf(order('zone: UTC', '{ended: agent-hung-up}'))).toMatchObject({
      message:
        'The dialogue called the tool `place` with {"size":"small"}, but the test does not say what it gives: write tools: {place: …}, or {place: live} for the real one.',
    });
  });

  it('fails the test where the test lets it give what the tool cannot', async () => {
    const wrong = order('tools: {place: {minutes: soon}}', '{ended: agent-hung-up}');
    expect((await missOf(wrong))?.message).toBe(
      'The result that the test gives for `place` is not what the tool promises: /minutes must be integer.',
    );
  });

  it('refuses an input that the tool does not take, as the tool would', async () => {
    const dialogue = `
tools: {place: {about: Orders, input: {count: integer}, http: {url: "http://localhost/"}}}
inbound:
  - {do: place, with: {count: session.attributes.many ?? session.id}, save: x, failed: {hangup: "Refused."}}
  - hangup: "Done."`;
    expect(await missOf('tools: {place: 1}\nturns: [{agent: Refused.}]', { dialogue })).toBeNull();
  });

  it('takes and gives what the dialogue that has it says, in any draft of JSON Schema', async () => {
    const tool = (type: string): string =>
      `tools: {get: {about: Gets, input: {$schema: "http://json-schema.org/draft-07/schema#", type: object, properties: {x: {type: ${type}}}}, http: {url: "http://localhost/"}}}`;
    const dialogue = `
${tool('string')}
inbound:
  - {do: get, with: {x: "'a'"}}
  - {run: inner}
  - hangup: "Done."`;
    const inner = `${tool('integer')}\ninbound: [{do: get, with: {x: 1 + 1}, failed: {hangup: "Refused."}}]`;
    const test = 'tools: {get: 1}\nturns: [{agent: Done.}]';
    expect(await missOf(test, { dialogue, files: { 'inner.dialogue.yaml': inner } })).toBeNull();
  });

  it('is the real one where it is live', async () => {
    const inputs: unknown[] = [];
    const live = async (call: { input: unknown }) => {
      inputs.push(call.input);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      return { minutes: 7 };
    };
    const test = order('tools: {place: live}', '{agent: It takes 7 minutes}');
    expect(await missOf(test, { live })).toBeNull();
    expect(inputs).toEqual([{ size: 'small' }]);
    const failing = () => Promise.reject(new OffhookError('tool-unreachable', 'Nobody is there.'));
    expect(
      await missOf(order('tools: {place: live}', '{agent: The oven is cold}'), { live: failing }),
    ).toBeNull();
  });

  it('may give a text, a list, a map with `error` in it, and nothing', async () => {
    const dialogue = `
tools: {get: {about: Gets, http: {url: "http://localhost/"}}}
inbound: [{do: get, save: got}, {hangup: "Got {{ got.error.code ?? got }}."}]`;
    const said = async (mock: string) =>
      (await missOf(`tools: {get: ${mock}}\nturns: [{agent: nothing}]`, { dialogue }))?.transcript[1];
    expect(await said('apples')).toBe('agent: Got apples.');
    expect(await said('[[pears, plums]]')).toBe('agent: Got pears and plums.');
    expect(await said('{error: {code: figs}}')).toBe('agent: Got figs.');
    expect(await said('{result: live}')).toBe('agent: Got live.');
  });
});
