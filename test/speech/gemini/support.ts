import { onTestFinished } from 'vitest';
import { encodeMulaw, FRAME_BYTES, SILENCE } from '../../../runtime/audio.ts';
import { systemClock, type Clock } from '../../../runtime/clock.ts';
import { silentLog } from '../../../runtime/log.ts';
import { openGemini } from '../../../runtime/speech/gemini/kit.ts';
import type { Speech, SpeechEvent, SpeechKit, SpeechOptions, Talk } from '../../../runtime/speech/speech.ts';
import { startGemini, type GeminiDouble, type GeminiScript } from '../../support/gemini-live.ts';

export interface Ears {
  speech: Speech;
  events: SpeechEvent[];
  vendor: GeminiDouble;
  kit: SpeechKit;
  /** The events of one kind. */
  of<K extends SpeechEvent['kind']>(kind: K): Extract<SpeechEvent, { kind: K }>[];
  kinds(): string[];
  /** Sends audio in frames, as a line does. */
  hear(audio: Buffer): void;
}

/** A vendor, and one call's ears on it. Both are closed when the test is over, and the vendor has no complaint. */
export async function openEars(
  script: Partial<GeminiScript> = {},
  options: Partial<SpeechOptions> & { clock?: Clock } = {},
): Promise<Ears> {
  const vendor = await startVendor(script);
  const { clock = systemClock, ...more } = options;
  const kit = openKit(vendor, clock);
  const events: SpeechEvent[] = [];
  const speech = kit.open({
    sessionId: 's1',
    locale: 'en-US',
    model: null,
    voice: null,
    persona: 'You are Ana.',
    on: (event) => events.push(event),
    ...more,
  });
  return {
    speech,
    events,
    vendor,
    kit,
    of: <K extends SpeechEvent['kind']>(kind: K) =>
      events.filter((event): event is Extract<SpeechEvent, { kind: K }> => event.kind === kind),
    kinds: () => events.map((event) => event.kind),
    hear: (audio) => {
      for (const frame of frames(audio)) speech.hear(frame);
    },
  };
}

/** The same, with the session set up. */
export async function readyEars(...args: Parameters<typeof openEars>): Promise<Ears> {
  const ears = await openEars(...args);
  await until(() => ears.of('ready').length > 0, 'the session is set up');
  return ears;
}

export async function startVendor(script: Partial<GeminiScript> = {}): Promise<GeminiDouble> {
  const vendor = await startGemini(script);
  onTestFinished(() => vendor.close());
  return vendor;
}

export function openKit(vendor: GeminiDouble, clock: Clock = systemClock, log = silentLog): SpeechKit {
  const kit = openGemini({ apiKey: vendor.apiKey, baseUrl: vendor.baseUrl, log, clock });
  onTestFinished(() => kit.close());
  return kit;
}

/** Waits for what sockets bring; real time, as short as possible. */
export async function until(isSo: () => boolean, what: string, limitMs = 8_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

/** Lets everything that is under way over local sockets arrive. */
export async function settle(ms = 40): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** A voice, more or less: what a detector takes for speech does not keep its level. */
export function speaking(ms: number, hertz = 300): Buffer {
  const samples = Int16Array.from({ length: ms * 8 }, (_, i) => {
    const level = 6_000 + 3_000 * Math.sin((2 * Math.PI * 7 * i) / 8_000);
    return Math.round(level * Math.sin((2 * Math.PI * hertz * i) / 8_000));
  });
  return Buffer.from(encodeMulaw(samples));
}

export const silence = (ms: number): Buffer => Buffer.alloc(ms * 8, SILENCE);
/** A sentence, the silence that ends it, and a little before it, which tells a detector what is quiet. */
export const sentence = (ms = 400): Buffer => Buffer.concat([silence(100), speaking(ms), silence(800)]);

export function frames(audio: Buffer): string[] {
  const out: string[] = [];
  for (let at = 0; at < audio.length; at += FRAME_BYTES) {
    out.push(audio.subarray(at, at + FRAME_BYTES).toString('base64'));
  }
  return out;
}

export function talk(more: Partial<Talk> = {}): Talk {
  return {
    id: 't1',
    instructions: 'Talk about the menu.',
    offers: [
      {
        name: 'menu',
        about: 'The dishes of today',
        input: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
      },
    ],
    answerNow: false,
    interruptible: true,
    words: 1,
    ...more,
  };
}
