import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

export type Log = Logger;

/** Logs go to standard error, one line an event; never a secret, never what a sensitive slot holds. */
export function openLog(settings: Config['log']): Log {
  const options = {
    level: settings.level,
    redact: {
      paths: ['authorization', 'token', '*.authorization', '*.token', '*.apiKey'],
      censor: '[hidden]',
    },
  };
  if (settings.format === 'pretty') {
    return pino(options, pretty({ destination: 2, colorize: process.stderr.isTTY, ignore: 'pid,hostname' }));
  }
  return pino(options, pino.destination({ dest: 2, sync: false, minLength: 0 }));
}

/** For tests and for commands that print nothing of the runtime's own. */
export const silentLog: Log = pino({ level: 'silent' });
