/**
 * The TwiML of an exchange: `<Gather>`, `<Say>`, `<Play>`. https://www.twilio.com/docs/voice/twiml/gather and
 * https://www.twilio.com/docs/voice/twiml/say.
 */
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { Gathering, Listening, Sound } from '../gathering.ts';
import { addDial, clean, languageOf, type DialTwiml } from './twiml.ts';

type Gather = ReturnType<VoiceResponse['gather']>;
type GatherAttributes = NonNullable<Parameters<VoiceResponse['gather']>[0]>;
type DialOrder = Extract<Gathering['next'], { kind: 'dial' }>;

/** Where Twilio finds what an answer names. */
export interface GatherUrls {
  /** Told what the caller said or pressed. */
  action: string;
  /** Asked when there is nothing to tell. */
  again: string;
  partial: string;
  /** Asked where the call goes on elsewhere. */
  next: string;
  sound(file: string): string;
  dial(order: DialOrder): DialTwiml;
}

/** Twilio's limits of `<Say>`: Polly's voices take 3000 bytes, and what is sent on is at most 4500 once URL-encoded. */
const SAY_BYTES = 3000;
const SAY_ENCODED = 4500;
/** Twilio's limits of `hints`. */
const HINTS = 500;
const HINT_CHARACTERS = 100;
/** Shorter than this the end of a sentence cannot be told from a breath; with a `speechModel` it is whole seconds. */
const PAUSE_S = { quick: 1, normal: 2, patient: 3 } as const;
/** Where only keys interrupt: how long is listened for keys alone behind the sounds. */
const KEYS_ALONE_S = 1;

/** The document that carries an exchange's answer out. */
export function gatherTwiml({ sounds, next, speech, voice }: Gathering, urls: GatherUrls): string {
  const response = new VoiceResponse();
  if (next.kind !== 'listen') {
    for (const sound of sounds) play(response, sound, voice, urls);
    if (next.kind === 'ask-again') response.redirect({ method: 'POST' }, clean(urls.again));
    else if (next.kind === 'ask-next') response.redirect({ method: 'POST' }, clean(urls.next));
    else if (next.kind === 'dial') addDial(response, urls.dial(next));
    else response.hangup();
    return response.toString();
  }

  const { before, within } = split(sounds);
  for (const sound of before) play(response, sound, voice, urls);
  const keys = keyAttributes(next, urls);
  const keysAlone = within.some((sound) => sound.kind !== 'press' && sound.interrupt === 'keys');
  if (keysAlone) {
    // Without a key it falls through to the other one.
    const first = response.gather({ ...keys, input: ['dtmf'], timeout: KEYS_ALONE_S });
    for (const sound of within) play(first, sound, voice, urls);
  }
  const gather = response.gather({
    ...keys,
    ...speechAttributes(next, speech, urls),
    ...(within.length > 0 && !keysAlone && isSaidOut(within.at(-1)!) && { bargeIn: false }),
  });
  if (!keysAlone) for (const sound of within) play(gather, sound, voice, urls);
  // Never reached where Twilio does as it is told.
  response.redirect({ method: 'POST' }, clean(urls.action));
  return response.toString();
}

/**
 * What is heard to its end in any case stands before the `<Gather>`, and so do keys that are sent: only `<Say>`,
 * `<Play>` and `<Pause>` may stand within.
 */
function split(sounds: readonly Sound[]): { before: readonly Sound[]; within: readonly Sound[] } {
  const last = sounds.at(-1);
  const stays = (sound: Sound): boolean =>
    sound.kind === 'press' || (isSaidOut(sound) && last !== undefined && !isSaidOut(last));
  const end = sounds.findLastIndex(stays) + 1;
  return { before: sounds.slice(0, end), within: sounds.slice(end) };
}

const isSaidOut = (sound: Sound): boolean => sound.kind === 'press' || sound.interrupt === 'never';

function keyAttributes({ keyCount, poundEnds }: Listening, { action }: GatherUrls): GatherAttributes {
  return {
    action: clean(action),
    method: 'POST',
    finishOnKey: poundEnds ? '#' : '',
    ...(keyCount !== null && { numDigits: keyCount }),
  };
}

