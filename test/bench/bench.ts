/**
 * `npm run bench`: Offhook beside a bare relay of the same frames, taking turns in one run on this machine, against
 * the model and the phones of this folder. Prints figures; asserts nothing. `--quick` is shorter, `--soak` adds
 * five rounds of a hundred calls for a minute.
 */
import { cpus } from 'node:os';
import { ANSWER_MS, startModel, type BenchModel } from './model.ts';
import { BenchPhone } from './phone.ts';
import { startOffhookSubject, startRelaySubject, type Subject } from './subject.ts';
import { Traffic, sleep } from './traffic.ts';

const quick = process.argv.includes('--quick');
const LOADS = quick ? [100] : [100, 200, 400];
/** The two subjects take turns: what else the machine does meets both alike. */
const ROUNDS = quick ? 4 : 8;
const ROUND_MS = 2_000;

const print = (line = ''): void => void process.stdout.write(`${line}\n`);
const ms = (value: number): string => `${value.toFixed(2)} ms`;

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A subject that has carried a hundred calls for a while: what it learns once (compiled code, for one) is not a call's. */
async function warmed(subject: Subject, model: BenchModel): Promise<Subject> {
  const traffic = new Traffic(subject, model);
  await traffic.open(100);
  await traffic.drive(quick ? 8_000 : 24_000, false);
  await traffic.close();
  return subject;
}

async function compare(count: number): Promise<void> {
  const [model1, model2] = [await startModel(), await startModel()];
  const relay = await warmed(await startRelaySubject(model1.url), model1);
  const offhook = await warmed(await startOffhookSubject(model2.url, 1), model2);
  const sides = [
    { subject: relay, memory: relay.memoryKb(), traffic: new Traffic(relay, model1) },
    { subject: offhook, memory: offhook.memoryKb(), traffic: new Traffic(offhook, model2) },
  ] as const;
  for (const { traffic } of sides) {
    await traffic.open(count);
    await traffic.drive(ROUND_MS, false);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { traffic } of sides) await traffic.drive(ROUND_MS, true);
  }
  const [bare, ours] = sides.map((side) => side.traffic) as [Traffic, Traffic];
  const [memory1, memory2] = sides.map(({ subject, memory }) => (subject.memoryKb() - memory) / count) as [
    number,
    number,
  ];
  const row = (name: string, a: string, b: string, c: string): void =>
    print(`  ${name.padEnd(24)}${a.padEnd(12)}${b.padEnd(12)}${c}`);
  print();
  row(`${count} calls`, 'relay', 'offhook', '');
  row(
    'processor, ms/call/s',
    bare.cost.toFixed(2),
    ours.cost.toFixed(2),
    `ratio ${(ours.cost / bare.cost).toFixed(2)}`,
  );
  row('calls per core', `${Math.floor(1000 / bare.cost)}`, `${Math.floor(1000 / ours.cost)}`, '');
  for (const way of ['up', 'down'] as const) {
    for (const share of [0.5, 0.99]) {
      const [a, b] = [percentile(bare[way], share), percentile(ours[way], share)];
      row(`${way} p${share * 100}`, ms(a), ms(b), `added ${ms(b - a)}`);
    }
  }
  row(
    'memory per call, KB',
    memory1.toFixed(0),
    memory2.toFixed(0),
    `more ${(memory2 - memory1).toFixed(0)}`,
  );
  row('caller frames lost', `${bare.lost}`, `${ours.lost}`, '');
  for (const { subject } of sides) await subject.stop();
}

async function soak(): Promise<void> {
  const model = await startModel();
  const subject = await startOffhookSubject(model.url, 1);
  print('\nSoak: five rounds of 100 calls for a minute');
  for (let round = 1; round <= 5; round++) {
    const traffic = new Traffic(subject, model);
    await traffic.open(100);
    await traffic.drive(quick ? 10_000 : 60_000, true);
    const { lost, said, heard } = traffic;
    await traffic.close();
    const memory = Math.round(subject.memoryKb() / 1024);
    print(
      `  round ${round}: ${await subject.completed()} calls completed so far; caller frames lost ${lost}; ` +
        `answers' pieces heard ${heard} of ${said}; memory ${memory} MB`,
    );
  }
  await subject.stop();
}

/** Barge-in: the model hears the caller in the middle of its answer. */
async function bargeIns(count: number): Promise<void> {
  const model = await startModel();
  const subject = await warmed(await startOffhookSubject(model.url, 1), model);
  const clear: number[] = [];
  const off: number[] = [];
  let [beyond, truncates] = [0, 0];
  const cutAt: number[] = [];
  const playedAt: number[] = [];
  const traffic = new Traffic(subject, model);
  await traffic.open(count, (index) => ({
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
      // Spread, as callers are: not all answers begin in one instant.
      const begins = (index * 1_000) / count;
      setTimeout(() => call.answer(), begins);
      setTimeout(
        () => {
          playedAt[index] = traffic.phones[index]!.playedMs;
          cutAt[index] = performance.now();
          call.speechStarted();
        },
        begins + 300 + ((index * 37 + round * 211) % 1_400),
      );
    }
    await sleep(3_600);
  }
  await traffic.close();
  await subject.stop();
  print(`\nBarge-in, ${clear.length} of them at ${count} calls`);
  print(`  speech_started to clear   p50 ${ms(percentile(clear, 0.5))}  p99 ${ms(percentile(clear, 0.99))}`);
  print(`  audio_end_ms off by       p50 ${ms(percentile(off, 0.5))}  p99 ${ms(percentile(off, 0.99))}`);
  print(`  truncates beyond the end  ${beyond}, missing ${count * 5 - truncates}`);
}

async function starts(): Promise<void> {
  const subject = await startOffhookSubject(null, 100);
  await sleep(4_000);
  const greetings: number[] = [];
  for (let index = 0; index < 101; index++) {
    const phone = new BenchPhone(1_000_000 + index, {});
    const { url, parameters } = await subject.admit(phone.callSid);
    await phone.open(url, parameters);
    await sleep(150);
    greetings.push(phone.firstMediaAt - phone.startedAt);
    phone.hangUp();
  }
  await subject.stop();
  const [first, ...rest] = greetings as [number, ...number[]];
  print('\nStart');
  print(`  ready with 100 dialogues  ${ms(subject.readyMs)}`);
  print(
    `  start to first frame of a cached greeting  p50 ${ms(percentile(rest, 0.5))}  p99 ${ms(percentile(rest, 0.99))}  of the first call ever ${ms(first)}`,
  );
}

print(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]!.model}; model and phones simulated on this machine.`,
);
print('Load: 50 frames/s up, an answer of 2 s every 4 s down; transcript, journal and dialogue on.');
for (const count of LOADS) await compare(count);
await bargeIns(quick ? 20 : 100);
await starts();
if (process.argv.includes('--soak')) await soak();
process.exit(0);
