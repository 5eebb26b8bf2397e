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

process.exitCode = await run(argv.slice(2), { env, stdin, stdout, stderr, ending });
