/** All ears there are, each with a vendor to be played with. */
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { openDeepgramEars } from '../../runtime/speech/deepgram/ear-kit.ts';
import type { EarKit } from '../../runtime/speech/ear.ts';
import { openEmbedded } from '../../runtime/speech/embedded/kit.ts';
import { openOpenAiEars } from '../../runtime/speech/openai/ear-kit.ts';
import { startDeepgram } from './deepgram.ts';
import { startOpenAiTranscription } from './openai-transcription.ts';
import { ScriptedEars, type EarScript } from './scripted-ear.ts';

/** A vendor that is going, and its ears. */
export interface EarWorld {
  kit: EarKit;
  /** How many connections the vendor has. */
  sockets(): number;
  /** How many were asked for. */
  attempts(): number;
  /** What the vendor had to object to. */
  problems(): string[];
  release(): void;
  die(): void;
  /** The vendor sends this on every connection. */
  garbage(data: string | Buffer): void;
  close(): Promise<void>;
}

export interface EarSubject {
  name: string;
  /** What its codes begin with; null where there is no vendor that could be lost. */
  vendor: string | null;
  /** What the operator has to check where the key is wrong. */
  keyName: string;
  key: string;
  model: string | null;
  /** It hears for itself, and tells words while they are spoken. */
  tellsWords: boolean;
  /** How long something may take that happens at once. */
  limitMs: number;
  start(script: Partial<EarScript>): Promise<EarWorld>;
}

const next = (script: Partial<EarScript>): string => script.texts?.shift() ?? '';

function deepgram(name: string, model: string): EarSubject {
  return {
    name,
    vendor: 'deepgram',
    keyName: 'DEEPGRAM_API_KEY',
    key: 'dg-test-0123456789',
    model,
    tellsWords: true,
    limitMs: 4_000,
    async start(script) {
      const double = await startDeepgram({
        heard: () => next(script),
        hold: () => script.hold ?? false,
        refuse: script.refuse ?? (() => null),
        deaf: script.deaf ?? false,
        clock: script.clock ?? systemClock,
      });
      const { baseUrl, apiKey } = double;
      const kit = openDeepgramEars({ apiKey, baseUrl, clock: script.clock ?? systemClock, log: silentLog });
      return {
        ...double,
        kit,
        sockets: () => double.open(),
        attempts: () => double.attempts.length,
        release: () => {
          script.hold = false;
          double.release();
        },
        die: () => {
          for (const session of double.sessions) session.die();
        },
        garbage: (data) => {
          for (const session of double.sessions) session.sendRaw(data);
        },
        close: () => double.close(),
      };
    },
  };
}

export const SUBJECTS: readonly EarSubject[] = [
  {
    name: 'the scripted double',
    vendor: 'scripted',
    keyName: 'IMAGINED_KEY',
    key: 'imagined-key',
    model: null,
    tellsWords: true,
    limitMs: 1_500,
    start(script) {
      const kit = new ScriptedEars({ clock: systemClock, ...script });
      return Promise.resolve({
        kit,
        sockets: () => kit.ears.size,
        attempts: () => kit.attempts,
        problems: () => [],
        release: () => kit.release(),
        die: () => kit.die(),
        garbage: () => {},
        close: () => kit.close(),
      });
    },
  },
  deepgram('Deepgram Nova', 'nova-3'),
  deepgram('Deepgram Flux', 'flux-general-en'),
  {
    name: "OpenAI's live transcription",
    vendor: 'openai',
    keyName: 'OPENAI_API_KEY',
    key: 'sk-test-0123456789',
    model: null,
    tellsWords: true,
    limitMs: 4_000,
    async start(script) {
      const double = await startOpenAiTranscription({
        heard: () => next(script),
        hold: () => script.hold ?? false,
        refuse: script.refuse ?? (() => null),
        deaf: script.deaf ?? false,
        clock: script.clock ?? systemClock,
      });
      const { baseUrl, apiKey } = double;
      const kit = openOpenAiEars({ apiKey, baseUrl, clock: script.clock ?? systemClock, log: silentLog });
      return {
        kit,
        sockets: () => double.open(),
        attempts: () => double.attempts.length,
        problems: () => double.problems(),
        release: () => {
          script.hold = false;
          double.release();
        },
        die: () => {
          for (const session of double.sessions) session.die();
        },
        garbage: (data) => {
          for (const session of double.sessions) session.sendRaw(data);
        },
        close: () => double.close(),
      };
    },
  },
  {
    name: 'the embedded ear',
    vendor: null,
    keyName: '',
    key: '',
    model: null,
    tellsWords: false,
    limitMs: 4_000,
    async start(script) {
      const embedded = await openEmbedded({ log: silentLog, clock: script.clock ?? systemClock });
      const kit = embedded.ears;
      return {
        // The line knows what is said: it gives the words with the first sound of it.
        kit: {
          open: (options) => {
            const ear = kit.open({
              ...options,
              on: (event) => {
                if (event.kind === 'caller-started') ear.caption(next(script));
                options.on(event);
              },
            });
            return ear;
          },
          close: () => kit.close(),
        },
        sockets: () => 0,
        attempts: () => 0,
        problems: () => [],
        release: () => {},
        die: () => {},
        garbage: () => {},
        close: () => embedded.close(),
      };
    },
  },
];