function speechAttributes(
  { locale, silenceMs, patience, hints, partials }: Listening,
  speech: string | null,
  urls: GatherUrls,
): GatherAttributes {
  const words = hintsOf(hints);
  return {
    input: ['dtmf', 'speech'],
    timeout: Math.max(1, Math.ceil(silenceMs / 1000)),
    actionOnEmptyResult: true,
    language: languageOf(locale),
    // The SDK's list of models lags behind Twilio's.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    speechModel: speechModelOf(speech) as 'googlev2_telephony',
    speechTimeout: String(PAUSE_S[patience]),
    profanityFilter: false,
    ...(words !== '' && { hints: words }),
    ...(partials && { partialResultCallback: clean(urls.partial), partialResultCallbackMethod: 'POST' }),
  };
}

/**
 * Twilio's name for a recogniser: `twilio/googlev2_telephony` is named so already, `deepgram/nova-3` is
 * `deepgram_nova-3` (without the prefix Twilio falls back to another, error 13334), `google/long` is `googlev2_long`.
 */
export function speechModelOf(speech: string | null): string {
  const { provider, name } = partsOf(speech ?? 'twilio/googlev2_telephony');
  if (provider === 'deepgram') return `deepgram_${name}`;
  if (provider === 'google') return `googlev2_${name}`;
  return name;
}

/**
 * Twilio's name for a voice, and its language: `twilio/Polly.Salli` is named so already, `amazon/Joanna-Neural` is
 * `Polly.Joanna-Neural`, `google/en-US-Neural2-F` is `Google.en-US-Neural2-F`. Where the app names none it is
 * Polly.Salli, who speaks English; in another language Twilio chooses.
 */
export function voiceOf(voice: string | null, locale: string): { voice?: string; language: string } {
  if (voice === null) {
    return /^en\b/i.test(locale) ? { voice: 'Polly.Salli', language: 'en-US' } : { language: locale };
  }
  const { provider, name } = partsOf(voice);
  const prefix = provider === 'amazon' ? 'Polly.' : provider === 'google' ? 'Google.' : '';
  const own = /^(?:Google\.)?([a-z]{2,3}-[A-Z]{2})-/.exec(name)?.[1];
  return { voice: `${prefix}${name}`, language: own ?? locale };
}

function partsOf(choice: string): { provider: string; name: string } {
  const slash = choice.indexOf('/');
  return { provider: choice.slice(0, slash), name: choice.slice(slash + 1) };
}

function hintsOf(hints: readonly string[]): string {
  const whole = hints.map((hint) =>
    clean(hint)
      .replace(/[\s,]+/g, ' ')
      .trim(),
  );
  const fit = whole.filter((hint) => hint !== '' && hint.length <= HINT_CHARACTERS);
  return [...new Set(fit)].slice(0, HINTS).join(', ');
}

function play(parent: VoiceResponse | Gather, sound: Sound, voice: string | null, urls: GatherUrls): void {
  switch (sound.kind) {
    case 'say': {
      const { language, ...who } = voiceOf(voice, sound.locale);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Twilio knows more voices than its SDK
      const attributes = { ...who, language: languageOf(language) } as { voice: 'Polly.Salli' };
      for (const text of sayable(sound.text)) parent.say(attributes, text);
      return;
    }
    case 'play':
      parent.play(clean(urls.sound(sound.file)));
      return;
    case 'press':
      parent.play({ digits: sound.keys.replace(/[^0-9*#wW]/g, '') });
      return;
    default:
      sound satisfies never;
  }
}

/** The text in pieces that Twilio takes, cut behind a sentence where there is one, else between words. */
export function sayable(text: string): string[] {
  const pieces: string[] = [];
  let rest = clean(text).trim();
  while (!fits(rest)) {
    const most = longestThatFits(rest);
    const head = rest.slice(0, most);
    const sentence = [...head.matchAll(/[.!?…。！？]["'”’)]*(?=\s)|[。！？]/g)].at(-1);
    const space = head.lastIndexOf(' ');
    const end = sentence ? sentence.index + sentence[0].length : space > 0 ? space : most;
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return rest === '' ? pieces : [...pieces, rest];
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= SAY_BYTES && encodeURIComponent(text).length <= SAY_ENCODED;
}

/** In UTF-16 units, and never within a character. */
function longestThatFits(text: string): number {
  let least = 1;
  let most = Math.min(text.length, SAY_BYTES);
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(whole(text, middle))) least = middle;
    else most = middle - 1;
  }
  return whole(text, least).length || 2;
}

/** The first units of the text, without half of a character at their end. */
function whole(text: string, units: number): string {
  const head = text.slice(0, units);
  return /[\ud800-\udbff]$/.test(head) ? head.slice(0, -1) : head;
}
