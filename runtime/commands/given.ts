import { readConfig, type Config } from '../config.ts';
import type { Environment } from '../dialogue/settings.ts';
import { isOfExamples } from '../places.ts';

export interface Process {
  env: Environment;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  /** Settles when the process is asked to end. */
  ending(): Promise<void>;
}

/** What every command is given before its own arguments. */
export interface Given extends Process {
  version: string;
}

/** The environment as a command's settings. */
export const settingsOf = ({ env, stderr }: Process): Config => readConfig(env, stderr.isTTY === true);

/** What the server brings along for the example; a command that calls no tool only needs it to be there. */
const SPEAKING_FOR_THE_EXAMPLE: Environment = {
  BOOKING_URL: 'http://127.0.0.1',
  BOOKING_TOKEN: 'example',
  CRM_MCP_URL: 'http://127.0.0.1/mcp',
};

/** The environment as a command reads these files and folders with: only the examples' own settings are made up. */
export const withExample = (env: Environment, ...paths: readonly string[]): Environment =>
  paths.every(isOfExamples) ? { ...SPEAKING_FOR_THE_EXAMPLE, ...env } : env;

/** Where the server of this machine listens. */
export const localUrl = ({ host, port }: Config): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
