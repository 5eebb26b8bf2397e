/** "Say that again" in a talk, on every engine that asks a text model: it is said again, and the talk goes on. */
import { afterEach, describe, expect, it } from 'vitest';
import { startCartesia } from '../support/cartesia.ts';
import { startChatStream } from '../support/chat-stream.ts';
import { startDeepgram } from '../support/deepgram.ts';
import { openHouse } from '../support/house.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const DIALOGUE = `
intro: {say: "Hello."}
inbound: talk
states:
  talk:
    talk: Answer questions about the menu.
    until: [{when: is done, hangup: "Goodbye."}]
anytime: [{when: asks to repeat, like: [say that again], repeat: true}]
`;

describe.each(['cascade', 'relay', 'gather'])('a talk on the engine %s', (engine) => {
  it('goes on behind what the caller wanted to hear again', { timeout: 120_000 }, async () => {
    const said: string[] = [];
    const model = await startChatStream({
      reply({ said: told }) {
        const last = told.at(-1) ?? '';
        if (last.includes('again')) return { calls: [{ name: 'exit_a0', input: {} }] };
        if (last.includes('all')) return { calls: [{ name: 'exit_s0', input: {} }] };
        return { words: last.includes('price') ? 'It is two.' : 'We have soup.' };
      },
    });
    closing.push(() => model.close());
    const env: Record<string, string> = { OPENAI_API_KEY: model.apiKey, OPENAI_BASE_URL: model.baseUrl };
    let parts = '';
    if (engine === 'cascade') {
      const ears = await startDeepgram({ heard: () => said.shift() ?? '' });
      const voices = await startCartesia();
      closing.push(
        () => ears.close(),
        () => voices.close(),
      );
      Object.assign(env, {
        DEEPGRAM_API_KEY: ears.apiKey,
        DEEPGRAM_BASE_URL: ears.baseUrl,
        CARTESIA_API_KEY: voices.apiKey,
        CARTESIA_BASE_URL: voices.baseUrl,
      });
      parts = 'speech: deepgram/flux-general-en\nvoice: cartesia/ana\n';
    }
    const house = await openHouse(
      {
        'bistro.app.yaml': `name: Bistro\npublic: true\nengine: ${engine}\nmodel: openai/gpt-6-luna\n${parts}`,
        'bistro.dialogue.yaml': DIALOGUE,
      },
      { env },
    );
    closing.push(() => house.close());
    const caller = house.caller().dial('/initiations/call/bistro');
    const lines = async (): Promise<string[]> =>
      (await caller.session()).turns.flatMap(({ role, text }) => (role === 'agent' ? [text] : []));
    // Without a stream it is known only at the next webhook what was heard: the phone tells that it listens.
    const heard = async (): Promise<number> =>
      engine === 'gather'
        ? caller.events.filter(({ kind }) => kind === 'listens').length
        : (await caller.session()).turns.filter(
            ({ role, text, heardText }) => role === 'agent' && heardText === text,
          ).length;
    const hears = (count: number): Promise<void> =>
      expect.poll(() => heard().catch(() => 0), { timeout: 30_000 }).toBe(count);
    const says = async (text: string, then: number): Promise<void> => {
      said.push(text);
      await caller.speaks(900, text);
      await hears(then);
    };
    await hears(1);
    await says('what is there today', 2);
    await says('say that again', 3);
    await says('and the price', 4);
    said.push('that was all');
    await caller.speaks(900, 'that was all');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(await lines()).toEqual(['Hello.', 'We have soup.', 'We have soup.', 'It is two.', 'Goodbye.']);
    expect(model.errors).toEqual([]);
  });
});
