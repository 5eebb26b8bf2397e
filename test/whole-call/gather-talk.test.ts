import { afterEach, describe, expect, it } from 'vitest';
import { openHouse, type House } from '../support/house.ts';
import { startChatStream, type StreamServer } from '../support/chat-stream.ts';
import { tone } from '../support/openai-realtime.ts';

const FILES = {
  'bistro.app.yaml': 'name: Bistro\npublic: true\nengine: gather\nmodel: openai/gpt-6-luna\n',
  'bistro.dialogue.yaml': `
persona: You are Ana.
intro: {say: "Hello."}
inbound: talk
states:
  talk:
    talk: Answer questions about the menu.
    until: [{when: is done, hangup: "Goodbye."}]
`,
};

let house: House;
let model: StreamServer;
afterEach(async () => {
  await house.close();
  await model.close();
});

describe('a talk on the engine gather', () => {
  it(
    'is answered by a text model, prepared from partial results, and left by its exit',
    { timeout: 40_000 },
    async () => {
      model = await startChatStream({
        reply: ({ said }) =>
          said.at(-1)?.includes('that was all')
            ? { calls: [{ name: 'exit_s0', input: {} }] }
            : { words: 'We have soup.' },
      });
      house = await openHouse(FILES, {
        env: { OPENAI_API_KEY: model.apiKey, OPENAI_BASE_URL: model.baseUrl },
      });
      const caller = house.caller().dial('/initiations/call/bistro');
      const listened = async (times: number): Promise<void> => {
        await expect
          .poll(() => caller.events.filter(({ kind }) => kind === 'listens').length, { timeout: 15_000 })
          .toBe(times);
      };
      await listened(1);
      await caller.phone.say(tone(1_200), 'what is on the menu today');
      // The pause is not over, and the model has been asked already.
      const asked = (): number => model.requests.filter(({ said }) => said.at(-1)?.includes('today')).length;
      await expect.poll(asked).toBe(1);
      expect(caller.events.some(({ kind }) => kind === 'gathered')).toBe(false);
      await listened(2);
      expect(asked()).toBe(1);
      await caller.phone.say(tone(1_000), 'thanks that was all');
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      expect(caller.events.flatMap((event) => (event.kind === 'says' ? [event.text] : []))).toEqual([
        'Hello.',
        'We have soup.',
        'Goodbye.',
      ]);
      const { turns } = await caller.session();
      expect(turns.map(({ role, text }) => `${role}: ${text}`)).toEqual([
        'agent: Hello.',
        'caller: what is on the menu today',
        'agent: We have soup.',
        'caller: thanks that was all',
        'agent: Goodbye.',
      ]);
      expect(model.errors).toEqual([]);
      expect(caller.events.filter(({ kind }) => kind === 'warning')).toEqual([]);
    },
  );
});
