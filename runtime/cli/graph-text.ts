/** How wide a text is, near enough for boxes: nobody here has the font that a reader will see. */

/** Widths in parts of the font's size, as common sans-serif fonts have them. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[iIjl.,:;'’|!·]/u, 0.32],
  [/[ftr()[\]{}/\\ -]/u, 0.4],
  [/[mwMW@%…—]/u, 0.9],
  [/[A-ZÄÖÜ&]/u, 0.7],
  // Letters of Chinese, Japanese and Korean, and pictures, are as wide as they are high.
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u, 1.1],
  [/\p{M}/u, 0],
];
const COMMON = 0.6;

/** The width of a text in pixels. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const character of text)
    width += WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? COMMON;
  return Math.ceil(width * size);
}

/** A text in lines of so many characters and no more than `most` of them; what does not fit ends with `…`. */
export function wrapped(text: string, characters: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.replaceAll(/\s+/g, ' ').trim().split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters)
      lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== '') lines.push(word);
  }
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  return [...kept.slice(0, -1), `${kept.at(-1) ?? ''} …`];
}
