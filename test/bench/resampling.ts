/**
 * What resampling one frame of 20 ms costs: `npm run bench:resampling`. The figure is the best of many short runs,
 * since others on the machine only ever make it slower. The target is 20 µs.
 */
import { Resampler } from '../../runtime/resample.js';

const RATES = [
  [8_000, 16_000],
  [8_000, 24_000],
  [24_000, 8_000],
] as const;
const TARGET_US = 20;
const RUNS = 500;
const FRAMES = 40;

const subjects = RATES.map(([from, to]) => {
  const resampler = new Resampler(from, to);
  const frame = Int16Array.from({ length: from / 50 }, (_, i) => 9_000 * Math.sin(i / 3));
  return { from, to, best: Infinity, push: () => resampler.push(frame) };
});

for (const { push } of subjects) for (let i = 0; i < 5_000; i++) push();
for (let run = 0; run < RUNS; run++) {
  for (const subject of subjects) {
    const begun = performance.now();
    for (let i = 0; i < FRAMES; i++) subject.push();
    subject.best = Math.min(subject.best, ((performance.now() - begun) * 1_000) / FRAMES);
  }
}
for (const { from, to, best } of subjects) {
  const verdict = best < TARGET_US ? 'within' : 'above';
  process.stdout.write(
    `${from / 1_000} to ${to / 1_000} kHz: ${best.toFixed(1)} µs a frame, ${verdict} the target of ${TARGET_US}\n`,
  );
}
