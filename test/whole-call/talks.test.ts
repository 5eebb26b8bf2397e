/** How a talk goes on and how it ends by itself, on every engine that asks a text model. */
import { afterEach, describe, expect, it } from 'vitest';
import { startCascadeVendors } from '../support/cascade-vendors.ts';
import { startChatStream, type StreamReply, type StreamServer } from '../support/chat-stream.ts';
import { openHouse, type Caller } from '../support/house.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

type Engine = 'cascade' | 'relay' | 'gather';

interface Call {
  model: StreamServer;
  caller: Caller;
  /** Waits until so many lines of the agent's were heard. */
  hears(lines: number): Promise<void>;
  says(text: string): Promise<void>;
  lines(): Promise<string[]>;
}

/** Somebody who calls; `reply` gives what the model says to what it was told last. */
async function call(engine: Engine, dialogue: string, reply: (last: string) => StreamReply): Promise<Call> {
  const said: string[] = [];
  const model = await startChatStream({ reply: (asked) => reply(asked.said.at(-1) ?? '') });
  closing.push(() => model.close());
  const env: Record<string, string> = { OPENAI_API_KEY: model.apiKey, OPENAI_BASE_URL: model.baseUrl };
  let parts = '';
  if (engine === 'cascade') {
    const vendors = await startCascadeVendors(said);
    closing.push(...vendors.close);
    Object.assign(env, vendors.env);
    parts = `${vendors.app.join('\n')}\n`;
  }
  const app = `name: Bistro\npublic: true\nengine: ${engine}\nmodel: openai/gpt-6-luna\n${parts}`;
  const house = await openHouse({ 'bistro.app.yaml': app, 'bistro.dialogue.yaml': dialogue }, { env });
  closing.push(() => house.close());
  const caller = house.caller().dial('/initiations/call/bistro');
  // Without a stream it is known only at the next webhook what was heard: the phone tells that it listens.
  const heard = async (): Promise<number> =>
    engine === 'gather'
      ? caller.events.filter(({ kind }) => kind === 'listens').length
      : (await caller.session()).turns.filter(
          ({ role, text, heardText }) => role === 'agent' && heardText === text,
        ).length;
  return {
    model,
    caller,
    hears: (lines) => expect.poll(() => heard().catch(() => 0), { timeout: 30_000 }).toBe(lines),
    async says(text) {
      said.push(text);
      await caller.speaks(900, text);
    },
    lines: async () =>
      (await caller.session()).turns.flatMap(({ role, text }) => (role === 'agent' ? [text] : [])),
  };
}

const ENGINES: readonly Engine[] = ['cascade', 'relay', 'gather'];

describe.each(ENGINES)('a talk on the engine %s', (engine) => {
  it('goes on behind what the caller wanted to hear again', { timeout: 120_000 }, async () => {
    const dialogue = `
intro: {say: "Hello."}
inbound:
  talk: Answer questions about the menu.
  until: [{when: is done, hangup: "Goodbye."}]
anytime: [{when: asks to repeat, like: [say that again], repeat: true}]
`;
    const { model, caller, hears, says, lines } = await call(engine, dialogue, (last) => {
      if (last.includes('again')) return { calls: [{ name: 'exit_a0', input: {} }] };
      if (last.includes('all')) return { calls: [{ name: 'exit_s0', input: {} }] };
      return { words: last.includes('price') ? 'It is two.' : 'We have soup.' };
    });
    await hears(1);
    for (const [index, text] of ['what is there today', 'say that again', 'and the price'].entries()) {
      await says(text);
      await hears(index + 2);
    }
    await says('that was all');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(await lines()).toEqual(['Hello.', 'We have soup.', 'We have soup.', 'It is two.', 'Goodbye.']);
    expect(model.errors).toEqual([]);
  });

  it('ends by itself when the answer to its last turn was heard', { timeout: 120_000 }, async () => {
    const dialogue = `
intro: {say: "Hello."}
inbound:
  - {talk: Answer one question about the menu., turns: 1}
  - hangup: "That was your question."
`;
    const { model, caller, hears, says, lines } = await call(engine, dialogue, () => ({
      words: 'We have soup.',
    }));
    await hears(1);
    await says('what is there today');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
    expect(await lines()).toEqual(['Hello.', 'We have soup.', 'That was your question.']);
    expect(model.errors).toEqual([]);
  });
});
