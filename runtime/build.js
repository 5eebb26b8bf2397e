/**
 * Writes dist/: the runtime and the pure JavaScript of its dependencies in a few files. Loading a thousand small files
 * took two thirds of the start. Types are checked elsewhere (`npm run typecheck`).
 */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { validators } from './build-validators.js';

const HOME = new URL('../', import.meta.url);
const OUT = fileURLToPath(new URL('dist/', HOME));

/** Native code, threads of their own, or so large and seldom used that they are better loaded as they are. */
const AS_THEY_ARE = ['libsql', 'koffi', '@echogarden/*', 'pg', 'pino', 'pino-pretty', 'twilio', 'iconv-lite'];

rmSync(OUT, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: fileURLToPath(HOME),
  entryPoints: [
    'runtime/offhook.ts',
    'runtime/speech/embedded/voice-worker.js',
    'runtime/speech/embedded/recogniser-worker.js',
  ],
  outbase: 'runtime',
  outdir: OUT,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  external: AS_THEY_ARE,
  // What of the dependencies is CommonJS asks for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as $require } from 'node:module'; const require = $require(import.meta.url);",
  },
  plugins: [validators],
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(`${OUT}LICENSES.txt`, licencesOf(Object.keys(metafile.inputs)));

/**
 * The licences of what was joined in, which ask to go with it.
 * @param {readonly string[]} files
 */
function licencesOf(files) {
  const packages = new Set(
    files.flatMap((file) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[0] ?? []),
  );
  return [...packages]
    .toSorted()
    .map((folder) => {
      const home = new URL(folder, HOME);
      const { name, version, license } = JSON.parse(readFileSync(new URL('package.json', home), 'utf8'));
      const file = existsSync(home) && readdirSync(home).find((one) => /^licen[cs]e/i.test(one));
      const text = file ? readFileSync(new URL(file, home), 'utf8').trim() : `Licence: ${license}`;
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
