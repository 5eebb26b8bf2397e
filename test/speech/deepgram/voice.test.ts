/** The exchange with Deepgram's voices, message by message: Aura on `/v1/speak`, Flux on `/v2/speak`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startDeepgramSpeak } from '../../support/deepgram-speak.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { audioOf, type Fields } from '../../support/voice-double.ts';
import { AURA, FLUX, Heard, openOn, openVoice, settle, until } from '../voice-support.ts';

const speak = (text: string): Fields => ({ type: 'Speak', text });
const FLUSH = { type: 'Flush' };

describe('Aura', () => {
  test('a turn of two sentences, another one that is interrupted, and an end: every message of it', async () => {
    const { vendor, kit, voice, speak: say } = await openVoice(AURA, { paceMs: 5 });
    expect(voice.id).toBe('deepgram/aura-2-thalia-en');
    const first = say('Sure, ', 'Tuesday works.');
    await first.over();
    const second = say('At seven, then.');
    await until(() => second.audio.length > 0, 'its beginning');
    second.stream.cancel();
    await settle();
    await kit.close();
    await until(() => vendor.received().length === 8, 'the farewell');

    expect(vendor.attempts).toHaveLength(1);
    expect(vendor.attempts[0]!.url).toBe('/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000');
    expect(vendor.attempts[0]!.headers.authorization).toBe(`Token ${vendor.apiKey}`);
    expect(vendor.received()).toEqual([
      speak('Sure, '),
      FLUSH,
      speak('Tuesday works.'),
      FLUSH,
      speak('At seven, then.'),
      FLUSH,
      { type: 'Clear' },
      { type: 'Close' },
    ]);
    expect(first.events.filter(({ kind }) => kind === 'used')).toEqual([
      { kind: 'used', usage: { vendor: 'deepgram', model: 'aura-2-thalia-en', amounts: { characters: 6 } } },
      { kind: 'used', usage: { vendor: 'deepgram', model: 'aura-2-thalia-en', amounts: { characters: 14 } } },
    ]);
    expect(vendor.errors()).toEqual([]);
  });

  test('the voice is the one named, or the model where only that is', async () => {
    const { kit } = await openVoice(AURA);
    expect(kit.voice('aura-2-luna-en', 'aura-2-zeus-en').id).toBe('deepgram/aura-2-luna-en');
    expect(kit.voice(null, 'aura-2-zeus-en').id).toBe('deepgram/aura-2-zeus-en');
  });

  test('every turn has a socket of its own, which the next one takes over', async () => {
    const { vendor, speak: say } = await openVoice(AURA, { thinkMs: 20 });
    const heard = [say('One.'), say('Two.'), say('Three.')];
    for (const one of heard) expect(await one.over()).toEqual({ kind: 'ended' });
    await say('Four.').over();
    expect(vendor.sessions.map(({ received }) => received.length)).toEqual([4, 2, 2]);
  });

  test('audio that was cleared is heard by nobody, and a socket is not taken before it is clear', async () => {
    const { vendor, speak: say } = await openVoice(AURA, { paceMs: 10 });
    const heard = say('This is going to be interrupted.');
    await until(() => heard.audio.length > 0, 'its beginning');
    heard.stream.cancel();
    const next = say('Hello.');
    expect(await next.over()).toEqual({ kind: 'ended' });
    expect(next.audio.equals(audioOf('Hello.'))).toBe(true);
    expect(vendor.sessions).toHaveLength(2);
    await settle();
    for (const text of ['One.', 'Two.']) {
      const later = say(text);
      await later.over();
      expect(later.audio.equals(audioOf(text))).toBe(true);
    }
    expect(vendor.sessions).toHaveLength(2);
  });

  test('a turn that is cancelled while nothing is being spoken clears nothing', async () => {
    const { vendor, speak: say } = await openVoice(AURA);
    const heard = say();
    heard.stream.say('Hello.');
    await until(() => heard.audio.equals(audioOf('Hello.')), 'it');
    await settle();
    heard.stream.cancel();
    await say('Hello.').over();
    expect(vendor.received()).toEqual([speak('Hello.'), FLUSH, speak('Hello.'), FLUSH]);
  });

  test('a socket that does not clear is closed', async () => {
    const clock = new FakeClock();
    const vendor = await startDeepgramSpeak({ neverCleared: true, paceMs: 10 });
    const { speak: say } = openOn(AURA, vendor, { clock });
    const heard = say('This is going to be interrupted.');
    await until(() => heard.audio.length > 0, 'its beginning');
    heard.stream.cancel();
    await settle();
    await clock.advanceAsync(2_000);
    await until(() => vendor.open() === 0, 'it is closed');
    expect(clock.waiting).toBe(0);
  });

  test('nobody flushes more than twenty times in a minute: the rest of a turn takes another socket', async () => {
    const clock = new FakeClock();
    const { vendor, speak: say } = await openVoice(AURA, {}, { clock });
    const pieces = Array.from({ length: 45 }, (_, index) => `Number ${index}. `);
    const heard = say(...pieces);
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf(pieces.join('')))).toBe(true);
    expect(heard.characters).toBe(pieces.join('').length);
    expect(vendor.sessions.map(({ received }) => received.length)).toEqual([40, 40, 10]);
    // A turn begins where it has five to spend, and after a minute all are there again.
    await say('One. ', 'Two. ').over();
    expect(vendor.sessions).toHaveLength(3);
    expect(vendor.errors()).toEqual([]);
  });

  test('a piece whose socket dies is said again where what was heard before it was whole', async () => {
    const { vendor, speak: say } = await openVoice(AURA, {
      mishap: (text, session) => (session === 0 && text === 'Two.' ? { kind: 'dies', afterBytes: 0 } : null),
    });
    const heard = say('One. ', 'Two.', ' Three.');
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect(heard.audio.equals(audioOf('One. Two. Three.'))).toBe(true);
    expect(vendor.sessions[1]!.received[0]).toEqual(speak('Two.'));
  });

  test('the exchange as the vendor documents it, replayed, with frames of any size', async () => {
    const {
      vendor,
      speak: say,
      lines,
    } = await openVoice(AURA, { mishap: () => ({ kind: 'stalls', afterBytes: 0 }) });
    const heard = say('Hello.');
    await until(() => vendor.received().length === 2, 'the text');
    const session = vendor.sessions[0]!;
    session.sendRaw(Buffer.from([1]));
    session.send({ type: 'Metadata', request_id: 'r', model_name: 'aura-2-thalia-en', model_version: '1' });
    session.sendRaw(Buffer.from([2, 3, 4]));
    session.sendRaw(Buffer.alloc(0));
    session.sendRaw(Buffer.from([5, 6]));
    session.send({ type: 'Warning', code: 'SLOW', description: 'Slow down.' });
    session.send({ type: 'Flushed', sequence_id: 0 });
    session.sendRaw(Buffer.from([7]));
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect([...heard.audio]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('a warning, SLOW: Slow down');
  });

  test('errors are read under their newer and their older names', async () => {
    for (const error of [
      { type: 'Error', code: 'DATA-0000', description: 'No text.' },
      { type: 'Error', err_code: 'DATA-0000', err_msg: 'No text.' },
    ]) {
      const { vendor, speak: say } = await openVoice(AURA, { thinkMs: 60_000 });
      const heard = say('Hello.');
      for (let session = 0; session < 2; session++) {
        await until(() => vendor.sessions[session]?.received.length === 2, 'the text');
        vendor.sessions[session]!.send(error);
      }
      expect(await heard.over()).toEqual({
        kind: 'failed',
        code: 'deepgram-failed',
        message: 'Deepgram reported DATA-0000: No text.',
      });
    }
  });

  test('a long piece goes in messages that the vendor takes, none of its letters lost or cut', async () => {
    const { vendor, speak: say } = await openVoice(AURA);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('word ', 'a', '🙂', 'x'.repeat(400), ' '), { minLength: 1, maxLength: 60 }),
        async (parts) => {
          const before = vendor.received().length;
          const text = `A${parts.join('')}`;
          expect(await say(text).over()).toEqual({ kind: 'ended' });
          const sent = vendor
            .received()
            .slice(before)
            .filter(({ type }) => type === 'Speak');
          expect(sent.map(({ text }) => text).join('')).toBe(text);
          for (const { text } of sent) expect(String(text)).not.toMatch(/\p{Surrogate}/u);
        },
      ),
      { numRuns: 25 },
    );
    expect(vendor.errors()).toEqual([]);
  });
});

describe('Flux', () => {
  test('two turns and an end: every message of it', async () => {
    const { vendor, kit, voice, speak: say } = await openVoice(FLUX, { paceMs: 2 });
    expect(voice.id).toBe('deepgram/flux-alexis-en');
    await say('Sure, ', 'Tuesday works.').over();
    const second = say('At seven, then.');
    await second.over();
    expect(second.audio.equals(audioOf('At seven, then.'))).toBe(true);
    await kit.close();
    await until(() => vendor.received().length === 6, 'the farewell');
    expect(vendor.attempts).toHaveLength(1);
    expect(vendor.attempts[0]!.url).toBe('/v2/speak?model=flux-alexis-en&encoding=mulaw&sample_rate=8000');
    expect(vendor.received()).toEqual([
      speak('Sure, '),
      speak('Tuesday works.'),
      FLUSH,
      speak('At seven, then.'),
      FLUSH,
      { type: 'Close' },
    ]);
    expect(vendor.errors()).toEqual([]);
  });

  test('a turn that is interrupted takes its socket with it', async () => {
    const { vendor, speak: say } = await openVoice(FLUX, { paceMs: 10 });
    const heard = say('This is going to be interrupted.');
    await until(() => heard.audio.length > 0, 'its beginning');
    heard.stream.cancel();
    const next = say('Hello.');
    expect(await next.over()).toEqual({ kind: 'ended' });
    expect(next.audio.equals(audioOf('Hello.'))).toBe(true);
    expect(vendor.sessions).toHaveLength(2);
    await until(() => !vendor.sessions[0]!.isOpen, 'the first socket is closed');
    expect(vendor.sessions[0]!.received.at(-1)).toEqual({ type: 'Close' });
  });

  test('a turn is over with its metadata, and not when it was flushed', async () => {
    const { vendor, kit } = await openVoice(FLUX, { mishap: () => ({ kind: 'stalls', afterBytes: 0 }) });
    const heard = new Heard(kit.voice('flux-alexis-en', null), ['Hello.']);
    await until(() => vendor.received().length === 2, 'the text');
    const session = vendor.sessions[0]!;
    session.send({ type: 'SpeechStarted', speech_id: 's1' });
    session.sendRaw(Buffer.from([1, 2]));
    session.send({ type: 'Flushed', speech_id: 's1' });
    await settle();
    expect(heard.end).toBeNull();
    session.sendRaw(Buffer.from([3]));
    session.send({ type: 'SpeechMetadata', speech_id: 's1' });
    expect(await heard.over()).toEqual({ kind: 'ended' });
    expect([...heard.audio]).toEqual([1, 2, 3]);
  });
});
