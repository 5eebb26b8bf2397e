/** The cascade as a call drives it: a line, the ledger of what was heard, a chat server, real audio. */
import { expect, onTestFinished, test } from 'vitest';
import { base64Bytes } from '../../../runtime/audio.ts';
import { Sounds } from '../../../runtime/call/sounds.ts';
import { Spoken } from '../../../runtime/call/spoken.ts';
import { systemClock } from '../../../runtime/clock.ts';
import type { ChannelEvent } from '../../../runtime/line/line.ts';
import { silentLog } from '../../../runtime/log.ts';
import { openMetrics } from '../../../runtime/metrics.ts';
import { openCascade } from '../../../runtime/speech/cascade/speech.ts';
import { openEmbedded } from '../../../runtime/speech/embedded/kit.ts';
import { openChatMinds } from '../../../runtime/speech/openai/chat-kit.ts';
import { openPrompts } from '../../../runtime/speech/prompts.ts';
import type { Speech, Voice } from '../../../runtime/speech/speech.ts';
import { scriptedEars } from '../../support/cascade-parts.ts';
import { startChatStream, type StreamReply, type StreamServer } from '../../support/chat-stream.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { TonedVoice } from '../../support/sounding-parts.ts';
import { settle, talk, until } from '../openai/support.ts';

/** A call on a line that plays what it is sent, at the pace of `pass`. */
async function call(replies: StreamReply[], voice: Voice = new TonedVoice(1)) {
  const server: StreamServer = await startChatStream({ reply: () => replies.shift() ?? {} });
  const minds = openChatMinds({
    apiKey: server.apiKey,
    baseUrl: server.baseUrl,
    clock: systemClock,
    log: silentLog,
  });
  const ears = scriptedEars();
  const clock = new FakeClock();
  const events: ChannelEvent[] = [];
  let marks: { name: string; atMs: number }[] = [];
  let [sentMs, heardMs, clears] = [0, 0, 0];
  let speech: Speech | null = null;
  const spoken: Spoken = new Spoken(
    {
      line: {
        play: (payload) => void (sentMs += base64Bytes(payload) / 8),
        mark: (name) => void marks.push({ name, atMs: sentMs }),
        clear() {
          clears++;
          sentMs = heardMs;
        },
        close: () => undefined,
      },
      open: (on) =>
        (speech = openCascade(
          { ear: ears, earModel: null, mind: { kit: minds, model: 'gpt-6-luna' }, voice },
          { sessionId: 's1', locale: 'en-US', model: null, voice: null, persona: '', on },
        )),
      prompts: openPrompts({ folder: null, memoryBytes: 1e6, log: silentLog, clock }),
      voice,
      fallback: voice,
      sounds: new Sounds(),
      locale: 'en-US',
      clock,
      log: silentLog,
      metrics: openMetrics(),
    },
    (event) => events.push(event),
  );
  onTestFinished(async () => {
    speech?.close();
    await minds.close();
    await server.close();
  });
  const { instructions, offers } = talk();
  const expectation = {
    id: 'e1',
    locale: 'en-US',
    choices: [],
    slots: [],
    now: 0,
    zone: 'UTC',
    sensitive: false,
  };
  return {
    server,
    spoken,
    events,
    ear: ears.ears[0]!,
    sentMs: () => sentMs,
    clears: () => clears,
    converse: (id: string, answerNow = false) =>
      spoken.converse({
        kind: 'converse',
        id,
        dialogue: 'bistro',
        instructions,
        offers,
        expectation,
        answerNow,
        turn: { interrupt: 'speech', patience: 'normal', words: 1 },
        state: null,
      }),
    listen: () =>
      spoken.listen({
        kind: 'listen',
        expectation,
        turn: { interrupt: 'speech', patience: 'normal', words: 1 },
      }),
    /** So much more is heard. */
    async pass(ms: number) {
      await clock.advanceAsync(ms);
      heardMs = Math.min(heardMs + ms, sentMs);
      const due = marks.filter(({ atMs }) => atMs <= heardMs);
      marks = marks.filter((mark) => !due.includes(mark));
      for (const { name } of due) spoken.fromLine({ kind: 'mark', name });
    },
    said: () => events.flatMap((event) => (event.kind === 'spoke' ? [{ ...event }] : [])),
    fates: () =>
      events.flatMap((event) => {
        if (event.kind === 'heard') return ['heard'];
        return event.kind === 'interrupted' ? [`cut: ${event.heardText}`] : [];
      }),
    of: <K extends ChannelEvent['kind']>(kind: K) =>
      events.filter((event): event is Extract<ChannelEvent, { kind: K }> => event.kind === kind),
  };
}

