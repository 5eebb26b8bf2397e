import { expect, test } from 'vitest';
import { FakeClock } from '../../support/fake-clock.ts';
import { frames, openEars, readyEars, sentence, settle, silence, speaking, talk, until } from './support.ts';

test('what the caller says is reported as started, stopped and said, in that order', async () => {
  const ears = await readyEars({ heard: () => 'a table please' });
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length > 0, 'the words');
  expect(ears.events).toEqual([
    { kind: 'ready' },
    { kind: 'caller-started' },
    { kind: 'caller-stopped' },
    { kind: 'caller-said', text: 'a table please' },
  ]);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('audio goes to the vendor as it came, frame by frame, without being decoded', async () => {
  const ears = await readyEars();
  const sent = frames(sentence(200));
  for (const frame of sent) ears.speech.hear(frame);
  const session = ears.vendor.sessions[0]!;
  await until(() => session.of('input_audio_buffer.append').length === sent.length, 'all frames');
  expect(session.of('input_audio_buffer.append')).toEqual(
    sent.map((audio) => ({ type: 'input_audio_buffer.append', audio })),
  );
});

test('a caller who speaks while the session is still being set up loses nothing', async () => {
  const ears = await openEars({ heard: () => 'hello there' });
  const audio = Buffer.concat([sentence(700), silence(200)]);
  ears.hear(audio);
  expect(ears.vendor.sessions).toHaveLength(0);
  await until(() => ears.of('caller-said').length > 0, 'the words');
  await settle();
  expect(ears.vendor.sessions[0]!.audio.equals(audio)).toBe(true);
  expect(ears.kinds()).toEqual(['ready', 'caller-started', 'caller-stopped', 'caller-said']);
});

test('audio that waits for a session is bounded to half a minute, the newest kept', async () => {
  const clock = new FakeClock();
  const late = await openEars({ ignore: (attempt) => attempt === 0 }, { clock });
  late.hear(silence(20_000));
  late.hear(speaking(20_000));
  await clock.advanceAsync(5_000);
  await clock.advanceAsync(0);
  await until(() => late.of('ready').length > 0, 'the second session');
  await until(() => late.vendor.sessions[0]!.audio.length >= 30_000 * 8, 'the audio');
  await settle();
  const { audio } = late.vendor.sessions[0]!;
  expect(audio.length).toBe(30_000 * 8);
  expect(audio.subarray(-20_000 * 8).equals(speaking(20_000))).toBe(true);
});

test('words that do not come within two and a half seconds are reported as not understood', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({ heard: () => null }, { clock });
  ears.hear(sentence());
  await until(() => ears.of('caller-stopped').length > 0, 'the end of the utterance');
  await clock.advanceAsync(2_499);
  expect(ears.of('caller-said')).toEqual([]);
  await clock.advanceAsync(1);
  expect(ears.of('caller-said')).toEqual([{ kind: 'caller-said', text: '…' }]);
});

test('a transcription that failed is reported at once, as not understood', async () => {
  const ears = await readyEars({ heard: () => ({ failed: 'unintelligible' }) });
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length > 0, 'the report');
  expect(ears.of('caller-said')).toEqual([{ kind: 'caller-said', text: '…' }]);
});

test('words that come after their deadline are not reported a second time', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({ heard: () => null }, { clock });
  ears.hear(sentence());
  await until(() => ears.of('caller-stopped').length > 0, 'the end of the utterance');
  await clock.advanceAsync(2_500);
  const session = ears.vendor.sessions[0]!;
  const item = session.items[0]!.id;
  const type = 'conversation.item.input_audio_transcription.completed';
  session.push({ type, event_id: 'late', item_id: item, content_index: 0, transcript: 'too late' });
  await settle();
  expect(ears.of('caller-said')).toEqual([{ kind: 'caller-said', text: '…' }]);
});

test('utterances are reported in the order in which they were said, whichever words come first', async () => {
  const ears = await readyEars({
    heard: ({ index }) => (index === 0 ? { text: 'first', delayMs: 150 } : 'second'),
  });
  ears.hear(sentence());
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length === 2, 'both');
  expect(ears.of('caller-said').map((event) => event.text)).toEqual(['first', 'second']);
});

test('words that overtake the end of the utterance end it', async () => {
  const ears = await readyEars({ heard: () => null });
  ears.hear(speaking(200));
  await until(() => ears.of('caller-started').length > 0, 'the beginning');
  const type = 'conversation.item.input_audio_transcription.completed';
  const fields = { event_id: 'x', item_id: 'item_0_1', content_index: 0, transcript: 'early words' };
  ears.vendor.sessions[0]!.push({ type, ...fields });
  await until(() => ears.of('caller-said').length > 0, 'the words');
  ears.hear(silence(600));
  await settle();
  expect(ears.kinds()).toEqual(['ready', 'caller-started', 'caller-stopped', 'caller-said']);
});

test('a vendor that says everything twice is heard once', async () => {
  const ears = await readyEars({ twice: true, heard: () => 'once', reply: () => ({ say: 'Only once.' }) });
  ears.speech.converse(talk());
  ears.hear(sentence());
  await until(() => ears.of('audio-ended').length > 0, 'the answer');
  await settle();
  const once = ears.kinds().filter((kind) => kind !== 'audio' && kind !== 'words');
  expect(once.toSorted()).toEqual([
    'audio-ended',
    'caller-said',
    'caller-started',
    'caller-stopped',
    'ready',
  ]);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('a line that stops sending in the middle of a word does not leave the vendor waiting', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({ heard: () => 'half a' }, { clock });
  ears.hear(speaking(400));
  await until(() => ears.of('caller-started').length > 0, 'the beginning');
  await clock.advanceAsync(750);
  await until(() => ears.of('caller-said').length > 0, 'the words');
  const session = ears.vendor.sessions[0]!;
  expect(session.audio.subarray(400 * 8).equals(silence(800))).toBe(true);
});

test('a caller who keeps speaking is not talked over with silence', async () => {
  const clock = new FakeClock();
  const ears = await readyEars({}, { clock });
  ears.hear(speaking(400));
  await until(() => ears.of('caller-started').length > 0, 'the beginning');
  for (let at = 0; at < 2_000; at += 100) {
    await clock.advanceAsync(100);
    ears.hear(speaking(100));
  }
  await settle();
  expect(ears.vendor.sessions[0]!.audio.length).toBe(2_400 * 8);
});

test('messages that make no sense are passed over, and the call goes on', async () => {
  const ears = await readyEars({ heard: () => 'still here' });
  const session = ears.vendor.sessions[0]!;
  session.pushText('{"type":"response.output_audio.delta","delta":');
  session.pushText('[]');
  session.pushText('null');
  session.push({ type: 'response.created' });
  session.push({ type: 'input_audio_buffer.speech_started', item_id: 7 });
  session.push({ type: 'something.new', event_id: 'x' });
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length > 0, 'the words');
  expect(ears.kinds()).toEqual(['ready', 'caller-started', 'caller-stopped', 'caller-said']);
});

test('what a listener throws ends neither the process nor the session', async () => {
  let count = 0;
  const ears = await openEars(
    { heard: () => 'hello' },
    {
      on: () => {
        count++;
        throw new Error('a bug');
      },
    },
  );
  ears.hear(sentence());
  await until(() => count === 5, 'four events, and what they took');
  expect(ears.vendor.sessions[0]!.isOpen).toBe(true);
});
