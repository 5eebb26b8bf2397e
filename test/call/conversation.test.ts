import { describe, expect, it } from 'vitest';
import { factsOf } from '../../runtime/call/facts.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import type { State } from '../../runtime/dialogue/state.ts';
import type { Context } from '../../runtime/understand/understand.ts';
import { programOf } from '../support/engine-driver.ts';
import { meant, SESSION, setUp, type SetUp } from '../support/paper-call.ts';

describe('one call', () => {
  it('writes every event and the state after it before anything is done for it', async () => {
    const call = setUp({ store: 'slow' });
    call.conversation.begin();
    await call.tick(999);
    expect(call.log).toEqual([]);
    await call.tick(1);
    expect(call.log).toEqual([
      'write call-started',
      'say u1 Pizza.',
      'say u2 Order or hours?',
      'listen e1',
      'settled',
    ]);
    expect(call.steps[0]).toMatchObject({
      session: 's1',
      entry: { sequence: 1, event: { kind: 'call-started' }, state: { phase: 'running' } },
      patch: { status: 'in-progress', startedAt: call.clock.now() - 1000 },
      turns: [
        { index: 0, role: 'agent', text: 'Pizza.', heardText: null },
        { index: 1, role: 'agent', text: 'Order or hours?', state: 'ask', heardText: null },
      ],
    });
  });

  it('goes on when the store fails', async () => {
    const call = setUp({ store: 'broken' });
    call.conversation.begin();
    await call.tick();
    expect(call.log).toContain('say u2 Order or hours?');
  });

  it('keeps what was heard of an interrupted line, and the rest out of the transcript', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'started', utterance: 'u1', latencyMs: null });
    call.paper.on({ kind: 'heard', utterance: 'u1' });
    call.paper.on({ kind: 'interrupted', utterance: 'u2', heardText: 'Order' });
    await call.tick(250);
    expect(call.turns).toMatchObject([
      { index: 0, text: 'Pizza.', heardText: 'Pizza.', interrupted: false },
      { index: 1, text: 'Order or hours?', heardText: 'Order', interrupted: true },
    ]);
  });

  it('runs a tool, tells the caller, hangs up and is over when the line is', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.log.length = 0;
    call.paper.on({ kind: 'spoke', text: 'order', answered: false });
    await call.tick();
    expect(call.log).toEqual([
      'write caller-spoke',
      'settled',
      'write tool-returned',
      'say u3 In 20 minutes.',
      'hang up',
      'settled',
    ]);
    expect(call.steps.at(-1)).toMatchObject({
      patch: { endReason: 'agent-hung-up' },
      toolCalls: [{ id: 't1', name: 'place', output: { minutes: 20 }, error: null, durationMs: 0 }],
    });
    call.paper.on({ kind: 'closed', reason: 'closed' });
    await call.tick();
    expect(call.steps.at(-1)?.patch).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
    expect(call.ended).toEqual(['agent-hung-up']);
    expect(call.clock.waiting).toBe(0);
  });

  it('cancels the tool that is running when the caller hangs up', async () => {
    const signals: AbortSignal[] = [];
    const call = setUp({
      tool: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'order', answered: false });
    await call.tick();
    call.paper.on({ kind: 'closed', reason: 'stop' });
    await call.tick();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    expect(call.ended).toEqual(['caller-hung-up']);
  });

  it('counts silence only while it is quiet', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'quiet', quiet: false });
    await call.tick(60_000);
    expect(call.log).not.toContain('write time-passed');
    call.paper.on({ kind: 'quiet', quiet: true });
    await call.tick(6_999);
    expect(call.log).not.toContain('write time-passed');
    await call.tick(1);
    expect(call.log).toContain('say u3 Are you still there?');
  });

  it('ends at the limit of its duration with a spoken line', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'quiet', quiet: false });
    await call.tick(1_800_000);
    expect(call.log).toContain('say u3 I am sorry, I have to end our call here. Goodbye.');
    expect(call.log).toContain('hang up');
  });

  it('closes the line when the goodbye is not heard within half a minute', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.conversation.drain();
    await call.tick(29_999);
    expect(call.log).not.toContain('close');
    await call.tick(1);
    expect(call.log).toContain('close');
    expect(call.ended).toEqual(['drained']);
  });

  it('hears out a long goodbye', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.remaining = 40_000;
    call.conversation.drain();
    await call.tick(59_999);
    expect(call.log).not.toContain('close');
    call.paper.remaining = 0;
    await call.tick(1);
    expect(call.log).toContain('close');
  });

  it('performs nothing more when the line has gone while a step was being written', async () => {
    const call = setUp({ store: 'slow' });
    call.conversation.begin();
    await call.tick(500);
    call.paper.on({ kind: 'closed', reason: 'stop' });
    await call.tick(5_000);
    expect(call.log.filter((line) => line.startsWith('say'))).toEqual([]);
    expect(call.steps.at(-1)?.turns).toMatchObject([
      { text: 'Pizza.', interrupted: true, heardText: '' },
      { text: 'Order or hours?', interrupted: true, heardText: '' },
    ]);
    expect(call.clock.waiting).toBe(0);
  });

  it('is told goodbye when something of ours breaks', async () => {
    const call = setUp({ understand: 'broken' });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'order', answered: false });
    await call.tick();
    expect(call.log.slice(-2)).toEqual([
      'say fault I am sorry, something went wrong on our side. Please call again later. Goodbye.',
      'hang up',
    ]);
    call.paper.on({ kind: 'closed', reason: 'closed' });
    await call.tick();
    expect(call.steps.at(-1)?.patch).toMatchObject({ status: 'completed', endReason: 'error' });
  });

  it('says no filler over a caller who goes on', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'caller-finished', startedAt: 0 });
    await call.tick(500);
    call.paper.on({ kind: 'caller-began' });
    await call.tick(3_000);
    expect(call.log).not.toContain('say u3 One moment, please.');
  });

  it('leaves the session open when the line breaks without a word', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'closed', reason: 'broken' });
    await call.tick();
    expect(call.ended).toEqual([null]);
    expect(call.steps.at(-1)?.entry.event).toMatchObject({ kind: 'call-started' });
    const resumed = setUp({ state: call.steps.at(-1)!.entry.state as unknown as State });
    resumed.conversation.begin();
    await resumed.tick();
    expect(resumed.log).toEqual(['write line-resumed', 'say u3 Order or hours?', 'listen e2', 'settled']);
  });
});

