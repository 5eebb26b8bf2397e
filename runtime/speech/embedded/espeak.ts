/** The espeak-ng program, where it is on the PATH: the languages that flite does not speak. */
import { execFile } from 'node:child_process';

const FIND_MS = 3_000;
/** Where espeak-ng's name of a language is not the usual one. */
const ALIASES: Readonly<Record<string, string>> = { zh: 'cmn', no: 'nb', iw: 'he', tl: 'fil' };

/**
 * The languages espeak-ng lists, in its own spelling (`de`, `en-us`, `pt-br`); null where there is no such
 * program, or none that answers within 3 s.
 */
export function findEspeak(): Promise<ReadonlySet<string> | null> {
  return new Promise((resolve) => {
    execFile('espeak-ng', ['--voices'], { timeout: FIND_MS, killSignal: 'SIGKILL' }, (error, stdout) => {
      resolve(error ? null : readLanguages(stdout));
    });
  });
}

/** Reads the table of `espeak-ng --voices`: after a heading, the second word of each line. */
export function readLanguages(table: string): ReadonlySet<string> {
  const languages = new Set<string>();
  for (const line of table.split('\n').slice(1)) {
    const language = line.trim().split(/\s+/)[1];
    if (language) languages.add(language.toLowerCase());
  }
  return languages;
}

/** The language to ask espeak-ng for, given a BCP 47 locale; null where it speaks nothing near it. */
export function espeakLanguage(languages: ReadonlySet<string>, locale: string): string | null {
  const [language = '', ...rest] = locale.toLowerCase().split(/[-_]/);
  const parts = languages.has(language) ? [language, ...rest] : [ALIASES[language] ?? language, ...rest];
  // From the most exact to the plain language: `zh-hant-tw`, `zh-hant`, `zh`.
  for (let length = parts.length; length > 0; length--) {
    const tag = parts.slice(0, length).join('-');
    if (languages.has(tag)) return tag;
  }
  const near = [...languages].filter((tag) => tag.startsWith(`${parts[0]}-`));
  return near.find((tag) => tag === `${parts[0]}-${parts[0]}`) ?? near.toSorted()[0] ?? null;
}
