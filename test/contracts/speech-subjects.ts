/** The adapters of speech, each with a hand on its far side. A new vendor is one more entry of `SUBJECTS`. */
import { FRAME_BYTES, SILENCE } from '../../runtime/audio.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { openCascade } from '../../runtime/speech/cascade/speech.ts';
import { Ear as EmbeddedEar } from '../../runtime/speech/embedded/ear.ts';
import { EnergyVad } from '../../runtime/speech/vad.ts';
import { openChatMinds } from '../../runtime/speech/openai/chat-kit.ts';
import { openOpenAi } from '../../runtime/speech/openai/kit.ts';
import type { Speech, SpeechEvent, SpeechOptions } from '../../runtime/speech/speech.ts';
import { startChatStream, type StreamReply } from '../support/chat-stream.ts';
import { gemini } from '../support/gemini-subject.ts';
import { startOpenAi, tone, type Heard, type Reply } from '../support/openai-realtime.ts';
import { SpeechDouble, type Fault } from '../support/speech-double.ts';
import { TonedVoice, embeddedEars } from '../support/sounding-parts.ts';
import { frames, makeNoise, quiet } from '../speech/embedded/sound.ts';
import { until, type FarReply, type Subject } from './speech-far.ts';

const LIMIT_MS = 4_000;

const optionsOf = (on: (event: SpeechEvent) => void): SpeechOptions => ({
  sessionId: 's1',
  locale: 'en-US',
  model: null,
  voice: null,
  persona: 'You are Ana.',
  on,
});

/** Keeps what is told, and tells it on. */
function listening(on: (event: SpeechEvent) => void = () => undefined) {
  const events: SpeechEvent[] = [];
  return {
    events,
    hear: (event: SpeechEvent): void => {
      events.push(event);
      on(event);
    },
  };
}

function send(speech: Pick<Speech, 'hear'>, audio: Buffer): void {
  for (let at = 0; at < audio.length; at += FRAME_BYTES)
    speech.hear(audio.toString('base64', at, at + FRAME_BYTES));
}

/** Loud, then silent. */
const UTTERANCE = Buffer.concat([tone(400, 300), Buffer.alloc(800 * 8, SILENCE)]);

/** Noise that swells as syllables do, among silence: what the embedded ear takes for speech. */
const SYLLABLES = frames(
  Int16Array.from([
    ...quiet(200),
    ...makeNoise(11)(700, 3_000).map(
      (sample, i) => sample * Math.abs(Math.sin((2 * Math.PI * 5 * i) / 8_000)),
    ),
    ...quiet(1_600),
  ]),
);

function speakTo(speech: Speech, text: string): void {
  speech.caption(text);
  for (const payload of SYLLABLES) speech.hear(payload);
}

const realtime: Subject = {
  name: "OpenAI's realtime API",
  converses: true,
  untold: true,
  async open(on) {
    const texts: Heard[] = [];
    const replies: FarReply[] = [];
    const reply = (): Reply => {
      const next = replies.shift() ?? { say: 'Of course.' };
      const { say, calls = [], slow } = next;
      return { ...(say ? { say: slow ? [{ text: say, ms: 60_000 }] : say } : {}), calls };
    };
    const vendor = await startOpenAi({ heard: () => texts.shift() ?? '', reply, chunkMs: 100, paceMs: 5 });
    const kit = openOpenAi({
      apiKey: vendor.apiKey,
      baseUrl: vendor.baseUrl,
      log: silentLog,
      clock: systemClock,
    });
    const { events, hear } = listening(on);
    const speech = kit.open(optionsOf(hear));
    const breaks = async (): Promise<void> => {
      vendor.sessions.at(-1)!.die();
      await until({ limitMs: LIMIT_MS }, () => events.at(-1)?.kind === 'failed', 'the break is noticed');
    };
    return {
      speech,
      events,
      callerSays(text) {
        texts.push(text);
        send(speech, UTTERANCE);
      },
      callerIsNotTranscribed() {
        texts.push({ failed: 'unintelligible' });
        send(speech, UTTERANCE);
      },
      replies: (...more) => void replies.splice(0, replies.length, ...more),
      outputs: () =>
        vendor
          .received('conversation.item.create')
          .flatMap(({ item }) =>
            typeof item === 'object' && item !== null && 'output' in item ? [String(item.output)] : [],
          )
          .filter((output) => output !== '{"ended":true}'),
      breaks,
      dies() {
        vendor.script.refuse = () => 401;
        return breaks();
      },
      generating: () => 0,
      open: () => vendor.open(),
      // Cancelling what has just ended is harmless.
      problems: () =>
        vendor.sessions.flatMap(({ errors }) =>
          errors.flatMap(({ code }) => (code === 'response_cancel_not_active' ? [] : [code])),
        ),
      limitMs: LIMIT_MS,
      async close() {
        await kit.close();
        await vendor.close();
      },
    };
  },
};

