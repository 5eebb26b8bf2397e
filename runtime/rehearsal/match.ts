/** Whether what was said, and what is true, is what a test asks for. */
import type { TestTexts } from '../dialogue/document.ts';
import type { Value } from '../dialogue/protocol.ts';
import { patternOf, plain } from '../dialogue/test-text.ts';

/** Where the texts were found, by the index of the line in which each begins; null where one is not there. */
export function findTexts(texts: TestTexts, lines: readonly string[]): number[] | null {
  const whole = wholeOf(lines);
  const found: number[] = [];
  let from = 0;
  for (const text of listOf(texts)) {
    const hit = patternOf(text).exec(whole.text.slice(from));
    if (!hit) return null;
    const at = from + hit.index;
    found.push(whole.starts.findLastIndex((start) => start <= at));
    from = at + hit[0].length;
  }
  return found;
}

/** The first of the texts that is not there, in its turn. */
export function missingText(texts: TestTexts, lines: readonly string[]): { text: string; index: number } {
  const all = listOf(texts);
  const index = all.findIndex((_, last) => findTexts(all.slice(0, last + 1), lines) === null);
  return { text: all[index] ?? '', index };
}

function wholeOf(lines: readonly string[]): { text: string; starts: number[] } {
  let text = '';
  const starts: number[] = [];
  for (const line of lines) {
    if (text !== '') text += ' ';
    starts.push(text.length);
    text += plain(line);
  }
  return { text, starts };
}

const listOf = (texts: TestTexts): string[] => (typeof texts === 'string' ? [texts] : texts);

/** Equal values; of a map only what the test names. An empty value and a missing one are the same. */
export function agrees(wanted: Value, actual: Value | undefined): boolean {
  if (wanted === null || actual === null || actual === undefined)
    return wanted === null && (actual ?? null) === null;
  if (typeof wanted !== 'object' || typeof actual !== 'object') return wanted === actual;
  if (Array.isArray(wanted) || Array.isArray(actual)) {
    if (!Array.isArray(wanted) || !Array.isArray(actual) || wanted.length !== actual.length) return false;
    return wanted.every((one, index) => agrees(one as Value, actual[index] as Value));
  }
  const has = actual as { readonly [name: string]: Value };
  return Object.entries(wanted).every(([name, value]) => agrees(value as Value, has[name]));
}
