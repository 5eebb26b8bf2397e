import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Most of a whole call is waiting for audio to be heard: more files at once than there are cores to spare.
    maxWorkers: 3,
    testTimeout: 15_000,
    hookTimeout: 20_000,
    // Real sockets and real audio on a machine that others share: in CI a test may try once more, and says so.
    retry: process.env['CI'] ? 1 : 0,
  },
});