const embedded: Subject = {
  name: 'the embedded ear',
  converses: false,
  open(on) {
    const { events, hear } = listening(on);
    const speech = new EmbeddedEar({ vad: new EnergyVad(), recogniser: null, clock: systemClock, on: hear });
    return Promise.resolve({
      speech,
      events,
      callerSays: (text) => speakTo(speech, text),
      replies: () => undefined,
      outputs: () => [],
      breaks: () => Promise.resolve(),
      dies: () => Promise.resolve(),
      generating: () => 0,
      open: () => 0,
      problems: () => [],
      limitMs: LIMIT_MS,
      close: () => Promise.resolve(speech.close()),
    });
  },
};

const cascade: Subject = {
  name: 'the cascade',
  converses: true,
  async open(on) {
    const replies: StreamReply[] = [];
    const server = await startChatStream({ reply: () => replies.shift() ?? { words: 'Of course.' } });
    const minds = openChatMinds({
      apiKey: server.apiKey,
      baseUrl: server.baseUrl,
      clock: systemClock,
      log: silentLog,
    });
    const voice = new TonedVoice(5);
    const { events, hear } = listening(on);
    const speech = openCascade(
      { ear: embeddedEars(), earModel: null, mind: { kit: minds, model: 'gpt-6-luna' }, voice },
      optionsOf(hear),
    );
    return {
      speech,
      events,
      callerSays: (text) => speakTo(speech, text),
      replies(...more) {
        const scripted = more.map(({ say, calls = [], slow }): StreamReply => ({
          calls,
          // Sentence after sentence, so that the voice has something to say before the end.
          ...(say ? { words: slow ? Array(1_000).fill(`${say} `) : say } : {}),
          ...(slow ? { paceMs: 5 } : {}),
        }));
        replies.splice(0, replies.length, ...scripted);
      },
      outputs: () => [
        ...new Set(
          server.requests.flatMap(({ said }) =>
            said.flatMap((line) => (line.startsWith('tool: ') ? [line.slice('tool: '.length)] : [])),
          ),
        ),
      ],
      breaks: () => Promise.resolve(void replies.unshift({ status: 503 })),
      dies: () => Promise.resolve(void replies.unshift({ status: 403 })),
      generating: () => server.open() + voice.open(),
      open: () => server.open() + voice.open(),
      problems: () => [...server.errors],
      limitMs: LIMIT_MS,
      async close() {
        speech.close();
        await minds.close();
        await server.close();
      },
    };
  },
};

/** In memory, with this fault. */
export function double(fault: Fault | null, limitMs = LIMIT_MS): Subject {
  return {
    name: 'the double',
    converses: true,
    open(on) {
      const { events, hear } = listening(on);
      const speech = new SpeechDouble(hear, fault);
      return Promise.resolve({
        speech,
        events,
        callerSays(text) {
          speech.texts.push(text);
          send(speech, UTTERANCE);
        },
        replies: (...more) => void speech.replies.splice(0, speech.replies.length, ...more),
        outputs: () => speech.outputs,
        breaks: () => Promise.resolve(speech.breaks()),
        dies: () => Promise.resolve(speech.dies()),
        generating: () => speech.generating,
        open: () => (speech.connected ? 1 : 0),
        problems: () => [],
        limitMs,
        close: () => Promise.resolve(speech.close()),
      });
    },
  };
}

export const SUBJECTS: readonly Subject[] = [double(null), embedded, cascade, realtime, gemini];
