/**
 * `npm run bench:cascade`: what the runtime adds, in a cascade, from the end of the caller's speech (`said` of the
 * ear) to the first audio: fifty calls at once, each with a frame of the caller's every 20 ms and a turn every two
 * seconds. The model is a process of its own that tells what it took, which is taken off; the voice has its audio
 * at once. Prints figures; asserts nothing. `--quick` is shorter.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../runtime/clock.ts';
import { silentLog } from '../../runtime/log.ts';
import { openCascade } from '../../runtime/speech/cascade/speech.ts';
import { openChatMinds } from '../../runtime/speech/openai/chat-kit.ts';
import type { EarOptions } from '../../runtime/speech/ear.ts';
import type { Speech, SpeechEvent, Voice } from '../../runtime/speech/speech.ts';
import type { ModelTime } from './cascade-model.ts';

const quick = process.argv.includes('--quick');
const CALLS = 50;
const TURN_MS = 2_000;
const WARM_UP_TURNS = 3;
const TURNS = quick ? 6 : 20;
const FRAME_MS = 20;

const SILENT_FRAME = Buffer.alloc(160, 0xff).toString('base64');
/** A second of it for every sentence, in pieces of 100 ms. */
const PIECE = Buffer.alloc(800, 0x55).toString('base64');

const voice: Voice = {
  id: 'bench/1',
  render: () => Promise.reject(new Error('Nothing is rendered here.')),
  stream: (_, on) => ({
    say: () => {
      for (let piece = 0; piece < 10; piece++) on({ kind: 'audio', payload: PIECE });
    },
    end: () => on({ kind: 'ended' }),
    cancel: () => undefined,
  }),
  close: () => Promise.resolve(),
};

class Call {
  readonly speech: Speech;
  #ear: EarOptions | null = null;
  #turn = 0;
  #saidAt = 0;
  #said = '';
  #isMeasured = false;

  constructor(
    index: number,
    kit: ReturnType<typeof openChatMinds>,
    first: (said: string, ms: number) => void,
  ) {
    const on = (event: SpeechEvent): void => {
      if (event.kind !== 'audio' || this.#saidAt === 0) return;
      if (this.#isMeasured) first(this.#said, performance.now() - this.#saidAt);
      this.#saidAt = 0;
    };
    this.speech = openCascade(
      {
        ear: {
          open: (options) => {
            this.#ear = options;
            return { hear() {}, caption() {}, expect() {}, close() {} };
          },
          close: () => Promise.resolve(),
        },
        earModel: null,
        mind: { kit, model: 'bench' },
        voice,
      },
      { sessionId: `s${index}`, locale: 'en-US', model: null, voice: null, persona: '', on },
    );
    const offers = Array.from({ length: 4 }, (_, one) => ({
      name: `tool_${one}`,
      about: 'Finds a free table',
      input: { type: 'object', properties: { day: { type: 'string' } } },
    }));
    this.speech.converse({
      id: 't1',
      instructions: 'Answer questions about the menu.',
      offers,
      answerNow: false,
      interruptible: true,
      words: 1,
    });
  }

  says(index: number, isMeasured: boolean): void {
    this.#isMeasured = isMeasured;
    this.#said = `call ${index}, turn ${++this.#turn}: what is on the menu today?`;
    this.#ear!.on({ kind: 'caller-started' });
    this.#ear!.on({ kind: 'words', text: this.#said });
    this.#ear!.on({ kind: 'caller-stopped' });
    this.#saidAt = performance.now();
    this.#ear!.on({ kind: 'said', text: this.#said });
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const model = fork(fileURLToPath(new URL('./cascade-model.ts', import.meta.url)), {
  execArgv: ['--import', 'tsx'],
});
const [{ port }] = (await once(model, 'message')) as [{ port: number }];
const modelMs = new Map<string, number>();
model.on('message', ({ said, ms }: ModelTime) => modelMs.set(said, ms));

const wholeMs = new Map<string, number>();
const kit = openChatMinds({
  apiKey: 'sk-bench',
  baseUrl: `http://127.0.0.1:${port}/v1`,
  clock: systemClock,
  log: silentLog,
});
const calls = Array.from(
  { length: CALLS },
  (_, index) => new Call(index, kit, (said, ms) => void wholeMs.set(said, ms)),
);

let cpuBefore = process.cpuUsage();
let [frames, begun] = [0, performance.now()];
const hearing = setInterval(() => {
  for (; frames * FRAME_MS < performance.now() - begun; frames++)
    for (const { speech } of calls) speech.hear(SILENT_FRAME);
}, FRAME_MS / 2);

for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn++) {
  if (turn === WARM_UP_TURNS) {
    [frames, begun] = [0, performance.now()];
    cpuBefore = process.cpuUsage();
  }
  // Nobody speaks in step with anybody else.
  for (const [index, call] of calls.entries())
    setTimeout(() => call.says(index, turn >= WARM_UP_TURNS), (index * TURN_MS) / CALLS);
  await sleep(TURN_MS);
}
await sleep(TURN_MS);
clearInterval(hearing);

const cpu = process.cpuUsage(cpuBefore);
const added = [...wholeMs].flatMap(([said, ms]) => {
  const thought = modelMs.get(said);
  return thought === undefined ? [] : [ms - thought];
});
const ms = (value: number): string => `${value.toFixed(2)} ms`;
process.stdout.write(
  `Cascade: ${CALLS} calls at once, ${added.length} turns of ${TURNS * CALLS}\n` +
    `  added from the end of speech to the first audio: p50 ${ms(percentile(added, 0.5))}, ` +
    `p99 ${ms(percentile(added, 0.99))}, most ${ms(Math.max(...added))} (target: p99 under 15 ms)\n` +
    `  of the model itself: p50 ${ms(percentile([...modelMs.values()], 0.5))}\n` +
    `  processor time for a turn, with its two seconds of the caller's audio: ${ms((cpu.user + cpu.system) / 1_000 / added.length)}\n`,
);
for (const { speech } of calls) speech.close();
await kit.close();
model.kill();
