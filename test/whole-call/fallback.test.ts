/** A call goes on, at the same step and with all that it knows, when what carries it is lost. */
import { afterEach, describe, expect, it } from 'vitest';
import { startCartesia } from '../support/cartesia.ts';
import { startDeepgram } from '../support/deepgram.ts';
import { openHouse, type Caller, type House, type SessionView } from '../support/house.ts';

const APP = `
public: true
engine: realtime
fallback:
  - {engine: cascade, speech: deepgram/flux-general-en, voice: cartesia/ana}
  - gather
`;
const DIALOGUE = `
slots:
  party: {type: integer, min: 1, max: 12, ask: "For how many people?"}
  place: {type: choice, of: {inside: [inside], outside: [outside]}, ask: "Inside or outside?"}
  name: {type: name, ask: "In what name?"}
intro: {say: "Desk."}
inbound:
  - collect: [party, place, name]
  - hangup: "A table for {{ party }}, {{ place }}, for {{ name }}. Goodbye."
`;

const close: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of close.splice(0)) await one();
});

/** A house whose three engines hear the same caller. */
async function openDesk(): Promise<{
  house: House;
  kill: { realtime(): void; cascade(): void };
  say(caller: Caller, text: string): Promise<void>;
}> {
  const said: string[] = [];
  let deepgramRefuses = false;
  const ears = await startDeepgram({
    heard: () => said.shift() ?? '',
    refuse: () => (deepgramRefuses ? 503 : null),
  });
  const voices = await startCartesia();
  const house = await openHouse(
    { 'desk.app.yaml': APP, 'desk.dialogue.yaml': DIALOGUE },
    {
      openai: { heard: () => said.shift() ?? null },
      env: {
        DEEPGRAM_API_KEY: ears.apiKey,
        DEEPGRAM_BASE_URL: ears.baseUrl,
        CARTESIA_API_KEY: voices.apiKey,
        CARTESIA_BASE_URL: voices.baseUrl,
      },
    },
  );
  close.push(
    () => house.close(),
    () => ears.close(),
    () => voices.close(),
  );
  return {
    house,
    kill: {
      realtime() {
        house.openai!.script.refuse = () => 503;
        for (const session of house.openai!.sessions) session.die();
      },
      cascade() {
        deepgramRefuses = true;
        for (const session of ears.sessions) session.die();
      },
    },
    async say(caller, text) {
      said.push(text);
      await caller.speaks(700, text);
    },
  };
}

const asked =
  (text: string, times = 1) =>
  ({ turns }: SessionView) =>
    turns.filter((turn) => turn.role === 'agent' && turn.text.startsWith(text)).length >= times;

const LIMIT_MS = 20_000;

describe('a call on the realtime engine', () => {
  it(
    'whose vendor dies at its third turn finishes on the cascade, with its slots',
    { timeout: 90_000 },
    async () => {
      const { house, kill, say } = await openDesk();
      const caller = house.caller().dial('/initiations/call/desk');
      await caller.hears('For how many people?');
      await say(caller, 'four');
      await caller.hears('Inside or outside?');
      await say(caller, 'outside');
      await caller.hears('In what name?');
      kill.realtime();
      await caller.until(asked('In what name?', 2), LIMIT_MS);
      await caller.hears('In what name?');
      await caller.until(({ turns }) => turns.at(-1)?.heardText === 'In what name?', LIMIT_MS);
      await say(caller, 'Eva Novak');
      const session = await caller.until(({ status }) => status === 'completed', LIMIT_MS);
      expect(session).toMatchObject({
        engine: 'cascade',
        endReason: 'agent-hung-up',
        slots: { party: 4, place: 'outside', name: 'Eva Novak' },
      });
      expect(session.turns.at(-1)).toMatchObject({
        text: 'A table for 4, outside, for Eva Novak. Goodbye.',
        heardText: 'A table for 4, outside, for Eva Novak. Goodbye.',
      });
      expect(await caller.over).toMatchObject({ reason: 'ended' });
      expect(
        (await (await house.request('/metrics')).text()).match(/^offhook_hand_overs_total.*$/gm),
      ).toEqual(['offhook_hand_overs_total{from="realtime",to="cascade"} 1']);
    },
  );

  it('whose every vendor dies finishes on gather, with its slots', { timeout: 90_000 }, async () => {
    const { house, kill, say } = await openDesk();
    const caller = house.caller().dial('/initiations/call/desk');
    await caller.hears('For how many people?');
    await say(caller, 'four');
    await caller.hears('Inside or outside?');
    kill.realtime();
    await caller.until(asked('Inside or outside?', 2), LIMIT_MS);
    await caller.until(({ turns }) => turns.at(-1)?.heardText === 'Inside or outside?', LIMIT_MS);
    await say(caller, 'outside');
    await caller.until(asked('In what name?'), LIMIT_MS);
    kill.cascade();
    await expect
      .poll(() => caller.events.some(({ kind }) => kind === 'listens'), { timeout: LIMIT_MS })
      .toBe(true);
    await caller.speaks(700, 'Eva Novak');
    const session = await caller.until(({ status }) => status === 'completed', LIMIT_MS);
    expect(session).toMatchObject({
      engine: 'gather',
      endReason: 'agent-hung-up',
      slots: { party: 4, place: 'outside', name: 'Eva Novak' },
    });
    expect(session.turns.at(-1)!.text).toBe('A table for 4, outside, for Eva Novak. Goodbye.');
    expect(await caller.over).toMatchObject({ reason: 'ended' });
  });

  it('whose vendor cannot be reached at all is answered by the next one', { timeout: 90_000 }, async () => {
    const { house, say } = await openDesk();
    house.openai!.script.refuse = () => 401;
    const caller = house.caller().dial('/initiations/call/desk');
    await caller.until(asked('For how many people?'), LIMIT_MS);
    await caller.until(
      ({ turns, engine }) => engine === 'cascade' && turns.at(-1)?.heardText === 'For how many people?',
      LIMIT_MS,
    );
    await say(caller, 'four');
    await caller.until(asked('Inside or outside?'), LIMIT_MS);
    caller.phone.hangUp();
    expect((await caller.until(({ status }) => status === 'completed')).endReason).toBe('caller-hung-up');
  });
});
