/** The TwiML of a call on ConversationRelay: https://www.twilio.com/docs/voice/twiml/connect/conversationrelay. */
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { RelaySettings } from './desk.ts';
import { addParameters, clean } from './twiml.ts';

interface RelayOrder {
  /** `wss://…` without a query: how Twilio signs one, its own libraries do not agree on. */
  relayUrl: string;
  /** Asked for what is next once the session is over, for whatever reason. */
  actionUrl: string;
  parameters: Readonly<Record<string, string>>;
  settings: RelaySettings;
}

const VOICES: Readonly<Record<string, string>> = {
  elevenlabs: 'ElevenLabs',
  google: 'Google',
  amazon: 'Amazon',
};
const EARS: Readonly<Record<string, string>> = { deepgram: 'Deepgram', google: 'Google' };
/** Silence before what was said counts as said, in milliseconds; null: as Twilio finds. 600 to 5000 are allowed. */
const PAUSE_MS = { quick: 600, normal: null, patient: 1600 } as const;
/** How sure Deepgram's Flux has to be of the end of a turn; Twilio's default is 0.8, and 0.5 to 0.9 are allowed. */
const SURE = { quick: 0.6, normal: null, patient: 0.9 } as const;
/** Twilio names no limit here; `<Gather>` takes 500. */
const HINTS = 100;

/**
 * Connects the call to a relay session; behind it Twilio asks `actionUrl`. Nothing greets: the dialogue speaks.
 * @throws OffhookError `parameter-too-long`.
 */
export function connectRelay({ relayUrl, actionUrl, parameters, settings }: RelayOrder): string {
  const { locale, voice, speech, patience, words, hints } = settings;
  const isFlux = speech?.name?.startsWith('flux') === true;
  const attributes: Record<string, string | number | boolean | null> = {
    url: clean(relayUrl),
    language: clean(locale).replace('_', '-'),
    ttsProvider: (voice && VOICES[voice.provider]) ?? null,
    voice: voice?.name ? clean(voice.name) : null,
    transcriptionProvider: (speech && EARS[speech.provider]) ?? null,
    speechModel: speech?.name ? clean(speech.name) : null,
    interruptible: 'any',
    // What is said while nothing may be interrupted is said all the same, as on every other engine.
    reportInputDuringAgentSpeech: 'any',
    ignoreBackchannel: words > 1 ? true : null,
    dtmfDetection: true,
    partialPrompts: true,
    speechTimeout: isFlux ? null : PAUSE_MS[patience],
    eotThreshold: isFlux ? SURE[patience] : null,
    events: 'speaker-events tokens-played',
    hints: hintsOf(hints),
  };
  const given = Object.entries(attributes).filter(([, value]) => value !== null);
  const response = new VoiceResponse();
  // The SDK writes attributes as they are named here, though its types spell some of them otherwise.
  const relay = response
    .connect({ action: clean(actionUrl), method: 'POST' })
    .conversationRelay(Object.fromEntries(given));
  addParameters(relay, parameters);
  return response.toString();
}

/** Commas part them. */
function hintsOf(hints: readonly string[]): string | null {
  const plain = hints
    .map((hint) =>
      clean(hint)
        .replaceAll(/[,\s]+/g, ' ')
        .trim(),
    )
    .filter((hint) => hint !== '');
  return plain.length === 0 ? null : [...new Set(plain)].slice(0, HINTS).join(',');
}
