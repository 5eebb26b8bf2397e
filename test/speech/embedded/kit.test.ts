import { afterEach, expect, describe, it } from 'vitest';
import { decodeMulaw } from '../../../runtime/audio.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { silentLog } from '../../../runtime/log.ts';
import { openEmbedded } from '../../../runtime/speech/embedded/kit.ts';
import type { SpeechEvent, SpeechKit } from '../../../runtime/speech/speech.ts';
import { frames, join, quiet } from './sound.ts';
import { expecting } from '../../support/expectation.ts';

const never = new AbortController().signal;
let kit: SpeechKit | null = null;

afterEach(() => kit?.close());

describe('the embedded kit', () => {
  it('has the voice it names, a default one, and refuses another by name', async () => {
    const opened = (kit = await openEmbedded({ log: silentLog, clock: systemClock }));
    expect(opened.voice(null, null).id).toMatch(/^embedded\/flite-slt(\+espeak-ng)?\/1$/);
    expect(opened.voice('rms', null).id).toMatch(/^embedded\/flite-rms/);
    expect(() => opened.voice('marin', null)).toThrow(
      'There is no embedded voice "marin"; there are slt, rms, awb, kal, kal16.',
    );
  });

  it('hears what its own voice says, caption and all', async () => {
    const opened = (kit = await openEmbedded({ log: silentLog, clock: systemClock }));
    const events: SpeechEvent[] = [];
    const ear = opened.open({
      sessionId: 's',
      locale: 'en-US',
      model: null,
      voice: null,
      persona: '',
      on: (event) => void events.push(event),
    });
    ear.expect(expecting([{ id: 'book', like: ['a table please'] }]), 'normal');
    const audio = decodeMulaw(await opened.voice(null, null).render('A table please.', 'en-US', never));
    for (const frame of frames(quiet(400))) ear.hear(frame);
    ear.caption('a table please');
    for (const frame of frames(join(audio, quiet(1_000)))) ear.hear(frame);
    await expect
      .poll(() => events)
      .toEqual([
        { kind: 'ready' },
        { kind: 'caller-started' },
        { kind: 'caller-stopped' },
        { kind: 'caller-said', text: 'a table please' },
      ]);
    ear.close();
  });

  it('leaves nothing running when it is closed', async () => {
    const opened = await openEmbedded({ log: silentLog, clock: systemClock });
    const voice = opened.voice(null, null);
    const failure = voice.render('Hello.', 'en-US', never).catch((error: unknown) => error);
    await opened.close();
    expect(await failure).toMatchObject({
      code: 'voice-failed',
      message: 'flite did not speak: The voice thread was closed.',
    });
    await expect(voice.render('Hello.', 'en-US', never)).rejects.toMatchObject({ code: 'voice-failed' });
    await opened.close();
  });
});
