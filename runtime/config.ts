/** The environment, read once. Nothing else in the runtime reads `process.env`, but `${NAME}` in the YAML. */
import { OffhookError } from './errors.ts';

export interface Config {
  host: string;
  port: number;
  /** The origin Twilio reaches the server at, without a trailing slash; null: local use only. */
  publicUrl: string | null;
  dialogues: string;
  database: { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string };
  apiToken: string | null;
  twilio: {
    accountSid: string | null;
    authToken: string | null;
    region: string | null;
    edge: string | null;
    apiUrl: string | null;
  };
  openai: Vendor;
  gemini: Vendor;
  deepgram: Vendor;
  cartesia: Vendor;
  elevenlabs: Vendor;
  log: { level: LogLevel; format: 'json' | 'pretty' };
}

/** A vendor of speech or models. Without a key it is not used. `baseUrl` is `http(s)://…` without a trailing slash. */
export interface Vendor {
  apiKey: string | null;
  baseUrl: string;
}

/** Strangers may try tokens at a public address; a shorter one could be guessed. */
const TOKEN_CHARACTERS = 8;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the environment and gives it as one frozen value.
 * @throws OffhookError `bad-setting`, one sentence that names the variable and what it should be.
 */
export function readConfig(env: Environment, terminal: boolean): Config {
  const text = (name: string): string | null => env[name]?.trim() || null;
  const wrong = (name: string, should: string): OffhookError =>
    new OffhookError('bad-setting', `${name} is "${env[name]}", but should be ${should}.`);

  const vendor = (key: string, baseUrl: string, usual: string): Vendor => {
    const apiKey = text(key);
    // Not quoted in the error: it is a secret.
    if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey))
      throw new OffhookError('bad-setting', `${key} holds characters that no key has.`);
    return { apiKey, baseUrl: readBaseUrl(baseUrl, text(baseUrl), wrong) ?? usual };
  };

  const port = Number(text('PORT') ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw wrong('PORT', 'a whole number from 0 to 65535');

  const level = text('LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(level as LogLevel)) throw wrong('LOG_LEVEL', `one of ${LOG_LEVELS.join(', ')}`);
  const format = text('LOG_FORMAT') ?? (terminal ? 'pretty' : 'json');
  if (format !== 'json' && format !== 'pretty') throw wrong('LOG_FORMAT', 'json or pretty');

  const region = text('TWILIO_REGION');
  const edge = text('TWILIO_EDGE');
  if (!region !== !edge) {
    throw new OffhookError(
      'bad-setting',
      `${region ? 'TWILIO_REGION' : 'TWILIO_EDGE'} is set without ${region ? 'TWILIO_EDGE' : 'TWILIO_REGION'}: set both or neither.`,
    );
  }
  const accountSid = text('TWILIO_ACCOUNT_SID');
  if (accountSid && !/^AC[0-9a-fA-F]{32}$/.test(accountSid)) {
    throw wrong('TWILIO_ACCOUNT_SID', 'AC and 32 hexadecimal digits');
  }

  const publicUrl = readPublicUrl(text('PUBLIC_URL'), wrong);

  return Object.freeze({
    host: text('HOST') ?? '127.0.0.1',
    port,
    publicUrl,
    dialogues: text('OFFHOOK_DIALOGUES') ?? 'dialogues',
    database: readDatabase(text('DATABASE_URL') ?? 'sqlite:data/offhook.db'),
    apiToken: readApiToken(text('OFFHOOK_API_TOKEN'), publicUrl),
    twilio: {
      accountSid,
      authToken: text('TWILIO_AUTH_TOKEN'),
      region,
      edge,
      apiUrl: readBaseUrl('TWILIO_API_URL', text('TWILIO_API_URL'), wrong),
    },
    openai: vendor('OPENAI_API_KEY', 'OPENAI_BASE_URL', 'https://api.openai.com/v1'),
    gemini: vendor('GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL', 'https://generativelanguage.googleapis.com'),
    deepgram: vendor('DEEPGRAM_API_KEY', 'DEEPGRAM_BASE_URL', 'https://api.deepgram.com'),
    cartesia: vendor('CARTESIA_API_KEY', 'CARTESIA_BASE_URL', 'https://api.cartesia.ai'),
    elevenlabs: vendor('ELEVENLABS_API_KEY', 'ELEVENLABS_BASE_URL', 'https://api.elevenlabs.io'),
    log: { level: level as LogLevel, format: format as 'json' | 'pretty' },
  });
}

type Wrong = (name: string, should: string) => OffhookError;

function readPublicUrl(value: string | null, wrong: Wrong): string | null {
  if (!value) return null;
  const url = tryUrl(value);
  const bare = url && url.pathname === '/' && !url.search && !url.hash && !url.username;
  if (!bare || url.protocol !== 'https:') throw wrong('PUBLIC_URL', 'an https:// origin without a path');
  return url.origin;
}

/** Not quoted in the errors: it is a secret. */
function readApiToken(token: string | null, publicUrl: string | null): string | null {
  if (token === null) return null;
  // Any other one could never be borne: a header has no room for it.
  if (!/^[!-~]+$/.test(token)) {
    const message =
      'OFFHOOK_API_TOKEN holds a space, or a character that is not ASCII: no request could bear it.';
    throw new OffhookError('bad-setting', message);
  }
  if (publicUrl !== null && token.length < TOKEN_CHARACTERS) {
    const message = `OFFHOOK_API_TOKEN is too short to be safe at PUBLIC_URL: give it ${TOKEN_CHARACTERS} characters or more.`;
    throw new OffhookError('bad-setting', message);
  }
  return token;
}

function readBaseUrl(name: string, value: string | null, wrong: Wrong): string | null {
  if (!value) return null;
  const url = tryUrl(value);
  if (!url || !/^https?:$/.test(url.protocol)) throw wrong(name, 'an http:// or https:// URL');
  return value.replace(/\/+$/, '');
}

/** Not quoted in the error: a database URL holds a password. */
function readDatabase(value: string): Config['database'] {
  if (value.startsWith('sqlite:') && value.length > 'sqlite:'.length) {
    return { kind: 'sqlite', path: value.slice('sqlite:'.length) };
  }
  if (/^postgres(ql)?:\/\//.test(value) && tryUrl(value)) return { kind: 'postgres', url: value };
  throw new OffhookError(
    'bad-setting',
    'DATABASE_URL should be sqlite:PATH or postgres://user:password@host/database.',
  );
}

function tryUrl(value: string): URL | null {
  return URL.canParse(value) ? new URL(value) : null;
}
