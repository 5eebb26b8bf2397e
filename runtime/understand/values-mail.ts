/** E-mail addresses, written or spelled out: "ana dot novak at gmail dot com". */
import type { ValueLanguage } from './values-language.ts';
import { cardinalAt } from './values-numbers.ts';
import type { Token } from './values-tokens.ts';

export interface SaidMail {
  email: string;
  unsure: boolean;
  from: number;
  to: number;
}

const WRITTEN = /[\p{L}\d][\p{L}\d._%+-]*@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/u;
const ADDRESS =
  /^[a-z0-9](?:[a-z0-9._%+-]*[a-z0-9_+-])?@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,24}$/;
const PROVIDERS = /^(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|protonmail|gmx|seznam|web)$/;
const ENDINGS = /^(?:com|de|org|net|es|fr|cz|at|ch|eu|io|edu|uk|info)$/;
const HOMES: { readonly [provider: string]: string } = { gmx: 'de', web: 'de', seznam: 'cz' };
const MAX_WORDS = 40;

/** The address in a sentence, or null. */
export function mailIn(text: string, tokens: readonly Token[], language: ValueLanguage): SaidMail | null {
  const written = WRITTEN.exec(text.slice(0, tokens.at(-1)?.end ?? 0));
  if (written) {
    const email = written[0].toLowerCase();
    const end = written.index + written[0].length;
    const from = tokens.findIndex((token) => token.end > written.index);
    const to = tokens.findLastIndex(({ start }) => start < end) + 1;
    if (ADDRESS.test(email)) return { email, unsure: false, from, to };
  }
  for (let at = tokens.length - 2; at > 0; at--) {
    const sign = tokens[at]?.word === '@' ? { to: at + 1 } : language.mail.at.at(tokens, at);
    const found = sign && around(text, tokens, at, sign.to, language);
    if (found) return found;
  }
  return null;
}

function around(
  text: string,
  tokens: readonly Token[],
  at: number,
  behind: number,
  language: ValueLanguage,
): SaidMail | null {
  const domain = domainAt(tokens, behind, language);
  if (domain === null) return null;
  const start = localStart(tokens, at, language);
  const local = spelled(tokens, start, at, language);
  if (local === null) return null;
  const email = `${local.text}@${domain.text}`;
  if (!ADDRESS.test(email) || email.includes('..')) return null;
  const foreign = /[^\0-\x7f]/.test(text.slice(tokens[start]?.start, tokens[domain.to - 1]?.end));
  return {
    email,
    unsure: local.loose || domain.guessed || foreign,
    from: withLead(tokens, start, language),
    to: domain.to,
  };
}

/** "My e-mail is" goes with the address. */
function withLead(tokens: readonly Token[], start: number, language: ValueLanguage): number {
  const leads = language.mail.leads.all(tokens.slice(0, start));
  return leads.toReversed().reduce((from, lead) => (lead.to === from ? lead.from : from), start);
}

interface Domain {
  text: string;
  guessed: boolean;
  to: number;
}

/** Names with dots between them; of the last, only a single word, or its letters. */
function domainAt(tokens: readonly Token[], at: number, language: ValueLanguage): Domain | null {
  const labels: string[] = [''];
  let to = at;
  let guessed = false;
  for (let next = at; next < Math.min(tokens.length, at + MAX_WORDS);) {
    const token = tokens[next]!;
    const mark = language.mail.marks.at(tokens, next) ?? written(token, next);
    const label = labels.at(-1) ?? '';
    if (mark) {
      if (label === '' || mark.value === '_' || mark.value === '+') break;
      if (mark.value === '.') labels.push('');
      else labels[labels.length - 1] = label + mark.value;
      next = mark.to;
      continue;
    }
    if (token.kind === 'mark') break;
    const last = labels.length > 1;
    // Behind a dot stands one word; letters go on as long as they are single.
    if (last && label.length > 0 && !(token.word.length === 1 && label.length < 3 && isSpelled(tokens, next)))
      break;
    if (!last && label !== '' && ENDINGS.test(token.word) && PROVIDERS.test(label)) {
      labels.push(token.word);
      guessed = true;
      to = next + 1;
      break;
    }
    if (!last && next - at > 8) return null;
    labels[labels.length - 1] = label + token.word;
    next += 1;
    to = next;
  }
  if (labels.at(-1) === '') labels.pop();
  const [only = ''] = labels;
  if (labels.length === 1 && PROVIDERS.test(only) && to === at + 1)
    return { text: `${only}.${HOMES[only] ?? 'com'}`, guessed: true, to };
  return labels.length < 2 ? null : { text: labels.join('.'), guessed, to };
}

