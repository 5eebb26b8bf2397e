/**
 * `tsx test/bench/language.ts`: how fast the language is worked with on this machine. Prints figures; asserts
 * nothing.
 */
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { PACKAGE } from '../../runtime/places.ts';
import { Coverage } from '../../runtime/rehearsal/coverage.ts';
import { loadSuite, runTests, type SuiteParts } from '../../runtime/rehearsal/suite.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';

interface Measure {
  name: string;
  /** One round; gives how many of `unit` it did. */
  round(): Promise<number>;
  unit: string;
}

const ROUNDS = 40;
/** What comes before is compiled by the machine. */
const WARM = 5;

const parts: SuiteParts = {
  tools: () => ({ call: () => Promise.resolve(null), offer: () => null, close: () => Promise.resolve() }),
  understand: understandByRules,
  model: () => null,
  log: silentLog,
  metrics: openMetrics(),
};

const examples = fileURLToPath(new URL('dialogues', PACKAGE));
const { files } = await loadSuite(examples, { BOOKING_URL: 'http://127.0.0.1' });

const MEASURES: readonly Measure[] = [
  {
    name: 'the tests of the examples',
    unit: 'conversation turns',
    async round() {
      let turns = 0;
      for (const file of files) {
        await runTests(file, parts, { filter: '', coverage: new Coverage() }, (result) => {
          turns += result.turns;
          if (result.failure) throw new Error(`${result.name}: ${result.failure.message}`);
        });
      }
      return turns;
    },
  },
];

for (const { name, unit, round } of MEASURES) {
  for (let index = 0; index < WARM; index++) await round();
  const seconds: number[] = [];
  let done = 0;
  for (let index = 0; index < ROUNDS; index++) {
    const from = performance.now();
    const count = await round();
    seconds.push((performance.now() - from) / 1000 / count);
    done = count;
  }
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? Number.NaN;
  process.stdout.write(
    `${name}: ${Math.round(1 / median)} ${unit} a second (${done} a round, median of ${ROUNDS})\n`,
  );
}
