/** One suite for every voice of the cascade, against the documented wires; and proof that it finds what is broken. */
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { openCartesia } from '../../runtime/speech/cartesia/kit.ts';
import { openDeepgramVoices } from '../../runtime/speech/deepgram/voice-kit.ts';
import { openElevenLabs } from '../../runtime/speech/elevenlabs/kit.ts';
import { openEmbedded } from '../../runtime/speech/embedded/kit.ts';
import { openOpenAi } from '../../runtime/speech/openai/kit.ts';
import type { Voice, VoiceKit } from '../../runtime/speech/speech.ts';
import { startCartesia } from '../support/cartesia.ts';
import { startDeepgramSpeak } from '../support/deepgram-speak.ts';
import { startElevenLabs } from '../support/elevenlabs.ts';
import { startOpenAi } from '../support/openai-realtime.ts';
import type { VoiceDouble } from '../support/voice-double.ts';
import { FLAWS, PaperVoice } from './paper-voice.ts';
import { Broken, pause, VOICE_CHECKS, type VoiceUnderCheck } from './voice-checks.ts';

interface Vendor {
  kit: VoiceKit;
  /** What the double was sent that it should not have been, once the kit is closed. */
  errors(): string[];
  open(): number;
  close(): Promise<void>;
}

type Settings = Parameters<typeof openCartesia>[0];

const settingsOf = ({ apiKey, baseUrl }: { apiKey: string; baseUrl: string }): Settings => ({
  apiKey,
  baseUrl,
  clock: systemClock,
  log: silentLog,
});

async function overSockets(
  starting: Promise<VoiceDouble>,
  open: (settings: Settings) => VoiceKit,
): Promise<Vendor> {
  const double = await starting;
  return { ...double, kit: open(settingsOf(double)) };
}

const script = { thinkMs: 2, paceMs: 1 };
const VENDORS: {
  name: string;
  voice: string | null;
  counts: VoiceUnderCheck['counts'];
  start(): Promise<Vendor>;
}[] = [
  {
    name: 'cartesia',
    voice: null,
    counts: 'characters',
    start: () => overSockets(startCartesia(script), openCartesia),
  },
  {
    name: 'elevenlabs',
    voice: null,
    counts: 'characters',
    start: () => overSockets(startElevenLabs(script), openElevenLabs),
  },
  {
    name: 'deepgram aura',
    voice: null,
    counts: 'characters',
    start: () => overSockets(startDeepgramSpeak(script), openDeepgramVoices),
  },
  {
    name: 'deepgram flux',
    voice: 'flux-alexis-en',
    counts: 'characters',
    start: () => overSockets(startDeepgramSpeak(script), openDeepgramVoices),
  },
  {
    name: 'openai',
    voice: null,
    counts: 'tokens',
    async start() {
      const double = await startOpenAi({ paceMs: 1 });
      return {
        kit: openOpenAi(settingsOf(double)),
        errors: () =>
          double.sessions.flatMap((session) => session.errors).map((error) => JSON.stringify(error)),
        open: double.open,
        close: double.close,
      };
    },
  },
  {
    name: 'embedded',
    voice: null,
    counts: 'nothing',
    async start() {
      const kit = await openEmbedded({ clock: systemClock, log: silentLog });
      return { kit, errors: () => [], open: () => 0, close: () => Promise.resolve() };
    },
  },
];

for (const { name, voice, counts, start } of VENDORS) {
  describe(`the voice of ${name}`, () => {
    let vendor: Vendor | null = null;
    afterAll(() => vendor?.close());

    test.each(Object.entries(VOICE_CHECKS))('%s', async (_, check) => {
      vendor ??= await start();
      const another = (): Voice => vendor!.kit.voice(voice, null);
      const under = { voice: another(), another, counts, patienceMs: 5_000 };
      await expect(check(under)).resolves.toBeUndefined();
    });

    test('leaves nothing open, and has sent nothing that it should not have', async () => {
      vendor ??= await start();
      await vendor.kit.close();
      for (let tries = 0; tries < 100 && vendor.open() > 0; tries++) await pause(10);
      expect(vendor.open()).toBe(0);
      expect(vendor.errors()).toEqual([]);
    });
  });
}

describe('the suite', () => {
  const check = (promise: string, flaw: string | null): Promise<void> => {
    const make = (): Voice => new PaperVoice(flaw);
    return VOICE_CHECKS[promise]!({ voice: make(), another: make, counts: 'characters', patienceMs: 250 });
  };

  test.each(Object.keys(VOICE_CHECKS))('lets a voice pass that %s', async (promise) => {
    await expect(check(promise, null)).resolves.toBeUndefined();
  });

  test.each(Object.entries(FLAWS))('finds a voice that %s', async (flaw, promise) => {
    await expect(check(promise, flaw)).rejects.toThrow(Broken);
  });

  test('has a flaw for every promise', () => {
    const untried = Object.keys(VOICE_CHECKS).filter(
      (promise) => !Object.values(FLAWS).some((one) => one === promise),
    );
    expect(untried).toEqual([]);
  });
});
