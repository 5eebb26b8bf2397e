/** What the vendors of a call took, how fast they were, and what happens when they are lost. */
import { describe, expect, it } from 'vitest';
import { APP, programOf } from '../support/engine-driver.ts';
import { setUp } from '../support/paper-call.ts';

const PRICES = new Map([['openai/gpt-6-luna', { outputTextTokens: 1_000_000 }]]);
const dollars = (outputTextTokens: number) =>
  ({
    kind: 'used',
    usage: { vendor: 'openai', model: 'gpt-6-luna', amounts: { outputTextTokens } },
  }) as const;
const program = programOf('inbound: {ask: "Well?", answers: [{when: yes, like: ["yes"], hangup: "Bye."}]}', {
  ...APP,
  limits: { calls: null, durationMs: 600_000, cost: 3 },
});

describe('the cost of a call', () => {
  it('stands on the turn that it was used for, and on the session with the next step', async () => {
    const call = setUp({ program, prices: PRICES });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'caller-finished', startedAt: call.clock.now() });
    call.paper.on(dollars(1));
    call.paper.on({ kind: 'spoke', text: 'yes', answered: false });
    await call.tick();
    const used = [{ vendor: 'openai', model: 'gpt-6-luna', amounts: { outputTextTokens: 1 }, cost: 1 }];
    expect(call.steps.at(-1)).toMatchObject({
      turns: [
        { role: 'caller', text: 'yes', usage: used },
        { role: 'agent', text: 'Bye.', usage: [] },
      ],
      patch: { cost: 1, usage: used },
    });
    call.paper.on(dollars(1));
    await call.tick(250);
    expect(call.turns.at(-1)).toMatchObject({ text: 'Bye.', usage: used });
  });

  it('ends the call politely where it is more than the app allows, once', async () => {
    const call = setUp({ program, prices: PRICES });
    call.conversation.begin();
    await call.tick();
    call.paper.on(dollars(3));
    await call.tick();
    expect(call.log).not.toContain('hang up');
    call.paper.on(dollars(1));
    call.paper.on(dollars(1));
    await call.tick();
    const limits = call.steps.filter(
      ({ entry }) => (entry.event as { kind: string }).kind === 'limit-reached',
    );
    expect(limits.map(({ entry }) => entry.event)).toMatchObject([{ limit: 'cost' }]);
    expect(call.log).toContain('say u2 I am sorry, I have to end our call here. Goodbye.');
    expect(call.log).toContain('hang up');
  });

  it('ends nothing where no price is known', async () => {
    const call = setUp({ program });
    call.conversation.begin();
    await call.tick();
    call.paper.on(dollars(1_000_000));
    await call.tick();
    expect(call.log).not.toContain('hang up');
  });
});

describe('the time from the end of the caller’s speech to the answer', () => {
  it('is told part by part on the turn that answers', async () => {
    const call = setUp({ program });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'caller-finished', startedAt: call.clock.now() });
    await call.tick(40);
    call.paper.on({ kind: 'spoke', text: 'yes', answered: false });
    await call.tick();
    call.paper.on({ kind: 'started', utterance: 'u2', latencyMs: 90, firstTokenMs: 50, firstAudioMs: 80 });
    call.paper.on({ kind: 'heard', utterance: 'u2' });
    await call.tick(250);
    expect(call.turns.at(-1)).toMatchObject({
      text: 'Bye.',
      latencyMs: 90,
      timings: { meaning: 40, firstToken: 50, firstAudio: 80, firstFrame: 90 },
    });
  });
});

describe('a vendor that is lost for good', () => {
  it('leaves the call to the next crew, with its session open, where there is one', async () => {
    const codes: string[] = [];
    const call = setUp({
      program,
      handOver: (code) => {
        codes.push(code);
        return Promise.resolve(true);
      },
    });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'speech-failed', code: 'openai-closed' });
    await call.tick();
    expect(codes).toEqual(['openai-closed']);
    expect(call.log.at(-1)).toBe('close');
    expect(call.ended).toEqual([null]);
    expect(call.steps.map(({ entry }) => (entry.event as { kind: string }).kind)).toEqual(['call-started']);
  });

  it('is told to the dialogue where nobody is left', async () => {
    const call = setUp({ program });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'speech-failed', code: 'openai-closed' });
    await call.tick();
    expect(call.steps.at(-1)!.entry.event).toMatchObject({ kind: 'speech-failed', code: 'openai-closed' });
    expect(call.log).toContain('hang up');
  });

  it('is nobody’s business once the goodbye is being said', async () => {
    const call = setUp({ program, handOver: () => Promise.reject(new Error('nobody was asked')) });
    call.conversation.begin();
    await call.tick();
    call.paper.on({ kind: 'spoke', text: 'yes', answered: false });
    await call.tick();
    call.paper.on({ kind: 'speech-failed', code: 'openai-closed' });
    await call.tick();
    expect(call.log.filter((line) => line.startsWith('say'))).toEqual(['say u1 Well?', 'say u2 Bye.']);
  });
});
