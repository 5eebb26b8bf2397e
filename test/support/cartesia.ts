/**
 * Cartesia's websocket on a local port, version 2026-08-14, as it is documented: contexts that are continued,
 * cancelled, and expire. Strict about what it is sent.
 */
import {
  isFields,
  Mouth,
  startVoiceDouble,
  wrongKeys,
  type Fields,
  type VoiceDouble,
  type VoiceScript,
  type VoiceSession,
} from './voice-double.ts';

export interface CartesiaScript extends VoiceScript {
  /** A context expires so long after its last audio. */
  expiryMs: number;
}

const SAME = ['model_id', 'voice', 'language', 'output_format', 'max_buffer_delay_ms', 'context_id'] as const;

interface Context {
  first: string;
  mouth: Mouth;
  state: 'open' | 'closed' | 'over';
}

export function startCartesia(script: Partial<CartesiaScript> = {}): Promise<VoiceDouble> {
  const { expiryMs = 1_000 } = script;
  return startVoiceDouble(
    {
      apiKey: 'sk_car_0123456789',
      key: ({ authorization }) => /^Bearer (.+)$/.exec(authorization ?? '')?.[1],
      wrong(url, headers) {
        if (url.pathname !== '/tts/websocket' || url.search !== '')
          return `the address ${url.pathname}${url.search}`;
        const version = headers['cartesia-version'];
        return version === '2026-08-14' ? null : `the version ${String(version)}`;
      },
      converse: (session) => converse(session, expiryMs),
    },
    script,
  );
}

function converse(session: VoiceSession, expiryMs: number): (message: Fields) => void {
  const contexts = new Map<string, Context>();
  return (message) => {
    const id = message.context_id;
    if (typeof id !== 'string' || !/^[\w-]+$/.test(id)) return session.wrong('a message without a context');
    const known = contexts.get(id);
    if ('cancel' in message) {
      if (message.cancel !== true || wrongKeys(message, ['context_id', 'cancel']))
        session.wrong('an odd cancel');
      if (!known) return session.wrong('a cancel of an unknown context');
      if (known.state !== 'over') cancel(session, id, known);
      return;
    }
    const wrong = problemOf(message);
    if (wrong) {
      session.wrong(wrong);
      return session.send(errorOf(id, 'Invalid request', wrong));
    }
    const context = known ?? open(session, id, message);
    contexts.set(id, context);
    if (context.first !== sameOf(message)) session.wrong('a context whose settings change');
    const { transcript, continue: more } = message as { transcript: string; continue: boolean };
    if (isExpired(context, expiryMs)) context.state = 'over';
    if (context.state !== 'open') {
      // Closing a context that has just expired is a race that nobody can win.
      if (transcript !== '' || more) session.wrong(`a text for a context that is ${context.state}`);
      return session.send(errorOf(id, 'Invalid context', 'The context has expired.'));
    }
    if (transcript !== '') context.mouth.say(transcript);
    if (more) return;
    context.state = 'closed';
    context.mouth.afterwards(() => {
      context.state = 'over';
      session.send({ type: 'done', done: true, status_code: 206, context_id: id });
    });
  };
}

function open(session: VoiceSession, id: string, message: Fields): Context {
  const context: Context = {
    first: sameOf(message),
    state: 'open',
    mouth: new Mouth(
      session,
      (bytes) => session.send(chunkOf(id, bytes)),
      () => {
        context.state = 'over';
        session.send(errorOf(id, 'Internal error', 'The generation failed.', 500));
      },
    ),
  };
  return context;
}

/** What is being generated may still come. */
function cancel(session: VoiceSession, id: string, context: Context): void {
  const wasBusy = context.mouth.isBusy;
  context.state = 'over';
  context.mouth.stop();
  if (wasBusy) session.later(2, () => session.send(chunkOf(id, Buffer.alloc(160, 1))));
}

function isExpired({ mouth, state }: Context, expiryMs: number): boolean {
  if (state !== 'open' || mouth.isBusy || mouth.emittedAt === null) return false;
  return performance.now() - mouth.emittedAt > expiryMs;
}

function chunkOf(id: string, bytes: Buffer): Fields {
  const data = bytes.toString('base64');
  return { type: 'chunk', data, done: false, status_code: 206, step_time: 12.5, context_id: id };
}

function errorOf(id: string, title: string, message: string, status = 400): Fields {
  const code = title.toLowerCase().replaceAll(' ', '_');
  return { type: 'error', title, message, error_code: code, status_code: status, done: true, context_id: id };
}

function sameOf(message: Fields): string {
  return JSON.stringify(SAME.map((key) => message[key]));
}

function problemOf(message: Fields): string | null {
  const keys = wrongKeys(message, [...SAME, 'transcript', 'continue'], ['add_timestamps', 'flush']);
  if (keys) return keys;
  if (typeof message.model_id !== 'string' || !message.model_id.startsWith('sonic-'))
    return 'an odd model_id';
  if (typeof message.voice !== 'string' || message.voice === '') return 'an odd voice';
  if (typeof message.language !== 'string' || !/^[a-z]{2,3}$/.test(message.language))
    return 'an odd language';
  if (typeof message.transcript !== 'string') return 'an odd transcript';
  if (typeof message.continue !== 'boolean') return 'an odd continue';
  const delay = message.max_buffer_delay_ms;
  if (typeof delay !== 'number' || !Number.isInteger(delay) || delay < 0 || delay > 5_000)
    return 'an odd delay';
  const format = message.output_format;
  const isMulaw =
    isFields(format) &&
    wrongKeys(format, ['container', 'encoding', 'sample_rate']) === null &&
    format.container === 'raw' &&
    format.encoding === 'pcm_mulaw' &&
    format.sample_rate === 8_000;
  return isMulaw ? null : 'an odd output_format';
}
