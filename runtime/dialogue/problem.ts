/** What is wrong in a file that a person wrote, and how it is shown to them. */
import type { Place } from '../errors.ts';

export interface Problem {
  /** A file with an error is not used; a warning only says what to expect. */
  severity: 'error' | 'warning';
  /** Stable and kebab-case. */
  code: string;
  /** Whole sentences that name the offending value. */
  message: string;
  place: Place;
}

const WIDTH = 100;
const CARET_AT = 70;

/** `file:line:col severity message`, and below it the line with a caret where its text is at hand. */
export function formatProblem(problem: Problem, text?: string): string {
  const { file, line, column } = problem.place;
  const head = `${file}:${line}:${column} ${problem.severity} ${problem.message}`;
  const source = text?.split('\n')[line - 1]?.replace(/\r$/, '');
  if (source === undefined || source.trim() === '') return head;

  const cut = column > WIDTH ? column - CARET_AT : 0;
  const shown = source.slice(cut, cut + WIDTH);
  // A tab stays a tab, so that the caret stands under its character however wide a terminal draws it.
  const before = source.slice(cut, column - 1).replace(/[^\t]/g, ' ');
  return `${head}\n    ${shown}\n    ${before}^`;
}

/** By file, then line, then column; the same problem at the same place is said once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const once = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...once.values()].toSorted(
    ({ place: one }, { place: other }) =>
      (one.file < other.file ? -1 : one.file > other.file ? 1 : 0) ||
      one.line - other.line ||
      one.column - other.column,
  );
}

/** The candidate that is most likely meant, or null where none is close. Never the name itself. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [nearest, least] = [candidate, edits];
  }
  return nearest;
}

/** `; did you mean \`say\`?` or a full stop. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === null ? '.' : `; did you mean \`${nearest}\`?`;
}

/** Edits from one word to another, where swapping two neighbours is one edit. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let edits = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        edits = Math.min(edits, before[column - 2]! + 1);
      }
      current.push(edits);
    }
    [before, above] = [above, current];
  }
  return above[other.length]!;
}
