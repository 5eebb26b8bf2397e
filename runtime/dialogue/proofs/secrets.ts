import { type DocumentFile, problem } from '../document-file.ts';
import type { Problem } from '../problem.ts';

/** Headers and variables whose value lets somebody in. */
const SECRET_NAMES =
  /(^|[-_])(authorization|cookie|token|secret|password|passwd|api[-_]?key|access[-_]?key)$/i;
/** What the keys of well-known services look like. */
const SECRET_VALUES =
  /\b(sk-[A-Za-z0-9_-]{16,}|ghp_[A-Za-z0-9]{20,}|xox[a-z]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.)/;
const CREDENTIALS_IN_URL = /^[a-z]+:\/\/[^/\s:@]+:[^/\s@$]+@/i;

/** Secrets that are written in the file; they belong into the environment. The value is never shown. */
export function writtenSecrets({ source, held }: DocumentFile): Problem[] {
  return held.flatMap(({ holds, path, value }) => {
    if (holds !== 'setting' && holds !== 'filled' && holds !== 'expression' && holds !== 'template')
      return [];
    if (typeof value !== 'string' || value.includes('${') || value.includes('{{')) return [];
    const key = String(path.at(-1));
    const named = (holds === 'setting' || holds === 'filled') && SECRET_NAMES.test(key) && value.length >= 8;
    if (!named && !SECRET_VALUES.test(value) && !CREDENTIALS_IN_URL.test(value)) return [];
    const message = `\`${key}\` holds what looks like a secret: put it into the environment and write \${NAME} here.`;
    return [problem(source, path, 'secret', message)];
  });
}
