import type { Template } from './expression.ts';
import type { Ladder, Part, Program } from './program.ts';
import { wordsFor } from './words.ts';
import type { PairingWords } from './words/words.ts';

/** Every line of the program that is always said in the same words, the runtime's own in the locale included. */
export function constantLines(program: Program, locale: string): string[] {
  const lines = new Set<string>();
  for (const part of Object.values(program.parts)) addLinesOf(part, lines);
  const { pairing, ...words } = wordsFor(locale);
  for (const line of Object.values(words).flat()) if (!line.includes('{')) lines.add(line);
  if (Object.values(program.parts).some(({ pairs }) => pairs)) addPairing(pairing, words.goodbye, lines);
  return [...lines];
}

function addLinesOf(part: Part, lines: Set<string>): void {
  const add = (template: Template): void => {
    if (template.constant !== null) lines.add(template.constant);
  };
  const climb = (...ladders: (Ladder | null | undefined)[]): void => {
    for (const rung of ladders.flatMap((ladder) => ladder ?? [])) if ('say' in rung) add(rung.say);
  };
  for (const step of Object.values(part.blocks).flat()) {
    if ('variants' in step) step.variants.forEach(add);
    climb(step.silence, step.unclear);
    if ('failed' in step) climb(step.failed);
    if ('rejected' in step) climb(step.rejected);
  }
  for (const { ask, check } of Object.values(part.slots)) {
    climb(ask);
    for (const { else: otherwise } of check) add(otherwise);
  }
  for (const { meanwhile } of Object.values(part.tools)) meanwhile.forEach(add);
  for (const state of Object.values(part.states)) climb(state.silence, state.unclear, state.failed);
  const { silence, unclear, failed } = part.dialogueTrouble;
  climb(silence, unclear, failed);
}

/** The code itself is never rendered ahead. */
function addPairing(words: PairingWords, goodbye: string, lines: Set<string>): void {
  for (const line of [words.unpaired, words.again, words.starRepeats, words.paired]) lines.add(line);
  for (const why of [words.withheld, words.expired, words.tooMany, words.gaveUp])
    lines.add(`${why} ${goodbye}`);
}
