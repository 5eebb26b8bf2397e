/** What the caller says, and what is made of it outside of a talk. */
import { describe, expect, it, test } from 'vitest';
import { SILENCE } from '../../../runtime/audio.ts';
import { expecting } from '../../support/expectation.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import type { Reply, Request } from '../../support/gemini-live.ts';
import { frames, openEars, readyEars, sentence, settle, silence, speaking, talk, until } from './support.ts';

const choices = expecting([
  { id: 'yes', when: 'agrees' },
  { id: 'no', when: 'does not' },
]);
const judging =
  (answer: unknown) =>
  ({ functions }: Request): Reply =>
    functions.includes('heard') ? { calls: [{ name: 'heard', args: answer }] } : { say: 'Of course.' };
const signal = (): AbortSignal => new AbortController().signal;

describe('an utterance', () => {
  it('begins, stops and has its words, in this order', async () => {
    const ears = await readyEars({ heard: () => 'a table for two' });
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(ears.kinds()).toEqual([
      'ready',
      'caller-started',
      'caller-stopped',
      'caller-words',
      'used',
      'caller-said',
    ]);
    expect(ears.of('caller-said')[0]!.text).toBe('a table for two');
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('has its words so far told as they come, however they are cut', async () => {
    const fragments = [' a ta', 'ble for', ' two', ' '];
    const ears = await readyEars({ heard: () => ({ text: 'a table for two', fragments, delayMs: 3 }) });
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(ears.of('caller-words').map(({ text }) => text)).toEqual([
      'a ta',
      'a table for',
      'a table for two',
      'a table for two',
    ]);
    expect(ears.of('caller-said')[0]!.text).toBe('a table for two');
  });

  it('has words that come after the model has dealt with it', async () => {
    const ears = await readyEars({ heard: () => ({ text: 'late words', delayMs: 90 }), playbackMs: 0 });
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(ears.of('caller-said')[0]!.text).toBe('late words');
  });

  it('is empty where only noise was heard, and soon so', async () => {
    const ears = await readyEars({ heard: () => '' });
    ears.hear(sentence());
    const begun = performance.now();
    await until(() => ears.of('caller-said').length === 1, 'the end');
    expect(ears.of('caller-said')[0]!.text).toBe('');
    expect(ears.of('caller-words')).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('goes on without its words where they never come', async () => {
    const clock = new FakeClock();
    const ears = await openEars({ heard: () => '', reply: () => ({ hangs: true }) }, { clock });
    await until(() => ears.of('ready').length === 1, 'the session');
    ears.hear(sentence());
    await settle();
    expect(ears.of('caller-said')).toEqual([]);
    await clock.advanceAsync(2_400);
    expect(ears.of('caller-said')).toEqual([]);
    await clock.advanceAsync(100);
    expect(ears.of('caller-said')).toEqual([{ kind: 'caller-said', text: '' }]);
  });

  it('comes before the next one, whose words are its own', async () => {
    const texts = ['first', 'second'];
    const ears = await readyEars({ heard: ({ index }) => texts[index]! });
    ears.hear(sentence());
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 2, 'both');
    expect(ears.of('caller-said').map(({ text }) => text)).toEqual(['first', 'second']);
  });

  it('goes on over a pause that is shorter than the patience with it', async () => {
    const ears = await readyEars();
    const pausing = Buffer.concat([silence(100), speaking(300), silence(450), speaking(300), silence(1_000)]);
    ears.speech.expect(null, 'normal');
    ears.hear(pausing);
    await until(() => ears.of('caller-said').length === 1, 'one utterance');
    ears.speech.expect(null, 'quick');
    ears.hear(pausing);
    await until(() => ears.of('caller-said').length === 3, 'two utterances');
    ears.speech.expect(null, 'patient');
    ears.hear(Buffer.concat([speaking(300), silence(900), speaking(300)]));
    await settle();
    expect(ears.of('caller-started')).toHaveLength(4);
    expect(ears.of('caller-stopped')).toHaveLength(3);
    ears.hear(silence(1_500));
    await until(() => ears.of('caller-said').length === 4, 'the patient one');
  });

  it('ends where the line stops sending in the middle of a word', async () => {
    const clock = new FakeClock();
    const ears = await openEars({ heard: () => 'half a wo' }, { clock });
    await until(() => ears.of('ready').length === 1, 'the session');
    ears.hear(Buffer.concat([silence(100), speaking(300)]));
    await clock.advanceAsync(1_000);
    expect(ears.of('caller-stopped')).toHaveLength(0);
    await clock.advanceAsync(1_000);
    expect(ears.of('caller-stopped')).toHaveLength(1);
    await until(() => ears.vendor.sessions[0]!.activities.length === 1, 'the end of the activity');
    await settle();
    await clock.advanceAsync(200);
    expect(ears.of('caller-said')).toEqual([{ kind: 'caller-said', text: 'half a wo' }]);
  });

  it('has its beginning, from before it was taken for speech, and no silence but the pause behind it', async () => {
    const ears = await readyEars();
    ears.hear(Buffer.concat([silence(2_000), speaking(500), silence(3_000)]));
    await until(() => ears.of('caller-said').length === 1, 'the words');
    const [samples] = ears.vendor.sessions[0]!.activities;
    const isLoud = (sample: number): boolean => Math.abs(sample) > 1_000;
    const first = samples!.findIndex(isLoud) / 16;
    const last = samples!.findLastIndex(isLoud) / 16;
    expect(Math.round(last - first)).toBeGreaterThan(490);
    expect(first).toBeGreaterThan(100);
    expect(first).toBeLessThan(420);
    expect(samples!.length / 16 - last).toBeLessThan(760);
  });

  it('is kept while the session is being set up', async () => {
    const ears = await openEars({ setupMs: 150, heard: () => 'early bird' });
    ears.hear(sentence());
    expect(ears.kinds()).toEqual(['caller-started', 'caller-stopped']);
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(ears.kinds()[2]).toBe('ready');
    expect(ears.of('caller-said')[0]!.text).toBe('early bird');
    expect(ears.vendor.problems()).toEqual([]);
  });
});

test('a tone survives the way up: 300 Hz of mu-law are 300 Hz at 16 kHz, as loud as before', async () => {
  const ears = await readyEars();
  const tone = speaking(1_000, 300);
  ears.hear(Buffer.concat([silence(100), tone, silence(800)]));
  await until(() => ears.of('caller-said').length === 1, 'the words');
  const samples = ears.vendor.sessions[0]!.activities[0]!;
  const power = (hz: number): number => {
    let [real, imaginary] = [0, 0];
    for (const [i, sample] of samples.entries()) {
      real += sample * Math.cos((2 * Math.PI * hz * i) / 16_000);
      imaginary += sample * Math.sin((2 * Math.PI * hz * i) / 16_000);
    }
    return (2 * Math.hypot(real, imaginary)) / 16_000;
  };
  // Over one second of it: its mean level, and the image at 7.7 kHz that must not be there.
  expect(power(300)).toBeGreaterThan(5_800);
  expect(power(300)).toBeLessThan(6_200);
  expect(power(7_700)).toBeLessThan(5);
});

describe('a judgement', () => {
  it('is what the model made of what it heard, by the call that it makes instead of an answer', async () => {
    const ears = await readyEars({
      reply: judging({ choice: 'yes', confidence: 0.9 }),
      heard: () => 'oh yes',
    });
    ears.speech.expect(choices, 'normal');
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(await ears.speech.judge(choices, 'oh yes', signal())).toEqual({
      choice: 'yes',
      slots: {},
      unsure: [],
      confidence: 0.9,
      by: 'model',
    });
    expect(ears.vendor.received('toolResponse')).toEqual([
      {
        toolResponse: {
          functionResponses: [
            { id: 'call_0_1', name: 'heard', response: { output: 'noted' }, scheduling: 'SILENT' },
          ],
        },
      },
    ]);
    expect(ears.of('audio')).toEqual([]);
    expect(ears.of('model-called')).toEqual([]);
  });

  it('may be asked for before the model has answered', async () => {
    const reply = judging({ choice: 'no', confidence: 1 });
    const ears = await readyEars({
      reply: (request) => ({ ...reply(request), thinkMs: 300 }),
      heard: () => 'no',
    });
    ears.speech.expect(choices, 'normal');
    ears.hear(sentence());
    await until(() => ears.of('caller-words').length === 1, 'the words so far');
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(await ears.speech.judge(choices, 'no', signal())).toMatchObject({ choice: 'no' });
  });

  it('of more than the last utterance is asked for as a text', async () => {
    const ears = await readyEars({
      reply: judging({ choice: 'yes', confidence: 0.8 }),
      heard: () => 'please',
    });
    ears.speech.note({ role: 'agent', text: 'Shall I?' });
    ears.speech.expect(choices, 'normal');
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(await ears.speech.judge(choices, 'yes please', signal())).toMatchObject({ choice: 'yes' });
    expect(ears.vendor.received('clientContent').at(-1)).toEqual({
      clientContent: {
        turns: [
          {
            role: 'user',
            parts: [
              {
                text: '[Judge this, as if the caller had just said all of it: {"agent_said":"Shall I?","caller_said":"yes please"}]',
              },
            ],
          },
        ],
        turnComplete: true,
      },
    });
    expect(ears.vendor.problems()).toEqual([]);
  });

  it.each([
    ['speaks instead', (): Reply => ({ say: 'Certainly!' })],
    ['says nothing', (): Reply => ({})],
    ['answers with what was not offered', judging({ choice: 'maybe', confidence: 1 })],
    ['answers with something else', judging('yes')],
  ])('is none where the model %s', async (_, reply) => {
    const ears = await readyEars({ reply, heard: () => 'yes' });
    ears.speech.expect(choices, 'normal');
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(await ears.speech.judge(choices, 'yes', signal())).toBeNull();
    expect(ears.of('audio')).toEqual([]);
    expect(ears.of('words')).toEqual([]);
    expect(ears.of('failed')).toEqual([]);
  });

  it('is none where it is given up, or where nothing is expected', async () => {
    const ears = await readyEars({ reply: () => ({ hangs: true }), heard: () => 'yes' });
    ears.speech.expect(choices, 'normal');
    ears.hear(sentence());
    const abort = new AbortController();
    const asked = ears.speech.judge(choices, 'yes', abort.signal);
    abort.abort();
    expect(await asked).toBeNull();
    expect(await ears.speech.judge(choices, 'yes', abort.signal)).toBeNull();
    expect(await ears.speech.judge(expecting([]), 'yes', signal())).toBeNull();
  });

  it('that the caller has talked over is not taken for that of what they said then', async () => {
    const answers = ['yes', 'no'];
    const ears = await readyEars({
      reply: () => ({
        thinkMs: 400,
        calls: [{ name: 'heard', args: { choice: answers.shift(), confidence: 1 } }],
      }),
      heard: ({ index }) => ['yes', 'or rather no'][index]!,
    });
    ears.speech.expect(choices, 'normal');
    ears.hear(sentence());
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 2, 'the words');
    expect(await ears.speech.judge(choices, 'or rather no', signal())).toMatchObject({ choice: 'no' });
  });
});

test('a model that speaks while it should listen is not heard, and is told so before the next question', async () => {
  const ears = await readyEars({ reply: () => ({ say: 'I am here!' }), heard: () => 'hello' });
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length === 1, 'the words');
  await until(() => ears.of('used').length === 1, 'the end of the turn');
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length === 2, 'the words');
  expect(ears.vendor.received('clientContent')).toEqual([
    {
      clientContent: {
        turns: [{ role: 'user', parts: [{ text: '[Nobody has heard what you said last: I am here!]' }] }],
        turnComplete: false,
      },
    },
  ]);
  expect(ears.of('audio')).toEqual([]);
  expect(ears.of('audio-ended')).toEqual([]);
  expect(ears.of('first-token')).toEqual([]);
});

