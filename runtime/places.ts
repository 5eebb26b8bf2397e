/** Where the package and its running code lie: the build joins many files into few, so only this file asks where it is. */

/** The folder of `package.json`, `schemas/` and `docs/`. */
export const PACKAGE = new URL('../', import.meta.url);

/** The folder of the running code: `runtime/`, or `dist/` as it was built. */
export const CODE = new URL('./', import.meta.url);
