/** What the model says in a talk, how it is interrupted, and the functions it calls. */
import { describe, expect, it, test } from 'vitest';
import { decodeMulaw } from '../../../runtime/audio.ts';
import { at, list, str, type Fields, type Reply, type Request } from '../../support/gemini-live.ts';
import { readyEars, sentence, settle, silence, speaking, talk, until, type Ears } from './support.ts';

const inTalk =
  (...replies: Reply[]) =>
  ({ functions }: Request): Reply =>
    functions.includes('heard') ? {} : (replies.shift() ?? { say: 'Yes.' });

const heardMs = (ears: Ears, item?: string): number =>
  ears
    .of('audio')
    .filter((event) => item === undefined || event.item === item)
    .reduce((sum, { payload }) => sum + Buffer.from(payload, 'base64').length / 8, 0);

const notes = (ears: Ears): string[] =>
  ears.vendor
    .received('clientContent')
    .flatMap((message) => list(at(message, 'clientContent', 'turns')))
    .flatMap(({ parts }) => list(parts).map(({ text }) => str(text)));

const responses = (ears: Ears): Fields[] =>
  ears.vendor
    .received('toolResponse')
    .flatMap((message) => list(at(message, 'toolResponse', 'functionResponses')));

describe('an answer', () => {
  it('is one item: its first sign, its words ahead of its sound, all of its sound, and its end once', async () => {
    const ears = await readyEars({
      reply: inTalk({ say: 'We have soup and pie.', ms: 1_000, thought: true }),
    });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 1, 'the end');
    await settle();
    const [first] = ears.of('audio');
    const ofItem = ears.events.filter((event) => 'item' in event && event.item === first!.item);
    expect(ofItem.at(-1)).toEqual({ kind: 'audio-ended', item: first!.item, text: 'We have soup and pie.' });
    expect(ears.of('words').at(-1)!.text).toBe('We have soup and pie.');
    expect(ears.of('first-token')).toHaveLength(1);
    expect(ears.kinds().indexOf('first-token')).toBeLessThan(ears.kinds().indexOf('audio'));
    // The filter's own delay of a few milliseconds comes with the end.
    expect(Math.round(heardMs(ears))).toBeGreaterThanOrEqual(1_000);
    expect(heardMs(ears)).toBeLessThan(1_005);
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('keeps its tone and its level on the way down, without a seam between its pieces', async () => {
    const ears = await readyEars({ reply: inTalk({ say: 'Hm.', ms: 1_000 }), chunkMs: 37 });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 1, 'the end');
    const samples = decodeMulaw(
      Buffer.concat(ears.of('audio').map(({ payload }) => Buffer.from(payload, 'base64'))),
    );
    const late = 54 / 24_000;
    let [signal, error] = [0, 0];
    for (let i = 200; i < 7_800; i++) {
      const wanted = 9_000 * Math.sin(2 * Math.PI * 440 * (i / 8_000 - late));
      signal += wanted ** 2;
      error += (samples[i]! - wanted) ** 2;
    }
    // As much as mu-law has: a click at a seam would cost more.
    expect(10 * Math.log10(signal / error)).toBeGreaterThan(36);
  });

  it('has words that come after its sound, as long as its turn is not over', async () => {
    const ears = await readyEars({ reply: inTalk({ hangs: true }) });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.vendor.sessions[0]!.activities.length === 1, 'the activity');
    const [session] = ears.vendor.sessions;
    const data = Buffer.alloc(4_800).toString('base64');
    const part = { inlineData: { mimeType: 'audio/pcm;rate=24000', data } };
    session!.send({ serverContent: { modelTurn: { parts: [part, part] }, generationComplete: true } });
    session!.send({ serverContent: { outputTranscription: { text: 'Late ' } } });
    session!.send({ serverContent: { outputTranscription: { text: 'words.' }, turnComplete: true } });
    session!.send({ serverContent: { outputTranscription: { text: 'Nobody knows whose.' } } });
    await until(() => ears.of('audio-ended').length === 1, 'the end');
    await settle();
    expect(ears.of('audio-ended')[0]!.text).toBe('Late words.');
    expect(ears.of('audio-ended')).toHaveLength(1);
    expect(ears.of('words').map(({ text }) => text)).toEqual(['Late ', 'Late words.']);
  });

  it('comes at once where the caller has already said something that wants one', async () => {
    const ears = await readyEars({ reply: inTalk({ say: 'Good evening.' }) });
    ears.speech.note({ role: 'caller', text: 'Good evening!' });
    ears.speech.converse(talk({ answerNow: true }));
    await until(() => ears.of('audio-ended').length === 1, 'the answer');
    expect(ears.vendor.received('clientContent').at(-1)).toEqual({
      clientContent: {
        turns: [{ role: 'user', parts: [{ text: '[It is your turn to speak.]' }] }],
        turnComplete: true,
      },
    });
    expect(notes(ears)[0]).toBe('Good evening!');
  });

  it('is one, also where the caller goes on to speak as the talk begins', async () => {
    const ears = await readyEars({ reply: inTalk({ say: 'Good evening.' }, { say: 'Twice.' }) });
    ears.hear(Buffer.concat([silence(100), speaking(300)]));
    ears.speech.converse(talk({ answerNow: true }));
    ears.hear(Buffer.concat([speaking(300), silence(800)]));
    await until(() => ears.of('audio-ended').length === 1, 'the answer');
    await until(() => ears.of('caller-said').length === 1, 'the words');
    await settle(80);
    expect(ears.of('audio-ended').map(({ text }) => text)).toEqual(['Good evening.']);
    expect(ears.vendor.received('clientContent')).toEqual([]);
  });

  it('waits for the caller, where nothing has been said', async () => {
    const ears = await readyEars({ reply: inTalk() });
    ears.speech.converse(talk());
    await settle(100);
    expect(ears.vendor.received()).toHaveLength(1);
    expect(ears.of('audio')).toEqual([]);
  });

  it('of a talk that is over is not heard', async () => {
    const ears = await readyEars({ reply: inTalk({ say: 'A long story.', ms: 4_000 }), paceMs: 10 });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('audio').length > 3, 'the beginning');
    ears.speech.converse(null);
    const before = ears.of('audio').length;
    expect(ears.of('audio-ended')).toHaveLength(1);
    await settle(150);
    expect(ears.of('audio')).toHaveLength(before);
    expect(ears.of('audio-ended')).toHaveLength(1);
  });

  it('may be none: a model that chooses silence is not taken for a dead one', async () => {
    const ears = await readyEars({ reply: inTalk({}, { say: 'Yes?' }) });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 1, 'the answer to the second');
    expect(ears.of('failed')).toEqual([]);
  });
});

