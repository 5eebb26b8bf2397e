/** Texts made fit for a synthesizer: letters it knows, and no more at once than it says in a moment. */

/** What has no decomposition into ASCII, and what a person would say of a sign. */
const FOLDED: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '–': ' - ',
  '—': ' - ',
  '•': ', ',
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
  '€': ' euros ',
  '£': ' pounds ',
  '°': ' degrees ',
  '×': ' times ',
};

/** Longer than any word; without a break a synthesizer would take it as one. */
const WORD_LIMIT = 60;

/** The text in printable ASCII, as an English voice can say it: `Café Müller` becomes `Cafe Muller`. */
export function foldToAscii(text: string): string {
  const folded = text
    .replace(/[^\x20-\x7e]/g, (sign) => FOLDED[sign] ?? sign)
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^\x20-\x7e]+/g, ' ');
  return tidy(folded);
}

/** The text without control characters, and with single spaces. */
export function tidy(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(new RegExp(`(\\S{${WORD_LIMIT}})(?=\\S)`, 'g'), '$1 ')
    .trim();
}

/** Whether there is anything in it to say. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/**
 * Cuts a text into pieces of at most `limit` characters: at the last end of a sentence that fits, else at the
 * last comma, else between words. Nothing but the spaces at the cuts is lost.
 */
export function pieces(text: string, limit: number): string[] {
  const found: string[] = [];
  let rest = text.trim();
  while (rest.length > limit) {
    const head = rest.slice(0, limit + 1);
    const at =
      lastEnd(head, /[.!?…]["')\]]*\s|[。！？]/g) ||
      lastEnd(head, /[,;:]\s|[，；、]/g) ||
      lastEnd(head, /\s/g) ||
      limit;
    found.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  if (rest !== '') found.push(rest);
  return found;
}

function lastEnd(text: string, pattern: RegExp): number {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}
