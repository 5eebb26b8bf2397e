import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import { openCartesia } from '../../runtime/speech/cartesia/kit.ts';
import { openDeepgramVoices } from '../../runtime/speech/deepgram/voice-kit.ts';
import { openElevenLabs } from '../../runtime/speech/elevenlabs/kit.ts';
import type { Voice, VoiceEvent, VoiceKit, VoiceStream } from '../../runtime/speech/speech.ts';
import { startCartesia } from '../support/cartesia.ts';
import { startDeepgramSpeak } from '../support/deepgram-speak.ts';
import { startElevenLabs } from '../support/elevenlabs.ts';
import type { VoiceDouble, VoiceScript } from '../support/voice-double.ts';
import { until } from './openai/support.ts';

export { settle, until } from './openai/support.ts';

type Open = typeof openCartesia;

export interface VendorUnderTest {
  /** As its codes begin. */
  code: string;
  title: string;
  keyName: string;
  voice: string | null;
  open: Open;
  start(script?: Partial<VoiceScript>): Promise<VoiceDouble>;
}

export const CARTESIA: VendorUnderTest = {
  code: 'cartesia',
  title: 'Cartesia',
  keyName: 'CARTESIA_API_KEY',
  voice: null,
  open: openCartesia,
  start: startCartesia,
};
export const ELEVENLABS: VendorUnderTest = {
  code: 'elevenlabs',
  title: 'ElevenLabs',
  keyName: 'ELEVENLABS_API_KEY',
  voice: null,
  open: openElevenLabs,
  start: startElevenLabs,
};
export const AURA: VendorUnderTest = {
  code: 'deepgram',
  title: 'Deepgram',
  keyName: 'DEEPGRAM_API_KEY',
  voice: null,
  open: openDeepgramVoices,
  start: startDeepgramSpeak,
};
export const FLUX: VendorUnderTest = { ...AURA, voice: 'flux-alexis-en' };

export interface Opened {
  vendor: VoiceDouble;
  kit: VoiceKit;
  voice: Voice;
  /** What was logged. */
  lines: string[];
  speak(...pieces: string[]): Heard;
}

/** A vendor's double and a voice of it; both are closed when the test is over. */
export async function openVoice(
  of: VendorUnderTest,
  script: Partial<VoiceScript> = {},
  { clock = systemClock, apiKey }: { clock?: Clock; apiKey?: string } = {},
): Promise<Opened> {
  return openOn(of, await of.start(script), { clock, apiKey });
}

export function openOn(
  of: VendorUnderTest,
  vendor: VoiceDouble,
  { clock = systemClock, apiKey }: { clock?: Clock; apiKey?: string | undefined } = {},
): Opened {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const kit = of.open({ apiKey: apiKey ?? vendor.apiKey, baseUrl: vendor.baseUrl, clock, log });
  onTestFinished(async () => {
    await vendor.close();
    await kit.close();
  });
  const voice = kit.voice(of.voice, null);
  return { vendor, kit, voice, lines, speak: (...pieces) => new Heard(voice, pieces) };
}

/** A stream and what was heard of it. */
export class Heard {
  readonly events: VoiceEvent[] = [];
  readonly stream: VoiceStream;

  /** Says the pieces, and then that no more come; without pieces it does neither. */
  constructor(voice: Voice, pieces: readonly string[], locale = 'en-US') {
    this.stream = voice.stream(locale, (event) => this.events.push(event));
    for (const piece of pieces) this.stream.say(piece);
    if (pieces.length > 0) this.stream.end();
  }

  get audio(): Buffer {
    const payloads = this.events.flatMap((event) => (event.kind === 'audio' ? [event.payload] : []));
    return Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64')));
  }

  get characters(): number {
    return this.events.reduce(
      (sum, event) => sum + (event.kind === 'used' ? (event.usage.amounts.characters ?? 0) : 0),
      0,
    );
  }

  get end(): VoiceEvent | null {
    const last = this.events.at(-1);
    return last?.kind === 'ended' || last?.kind === 'failed' ? last : null;
  }

  async over(): Promise<VoiceEvent> {
    await until(() => this.end !== null, 'the end of a text');
    return this.end!;
  }
}