const isSpelled = (tokens: readonly Token[], at: number): boolean =>
  tokens[at - 1]?.word.length === 1 && tokens[at - 1]?.kind === 'word';

const written = (token: Token, at: number): { value: string; to: number } | null =>
  token.kind === 'mark' && /^[._+-]$/.test(token.word) ? { value: token.word, to: at + 1 } : null;

/** Where the address begins: behind "my e-mail is", a comma, or words that are none of it. */
function localStart(tokens: readonly Token[], end: number, language: ValueLanguage): number {
  let start = Math.max(0, end - MAX_WORDS);
  for (let at = start; at < end; at++) {
    const lead = language.mail.leads.at(tokens, at) ?? language.names.fillers.at(tokens, at);
    const token = tokens[at];
    if (lead && lead.to < end && !(lead.to === at + 1 && (token?.word.length ?? 0) === 1)) {
      start = lead.to;
      at = lead.to - 1;
    } else if (isPassing(tokens, at, end, language)) {
      start = at + 1;
    } else if (token?.kind === 'mark' && !/^[._+-]$/.test(token.word)) start = at + 1;
  }
  return start;
}

/** "would be maria": a word that means hardly anything, before one that does. */
const isPassing = (tokens: readonly Token[], at: number, end: number, language: ValueLanguage): boolean =>
  (tokens[at]?.word.length ?? 0) > 1 &&
  language.phrases.light.has(tokens[at]?.word ?? '') &&
  !language.numbers.words.has(tokens[at]?.word ?? '') &&
  at + 1 < end &&
  !isLetter(tokens[at - 1]) &&
  !isLetter(tokens[at - 2]) &&
  language.mail.marks.at(tokens, at) === null &&
  tokens[at + 1]?.kind === 'word' &&
  language.mail.marks.at(tokens, at + 1) === null;

/** Letters, words and digits run together. */
function spelled(
  tokens: readonly Token[],
  from: number,
  to: number,
  language: ValueLanguage,
): { text: string; loose: boolean } | null {
  let text = '';
  let words = 0;
  let loose = false;
  for (let at = from; at < to;) {
    const token = tokens[at]!;
    const mark = language.mail.marks.at(tokens, at);
    const times = language.numbers.multiples.at(tokens, at);
    const letter = isLetter(token);
    if (mark && mark.to <= to) {
      text += mark.value;
      words = 0;
      at = mark.to;
    } else if (times && times.to < to && isLetter(tokens[times.to])) {
      text += tokens[times.to]!.word.repeat(times.value);
      at = times.to + 1;
    } else if (letter) {
      text += token.word;
      const as = language.names.asIn.at(tokens, at + 1);
      at = as && as.to < to && (tokens[as.to]?.word.startsWith(token.word) ?? false) ? as.to + 1 : at + 1;
    } else if (token.kind === 'digits' || token.kind === 'mark') {
      text += token.word;
      at += 1;
    } else {
      const number = cardinalAt(tokens, at, language, true);
      if (number && !number.article && number.to <= to) {
        text += String(number.value);
        at = number.to;
      } else {
        text += token.word;
        words += 1;
        loose ||= words > 1;
        at += 1;
      }
    }
  }
  return text === '' || text.length > 64 || words > 3 ? null : { text, loose };
}

const isLetter = (token: Token | undefined): boolean => token?.kind === 'word' && token.word.length === 1;
