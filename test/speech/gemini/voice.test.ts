/** The live model as a voice that reads exact lines. */
import { describe, expect, it, test } from 'vitest';
import { FakeClock } from '../../support/fake-clock.ts';
import { at, list, str, type GeminiScript, type Request } from '../../support/gemini-live.ts';
import type { Voice, VoiceEvent } from '../../../runtime/speech/speech.ts';
import { openKit, settle, startVendor, until } from './support.ts';

const never = new AbortController().signal;
/** The text that is to be read aloud. */
const asked = ({ context }: Request): string => context.at(-1)!.text.split('adding nothing: ')[1]!;
const reading: Partial<GeminiScript> = { reply: (request) => ({ say: asked(request), ms: 500 }) };

async function openVoice(
  script: Partial<GeminiScript> = {},
  clock?: FakeClock,
): Promise<{ voice: Voice; vendor: Awaited<ReturnType<typeof startVendor>> }> {
  const vendor = await startVendor({ ...reading, ...script });
  return { vendor, voice: openKit(vendor, clock).voice(null, null) };
}

describe('a line', () => {
  it('is read aloud as it is written, in a session that does nothing else', async () => {
    const { voice, vendor } = await openVoice();
    const used: unknown[] = [];
    const audio = await voice.render('Your table is booked.', 'en-GB', never, (usage: unknown) =>
      used.push(usage),
    );
    expect(Math.round(audio.length / 8)).toBeGreaterThanOrEqual(500);
    expect(Math.round(audio.length / 8)).toBeLessThan(505);
    expect(voice.id).toBe('gemini/gemini-3.8-live/Kore');
    expect(vendor.received()).toEqual([
      {
        setup: {
          model: 'models/gemini-3.8-live',
          generationConfig: {
            responseModalities: ['AUDIO'],
            speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
          },
          systemInstruction: { parts: [{ text: 'You are a voice that reads texts aloud, word for word.' }] },
          realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
          outputAudioTranscription: {},
          contextWindowCompression: { triggerTokens: '25600', slidingWindow: { targetTokens: '12800' } },
        },
      },
      {
        clientContent: {
          turns: [
            {
              role: 'user',
              parts: [
                {
                  text: 'Speak the language of the locale en-GB. Read aloud exactly, adding nothing: Your table is booked.',
                },
              ],
            },
          ],
          turnComplete: true,
        },
      },
    ]);
    expect(vendor.problems()).toEqual([]);
  });

  it('does not wait until the server takes it to have been heard', async () => {
    const { voice } = await openVoice({ playbackMs: 60_000 });
    const begun = performance.now();
    await voice.render('One.', 'en', never);
    await voice.render('Two.', 'en', never);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it('of a session that read one before is not mixed with it', async () => {
    const { voice, vendor } = await openVoice({
      playbackMs: 30,
      reply: (request) => ({ say: asked(request), ms: asked(request).length * 100 }),
    });
    expect(Math.round((await voice.render('One two.', 'en', never)).length / 800)).toBe(8);
    expect(Math.round((await voice.render('Three.', 'en', never)).length / 800)).toBe(6);
    await settle(60);
    expect(Math.round((await voice.render('Four', 'en', never)).length / 800)).toBe(4);
    expect(vendor.sessions).toHaveLength(1);
  });

  it('that was read wrongly is tried again, and given up after that', async () => {
    let tries = 0;
    const { voice, vendor } = await openVoice({
      reply: (request) => ({
        say: asked(request),
        words: tries++ === 0 ? 'Sure! Hello.' : asked(request),
        ms: 300,
      }),
    });
    await voice.render('Hello.', 'en', never);
    expect(tries).toBe(2);
    vendor.script.reply = () => ({ say: 'Of course, hello.', ms: 300 });
    await expect(voice.render('Hello.', 'en', never)).rejects.toMatchObject({
      code: 'voice-inexact',
      message: 'The voice gemini/gemini-3.8-live/Kore did not read a text of 6 characters as it is written.',
    });
  });

  it('may have its numbers written either way', async () => {
    const { voice } = await openVoice({
      reply: () => ({ say: 'x', words: 'At 7:30, table twenty-one.', ms: 300 }),
    });
    await expect(voice.render('At seven thirty, table 21.', 'en-US', never)).resolves.toBeInstanceOf(
      Uint8Array,
    );
  });

  it.each([
    ['says nothing', {}, 'Gemini did not read a text aloud.'],
    ['dies', 'kill', 'Gemini closed the session of model "gemini-3.8-live" (code 1006).'],
  ] as const)('of a model that %s twice fails', async (_, how, why) => {
    const { voice } = await openVoice({
      reply: ({ session }) => {
        if (how === 'kill') session.kill();
        return {};
      },
    });
    await expect(voice.render('Hello.', 'en', never)).rejects.toMatchObject({
      code: 'voice-failed',
      message: `The voice gemini/gemini-3.8-live/Kore could not read a text: ${why}`,
    });
  });

  it('with a wrong key fails at once', async () => {
    const vendor = await startVendor();
    const voice = openKit({ ...vendor, apiKey: 'AIza-wrong' }).voice('Puck', null);
    await expect(voice.render('Hello.', 'en', never)).rejects.toMatchObject({
      code: 'voice-failed',
      message: expect.stringMatching(/check GEMINI_API_KEY\.$/),
    });
    expect(vendor.attempts).toHaveLength(1);
  });

  it('that is never read is given up at its deadline', async () => {
    const clock = new FakeClock();
    const { voice, vendor } = await openVoice({ reply: () => ({ hangs: true }) }, clock);
    const rendered = voice.render('Hello.', 'en', never);
    // It is looked at below; until then nobody is there to hear of it.
    rendered.catch(() => {});
    await until(() => vendor.received('clientContent').length === 1, 'the question');
    for (let second = 0; second < 11; second++) await clock.advanceAsync(1_000).then(() => settle(3));
    await expect(rendered).rejects.toMatchObject({
      code: 'voice-timeout',
      message: 'The voice gemini/gemini-3.8-live/Kore took longer than 10360 ms.',
    });
    await until(() => vendor.open() === 0, 'the session is not used again');
  });

  it('that nobody waits for any more is given up at once', async () => {
    const { voice } = await openVoice({ reply: () => ({ hangs: true }) });
    const abort = new AbortController();
    const rendered = voice.render('Hello.', 'en', abort.signal);
    abort.abort();
    await expect(rendered).rejects.toMatchObject({ code: 'voice-timeout' });
    await expect(voice.render('Hello.', 'en', abort.signal)).rejects.toMatchObject({ code: 'voice-timeout' });
  });
});

test('many lines at once share a few sessions', async () => {
  const { voice, vendor } = await openVoice();
  const lines = Array.from({ length: 12 }, (_, index) => `Line number ${index}.`);
  await Promise.all(lines.map((line) => voice.render(line, 'en', never)));
  expect(vendor.sessions.length).toBeLessThanOrEqual(3);
  const texts = vendor
    .received('clientContent')
    .flatMap((message) => list(at(message, 'clientContent', 'turns')))
    .map(({ parts }) => str(list(parts)[0]!.text).split('adding nothing: ')[1]);
  expect(new Set(texts)).toEqual(new Set(lines));
  expect(texts).toHaveLength(12);
});

test('a text that is still being written is spoken piece by piece, in order', async () => {
  const { voice } = await openVoice({
    reply: (request) => ({ say: asked(request), ms: asked(request).length * 50 }),
  });
  const events: VoiceEvent[] = [];
  const stream = voice.stream('en', (event) => events.push(event));
  stream.say('One two three four.');
  stream.say(' Five.');
  stream.end();
  await until(() => events.at(-1)?.kind === 'ended', 'the end');
  const lengths = events.flatMap((event) =>
    event.kind === 'audio' ? [Math.round(Buffer.from(event.payload, 'base64').length / 400)] : [],
  );
  expect(lengths).toEqual([19, 5]);
});

test('nothing is left of a voice that was closed', async () => {
  const { voice, vendor } = await openVoice({ reply: () => ({ hangs: true }) });
  const rendered = voice.render('Hello.', 'en', never);
  rendered.catch(() => {});
  await until(() => vendor.received('clientContent').length === 1, 'the question');
  await voice.close();
  await expect(rendered).rejects.toMatchObject({ code: 'voice-failed' });
  await expect(voice.render('Hello.', 'en', never)).rejects.toMatchObject({ code: 'voice-failed' });
  await until(() => vendor.open() === 0, 'no connection');
});
