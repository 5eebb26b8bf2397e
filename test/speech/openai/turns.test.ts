/** How the caller takes turns, as a session of OpenAI's is told it. */
import { expect, test } from 'vitest';
import { expecting as expectingSlots } from '../../support/expectation.ts';
import type { Reply } from '../../support/openai-realtime.ts';
import {
  expecting,
  openEars,
  readyEars,
  sentence,
  settle,
  speaking,
  talk,
  until,
  type Ears,
} from './support.ts';

/** The updates since the session was set up. */
const updates = ({ vendor }: Ears): unknown[] =>
  vendor
    .received('session.update')
    .slice(1)
    .map(({ session }) => session);

const detection = (silence_duration_ms: number, byItself = false) => ({
  type: 'server_vad',
  silence_duration_ms,
  create_response: byItself,
  interrupt_response: byItself,
});

test('another patience is told to the session once, and nothing where it stays the same', async () => {
  const ears = await readyEars();
  for (const patience of ['normal', 'patient', 'patient', 'quick', 'normal'] as const)
    ears.speech.expect(expecting('a'), patience);
  await until(() => updates(ears).length === 3, 'three updates');
  await settle();
  expect(updates(ears)).toEqual(
    [1_000, 300, 500].map((ms) => ({
      type: 'realtime',
      audio: { input: { turn_detection: detection(ms) } },
    })),
  );
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('a pause may be longer while something is asked for that people say in pieces', async () => {
  const ears = await readyEars();
  ears.speech.expect(expectingSlots([], [{ name: 'phone', type: 'phone', asked: true }]), 'normal');
  ears.speech.expect(expecting('a'), 'normal');
  await until(() => updates(ears).length === 2, 'two updates');
  expect(updates(ears)).toEqual(
    [1_100, 500].map((ms) => ({ type: 'realtime', audio: { input: { turn_detection: detection(ms) } } })),
  );
});

test('a patience stays in a talk, and in the session that replaces a lost one', async () => {
  const ears = await readyEars();
  ears.speech.expect(expecting('a'), 'patient');
  ears.speech.converse(talk());
  await until(() => updates(ears).length === 2, 'the talk');
  expect(updates(ears)[1]).toMatchObject({ audio: { input: { turn_detection: detection(1_000, true) } } });
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('ready').length === 2, 'another session');
  const again = ears.vendor.sessions[1]!.received.find(({ type }) => type === 'session.update');
  expect(again).toMatchObject({ session: { audio: { input: { turn_detection: detection(1_000, true) } } } });
});

test('another language is heard and spoken from then on, and no update comes where it stays', async () => {
  const ears = await readyEars();
  ears.speech.expect(expecting('a'), 'normal');
  ears.speech.expect({ ...expecting('a'), locale: 'de-DE' }, 'normal');
  ears.speech.expect(null, 'normal');
  ears.speech.expect({ ...expecting('b'), locale: 'de-DE' }, 'normal');
  await until(() => updates(ears).length === 1, 'an update');
  await settle();
  expect(updates(ears)).toEqual([
    {
      type: 'realtime',
      instructions: 'You are Ana.\n\nSpeak the language of the locale de-DE, unless told otherwise.',
      audio: { input: { transcription: { model: 'gpt-transcribe', languages: ['de'] } } },
    },
  ]);
});

test('where it takes some words to interrupt, the server neither stops nor answers by itself', async () => {
  const replies: Reply[] = [{ say: 'A long story about soup.' }, { say: 'Yes?' }];
  const ears = await readyEars({
    heard: () => 'mhm',
    reply: () => replies.shift() ?? {},
    chunkMs: 100,
    paceMs: 20,
  });
  ears.speech.converse(talk({ answerNow: true, words: 2 }));
  await until(() => ears.of('audio').length > 0, 'the story');
  ears.hear(sentence(100));
  await until(
    () => ears.of('audio-ended').length === 1 && ears.of('caller-said').length === 1,
    'both to end',
  );
  await settle(100);
  // Whoever is joined has not asked for a reply: it was an aside.
  expect(ears.of('audio-ended').map(({ text }) => text)).toEqual(['A long story about soup.']);
  expect(ears.vendor.received('response.create')).toHaveLength(1);
  expect(ears.vendor.received('response.cancel')).toEqual([]);
  ears.speech.reply();
  await until(() => ears.of('audio-ended').length === 2, 'the answer');
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('a caller who interrupts with enough words makes the server stop, which is told so, and is answered', async () => {
  const replies: Reply[] = [{ say: 'A very long story about soup and bread.' }, { say: 'Yes?' }];
  const ears = await readyEars({
    heard: () => 'no wait',
    reply: () => replies.shift() ?? {},
    chunkMs: 100,
    paceMs: 20,
  });
  ears.speech.converse(talk({ answerNow: true, words: 2 }));
  await until(() => ears.of('audio').length >= 3, 'some of the story');
  const { item } = ears.of('audio')[0]!;
  ears.hear(speaking(300));
  await until(() => ears.of('caller-started').length > 0, 'the caller');
  ears.speech.heardOnly(item, 200, 'A');
  ears.hear(sentence(100));
  await until(() => ears.of('caller-stopped').length > 0, 'the end of it');
  ears.speech.reply();
  await until(() => ears.of('audio-ended').length === 2, 'the answer');
  expect(ears.vendor.received('response.cancel')).toHaveLength(1);
  expect(ears.of('audio-ended')[1]!.text).toBe('Yes?');
  expect(ears.vendor.sessions[0]!.truncated).toEqual([{ item, endMs: 200 }]);
});

test.each([true, false])(
  'an answer of which nothing was heard is put off while the caller goes on, and comes once (a reply is wanted: %s)',
  async (wanted) => {
    const replies: Reply[] = [{ say: 'Too early.', thinkMs: 400 }, { say: 'Now.' }];
    const ended: string[] = [];
    const kinds: string[] = [];
    const ears: Ears = await openEars(
      { heard: () => 'and tomorrow', reply: () => replies.shift() ?? {} },
      {
        on(event) {
          kinds.push(event.kind);
          if (event.kind === 'audio-ended') ended.push(event.text);
          // As whoever is joined does: at once.
          if (event.kind === 'caller-stopped' && wanted) ears.speech.reply();
        },
      },
    );
    await until(() => kinds.includes('ready'), 'the session is set up');
    ears.speech.converse(talk({ answerNow: true, words: 2 }));
    await until(() => ears.vendor.received('response.create').length === 1, 'it is asked');
    await settle();
    ears.hear(speaking(300));
    await until(() => ears.vendor.received('response.cancel').length === 1, 'the cancel');
    ears.hear(sentence(100));
    await until(() => ended.length > 0, 'the answer');
    await settle(100);
    expect(ended).toEqual(['Now.']);
    expect(ears.vendor.received('response.create')).toHaveLength(2);
  },
);

test('a reply is asked for in no other talk: there the server answers by itself', async () => {
  const ears = await readyEars();
  ears.speech.reply();
  ears.speech.converse(talk());
  ears.speech.reply();
  await settle();
  expect(ears.vendor.received('response.create')).toEqual([]);
});
