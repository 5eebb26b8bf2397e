/**
 * `npm run bench`: Offhook beside a bare relay of the same frames, in one run, on this machine, against the
 * model and phones of this folder. Prints figures; asserts nothing.
 */
import { cpus } from 'node:os';
import { ANSWER_MS, startModel, type BenchModel, type ModelCall } from './model.ts';
import { BenchPhone, stamped, stampOf } from './phone.ts';
import { startOffhookSubject, startRelaySubject, type Subject } from './subject.ts';

const quick = process.argv.includes('--quick');
const LOADS = quick ? [50] : [100, 200, 400];
const SECONDS = quick ? 6 : 20;
/** Every caller says something this often. */
const TURN_MS = 4_000;

interface Load {
  cpuMs: number;
  memoryKb: number;
  up: number[];
  down: number[];
  /** Frames of the callers that did not reach the model. */
  lost: number;
  /** Pieces of the model's audio that were sent, and that reached the phones. */
  said: number;
  answered: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const print = (line = ''): void => void process.stdout.write(`${line}\n`);

async function openCalls(
  subject: Subject,
  model: BenchModel,
  count: number,
  from: number,
  hooks: (index: number) => ConstructorParameters<typeof BenchPhone>[1],
): Promise<BenchPhone[]> {
  const phones: BenchPhone[] = [];
  for (let index = 0; index < count; index++) {
    const phone = new BenchPhone(from + index, hooks(index));
    const { url, parameters } = await subject.admit(phone.callSid);
    await phone.open(url, parameters);
    phones.push(phone);
    // One after another, so that the model's calls are in the order of the phones.
    const until = performance.now() + 5_000;
    while (model.calls.length <= index && performance.now() < until) await sleep(1);
    if (model.calls.length <= index)
      throw new Error(`${subject.name}: call ${index} did not reach the model.`);
  }
  return phones;
}

/** `count` calls for `seconds`: 50 frames a second up, an answer every four seconds down. */
async function load(subject: Subject, model: BenchModel, count: number, seconds: number): Promise<Load> {
  model.calls = [];
  const up: number[] = [];
  const down: number[] = [];
  let said = 0;
  let answered = 0;
  let measuring = false;
  model.onAppend = (_call, text) => {
    if (!measuring) return;
    const start = text.indexOf('"audio":"') + 9;
    up.push(performance.now() - stampOf(text.slice(start, start + 12)));
  };
  const from = performance.now();
  const before = subject.memoryKb();
  const phones = await openCalls(subject, model, count, Math.floor(Math.random() * 1e9), () => ({
    media: (payload) => {
      if (stampOf(payload) > from) answered++;
      if (measuring) down.push(performance.now() - stampOf(payload));
    },
  }));
  const piece = Buffer.alloc(800, 0x55);
  let tick = 0;
  const speakFrom = performance.now();
  const frames = setInterval(() => {
    // Four groups of calls, so that no more than a quarter of them speak in the same instant.
    const due = Math.floor((performance.now() - speakFrom) / 5);
    for (; tick < due; tick++) for (let index = tick % 4; index < count; index += 4) phones[index]!.speak();
  }, 5);
  const answers = model.calls.map((call: ModelCall, index) => {
    let repeat: NodeJS.Timeout;
    const first = setTimeout(
      () => {
        const answer = (): void => {
          call.answer(() => {
            said++;
            return stamped(performance.now(), piece);
          });
        };
        answer();
        repeat = setInterval(answer, TURN_MS);
      },
      (index * TURN_MS) / count,
    );
    return () => {
      clearTimeout(first);
      clearInterval(repeat);
    };
  });
  await sleep(TURN_MS);
  measuring = true;
  const cpuBefore = subject.cpuMs();
  await sleep(seconds * 1000);
  const cpuMs = subject.cpuMs() - cpuBefore;
  measuring = false;
  clearInterval(frames);
  for (const stop of answers) stop();
  await sleep(300);
  const memoryKb = (subject.memoryKb() - before) / count;
  const sent = phones.reduce((sum, phone) => sum + phone.sent, 0);
  const arrived = model.calls.reduce((sum, call) => sum + call.appended, 0);
  for (const phone of phones) phone.hangUp();
  await sleep(1_000);
  return { cpuMs: cpuMs / count / seconds, memoryKb, up, down, lost: sent - arrived, said, answered };
}

/** Barge-in: the model hears the caller in the middle of its answer. */
async function bargeIns(
  subject: Subject,
  model: BenchModel,
  count: number,
): Promise<{ clear: number[]; off: number[]; beyond: number; missing: number }> {
  model.calls = [];
  const clear: number[] = [];
  const off: number[] = [];
  let beyond = 0;
  let truncates = 0;
  const cutAt: number[] = [];
  const playedAt: number[] = [];
  const phones = await openCalls(subject, model, count, Math.floor(Math.random() * 1e9), (index) => ({
    cleared: () => {
      if (!cutAt[index]) return;
      clear.push(performance.now() - cutAt[index]);
      cutAt[index] = 0;
    },
  }));
  model.onTruncate = (call, audioEndMs) => {
    truncates++;
    if (audioEndMs > ANSWER_MS) beyond++;
    off.push(Math.abs(audioEndMs - playedAt[model.calls.indexOf(call)]!));
  };
  for (let round = 0; round < 5; round++) {
    for (const [index, call] of model.calls.entries()) {
      call.answer();
      setTimeout(
        () => {
          playedAt[index] = phones[index]!.playedMs;
          cutAt[index] = performance.now();
          call.speechStarted();
        },
        300 + ((index * 37 + round * 211) % 1_400),
      );
    }
    await sleep(2_600);
  }
  for (const phone of phones) phone.hangUp();
  await sleep(500);
  model.onTruncate = () => undefined;
  return { clear, off, beyond, missing: count * 5 - truncates };
}

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;

print(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]!.model}; model and phones simulated on this machine.`,
);
const model = await startModel();
print('\nLoad: 50 frames/s up, an answer of 2 s every 4 s down; transcript, journal and dialogue on.');
for (const count of LOADS) {
  const relay = await startRelaySubject(model.url);
  const bare = await load(relay, model, count, SECONDS);
  await relay.stop();
  const offhook = await startOffhookSubject(model.url, 1);
  const ours = await load(offhook, model, count, SECONDS);
  await offhook.stop();
  print(`\n${count} calls            relay      offhook`);
  print(
    `  processor, ms/call/s  ${bare.cpuMs.toFixed(2).padEnd(10)} ${ours.cpuMs.toFixed(2).padEnd(10)} ratio ${(ours.cpuMs / bare.cpuMs).toFixed(2)}`,
  );
  print(
    `  calls per core        ${Math.floor(1000 / bare.cpuMs)
      .toString()
      .padEnd(10)} ${Math.floor(1000 / ours.cpuMs)}`,
  );
  for (const [name, a, b] of [
    ['up', bare.up, ours.up],
    ['down', bare.down, ours.down],
  ] as const) {
    for (const share of [0.5, 0.99]) {
      const [x, y] = [percentile(a, share), percentile(b, share)];
      print(
        `  ${name} p${share * 100}`.padEnd(24) + `${ms(x).padEnd(10)} ${ms(y).padEnd(10)} added ${ms(y - x)}`,
      );
    }
  }
  print(
    `  memory per call, KB   ${bare.memoryKb.toFixed(0).padEnd(10)} ${ours.memoryKb.toFixed(0).padEnd(10)} more ${(ours.memoryKb - bare.memoryKb).toFixed(0)}`,
  );
  print(`  caller frames lost    ${String(bare.lost).padEnd(10)} ${ours.lost}`);
}

if (process.argv.includes('--soak')) {
  const soaked = await startOffhookSubject(model.url, 1);
  print('\nSoak: five rounds of 100 calls for a minute');
  for (let round = 1; round <= 5; round++) {
    const { lost, answered, said } = await load(soaked, model, 100, quick ? 10 : 60);
    const ended = await soaked.completed();
    print(
      `  round ${round}: ${ended} calls completed so far, caller frames lost ${lost}, pieces of answers heard ${answered} of ${said}, memory ${Math.round(soaked.memoryKb() / 1024)} MB`,
    );
  }
  await soaked.stop();
}

const offhook = await startOffhookSubject(model.url, 1);
const cut = await bargeIns(offhook, model, quick ? 20 : 100);
await offhook.stop();
print(`\nBarge-in, ${cut.clear.length} of them at ${quick ? 20 : 100} calls`);
print(
  `  speech_started to clear   p50 ${ms(percentile(cut.clear, 0.5))}  p99 ${ms(percentile(cut.clear, 0.99))}`,
);
print(
  `  audio_end_ms off by       p50 ${ms(percentile(cut.off, 0.5))}  p99 ${ms(percentile(cut.off, 0.99))}`,
);
print(`  truncates beyond the end  ${cut.beyond}, missing ${cut.missing}`);

const embedded = await startOffhookSubject(null, 100);
await sleep(4_000);
const greetings: number[] = [];
for (let index = 0; index < 30; index++) {
  const phone = new BenchPhone(index + 1, {});
  const { url, parameters } = await embedded.admit(phone.callSid);
  await phone.open(url, parameters);
  await sleep(150);
  greetings.push(phone.firstMediaAt - phone.startedAt);
  phone.hangUp();
}
print('\nStart');
print(`  ready with 100 dialogues  ${ms(embedded.readyMs)}`);
print(
  `  start to first frame of a cached greeting  p50 ${ms(percentile(greetings, 0.5))}  p99 ${ms(percentile(greetings, 0.99))}`,
);
await embedded.stop();
process.exit(0);
