/** Where the package and its running code lie: the build joins many files into few, so only this file asks where it is. */
import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of `package.json`, `schemas/` and `docs/`. */
export const PACKAGE = new URL('../', import.meta.url);

/** The folder of the running code: `runtime/`, or `dist/` as it was built. */
export const CODE = new URL('./', import.meta.url);

/** Whether a file or folder is, or lies in, the package's own `dialogues/`. */
export function isOfExamples(path: string): boolean {
  try {
    const examples = realpathSync(fileURLToPath(new URL('dialogues/', PACKAGE)));
    return !/^(\.\.|\/|[A-Z]:)/i.test(relative(examples, realpathSync(path)));
  } catch {
    // What is not there is nobody's example.
    return false;
  }
}
