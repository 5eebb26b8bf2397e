/**
 * ElevenLabs' multi-context websocket on a local port, as it is documented: up to five contexts, each opened with a
 * single space. Strict about what it is sent; what it sends itself is camelCase.
 */
import {
  Mouth,
  startVoiceDouble,
  wrongKeys,
  type Fields,
  type VoiceDouble,
  type VoiceScript,
  type VoiceSession,
} from './voice-double.ts';

export interface ElevenLabsScript extends VoiceScript {
  /** Writes `is_final` and `context_id`, as the vendor has been seen to do. */
  snake: boolean;
  /** The end of a context that is closed while it speaks is never told. */
  forgetful: boolean;
  /** Reported instead of carrying out the first text; then the socket is closed. */
  error: { error: string; message: string } | null;
}

interface Context {
  mouth: Mouth;
  /** Text that does not end in a space yet. */
  held: string;
  isFlushed: boolean;
  isClosing: boolean;
}

const PATH = /^\/v1\/text-to-speech\/([^/]+)\/multi-stream-input$/;

export function startElevenLabs(script: Partial<ElevenLabsScript> = {}): Promise<VoiceDouble> {
  const { snake = false, forgetful = false, error = null } = script;
  return startVoiceDouble(
    {
      apiKey: 'xi-0123456789abcdef',
      key: (headers) => headers['xi-api-key']?.toString(),
      wrong: (url) => wrongAddress(url),
      converse: (session) => converse(session, { snake, forgetful, error }),
    },
    script,
  );
}

function wrongAddress({ pathname, searchParams }: URL): string | null {
  if (!PATH.test(pathname)) return `the path ${pathname}`;
  const { model_id, output_format, auto_mode, inactivity_timeout, language_code, ...rest } =
    Object.fromEntries(searchParams);
  if (Object.keys(rest).length > 0) return `the settings ${Object.keys(rest).join(', ')}`;
  if (!model_id?.startsWith('eleven_')) return 'an odd model_id';
  if (output_format !== 'ulaw_8000') return 'an odd output_format';
  if (auto_mode !== 'true') return 'an odd auto_mode';
  if (!/^\d+$/.test(inactivity_timeout ?? '') || Number(inactivity_timeout) > 180)
    return 'an odd inactivity_timeout';
  if (language_code === undefined) return null;
  if (!model_id.endsWith('_v2_5')) return `a language_code, which ${model_id} does not take`;
  return /^[a-z]{2}$/.test(language_code) ? null : 'an odd language_code';
}

function converse(
  session: VoiceSession,
  { snake, forgetful, error }: Pick<ElevenLabsScript, 'snake' | 'forgetful' | 'error'>,
): (message: Fields) => void {
  const contexts = new Map<string, Context>();
  const used = new Set<string>();
  const name = snake ? 'context_id' : 'contextId';
  const audio = (id: string, bytes: Buffer): void =>
    session.send({
      audio: bytes.toString('base64'),
      [name]: id,
      [snake ? 'is_final' : 'isFinal']: null,
      alignment: { chars: ['a'], charStartTimesMs: [0], charDurationsMs: [bytes.length / 8] },
      normalizedAlignment: null,
    });
  const over = (id: string): void => {
    contexts.delete(id);
    session.send({ [snake ? 'is_final' : 'isFinal']: true, [name]: id });
  };
  const fail = (problem: { error: string; message: string }): void => {
    session.send({ ...problem, code: 1008 });
    session.end(1008, problem.error);
  };

  return (message) => {
    if ('close_socket' in message) {
      if (message.close_socket !== true || wrongKeys(message, ['close_socket']))
        session.wrong('an odd farewell');
      return session.end(1000);
    }
    const wrong = wrongKeys(message, ['context_id'], ['text', 'flush', 'close_context', 'voice_settings']);
    const id = message.context_id;
    if (wrong || typeof id !== 'string') return session.wrong(wrong ?? 'a context that is no text');
    let context = contexts.get(id);
    if (!context) {
      if (used.has(id)) return session.wrong('a message for a context that is over');
      if (message.text !== ' ') session.wrong('a context that does not begin with a space');
      if (contexts.size === 5) {
        session.wrong('a sixth context');
        return fail({ error: 'max_active_contexts', message: 'Too many contexts.' });
      }
      used.add(id);
      const mouth = new Mouth(
        session,
        (bytes) => audio(id, bytes),
        () => fail({ error: 'internal_error', message: 'The generation failed.' }),
      );
      context = { mouth, held: '', isFlushed: true, isClosing: false };
      contexts.set(id, context);
      return;
    }
    if (context.isClosing) return session.wrong('a message for a context that was closed');
    if (typeof message.text === 'string' && message.text !== '') {
      if (error) return fail(error);
      context.held += message.text;
      context.isFlushed = false;
      if (message.text.endsWith(' ')) speakHeld(context);
    }
    if (message.flush === true) {
      speakHeld(context);
      context.isFlushed = true;
    }
    if (message.close_context !== true) return;
    context.isClosing = true;
    if (context.isFlushed) return context.mouth.afterwards(() => over(id));
    // What was not flushed is not said; what is being generated may still come.
    const wasBusy = context.mouth.isBusy;
    context.mouth.stop();
    if (forgetful) return;
    session.later(2, () => {
      if (wasBusy) audio(id, Buffer.alloc(160, 1));
      over(id);
    });
  };
}

function speakHeld(context: Context): void {
  if (context.held !== '') context.mouth.say(context.held);
  context.held = '';
}
