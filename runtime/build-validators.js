import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HOME = fileURLToPath(new URL('../', import.meta.url));

/**
 * For esbuild: the schemas of documents as functions, in the place of the module that would compile them at every start.
 * @type {import('esbuild').Plugin}
 */
export const validators = {
  name: 'validators',
  setup({ initialOptions: { outdir = '.tmp' }, onLoad }) {
    onLoad({ filter: /dialogue\/shape-validators\.ts$/ }, async ({ path }) => {
      // Run from a folder of the package, so that it finds the package around it.
      const outfile = resolve(HOME, outdir, 'validators.mjs');
      await build({
        entryPoints: [path],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        packages: 'external',
      });
      const { validatorsSource } = await import(outfile);
      rmSync(outfile);
      const contents = `${validatorsSource()}
        const all = { app, dialogue, test, prices, accounts };
        export const validatorOf = (kind) => all[kind];`;
      return { contents, resolveDir: HOME };
    });
  },
};
