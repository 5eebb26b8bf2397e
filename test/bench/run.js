/**
 * `node test/bench/run.js NAME…`: runs benchmarks of this folder one after another, built as `npm run build` builds the
 * runtime: what compiles on the fly makes names that the runtime does not have, and slows what is measured.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { validators } from '../../runtime/build-validators.js';

const HOME = fileURLToPath(new URL('../../', import.meta.url));

const names = process.argv.slice(2);
await build({
  absWorkingDir: HOME,
  entryPoints: names.map((name) => `test/bench/${name}.ts`),
  outdir: '.tmp',
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  plugins: [validators],
  // As in the build: the validators ask for their helpers by `require`.
  banner: {
    js: "import { createRequire as $require } from 'node:module'; const require = $require(import.meta.url);",
  },
  logLevel: 'warning',
});
for (const name of names) {
  const { status } = spawnSync(process.execPath, [`${HOME}.tmp/${name}.js`], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