describe('a barge-in', () => {
  it.each([true, false])(
    'stops the model, and nothing more of it is heard; told as such: %s',
    async (says) => {
      const ears = await readyEars({
        reply: inTalk({ say: 'One two three four five six.', ms: 5_000 }, { say: 'All right.', ms: 300 }),
        paceMs: 10,
        saysInterrupted: says,
      });
      ears.speech.converse(talk());
      ears.hear(sentence());
      await until(() => ears.of('audio').length > 4, 'the beginning');
      const { item } = ears.of('audio')[0]!;
      ears.hear(speaking(300));
      await until(() => ears.of('caller-started').length === 2, 'the barge-in');
      ears.speech.heardOnly(item, 320, 'One two');
      const before = heardMs(ears, item);
      ears.hear(silence(800));
      await until(() => ears.of('audio-ended').length === 2, 'the answer');
      expect(heardMs(ears, item)).toBe(before);
      expect(
        ears
          .of('audio-ended')
          .map(({ text }) => text)
          .at(-1),
      ).toBe('All right.');
      expect(ears.vendor.sessions[0]!.interruptions).toBe(1);
      expect(notes(ears)).toEqual([
        '[The caller interrupted you. Of what you said last was heard only this: One two]',
      ]);
      expect(ears.vendor.problems()).toEqual([]);
    },
  );

  it('by the runtime tells the model before it hears the caller', async () => {
    const replies = inTalk({ say: 'One two three.', ms: 400 }, { say: 'Yes.' });
    const ears: Ears = await readyEars({ reply: replies }, {});
    const { speech } = ears;
    speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 1, 'all of it');
    const { item } = ears.of('audio')[0]!;
    // As the playback does, from within `caller-started`.
    ears.events.push = function (...events) {
      for (const event of events) if (event.kind === 'caller-started') speech.heardOnly(item, 0, '');
      return Array.prototype.push.apply(this, events);
    };
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 2, 'the answer');
    const kinds = ears.vendor.received().map((message) => JSON.stringify(message).slice(0, 34));
    const note = kinds.findLastIndex((kind) => kind.startsWith('{"clientContent"'));
    expect(kinds[note + 1]).toBe('{"realtimeInput":{"activityStart":');
    expect(notes(ears)).toEqual(['[The caller interrupted you. Of what you said last was heard nothing]']);
  });

  it('by a key stops what is being generated with the note itself', async () => {
    const ears = await readyEars({ reply: inTalk({ say: 'One two three.', ms: 5_000 }), paceMs: 10 });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('audio').length > 3, 'the beginning');
    const { item } = ears.of('audio')[0]!;
    ears.speech.heardOnly(item, 160, 'One');
    await until(() => ears.vendor.sessions[0]!.interruptions === 1, 'the model stops');
    const before = heardMs(ears);
    await settle(80);
    expect(heardMs(ears)).toBe(before);
    expect(ears.of('audio-ended')).toHaveLength(1);
  });

  it('that is not let through waits until the model has finished, and is heard whole', async () => {
    const texts = ['go on', 'a question'];
    const ears = await readyEars({
      reply: inTalk({ say: 'Please listen to all of this.', ms: 3_000 }, { say: 'Now yes.', ms: 300 }),
      heard: () => texts.shift()!,
      paceMs: 15,
    });
    ears.speech.converse(talk({ interruptible: false }));
    ears.hear(sentence());
    await until(() => ears.of('audio').length > 3, 'the beginning');
    ears.hear(sentence(600));
    expect(ears.of('caller-stopped')).toHaveLength(2);
    await until(() => ears.of('audio-ended').length === 2, 'both answers');
    expect(ears.vendor.sessions[0]!.activities[1]!.length / 16).toBeGreaterThan(600);
    const [first] = ears.of('audio-ended');
    expect(first!.text).toBe('Please listen to all of this.');
    expect(Math.round(heardMs(ears, first!.item))).toBeGreaterThanOrEqual(3_000);
    await until(() => ears.of('caller-said').length === 2, 'the words');
    expect(ears.of('caller-said')[1]!.text).toBe('a question');
  });

  it('of something heard to its end corrects nothing', async () => {
    const ears = await readyEars({ reply: inTalk({ say: 'One two.' }, { say: 'Yes.' }) });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 1, 'all of it');
    ears.speech.heardOnly(ears.of('audio')[0]!.item, 9_000, 'One two.');
    ears.speech.heardOnly('nobody knows', 100, 'What?');
    ears.hear(sentence());
    await until(() => ears.of('audio-ended').length === 2, 'the answer');
    expect(notes(ears)).toEqual([]);
  });
});