test('what is sensitive leaves the memory: a session that begins anew is told the rest', async () => {
  const texts = ['my code is 1234', 'thank you'];
  const ears = await readyEars({ heard: () => texts.shift()!, saves: true });
  ears.speech.note({ role: 'agent', text: 'What is your code?' });
  ears.speech.expect({ ...choices, sensitive: true }, 'normal');
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length === 1, 'the words');
  ears.speech.forget();
  ears.speech.expect(choices, 'normal');
  ears.speech.note({ role: 'agent', text: 'Thank you.' });
  await until(() => ears.vendor.sessions.length === 2, 'another session');
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length === 2, 'the words');
  const [, fresh] = ears.vendor.sessions;
  expect(fresh!.received[0]).toMatchObject({ setup: { sessionResumption: {} } });
  expect(JSON.stringify(fresh!.received)).not.toContain('1234');
  expect(fresh!.context.slice(0, 3).map(({ text }) => text)).toEqual([
    'What is your code?',
    'Thank you.',
    'thank you',
  ]);
  expect(ears.of('ready')).toHaveLength(1);
  expect(ears.of('failed')).toEqual([]);
  expect(ears.vendor.problems()).toEqual([]);
});

test('nothing is called back and nothing is left running after it was closed', async () => {
  const clock = new FakeClock();
  const ears = await openEars({}, { clock });
  await until(() => ears.of('ready').length === 1, 'the session');
  ears.speech.converse(talk({ answerNow: true }));
  ears.hear(sentence());
  ears.speech.close();
  const before = ears.events.length;
  for (const frame of frames(Buffer.alloc(1_600, SILENCE))) ears.speech.hear(frame);
  ears.speech.note({ role: 'agent', text: 'Hello?' });
  expect(await ears.speech.judge(choices, 'yes', signal())).toBeNull();
  await until(() => ears.vendor.open() === 0, 'the connection is gone');
  await clock.advanceAsync(60_000);
  expect(ears.events.length).toBe(before);
  expect(clock.waiting).toBe(0);
});
