/** Gemini Live for the contract suite of speech: the adapter over real sockets, and a hand on its far side. */
import { encodeMulaw, FRAME_BYTES } from '../../runtime/audio.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { openGemini } from '../../runtime/speech/gemini/kit.ts';
import type { SpeechEvent } from '../../runtime/speech/speech.ts';
import { until, type FarReply, type Subject } from '../contracts/speech-far.ts';
import { at, list, startGemini, type Reply } from './gemini-live.ts';

const LIMIT_MS = 6_000;

/** Silence, something that swells as syllables do, and the silence that ends it. */
const UTTERANCE = Buffer.from(
  encodeMulaw(
    Int16Array.from({ length: 1_400 * 8 }, (_, i) => {
      const isSpeech = i >= 200 * 8 && i < 600 * 8;
      const level = 6_000 + 3_000 * Math.sin((2 * Math.PI * 7 * i) / 8_000);
      return isSpeech ? Math.round(level * Math.sin((2 * Math.PI * 300 * i) / 8_000)) : 0;
    }),
  ),
);

export const gemini: Subject = {
  name: 'Gemini Live',
  converses: true,
  unasked: true,
  async open(on) {
    const texts: string[] = [];
    const replies: FarReply[] = [];
    const reply = ({ functions }: { functions: readonly string[] }): Reply => {
      if (functions.includes('heard')) return { calls: [{ name: 'heard', args: {} }] };
      const { say, calls, slow } = replies.shift() ?? { say: 'Of course.' };
      return {
        ...(say === undefined ? {} : { say, ...(slow ? { ms: 60_000 } : {}) }),
        ...(calls ? { calls: calls.map(({ name, input }) => ({ name, args: input })) } : {}),
      };
    };
    const vendor = await startGemini({ heard: () => texts.shift() ?? '', reply, paceMs: 5 });
    const kit = openGemini({
      apiKey: vendor.apiKey,
      baseUrl: vendor.baseUrl,
      log: silentLog,
      clock: systemClock,
    });
    const events: SpeechEvent[] = [];
    const speech = kit.open({
      sessionId: 's1',
      locale: 'en-US',
      model: null,
      voice: null,
      persona: 'You are Ana.',
      on: (event) => {
        events.push(event);
        on?.(event);
      },
    });
    const breaks = async (): Promise<void> => {
      vendor.sessions.at(-1)!.kill();
      await until({ limitMs: LIMIT_MS }, () => events.at(-1)?.kind === 'failed', 'the break is noticed');
    };
    return {
      speech,
      events,
      callerSays(text) {
        texts.push(text);
        for (let from = 0; from < UTTERANCE.length; from += FRAME_BYTES)
          speech.hear(UTTERANCE.toString('base64', from, from + FRAME_BYTES));
      },
      replies: (...more) => void replies.splice(0, replies.length, ...more),
      outputs: () =>
        vendor
          .received('toolResponse')
          .flatMap((message) => list(at(message, 'toolResponse', 'functionResponses')))
          .filter(({ name }) => name !== 'heard')
          .map(({ response }) => JSON.stringify(at(response, 'output'))),
      breaks,
      dies() {
        vendor.script.refuse = () => 401;
        return breaks();
      },
      generating: () => vendor.sessions.filter(({ isSpeaking }) => isSpeaking).length,
      open: () => vendor.open(),
      problems: () => vendor.problems(),
      limitMs: LIMIT_MS,
      async close() {
        await kit.close();
        await vendor.close();
      },
    };
  },
};