describe('a function', () => {
  const menu: Reply = { calls: [{ name: 'menu', args: { day: 'today' } }] };

  it('is called by its own name, whatever the model has to call it', async () => {
    const input = { type: 'object', properties: {} };
    const offers = ['check-in', 'check in', 'heard', '1st', 'x'.repeat(80)].map((name) => ({
      name,
      about: 'Does it',
      input,
    }));
    const ears = await readyEars({
      reply: ({ functions }) => ({ calls: functions.map((name) => ({ name, args: {} })) }),
    });
    ears.speech.converse(talk({ offers, answerNow: true }));
    await until(() => ears.of('model-called').length === 5, 'the calls');
    expect(ears.of('model-called').map(({ name }) => name)).toEqual(offers.map(({ name }) => name));
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('gets its results together, when all of one message are there', async () => {
    const twice = { calls: [menu.calls![0]!, { name: 'menu', args: { day: 'tomorrow' } }] };
    const ears = await readyEars({ reply: inTalk(twice, { say: 'Soup, and then pie.' }) });
    ears.speech.converse(talk({ answerNow: true }));
    await until(() => ears.of('model-called').length === 2, 'the calls');
    const [first, second] = ears.of('model-called');
    ears.speech.respond(second!.call, 'pie');
    await settle();
    expect(responses(ears)).toEqual([]);
    ears.speech.respond(first!.call, ['soup']);
    ears.speech.respond(first!.call, 'again');
    await until(() => ears.of('audio-ended').length === 1, 'the answer');
    expect(responses(ears)).toEqual([
      { id: first!.call, name: 'menu', response: { output: ['soup'] } },
      { id: second!.call, name: 'menu', response: { output: 'pie' } },
    ]);
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('that was not offered, or with no object, never reaches the runtime, and three times at most the model', async () => {
    const ears = await readyEars({
      reply: inTalk(
        { calls: [{ name: 'pay', args: {} }] },
        { calls: [{ name: 'menu', args: 'today' }] },
        { calls: [{ name: 'pay', args: {} }] },
        { say: 'Never said.' },
      ),
    });
    ears.speech.converse(talk({ answerNow: true }));
    await until(() => responses(ears).length === 2, 'the errors');
    await settle(80);
    expect(responses(ears).map(({ response }) => response)).toEqual([
      { error: 'There is no function "pay".' },
      { error: 'The arguments of "menu" were no object.' },
    ]);
    expect(ears.of('model-called')).toEqual([]);
    expect(ears.of('audio')).toEqual([]);
  });

  it('that the server takes back because the caller goes on is told when it returns, and answered', async () => {
    const ears = await readyEars({
      reply: inTalk(menu, { say: 'One moment.', ms: 200 }, { say: 'There is soup.', ms: 200 }),
      heard: () => 'hm',
      playbackMs: 60_000,
    });
    ears.speech.converse(talk());
    ears.hear(sentence());
    await until(() => ears.of('model-called').length === 1, 'the call');
    ears.hear(sentence());
    await until(() => ears.of('first-token').length === 1, 'the answer to the caller');
    ears.speech.respond(ears.of('model-called')[0]!.call, ['soup']);
    await until(() => ears.of('audio-ended').length === 2, 'the result');
    expect(responses(ears)).toEqual([]);
    expect(notes(ears)).toEqual([
      '[The function "menu" has given its result: ["soup"]]',
      '[It is your turn to speak.]',
    ]);
    expect(ears.of('audio-ended')[1]!.text).toBe('There is soup.');
    expect(ears.vendor.problems()).toEqual([]);
  });

  it('of a talk that is over is not answered, and its result is nobody’s', async () => {
    const ears = await readyEars({ reply: inTalk(menu) });
    ears.speech.converse(talk({ answerNow: true }));
    await until(() => ears.of('model-called').length === 1, 'the call');
    ears.speech.converse(null);
    ears.speech.respond(ears.of('model-called')[0]!.call, ['soup']);
    await settle();
    expect(responses(ears)).toEqual([]);
    ears.hear(sentence());
    await until(() => ears.of('caller-said').length === 1, 'the words');
    expect(ears.vendor.problems()).toEqual([]);
  });
});

test('what was used is told by modality, with the cached apart', async () => {
  const ears = await readyEars({
    usage: {
      promptTokenCount: 900,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 200 },
        { modality: 'AUDIO', tokenCount: 700 },
      ],
      cachedContentTokenCount: 120,
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: 120 }],
      responseTokenCount: 80,
      responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 60 }],
      thoughtsTokenCount: 5,
    },
  });
  ears.hear(sentence());
  await until(() => ears.of('used').length === 1, 'the usage');
  expect(ears.of('used')).toEqual([
    {
      kind: 'used',
      usage: {
        vendor: 'gemini',
        model: 'gemini-3.8-live',
        amounts: {
          inputTextTokens: 80,
          inputAudioTokens: 700,
          cachedTextTokens: 120,
          outputTextTokens: 25,
          outputAudioTokens: 60,
        },
      },
    },
  ]);
});