describe('what was meant', () => {
  it('is asked of the model only where the rules cannot tell', async () => {
    const call = setUp({ thinks: true });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'hours', answered: false });
    await call.tick();
    expect(call.paper.judged).toEqual([]);
    expect(call.log).toContain('say u3 Nine to five.');
    call.paper.on({ kind: 'spoke', text: 'I fancy something with cheese', answered: false });
    await call.tick();
    call.paper.judging[0]!(meant('s0', 'model'));
    await call.tick();
    expect(call.log).toContain('say u5 In 20 minutes.');
  });

  it('is unclear when the model does not answer within two and a half seconds', async () => {
    const call = setUp({ thinks: true });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'mumble', answered: false });
    await call.tick(2_499);
    expect(call.log).not.toContain('say u3 Sorry, I did not understand that.');
    await call.tick(1);
    expect(call.paper.aborted).toBe(1);
    expect(call.log).toContain('say u3 Sorry, I did not understand that.');
  });

  it('is judged by all that was said when the caller goes on', async () => {
    const call = setUp({ thinks: true });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'well I would', answered: false });
    await call.tick(500);
    call.paper.on({ kind: 'spoke', text: 'like to eat', answered: false });
    await call.tick();
    expect(call.paper.judged).toEqual(['well I would', 'well I would like to eat']);
    call.paper.judging[1]!(meant('s0', 'model'));
    await call.tick();
    const heard = call.steps.flatMap((step) => step.turns).filter((turn) => turn.role === 'caller');
    expect(heard.map((turn) => turn.text)).toEqual(['well I would like to eat']);
  });

  it('keeps a caller’s turn in its place though its words come late', async () => {
    const call = setUp();
    call.conversation.begin();
    await call.tick();
    const startedAt = call.clock.now();
    call.paper.on({ kind: 'caller-finished', startedAt });
    call.paper.on({ kind: 'model-says', utterance: 'item_1', text: 'Sure', complete: false });
    call.paper.on({ kind: 'spoke', text: 'soup please', answered: true });
    await call.tick();
    const caller = call.steps.flatMap((step) => step.turns).find((turn) => turn.role === 'caller');
    expect(caller).toMatchObject({ index: 2, startedAt, text: 'soup please' });
    const agent = call.live
      .filter((event) => event.kind === 'turn')
      .find((event) => event.turn.text === 'Sure');
    expect(agent).toMatchObject({ turn: { index: 3 } });
  });
});

