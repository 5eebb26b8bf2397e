/**
 * Deepgram's websockets for speaking on a local port, as they are documented: Aura on `/v1/speak`, Flux on `/v2/speak`.
 * Strict about what they are sent. Audio is binary.
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

export interface DeepgramSpeakScript extends VoiceScript {
  /** A `Clear` is never confirmed. */
  neverCleared: boolean;
}

const MAX_FLUSHES = 20;

export function startDeepgramSpeak(script: Partial<DeepgramSpeakScript> = {}): Promise<VoiceDouble> {
  const { neverCleared = false } = script;
  return startVoiceDouble(
    {
      apiKey: 'dg-0123456789abcdef',
      key: ({ authorization }) => /^Token (.+)$/.exec(authorization ?? '')?.[1],
      wrong: (url) => wrongAddress(url),
      converse: (session, url) =>
        url.pathname === '/v1/speak'
          ? aura(session, neverCleared)
          : flux(session, url.searchParams.get('model')!),
    },
    script,
  );
}

function wrongAddress({ pathname, searchParams }: URL): string | null {
  const { model, encoding, sample_rate, ...rest } = Object.fromEntries(searchParams);
  if (Object.keys(rest).length > 0) return `the settings ${Object.keys(rest).join(', ')}`;
  if (encoding !== 'mulaw' || sample_rate !== '8000') return 'an odd format';
  const known: Record<string, RegExp> = {
    '/v1/speak': /^aura-.+-[a-z]{2}$/,
    '/v2/speak': /^flux-[a-z]+-[a-z]{2}$/,
  };
  if (!known[pathname]) return `the path ${pathname}`;
  return known[pathname].test(model ?? '') ? null : `the model ${model} on ${pathname}`;
}

function problemOf(message: Fields, types: readonly string[]): string | null {
  if (typeof message.type !== 'string' || !types.includes(message.type))
    return `a message of type ${String(message.type)}`;
  if (message.type !== 'Speak') return wrongKeys(message, ['type']);
  const wrong = wrongKeys(message, ['type', 'text']);
  if (wrong) return wrong;
  if (typeof message.text !== 'string' || message.text === '') return 'a Speak without text';
  return message.text.length > 2_000 ? 'a Speak of more than 2,000 characters' : null;
}

function aura(session: VoiceSession, neverCleared: boolean): (message: Fields) => void {
  let sequence = 0;
  let text = '';
  let flushes: number[] = [];
  const open = (): Mouth =>
    new Mouth(
      session,
      (bytes) => session.send(bytes),
      () => {
        session.send({ type: 'Error', code: 'DATA-0001', description: 'The generation failed.' });
        session.end(1011);
      },
    );
  let mouth = open();
  session.send({
    type: 'Metadata',
    request_id: 'r1',
    model_name: 'aura',
    model_version: '1',
    model_uuid: 'u1',
  });
  return (message) => {
    const wrong = problemOf(message, ['Speak', 'Flush', 'Clear', 'Close']);
    if (wrong) return session.wrong(wrong);
    switch (message.type) {
      case 'Speak':
        text += String(message.text);
        return;
      case 'Flush': {
        const now = performance.now();
        flushes = flushes.filter((at) => at > now - 60_000);
        if (flushes.length === MAX_FLUSHES) {
          session.wrong('a twenty-first Flush');
          const description = 'Too many Flush messages.';
          return session.send({ type: 'Warning', code: 'EXCESSIVE_FLUSH', description });
        }
        flushes.push(now);
        if (text !== '') mouth.say(text);
        text = '';
        const id = sequence++;
        mouth.afterwards(() => session.send({ type: 'Flushed', sequence_id: id }));
        return;
      }
      case 'Clear': {
        text = '';
        mouth.stop();
        mouth = open();
        // What is on its way still arrives.
        session.send(Buffer.alloc(161, 1));
        const id = sequence++;
        if (!neverCleared) session.later(2, () => session.send({ type: 'Cleared', sequence_id: id }));
        return;
      }
      default:
        session.end(1000);
    }
  };
}

/** A turn speaks as its text comes; only `Flush` completes it. */
function flux(session: VoiceSession, model: string): (message: Fields) => void {
  let turn = 0;
  let isSpeaking = false;
  const mouth = new Mouth(
    session,
    (bytes) => session.send(bytes),
    () => {
      session.send({ type: 'Error', code: 'INTERNAL', description: 'The generation failed.' });
      session.end(1011);
    },
  );
  session.send({
    type: 'Connected',
    request_id: 'r1',
    model_name: model,
    model_version: '1',
    model_uuids: ['u1'],
  });
  return (message) => {
    const wrong = problemOf(message, ['Speak', 'Flush', 'Close']);
    if (wrong) return session.wrong(wrong);
    if (message.type === 'Close') return session.end(1000);
    if (message.type === 'Speak') {
      if (!isSpeaking) {
        isSpeaking = true;
        const id = `s${++turn}`;
        mouth.afterwards(() => session.send({ type: 'SpeechStarted', speech_id: id }));
      }
      return mouth.say(String(message.text));
    }
    if (!isSpeaking) return session.wrong('a Flush without a turn');
    isSpeaking = false;
    const id = `s${turn}`;
    mouth.afterwards(() => {
      session.send({ type: 'Flushed', speech_id: id });
      session.send({ type: 'SpeechMetadata', speech_id: id });
    });
  };
}
