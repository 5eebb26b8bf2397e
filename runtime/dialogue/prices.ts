/** What vendors charge: `prices.yaml` of the dialogues folder. */
import type { Price } from './document.ts';
import type { Problem } from './problem.ts';
import { readSource } from './read.ts';
import { checkShape } from './shape.ts';

/** By `provider/model`, in US dollars; tokens and characters by the million, `minute` of audio. */
export type Prices = ReadonlyMap<string, Readonly<Price>>;

/** Reads the file; with an error in it nothing has a price. */
export function readPrices(file: string, text: string): { prices: Prices; problems: readonly Problem[] } {
  const source = readSource(file, text);
  const shape = source.data === undefined ? [] : checkShape('prices', source).problems;
  const found = [...source.problems, ...shape];
  const isRight = found.every(({ severity }) => severity !== 'error');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema has admitted it
  const entries = isRight ? Object.entries((source.data ?? {}) as Record<string, Price>) : [];
  return { prices: new Map(entries), problems: found };
}