test('an answer is heard to its end, and the next one knows of it', async () => {
  const { converse, ear, of, pass, fates, server } = await call([
    { words: 'We have soup.' },
    { words: 'Yes.' },
  ]);
  converse('t1');
  ear.says('what is there');
  await until(() => of('model-says').some(({ complete }) => complete), 'the answer');
  await pass(400);
  expect(fates()).toEqual(['heard']);
  expect(of('spoke')).toMatchObject([{ text: 'what is there', answered: true, cut: false }]);
  ear.says('good');
  await until(() => server.requests.length === 2, 'the second request');
  expect(server.requests[1]!.said).toEqual(['user: what is there', 'assistant: We have soup.', 'user: good']);
});

test('of an answer that is cut the caller, the transcript and the model have the same part', async () => {
  const words = 'We have soup of the day, bread from the oven and butter. And there is wine.';
  const { converse, ear, of, pass, fates, server, clears, sentMs } = await call([
    { words, paceMs: 3 },
    { words: 'Yes?' },
  ]);
  converse('t1');
  ear.says('what is there');
  await until(() => sentMs() >= 900, 'some audio');
  await pass(600);
  ear.tell({ kind: 'caller-started' });
  expect(clears()).toBe(1);
  const [fate] = fates();
  expect(fate).toMatch(/^cut: We have/);
  const heard = fate!.slice('cut: '.length);
  expect(heard.length).toBeLessThan(20);
  ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'wait' });
  await until(() => of('model-says').some(({ text }) => text === 'Yes?'), 'the answer');
  expect(server.requests[1]!.said).toEqual(['user: what is there', `assistant: ${heard}`, 'user: wait']);
  expect(of('spoke').at(-1)).toMatchObject({ text: 'wait', cut: true });
  expect(server.errors).toEqual([]);
});

test('a talk that ends while the model speaks plays what was passed on, and the next talk is not disturbed', async () => {
  const { converse, listen, ear, of, pass, fates, server, sentMs } = await call([
    { words: 'We have soup of the day. And there is wine, and more of it.', paceMs: 3 },
    { words: 'Now then.', thinkMs: 30 },
  ]);
  converse('t1');
  ear.says('what is there');
  await until(() => sentMs() >= 300, 'some audio');
  listen();
  const passed = sentMs();
  await settle();
  expect(sentMs()).toBe(passed);
  converse('t2', true);
  await pass(passed);
  expect(fates()).toHaveLength(1);
  expect(fates()[0]).toMatch(/^cut: /);
  await until(
    () => of('model-says').some(({ text, complete }) => complete && text === 'Now then.'),
    'the next talk',
  );
  await pass(1_000);
  expect(fates()).toHaveLength(2);
  expect(fates()[1]).toBe('heard');
  expect(server.errors).toEqual([]);
});

test('a model that fails in mid-sentence goes on where it stopped', async () => {
  const { converse, ear, of, pass, fates, server } = await call([
    { words: 'We have soup. And we have', breaksAfter: 6 },
    { words: 'fresh bread.' },
  ]);
  converse('t1');
  ear.says('what is there');
  await until(
    () => of('model-says').some(({ text, complete }) => complete && text === 'fresh bread.'),
    'the rest',
  );
  expect(of('speech-lost')).toMatchObject([{ code: 'model-unavailable' }]);
  await pass(3_000);
  expect(fates().at(-1)).toBe('heard');
  expect(server.requests).toHaveLength(2);
  expect(server.errors).toEqual([]);
});

test('with the embedded voice the caller hears the first sentence while the model still writes', async () => {
  const kit = await openEmbedded({ log: silentLog, clock: systemClock });
  onTestFinished(() => kit.close());
  const later = 'And this is written when that was heard. '.repeat(4);
  let writeOn: (value?: unknown) => void = () => undefined;
  const heard = new Promise((resolve) => {
    writeOn = resolve;
  });
  // The role, four words, and the one that shows that the sentence is over.
  const waits = { after: 6, until: heard };
  const { converse, ear, of, server, sentMs } = await call(
    [{ words: `We have soup today. ${later}`, waits }],
    kit.voice(null, null),
  );
  converse('t1');
  ear.says('what is there');
  await until(() => sentMs() > 500, 'the first sentence', 9_000);
  expect(server.open()).toBe(1);
  expect(of('started')).toHaveLength(1);
  writeOn();
  await until(() => of('model-says').some(({ complete }) => complete), 'the end', 9_000);
  expect(of('model-says').at(-1)!.text).toBe(`We have soup today. ${later}`.trim());
  expect(sentMs()).toBeGreaterThan(5_000);
});
