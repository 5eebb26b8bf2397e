/** What tests have reached of each dialogue, as a table, and below it what they have not. */
import { type Covered, percent } from '../rehearsal/coverage.ts';

const KINDS = ['state', 'answer', 'rung'] as const;
const HEAD = ['REACHED', 'STATES', 'ANSWERS', 'RUNGS', ''];

/** Of everything there is to reach in all dialogues, in hundredths. */
export const percentOfAll = (report: ReadonlyMap<string, readonly Covered[]>): number =>
  percent([...report.values()].flat());

export function coverageLines(report: ReadonlyMap<string, readonly Covered[]>): string[] {
  const rows = [HEAD];
  for (const [dialogue, covered] of report) rows.push([dialogue, ...cellsOf(covered)]);
  if (report.size > 1) rows.push(['all', ...cellsOf([...report.values()].flat())]);
  const missed = [...report.values()]
    .flat()
    .filter(({ reached }) => !reached)
    .map(({ kind, name, place }) => `  ${place.file}:${place.line}:${place.column} ${kind} ${name}`);
  return [...table(rows), ...(missed.length > 0 ? ['Never reached:', ...missed] : [])];
}

function cellsOf(covered: readonly Covered[]): string[] {
  const cells = KINDS.map((kind) => {
    const some = covered.filter((one) => one.kind === kind);
    return some.length === 0 ? '-' : `${some.filter(({ reached }) => reached).length} of ${some.length}`;
  });
  return [...cells, `${percent(covered)} %`];
}

/** The first column is a name, the others are numbers. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
