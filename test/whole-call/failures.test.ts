import { afterEach, describe, expect, it } from 'vitest';
import { openHouse, type Caller, type House } from '../support/house.ts';
import { watchLateness } from '../support/lateness.ts';

const FILES = {
  'desk.app.yaml': 'public: true\nengine: realtime\n',
  'desk.dialogue.yaml': `
intro: {say: "Front desk."}
inbound:
  - ask: "What is it about?"
    answers:
      - {when: a question, like: ["a question"], keys: "1"}
      - {when: nothing, like: ["nothing"], hangup: "Goodbye."}
  - talk: Answer.
    until: [{when: done, like: ["that is all"], keys: "2", hangup: "Goodbye."}]
`,
};

let house: House;
afterEach(() => house.close());

/** How long after the first event of a kind the caller heard the next sound. */
function soundAfter(caller: Caller, fromMs: number): number {
  const sounds = caller.events.flatMap((event) => (event.kind === 'heard' ? [event.fromMs] : []));
  return Math.min(...sounds.filter((at) => at >= fromMs)) - fromMs;
}

describe('when the model', () => {
  it(
    'refuses the connection, the caller hears something within 3 s and the call ends politely',
    { timeout: 30_000 },
    async () => {
      const lostMs = watchLateness();
      house = await openHouse(FILES, { openai: { refuse: () => 401 } });
      const caller = house.caller().dial('/initiations/call/desk');
      const session = await caller.until(({ status }) => status === 'completed', 20_000);
      expect(session.endReason).toBe('error');
      expect(session.turns.at(-1)).toMatchObject({
        text: 'I am sorry, something went wrong on our side. Please call again later. Goodbye.',
        heardText: 'I am sorry, something went wrong on our side. Please call again later. Goodbye.',
      });
      expect(soundAfter(caller, 0) - lostMs()).toBeLessThan(3_000);
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      expect(house.openai!.open()).toBe(0);
    },
  );

  it(
    'dies in the middle of a word, the call goes on with what was said before',
    { timeout: 30_000 },
    async () => {
      let replies = 0;
      house = await openHouse(FILES, {
        openai: {
          heard: () => 'a question',
          reply: () => ({ say: [{ text: `This is answer number ${++replies} of many.`, ms: 6_000 }] }),
          paceMs: 200,
        },
      });
      const caller = house.caller().dial('/initiations/call/desk');
      await caller.hears('What is it about?');
      await caller.speaks();
      await caller.until(({ turns }) => turns.length === 4);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const live = house.openai!.sessions.find((session) =>
        session.received.some(
          (event) => event.type === 'response.create' && !JSON.stringify(event).includes('"none"'),
        ),
      );
      const lostMs = watchLateness();
      const diedAt = caller.nowMs;
      live!.die();
      await caller.hears('One moment, please.');
      await caller.until(
        ({ turns }) =>
          turns.filter((turn) => turn.text.startsWith('This is answer')).length > 1 || replies > 1,
        10_000,
      );
      caller.phone.press('2');
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      expect(soundAfter(caller, diedAt) - lostMs()).toBeLessThan(3_000);
      expect((await caller.session()).endReason).toBe('agent-hung-up');
    },
  );

  it(
    'is silent when it is asked to speak, the caller hears something within 3 s',
    { timeout: 40_000 },
    async () => {
      house = await openHouse(FILES, {
        openai: { heard: () => 'a question', reply: () => ({ hangs: true }) },
      });
      const caller = house.caller().dial('/initiations/call/desk');
      await caller.hears('What is it about?');
      await caller.speaks();
      const lostMs = watchLateness();
      const spokeAt = caller.nowMs;
      const session = await caller.until(({ status }) => status === 'completed', 30_000);
      expect(session.endReason).not.toBeNull();
      expect(soundAfter(caller, spokeAt) - lostMs()).toBeLessThan(3_000);
      expect(await caller.over).toMatchObject({ reason: 'ended' });
    },
  );

  it(
    'has no words of what was said, however short, the caller is asked again within 3 s',
    { timeout: 30_000 },
    async () => {
      house = await openHouse(FILES, {
        openai: {
          heard: ({ index }) => (index === 0 ? { failed: 'unintelligible' } : 'nothing'),
          reply: ({ tools }) => ({
            calls: [{ name: String(tools[0]?.['name']), input: { choice: 'none' } }],
          }),
        },
      });
      const caller = house.caller().dial('/initiations/call/desk');
      await caller.hears('What is it about?');
      await caller.speaks(300);
      const lostMs = watchLateness();
      const spokeAt = caller.nowMs;
      const { turns } = await caller.hears('Sorry, I did not understand that.');
      expect(turns.slice(2).map(({ role, text }) => `${role}: ${text}`)).toEqual([
        'caller: …',
        'agent: Sorry, I did not understand that.',
      ]);
      caller.phone.hangUp();
      await caller.over;
      expect(soundAfter(caller, spokeAt) - lostMs()).toBeLessThan(3_000);
    },
  );

  it('answers with errors, the call ends politely', { timeout: 40_000 }, async () => {
    house = await openHouse(FILES, {
      openai: {
        heard: () => 'a question',
        reply: () => ({ failed: { code: 'server_error', message: 'internal detail 4711' } }),
      },
    });
    const caller = house.caller().dial('/initiations/call/desk');
    await caller.hears('What is it about?');
    await caller.speaks();
    const session = await caller.until(({ status }) => status === 'completed', 30_000);
    expect(JSON.stringify(session.turns)).not.toContain('4711');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
  });
});

describe('when the line', () => {
  it('breaks without a word, the call is taken up again where it was', { timeout: 30_000 }, async () => {
    house = await openHouse({
      'desk.app.yaml': 'public: true\nengine: embedded\n',
      'desk.dialogue.yaml': `
inbound:
  - {ask: "First question?", answers: [{when: one, keys: "1", set: {one: "'kept'"}}]}
  - {ask: "Second question?", answers: [{when: two, keys: "2", hangup: "You said {{ one }}. Goodbye."}]}
`,
    });
    const caller = house.caller().dial('/initiations/call/desk');
    await caller.hears('First question?');
    caller.phone.press('1');
    await caller.hears('Second question?');
    caller.phone.breakLine();
    await caller.until(({ turns }) => turns.filter((turn) => turn.text === 'Second question?').length === 2);
    caller.phone.press('2');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    const session = await caller.session();
    expect(session.turns.at(-1)).toMatchObject({ text: 'You said kept. Goodbye.', interrupted: false });
    expect(session).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
  });
});
