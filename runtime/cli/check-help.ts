/** The page of the problem codes, `docs/problems.md`, as the command needs it. */
import { readFileSync } from 'node:fs';
import { PACKAGE } from '../places.ts';

const PAGE = new URL('docs/problems.md', PACKAGE);

/** What the page says of one code. */
export interface Help {
  /** The first sentence. */
  short: string;
  /** All of it, in Markdown. */
  markdown: string;
}

/** Where a problem of this code is explained: the page as it was installed, with an anchor for each code. */
export const helpUri = (code: string): string => `${PAGE.href}#${code}`;

/** Every code that the page explains: a section under a heading of the third rank that is the code. */
export function readHelp(): ReadonlyMap<string, Help> {
  const help = new Map<string, Help>();
  for (const section of readFileSync(PAGE, 'utf8').split(/^(?=#{2,3} )/m)) {
    const [, code, text] = /^### ([a-z]+(?:-[a-z]+)*)\n+([\s\S]*)$/.exec(section) ?? [];
    if (code === undefined || text === undefined) continue;
    const markdown = text.trim();
    const [paragraph = ''] = markdown.split('\n\n');
    help.set(code, { short: /^.*?[.?!](?=\s|$)/s.exec(paragraph)?.[0] ?? paragraph, markdown });
  }
  return help;
}
