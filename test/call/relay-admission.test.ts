import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../runtime/call/answers.ts';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import type { WordLine } from '../../runtime/line/line.ts';
import { CALL_SID, openExchange, type Exchange } from '../support/switchboard.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const DIALOGUE = `
slots:
  dish: {type: choice, of: [soup, salad], ask: "Which dish?"}
  name: {type: name, ask: "Your name?", hints: [Verde, soup]}
inbound:
  - collect: [dish, name]
  - {hangup: "Bye."}
`;
const open = async (app: Partial<AppFacts> = {}): Promise<Exchange> =>
  (exchange = await openExchange(DIALOGUE, { engine: 'relay', ...app }));

function relayIn(answer: Answer): Extract<Answer, { kind: 'relay' }> {
  if (answer.kind !== 'relay') throw new Error(`There is no relay session in ${JSON.stringify(answer)}.`);
  return answer;
}

describe('a call on the engine relay', () => {
  it('is told to open a relay session, with whom the app chose and all that a recogniser should expect', async () => {
    const { call } = await open({
      locale: 'cs-CZ',
      speech: 'deepgram/nova-3-general',
      voice: { use: 'google/cs-CZ-Wavenet-A', model: null },
    });
    const { session, parameters, settings } = relayIn(await call());
    expect(parameters).toMatchObject({ appKey: 'test', locale: 'cs-CZ' });
    expect(parameters.token).toMatch(/^[\w-]{32}$/);
    expect(settings).toMatchObject({
      locale: 'cs-CZ',
      voice: { provider: 'google', name: 'cs-CZ-Wavenet-A' },
      speech: { provider: 'deepgram', name: 'nova-3-general' },
      hints: ['soup', 'salad', 'Verde'],
    });
    expect(session).toBe((await exchange.session()).id);
  });

  it('leaves to the line what nobody chose', async () => {
    const { call } = await open();
    expect(relayIn(await call()).settings).toMatchObject({ voice: null, speech: null });
  });

  it('is taken back by another relay session, and by a stream where another engine has taken it over', async () => {
    const { call, store, switchboard } = await open({
      fallback: [{ engine: 'embedded', speech: null, model: null, voice: null }],
    });
    const { session } = relayIn(await call());
    const again = relayIn(await switchboard.next(session, CALL_SID));
    expect(again.session).toBe(session);
    await store.patchSession(session, { engine: 'embedded', crew: 1 });
    expect((await switchboard.next(session, CALL_SID)).kind).toBe('stream');
  });

  it('refuses a session without a token of it, and one whose token is a stream’s', async () => {
    const { call, switchboard, pass, store } = await open();
    const { session, parameters } = relayIn(await call());
    const refused = async (start: Readonly<Record<string, string>>): Promise<string[]> => {
      const told: string[] = [];
      const line: WordLine = {
        vendor: { vendor: 'v', model: 'm' },
        say: (text) => told.push(text),
        play: () => undefined,
        press: () => undefined,
        switchTo: () => undefined,
        end: (handOver) => told.push(handOver),
      };
      switchboard.connectWords(line, { callSid: CALL_SID, accountSid: 'AC1', parameters: start });
      await pass();
      return told;
    };
    expect(await refused({})).toEqual(['{"reason":"refused"}']);
    expect(await refused({ token: 'wrong' })).toEqual(['{"reason":"refused"}']);
    await store.patchSession(session, { engine: 'embedded' });
    expect(await refused(parameters)).toEqual(['{"reason":"refused"}']);
  });
});