describe('what else a dialogue orders', () => {
  const begun = async (yaml: string, more: Parameters<typeof setUp>[0] = {}): Promise<SetUp> => {
    const call = setUp({ ...more, program: programOf(yaml) });
    call.conversation.begin();
    await call.tick();
    return call;
  };

  it('is played and pressed in its turn, and stands in the transcript', async () => {
    const call = await begun(`
inbound: all
states:
  all:
    - say: Hello.
    - play: sounds/jingle.wav
    - press: "1w2#"
    - ask: "Yes?"
      answers: [{when: agrees, like: ["yes"], hangup: Bye.}]
`);
    expect(call.log.filter((line) => /^(say|play|press)/.test(line))).toEqual([
      'say u1 Hello.',
      'play u2 [jingle.wav]',
      'press u3 1w2# [keys 1 w 2 #]',
      'say u4 Yes?',
    ]);
    expect(call.steps[0]?.turns.map((turn) => turn.text)).toEqual([
      'Hello.',
      '[jingle.wav]',
      '[keys 1 w 2 #]',
      'Yes?',
    ]);
    call.paper.on({ kind: 'interrupted', utterance: 'u2', heardText: '[jingle.wav]' });
    await call.tick(250);
    expect(call.turns).toMatchObject([{ index: 1, interrupted: true, heardText: '[jingle.wav]' }]);
  });

  const REMEMBER = `
inbound: all
states:
  all:
    - remember: {user.party: "4", user.name: "'Ana'"}
      for: 2d
    - say: [One., Two.]
    - ask: "{{ user.name }}?"
      answers: [{when: agrees, like: ["yes"], hangup: Bye.}]
`;

  it('is remembered of the person with its step, and which variants were heard with the last one', async () => {
    const call = await begun(REMEMBER);
    const until = call.clock.now() + 172_800_000;
    expect(call.steps[0]?.memories).toEqual([
      { name: 'party', value: 4, expiresAt: until },
      { name: 'name', value: 'Ana', expiresAt: until },
    ]);
    call.paper.on({ kind: 'spoke', text: 'yes', answered: false });
    await call.tick();
    call.paper.on({ kind: 'closed', reason: 'closed' });
    await call.tick();
    const [, answered, closed] = call.steps;
    expect(answered?.memories).toEqual([
      {
        name: ':used:test',
        value: { 'test:states/all:1': expect.any(Number) },
        expiresAt: call.clock.now() + 180 * 86_400_000,
      },
    ]);
    expect(closed?.memories).toEqual([]);
    const values = { ':used:test': answered!.memories[0]!.value };
    const person = { id: 'u1', name: null, paired: false, anonymous: true, values };
    const facts = factsOf(SESSION, 0, {}, null, null, { person, device: null });
    expect(facts.used).toEqual(answered!.memories[0]!.value);
  });

  it('keeps the slots of the dialogue in the session’s row, as they change', async () => {
    const call = await begun(
      `
slots: {party: {type: integer, ask: "How many?"}, day: {type: text, ask: "Which day?"}}
inbound: all
states: {all: [{collect: [party, day]}, {hangup: Bye.}]}
`,
      { slots: { four: { party: 4 }, monday: { day: 'monday' } } },
    );
    expect(call.steps.map((step) => step.patch?.slots)).toEqual([undefined]);
    call.paper.on({ kind: 'spoke', text: 'four', answered: false });
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'monday', answered: false });
    await call.tick();
    expect(call.steps.at(1)?.patch).toEqual({ slots: { party: 4 } });
    expect(call.steps.at(2)?.patch).toEqual({
      slots: { party: 4, day: 'monday' },
      endReason: 'agent-hung-up',
    });
  });

  const TRANSFER = `
inbound: all
states:
  all:
    - say: I will join you with the manager.
    - transfer: manager
      failed: [{hangup: Nobody is there.}]
`;

  it('gives the caller to somebody else once all was heard, and the session goes on', async () => {
    const call = await begun(TRANSFER);
    expect(call.log.slice(-3)).toEqual(['say u1 I will join you with the manager.', 'hang up', 'settled']);
    expect(call.conversation.transferring).toBe(true);
    expect(call.steps.at(-1)?.entry.state).toMatchObject({
      phase: 'transferring',
      transfer: { to: '+14155550199' },
    });
    call.paper.on({ kind: 'closed', reason: 'closed' });
    await call.tick();
    expect(call.ended).toEqual([null]);
    expect(call.steps).toHaveLength(1);
    expect(call.live.some((event) => event.kind === 'ended')).toBe(false);
    expect(call.clock.waiting).toBe(0);
  });

  it('goes on with the dialogue when the transfer did not come about', async () => {
    const away = await begun(TRANSFER);
    const state = away.steps.at(-1)!.entry.state as unknown as State;
    const call = setUp({ program: programOf(TRANSFER), state });
    call.conversation.begin('busy');
    await call.tick();
    expect(call.log).toEqual(['write transfer-failed', 'say u2 Nobody is there.', 'hang up', 'settled']);
    expect(call.steps[0]?.entry.event).toMatchObject({ kind: 'transfer-failed', reason: 'busy' });
  });

  it('orders a call back, once it is written', async () => {
    const call = await begun(`
inbound: all
states: {all: [{callback: "'PT1H'"}, {hangup: Bye.}]}
`);
    expect(call.callBacks).toEqual([{ id: 'c1', at: call.clock.now() + 3_600_000 }]);
  });

  it('leaves its message with a machine', async () => {
    const call = await begun(`
inbound: all
states: {all: [{ask: "Yes?", answers: [{when: agrees, like: ["yes"], hangup: Bye.}]}]}
voicemail: {hangup: Please call us back.}
`);
    call.conversation.machineAnswered();
    await call.tick();
    expect(call.log.slice(-3)).toEqual(['say u2 Please call us back.', 'hang up', 'settled']);
    call.paper.on({ kind: 'closed', reason: 'closed' });
    await call.tick();
    expect(call.ended).toEqual(['machine']);
  });

  it('ends for the reason that is known elsewhere, where the dialogue gave none', async () => {
    const call = await begun(REMEMBER);
    call.conversation.close('machine');
    await call.tick();
    expect(call.ended).toEqual(['machine']);
  });

  it('only waits: it is not the turn of a caller who types ahead', async () => {
    const call = await begun(`
inbound: all
states:
  all:
    - wait: 2s
    - ask: "Yes?"
      answers: [{when: agrees, like: ["yes"], hangup: Bye.}]
`);
    await call.tick(1_999);
    expect(new Set(call.paper.turns)).toEqual(new Set([false]));
    await call.tick(1);
    expect(call.paper.turns.at(-1)).toBe(true);
  });

  it('lets a tool finish behind the call, and writes down what it gave', async () => {
    const signals: AbortSignal[] = [];
    const holder: { answer?: (output: Value) => void } = {};
    const call = await begun(
      `
tools: {place: {about: Places an order, http: {url: "http://localhost/"}, finish: true}}
inbound: all
states: {all: [{do: place}, {hangup: Bye.}]}
`,
      {
        tool: ({ signal }) => {
          signals.push(signal);
          return new Promise((resolve) => (holder.answer = resolve));
        },
      },
    );
    call.paper.on({ kind: 'closed', reason: 'stop' });
    await call.tick();
    expect(call.ended).toEqual(['caller-hung-up']);
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    holder.answer?.({ minutes: 20 });
    await call.tick();
    expect(call.steps.at(-1)?.toolCalls).toMatchObject([{ name: 'place', output: { minutes: 20 } }]);
  });
});

describe('a model beside the line', () => {
  it('is asked with the turns before, and where the caller goes on, with all that was said', async () => {
    const asked: { text: string; context: Context; aborted: boolean }[] = [];
    const call = setUp({
      model: (_expectation, text, context, signal) =>
        new Promise((resolve) => {
          const one = { text, context, aborted: false };
          asked.push(one);
          signal.addEventListener('abort', () => {
            one.aborted = true;
            resolve(null);
          });
        }),
    });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'something with', answered: false });
    await call.tick();
    expect(asked).toMatchObject([
      {
        text: 'something with',
        context: {
          persona: null,
          recent: [
            { role: 'agent', text: 'Pizza.' },
            { role: 'agent', text: 'Order or hours?' },
          ],
        },
      },
    ]);
    call.paper.on({ kind: 'caller-began' });
    call.paper.on({ kind: 'spoke', text: 'cheese', answered: false });
    await call.tick();
    expect(asked.map(({ text, aborted }) => [text, aborted])).toEqual([
      ['something with', true],
      ['something with cheese', false],
    ]);
  });
});
