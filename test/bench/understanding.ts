/**
 * `tsx test/bench/understanding.ts`: how well sentences are understood without a model, in figures, beside plain
 * word overlap, with the confusion; and how long a turn takes with 50 answers of 20 examples. The sentences that
 * were held back from the work on the rules are what counts; the others are those it was done on.
 */
import { cpus, loadavg } from 'node:os';
import type { Expectation } from '../../runtime/dialogue/protocol.ts';
import { understandByRules } from '../../runtime/understand/rules.ts';
import { sentencesOf, type Corpus } from '../understand/corpus.ts';
import { confusionOf, figuresOf, judgeAll, type Chooser, type Figures } from '../understand/measure.ts';
import { heldBack } from '../understand/sentences-held-back.ts';
import { familiar, places } from '../understand/sentences.ts';
import { choice, expecting } from '../understand/wanted.ts';
import { wordOverlap } from './word-overlap.ts';

const ANSWERS = 50;
const EXAMPLES = 20;
const TURNS = 5_000;

const print = (line = ''): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const COLUMNS: readonly (readonly [title: string, of: (figures: Figures) => string])[] = [
  ['sentences', ({ count }) => `${count}`],
  ['accuracy', ({ accuracy }) => percent(accuracy)],
  ['wrong choice', ({ wrong }) => percent(wrong)],
  ['none precision', ({ nonePrecision }) => percent(nonePrecision)],
  ['none recall', ({ noneRecall }) => percent(noneRecall)],
];

function row(name: string, cells: readonly string[]): void {
  print(`  ${name.padEnd(38)}${cells.map((cell) => cell.padStart(15)).join('')}`);
}

/** The thresholds that suit the baseline best, found on the sentences that were worked with. */
function overlaps(): [name: string, choose: Chooser][] {
  const tried = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5].map((enough) => ({
    enough,
    ...figuresOf(judgeAll(familiar, wordOverlap(enough))),
  }));
  const eager = tried.toSorted((one, other) => other.accuracy - one.accuracy)[0]!.enough;
  const careful = tried.toSorted(
    (one, other) => other.accuracy - 2 * other.wrong - one.accuracy + 2 * one.wrong,
  )[0]!;
  return [
    [`word overlap from ${eager}, the most right`, wordOverlap(eager)],
    [`word overlap from ${careful.enough}, few wrong`, wordOverlap(careful.enough)],
  ];
}

function compare(name: string, corpora: readonly Corpus[], apart: boolean): void {
  print();
  row(
    name,
    COLUMNS.map(([title]) => title),
  );
  const rows: [string, readonly Corpus[], Chooser][] = [
    ...overlaps().map(([title, choose]): [string, readonly Corpus[], Chooser] => [title, corpora, choose]),
    ['Offhook', corpora, understandByRules],
    ...(apart
      ? corpora.map((corpus): [string, Corpus[], Chooser] => [
          `  ${corpus.name} (${corpus.locale})`,
          [corpus],
          understandByRules,
        ])
      : []),
  ];
  for (const [title, of, choose] of rows) {
    const figures = figuresOf(judgeAll(of, choose));
    row(
      title,
      COLUMNS.map(([, cell]) => cell(figures)),
    );
  }
}

/** A step with a thousand examples, of words that occur in the sentences held back, so that much is alike. */
function largeStep(): Expectation {
  const words = heldBack
    .flatMap(({ answers }) => answers.flatMap(({ like }) => like))
    .flatMap((sentence) => sentence.split(' '));
  const wordAt = (at: number): string => words[at % words.length]!;
  return expecting(
    Array.from({ length: ANSWERS }, (_, answer) =>
      choice(
        `c${answer}`,
        Array.from({ length: EXAMPLES }, (__, example) =>
          Array.from({ length: 6 }, (___, word) =>
            wordAt((answer * EXAMPLES + example) * 7 + word * 131),
          ).join(' '),
        ),
      ),
    ),
  );
}

function time(): void {
  const step = largeStep();
  const said = heldBack.flatMap((corpus) => sentencesOf(corpus).map(({ text }) => text));
  const from = performance.now();
  understandByRules(step, 'the first turn');
  const first = performance.now() - from;
  for (let turn = 0; turn < 500; turn++) understandByRules(step, said[turn % said.length]!);
  const wall: number[] = [];
  const busy: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    // A call makes its expectation anew each turn.
    const now = { ...step, id: `e${turn}`, choices: step.choices.map((one) => ({ ...one })) };
    const [begun, before] = [performance.now(), process.cpuUsage()];
    understandByRules(now, said[(turn * 7) % said.length]!);
    const { user, system } = process.cpuUsage(before);
    wall.push(performance.now() - begun);
    busy.push((user + system) / 1_000);
  }
  const at = (took: readonly number[], share: number): string =>
    `${took.toSorted((one, other) => one - other)[Math.floor(took.length * share)]!.toFixed(2)} ms`;
  print();
  print(`A turn with ${ANSWERS} answers of ${EXAMPLES} examples:`);
  row('', ['p50', 'p99']);
  row('time', [at(wall, 0.5), at(wall, 0.99)]);
  row('of the processor', [at(busy, 0.5), at(busy, 0.99)]);
  print(`  The first turn, which builds the index: ${first.toFixed(0)} ms.`);
}

print(`Node ${process.version}, ${cpus().length} x ${cpus()[0]!.model}, load ${loadavg()[0]!.toFixed(1)}.`);
compare('held back', heldBack, true);
compare('worked with', familiar, false);
compare('worked with, few examples', places, false);
print();
print('Taken for another, of those held back:');
for (const line of confusionOf(judgeAll(heldBack, understandByRules))) print(`  ${line}`);
time();
