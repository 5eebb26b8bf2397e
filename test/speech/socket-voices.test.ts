/** What the vendors of voices have in common: keys, deadlines, one retry, warm sockets, garbage. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audioOf } from '../support/voice-double.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { AURA, CARTESIA, ELEVENLABS, FLUX, Heard, openVoice, settle, until } from './voice-support.ts';

const never = (): AbortSignal => new AbortController().signal;
const TEXT = 'Good morning, and welcome.';

/** Moves the clock in small steps, so that sockets keep up. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 500) {
    await clock.advanceAsync(Math.min(500, ms - at));
    await settle(2);
  }
}

describe.each([
  ['cartesia', CARTESIA],
  ['elevenlabs', ELEVENLABS],
  ['deepgram aura', AURA],
  ['deepgram flux', FLUX],
])('a voice of %s', (_, of) => {
  test('connects to nobody before it is used, and keeps its socket for the next text', async () => {
    const clock = new FakeClock();
    const { vendor, voice, speak } = await openVoice(of, {}, { clock });
    await settle();
    expect(vendor.attempts).toEqual([]);
    await speak(TEXT).over();
    await pass(clock, 20_000);
    const second = speak('May I help you?');
    expect(await second.over()).toEqual({ kind: 'ended' });
    expect(second.audio.equals(audioOf('May I help you?'))).toBe(true);
    await voice.render(TEXT, 'en-US', never());
    expect(vendor.attempts).toHaveLength(1);
    expect(vendor.errors()).toEqual([]);
  });

  test('opens its socket before there is text', async () => {
    const { vendor, speak } = await openVoice(of);
    const heard = speak();
    await until(() => vendor.sessions.length === 1, 'a socket');
    await settle();
    expect(vendor.received()).toEqual([]);
    heard.stream.cancel();
  });

  test('closes a socket that nobody uses for 45 s, with no timer left', async () => {
    const clock = new FakeClock();
    const { vendor, speak } = await openVoice(of, {}, { clock });
    await speak(TEXT).over();
    await pass(clock, 44_500);
    expect(vendor.open()).toBe(1);
    await pass(clock, 1_000);
    await until(() => vendor.open() === 0, 'the socket is closed');
    expect(clock.waiting).toBe(0);
    expect(await speak(TEXT).over()).toEqual({ kind: 'ended' });
    expect(vendor.attempts).toHaveLength(2);
    expect(vendor.errors()).toEqual([]);
  });

  test('says that its key is wrong in one sentence, without the key and without a second try', async () => {
    const apiKey = 'wrong-0123456789';
    const { vendor, voice, speak, lines } = await openVoice(of, {}, { apiKey });
    const sentence = `${of.title} refused the key with HTTP 401: check ${of.keyName}.`;
    const heard = speak(TEXT);
    expect(await heard.over()).toEqual({ kind: 'failed', code: `${of.code}-refused`, message: sentence });
    expect(heard.events).toHaveLength(1);
    expect(vendor.attempts).toHaveLength(1);
    await expect(voice.render(TEXT, 'en-US', never())).rejects.toMatchObject({
      code: 'voice-failed',
      message: `The voice ${voice.id} could not read a text: ${sentence}`,
      detail: { code: `${of.code}-refused` },
    });
    expect(vendor.attempts).toHaveLength(2);
    expect(JSON.stringify([lines, vendor.attempts.map(({ url }) => url)])).not.toContain(apiKey);
  });

  test('takes no key that cannot be put into a header', () => {
    const settings = { baseUrl: 'http://127.0.0.1:1', clock: new FakeClock(), log: undefined as never };
    expect(() => of.open({ ...settings, apiKey: 'two\nlines' })).toThrow(
      `${of.keyName} holds characters that no key has.`,
    );
  });

  test('does not press a vendor that is busy', async () => {
    const { vendor, speak } = await openVoice(of, { refuse: () => 429 });
    expect(await speak(TEXT).over()).toEqual({
      kind: 'failed',
      code: `${of.code}-busy`,
      message: `${of.title} refused a socket with HTTP 429.`,
    });
    expect(vendor.attempts).toHaveLength(1);
  });

  test('is tried once more where the vendor is down, and then fails', async () => {
    let down = 1;
    const { vendor, speak } = await openVoice(of, { refuse: () => (down-- > 0 ? 503 : null) });
    const heard = speak(TEXT);
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf(TEXT))).toBe(true);
    expect(heard.characters).toBe(TEXT.length);
    vendor.sessions[0]!.die();
    await settle();
    down = 5;
    expect(await speak(TEXT).over()).toEqual({
      kind: 'failed',
      code: `${of.code}-unavailable`,
      message: `${of.title} refused a socket with HTTP 503.`,
    });
    expect(vendor.attempts).toHaveLength(4);
  });

  test('gives up a vendor that answers no upgrade after twice three seconds', async () => {
    const clock = new FakeClock();
    const { vendor, speak } = await openVoice(of, { ignore: () => true }, { clock });
    const heard = speak(TEXT);
    await until(() => vendor.attempts.length === 1, 'the first try');
    await pass(clock, 3_000);
    await until(() => vendor.attempts.length === 2, 'the second try');
    await pass(clock, 2_500);
    expect(heard.events).toEqual([]);
    await pass(clock, 500);
    expect(await heard.over()).toMatchObject({ kind: 'failed', code: `${of.code}-timeout` });
    await until(() => vendor.open() === 0, 'nothing is open');
    expect(clock.waiting).toBe(0);
  });

  test('is tried on a fresh socket where nothing is heard for three seconds', async () => {
    const clock = new FakeClock();
    const { vendor, speak, lines } = await openVoice(
      of,
      { mishap: (_text, session) => (session === 0 ? { kind: 'stalls', afterBytes: 0 } : null) },
      { clock },
    );
    const heard = speak(TEXT);
    await until(() => vendor.received().length > 0, 'the text');
    await pass(clock, 2_500);
    expect(vendor.sessions).toHaveLength(1);
    await pass(clock, 500);
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf(TEXT))).toBe(true);
    expect(vendor.sessions).toHaveLength(2);
    expect(lines.join()).toContain(`${of.title} did not speak within 3000 ms.`);
    await until(() => !vendor.sessions[0]!.isOpen, 'the socket that did not speak is closed');
  });

  test('fails where nothing is heard on a fresh socket either', async () => {
    const clock = new FakeClock();
    const { vendor, speak } = await openVoice(
      of,
      { mishap: () => ({ kind: 'stalls', afterBytes: 0 }) },
      { clock },
    );
    const heard = speak(TEXT);
    await until(() => vendor.received().length > 0, 'the text');
    await pass(clock, 3_000);
    await until(() => vendor.sessions.length === 2, 'the second try');
    await settle();
    await pass(clock, 3_000);
    expect(await heard.over()).toEqual({
      kind: 'failed',
      code: `${of.code}-timeout`,
      message: `${of.title} did not speak within 3000 ms.`,
    });
    expect(heard.audio).toHaveLength(0);
  });

  test('says a text again whose socket died before anything of it was heard', async () => {
    const { vendor, speak } = await openVoice(of, {
      mishap: (_text, session) => (session === 0 ? { kind: 'dies', afterBytes: 0 } : null),
    });
    const heard = speak(TEXT);
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf(TEXT))).toBe(true);
    expect(vendor.sessions).toHaveLength(2);
    expect(vendor.errors()).toEqual([]);
  });

  test('says nothing twice where its socket dies in the middle of a word', async () => {
    const { vendor, speak } = await openVoice(of, { mishap: () => ({ kind: 'dies', afterBytes: 500 }) });
    const heard = speak(TEXT);
    expect(await heard.over()).toEqual({
      kind: 'failed',
      code: `${of.code}-closed`,
      message: `${of.title} closed the socket (code 1006).`,
    });
    expect(heard.audio.equals(audioOf(TEXT).subarray(0, 500))).toBe(true);
    expect(vendor.sessions).toHaveLength(1);
  });

  test('fails where it stops in the middle of a word for three seconds', async () => {
    const clock = new FakeClock();
    const { speak } = await openVoice(of, { mishap: () => ({ kind: 'stalls', afterBytes: 500 }) }, { clock });
    const heard = speak(TEXT);
    await until(() => heard.audio.length === 500, 'half a word');
    await pass(clock, 2_500);
    expect(heard.end).toBeNull();
    await pass(clock, 500);
    expect(await heard.over()).toEqual({
      kind: 'failed',
      code: `${of.code}-timeout`,
      message: `${of.title} stopped in the middle of a text.`,
    });
  });

  test('waits for the author of a text as long as it takes', async () => {
    const clock = new FakeClock();
    const { vendor, speak } = await openVoice(of, {}, { clock });
    const heard = speak();
    heard.stream.say('Let me see. ');
    await until(() => heard.audio.equals(audioOf('Let me see.')), 'the first sentence');
    await pass(clock, 25_000);
    expect(heard.end).toBeNull();
    heard.stream.say('We have a table.');
    heard.stream.end();
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf('Let me see.We have a table.'))).toBe(true);
    expect(heard.characters).toBe('Let me see. We have a table.'.length);
    expect(vendor.errors()).toEqual([]);
  });

  test('fails at once where the vendor reports an error, after one more try', async () => {
    const { vendor, speak } = await openVoice(of, { mishap: () => ({ kind: 'errs', afterBytes: 0 }) });
    const end = await speak(TEXT).over();
    expect(end).toMatchObject({ kind: 'failed', code: `${of.code}-failed` });
    expect(JSON.stringify(end)).toContain('The generation failed.');
    expect(vendor.sessions).toHaveLength(2);
  });

  test('notices within a second that a warm socket is dead', async () => {
    const clock = new FakeClock();
    const { vendor, speak } = await openVoice(of, { deaf: () => false }, { clock });
    await speak(TEXT).over();
    await pass(clock, 10_000);
    vendor.script.deaf = (session) => session === 0;
    const heard = speak(TEXT);
    await settle();
    await pass(clock, 1_000);
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf(TEXT))).toBe(true);
    expect(vendor.sessions).toHaveLength(2);
  });

  test('takes a new socket where the warm one was closed in the meantime', async () => {
    const { vendor, speak } = await openVoice(of);
    await speak(TEXT).over();
    vendor.sessions[0]!.end(1001, 'going away');
    await settle();
    expect(await speak(TEXT).over()).toEqual({ kind: 'ended' });
    expect(vendor.sessions).toHaveLength(2);
  });

  test('tells what a text took also where the caller interrupts it', async () => {
    const { speak } = await openVoice(of, { paceMs: 20 });
    const heard = speak(TEXT);
    await until(() => heard.audio.length > 0, 'a beginning');
    heard.stream.cancel();
    expect(heard.characters).toBe(TEXT.length);
    const count = heard.events.length;
    await settle(80);
    expect(heard.events).toHaveLength(count);
  });

  test('holds back what could not be heard by itself, and says it with what follows', async () => {
    const { vendor, speak } = await openVoice(of);
    const heard = speak();
    for (const piece of ['… ', '"', 'Yes', '".', ' \n', '🙂']) heard.stream.say(piece);
    heard.stream.end();
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf('… "Yes'))).toBe(true);
    expect(vendor.errors()).toEqual([]);
  });

  test('says no text that is too long to be listened to', async () => {
    const { speak } = await openVoice(of);
    expect(await speak('Well. '.repeat(4_000)).over()).toEqual({
      kind: 'failed',
      code: `${of.code}-refused`,
      message: 'A text of more than 20000 characters is too long to be spoken.',
    });
  });

  test('leaves nothing running when its kit is closed, whatever is under way', async () => {
    const clock = new FakeClock();
    const { vendor, kit, voice, speak } = await openVoice(
      of,
      { paceMs: 50, ignore: (attempt) => attempt > 2 },
      { clock },
    );
    const streams = [speak(TEXT), speak(TEXT), speak('One.'), speak()];
    const rendering = voice.render(TEXT, 'en-US', never()).catch((error: unknown) => error);
    await until(() => streams[0]!.audio.length > 0, 'somebody speaks');
    await kit.close();
    for (const heard of streams.slice(0, 2)) {
      expect(await heard.over()).toEqual({
        kind: 'failed',
        code: `${of.code}-closed`,
        message: `${of.title} was closed.`,
      });
    }
    expect(await rendering).toMatchObject({ code: 'voice-failed' });
    await until(() => vendor.open() === 0, 'no socket');
    expect(clock.waiting).toBe(0);
    expect(await speak(TEXT).over()).toMatchObject({ kind: 'failed', code: `${of.code}-closed` });
  });

  test('gives a rendering ten seconds and 60 ms a character', async () => {
    const clock = new FakeClock();
    const { vendor, voice } = await openVoice(of, { chunkBytes: 40, paceMs: 15 }, { clock });
    const rendering = voice.render(TEXT, 'en-US', never()).catch((error: unknown) => error);
    const chunks = (): number =>
      vendor.sessions[0]?.sent.filter((one) => typeof one === 'number' || 'data' in one || 'audio' in one)
        .length ?? 0;
    // Every chunk comes in time, but there are too many of them.
    for (let seconds = 1; seconds <= 12; seconds++) {
      await until(() => chunks() >= seconds, 'the next chunk');
      await clock.advanceAsync(1_000);
    }
    expect(await rendering).toMatchObject({
      code: 'voice-timeout',
      message: `The voice ${voice.id} took longer than 11560 ms.`,
    });
    expect(vendor.sessions).toHaveLength(1);
  });

  test('keeps its key to itself where the vendor does not', async () => {
    const { vendor, speak, lines } = await openVoice(of, {
      mishap: () => ({ kind: 'stalls', afterBytes: 0 }),
    });
    const heard = speak(TEXT);
    await until(() => vendor.received().length > 0, 'the text');
    vendor.sessions[0]!.end(1011, `key ${vendor.apiKey} is tired`);
    await until(() => vendor.sessions.length === 2, 'the second try');
    await settle();
    vendor.sessions[1]!.end(1011, `key ${vendor.apiKey} is tired`);
    expect(await heard.over()).toEqual({
      kind: 'failed',
      code: `${of.code}-closed`,
      message: `${of.title} closed the socket (code 1011: key [hidden] is tired).`,
    });
    expect(lines.join()).not.toContain(vendor.apiKey);
  });

  test('survives whatever the vendor sends, and speaks on', async () => {
    const { vendor, speak, lines } = await openVoice(of, { thinkMs: 3 });
    const odd = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          {
            type: fc.oneof(fc.string(), fc.constantFrom('chunk', 'done', 'Flushed', 'Cleared', 'timestamps')),
            context_id: fc.anything(),
            contextId: fc.anything(),
            audio: fc.anything(),
            data: fc.anything(),
            isFinal: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map((message) => JSON.stringify(message)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 12 }), async (messages) => {
        const heard = speak(TEXT);
        await until(() => vendor.sessions.some(({ isOpen }) => isOpen), 'a socket');
        for (const message of messages) vendor.sessions.at(-1)!.sendRaw(message);
        const end = await heard.over();
        // A message that happens to say so may end a turn or a socket; nothing else may.
        const said = messages.join(' ');
        if (/Flushed|Cleared|error|code/i.test(said)) return;
        expect(end).toEqual({ kind: 'ended' });
        expect(heard.audio.equals(audioOf(TEXT))).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect(lines.filter((line) => line.includes('something unexpected')).length).toBeLessThanOrEqual(
      vendor.sessions.length,
    );
  });
});

test('two voices of one kit share what can be shared, and nothing else', async () => {
  const { vendor, kit } = await openVoice(CARTESIA, { paceMs: 5 });
  const [one, same, other] = [kit.voice('v1', null), kit.voice('v1', null), kit.voice('v2', null)];
  const heard = [new Heard(one, ['One.']), new Heard(same, ['Two.']), new Heard(other, ['Three.'])];
  for (const one of heard) await one.over();
  expect(vendor.sessions).toHaveLength(2);
  expect(vendor.received().map(({ voice }) => voice)).toEqual(['v1', 'v1', 'v1', 'v1', 'v2', 'v2']);
});
