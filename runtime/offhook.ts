#!/usr/bin/env node
/** The `offhook` command. Everything it does begins in main.ts; this file only gives it the process. */
import { existsSync } from 'node:fs';
import { run } from './main.ts';

if (existsSync('.env')) process.loadEnvFile('.env');
const { argv, env, stdin, stdout, stderr } = process;

function ending(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

// A bug in one call must not end the others.
process.on('unhandledRejection', (reason) => {
  stderr.write(`unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}\n`);
});

process.exitCode = await run(argv.slice(2), { env, stdin, stdout, stderr, ending });
// What a failed start left open keeps no process alive; what is still being written gets its second.
setTimeout(() => process.exit(), 1_000).unref();
