import { onTestFinished } from 'vitest';
import { FRAME_BYTES, SILENCE } from '../../../runtime/audio.ts';
import { systemClock, type Clock } from '../../../runtime/clock.ts';
import type { Choice, Expectation } from '../../../runtime/dialogue/protocol.ts';
import { silentLog } from '../../../runtime/log.ts';
import { openOpenAi } from '../../../runtime/speech/openai/kit.ts';
import type { Speech, SpeechEvent, SpeechKit, SpeechOptions, Talk } from '../../../runtime/speech/speech.ts';
import { startOpenAi, tone, type OpenAiDouble, type OpenAiScript } from '../../support/openai-realtime.ts';

export interface Ears {
  speech: Speech;
  /** What happened; what the vendor was used for, and that it began to answer, stand apart. */
  events: SpeechEvent[];
  measures: Measure[];
  vendor: OpenAiDouble;
  kit: SpeechKit;
  /** The events of one kind. */
  of<K extends SpeechEvent['kind']>(kind: K): Extract<SpeechEvent, { kind: K }>[];
  kinds(): string[];
  /** Sends audio in frames, as a line does. */
  hear(audio: Buffer): void;
}

type Measure = Extract<SpeechEvent, { kind: 'used' | 'first-token' }>;

export function isMeasure(event: SpeechEvent): event is Measure {
  return event.kind === 'used' || event.kind === 'first-token';
}

/** A vendor, and one call's ears on it. Both are closed when the test is over. */
export async function openEars(
  script: Partial<OpenAiScript> = {},
  options: Partial<SpeechOptions> & { clock?: Clock } = {},
): Promise<Ears> {
  const vendor = await startVendor(script);
  const { clock = systemClock, ...more } = options;
  const kit = openKit(vendor, clock);
  const events: SpeechEvent[] = [];
  const measures: Measure[] = [];
  const speech = kit.open({
    sessionId: 's1',
    locale: 'en-US',
    model: null,
    voice: null,
    persona: 'You are Ana.',
    on: (event) => (isMeasure(event) ? measures : events).push(event as never),
    ...more,
  });
  return {
    speech,
    events,
    measures,
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

export async function startVendor(script: Partial<OpenAiScript> = {}): Promise<OpenAiDouble> {
  const vendor = await startOpenAi(script);
  onTestFinished(() => vendor.close());
  return vendor;
}

export function openKit(vendor: OpenAiDouble, clock: Clock = systemClock, log = silentLog): SpeechKit {
  const kit = openOpenAi({ apiKey: vendor.apiKey, baseUrl: vendor.baseUrl, log, clock });
  onTestFinished(() => kit.close());
  return kit;
}

/** Waits for what sockets bring; real time, as short as possible. */
export async function until(isSo: () => boolean, what: string, limitMs = 4_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

/** Lets everything that is under way over local sockets arrive. */
export async function settle(ms = 30): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export const speaking = (ms: number): Buffer => tone(ms, 300);
export const silence = (ms: number): Buffer => Buffer.alloc(ms * 8, SILENCE);
/** A sentence and the silence that ends it. */
export const sentence = (ms = 400): Buffer => Buffer.concat([speaking(ms), silence(600)]);

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

export function expecting(...ids: string[]): Expectation {
  const choices = ids.map((id): Choice => ({
    id,
    when: `wants ${id}`,
    like: [`${id} please`],
    keys: null,
    scope: 'step',
    polar: null,
  }));
  const now = Date.UTC(2026, 2, 3, 9, 0);
  return { id: 'e1', locale: 'en-US', choices, slots: [], now, zone: 'Europe/Prague', sensitive: false };
}
