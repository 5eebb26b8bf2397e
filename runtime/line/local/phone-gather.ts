/**
 * `<Gather>` on the simulated network: https://www.twilio.com/docs/voice/twiml/gather. The recogniser understands
 * every caption to the letter.
 */
import { OffhookError } from '../../errors.ts';
import type { Route } from './ask.ts';
import { reportTo } from './ask.ts';
import { absolute } from './phone-dial.ts';
import { pauseOn } from './phone-documents.ts';
import { SOUND_VERBS, sound, type SoundHappening } from './phone-sounds.ts';
import type { Verb } from './twiml-reader.ts';

export type GatherHappening =
  | SoundHappening
  /** All that stands in a `<Gather>` was heard: nothing but the caller is waited for. */
  | { kind: 'listens'; timeoutMs: number }
  /** The caller cut what was being said. */
  | { kind: 'barged-in'; by: 'speech' | 'keys' }
  /** The `<Gather>` is over: words, keys, or (null) nothing. */
  | { kind: 'gathered'; speech: string | null; digits: string | null };

export interface PhoneGatherOptions {
  route: Route;
  charactersPerS: number;
  /** What is told of the call in every request. */
  form: Readonly<Record<string, string>>;
  /** Aborted when the caller hangs up. */
  hangUp: AbortSignal;
  on: (event: GatherHappening) => void;
}

/** Where the call goes on. */
export interface GatherStep {
  url: string;
  method: string;
  form: Readonly<Record<string, string>>;
}

const INPUTS = ['dtmf', 'speech', 'dtmf speech', 'speech dtmf'];
const TIMEOUT_S = 5;
/** What `speechTimeout="auto"` comes to. */
const AUTO_MS = 1_000;
/** No utterance is longer. */
const SPEECH_MS = 60_000;
const KEY_MS = 100;
const CONFIDENCE = '0.92';
const HINTS = 500;
const HINT_CHARACTERS = 100;

type Input = 'speech' | 'keys';

export class PhoneGather {
  readonly #verb: Verb;
  readonly #documentUrl: string;
  readonly #options: PhoneGatherOptions;
  /** Aborted when what stands in the `<Gather>` is not to be heard any more. */
  readonly #playing = new AbortController();
  readonly #over = new AbortController();
  readonly #inputs: readonly Input[];
  /** What was detected first, and wins. */
  #input: Input | null = null;
  #digits = '';
  #speech = '';
  #speaking = false;
  #sounding = true;
  #partials = 0;
  #cancelTimer: () => void = () => undefined;
  #finish: () => void = () => undefined;

  constructor(verb: Verb, documentUrl: string, options: PhoneGatherOptions) {
    this.#verb = verb;
    this.#documentUrl = documentUrl;
    this.#options = options;
    const { input = 'dtmf' } = verb.attributes;
    this.#inputs = [
      ...(input.includes('speech') ? (['speech'] as const) : []),
      ...(input.includes('dtmf') ? (['keys'] as const) : []),
    ];
    this.#check(input);
  }

  /** Settles with where the call goes on; null: with the next verb. */
  async run(): Promise<GatherStep | null> {
    const { hangUp, on } = this.#options;
    const done = new Promise<void>((resolve) => (this.#finish = resolve));
    hangUp.addEventListener('abort', this.#finish, { once: true });
    const heard = this.#sound();
    await done;
    this.#cancelTimer();
    // With bargeIn="false" the rest is heard all the same.
    if (this.#mayCut) this.#playing.abort();
    await heard;
    this.#over.abort();
    hangUp.removeEventListener('abort', this.#finish);
    if (hangUp.aborted) return null;
    const speech = this.#input === 'speech' ? this.#speech : null;
    const digits = this.#input === 'keys' ? this.#digits : null;
    on({ kind: 'gathered', speech, digits });
    return this.#next(speech, digits);
  }

  /** The caller says this, which takes so long. False: nobody listens to it. */
  async say(text: string, ms: number): Promise<boolean> {
    const { clock } = this.#options.route;
    if (this.#over.signal.aborted || !this.#detects('speech')) {
      await pauseOn(clock, ms, this.#options.hangUp);
      return false;
    }
    this.#speaking = true;
    this.#cancelTimer();
    this.#cut('speech');
    const words = text.split(/\s+/).filter((word) => word !== '');
    for (const [index] of words.entries()) {
      await pauseOn(clock, Math.min(ms, SPEECH_MS) / words.length, this.#over.signal);
      this.#partial(words.slice(0, index), words[index]!);
    }
    // In the pause nothing of it changes any more.
    if (words.length > 0) this.#partial(words, '');
    if (words.length === 0) await pauseOn(clock, ms, this.#over.signal);
    this.#speech = [this.#speech, ...words].filter((word) => word !== '').join(' ');
    this.#speaking = false;
    const { speechTimeout = this.#verb.attributes.timeout ?? String(TIMEOUT_S) } = this.#verb.attributes;
    this.#endAfter(speechTimeout === 'auto' ? AUTO_MS : Number(speechTimeout) * 1000);
    return true;
  }

  async press(keys: readonly string[]): Promise<void> {
    const { finishOnKey = '#', numDigits } = this.#verb.attributes;
    for (const key of keys) {
      if (this.#over.signal.aborted || !this.#detects('keys')) return;
      this.#cut('keys');
      if (finishOnKey.includes(key)) return this.#finish();
      this.#digits += key;
      if (numDigits !== undefined && this.#digits.length >= Number(numDigits)) return this.#finish();
      this.#endAfter(this.#timeoutMs);
      await pauseOn(this.#options.route.clock, KEY_MS, this.#options.hangUp);
    }
  }

  get #timeoutMs(): number {
    return Number(this.#verb.attributes.timeout ?? TIMEOUT_S) * 1000;
  }

  get #mayCut(): boolean {
    return this.#verb.attributes.bargeIn !== 'false';
  }

  async #sound(): Promise<void> {
    const { hangUp, on } = this.#options;
    const signal = AbortSignal.any([this.#playing.signal, hangUp]);
    try {
      for (const child of this.#verb.children) await sound(child, this.#documentUrl, this.#options, signal);
    } finally {
      this.#sounding = false;
    }
    if (this.#input !== null || signal.aborted) return;
    on({ kind: 'listens', timeoutMs: this.#timeoutMs });
    this.#endAfter(this.#timeoutMs);
  }

  #detects(input: Input): boolean {
    if (!this.#inputs.includes(input)) return false;
    this.#input ??= input;
    return this.#input === input;
  }

  #cut(by: Input): void {
    if (!this.#sounding || !this.#mayCut || this.#playing.signal.aborted) return;
    this.#playing.abort();
    this.#options.on({ kind: 'barged-in', by });
  }

  #endAfter(ms: number): void {
    this.#cancelTimer();
    if (!this.#speaking) this.#cancelTimer = this.#options.route.clock.after(ms, () => this.#finish());
  }

  /** What was understood so far; what is answered leads nowhere. */
  #partial(stable: readonly string[], unstable: string): void {
    const { partialResultCallback } = this.#verb.attributes;
    if (partialResultCallback === undefined) return;
    const { route, form, on } = this.#options;
    const before = this.#speech === '' ? [] : [this.#speech];
    const told = {
      ...form,
      StableSpeechResult: [...before, ...stable].join(' '),
      UnstableSpeechResult: unstable,
      SequenceNumber: String(this.#partials++),
    };
    void reportTo(route, absolute(partialResultCallback, this.#documentUrl), told).then((problem) => {
      if (problem !== null) on({ kind: 'warning', code: 11200, problem });
    });
  }

  #next(speech: string | null, digits: string | null): GatherStep | null {
    const { action = this.#documentUrl, method = 'POST', actionOnEmptyResult } = this.#verb.attributes;
    const isEmpty = (speech ?? '') === '' && (digits ?? '') === '';
    if (isEmpty && actionOnEmptyResult !== 'true') return null;
    const form: Record<string, string> = isEmpty
      ? { Digits: '' }
      : speech === null
        ? { Digits: digits ?? '' }
        : { SpeechResult: speech, Confidence: CONFIDENCE };
    return { url: absolute(action, this.#documentUrl), method, form };
  }

  /** What Twilio's debugger would show. */
  #check(input: string): void {
    const { on } = this.#options;
    const warn = (code: number, problem: string): void => on({ kind: 'warning', code, problem });
    const { speechModel, speechTimeout, hints, timeout, numDigits } = this.#verb.attributes;
    const stranger = this.#verb.children.find(({ name }) => !SOUND_VERBS.includes(name));
    if (stranger) {
      throw new OffhookError('bad-webhook', `<${stranger.name}> may not stand in a <Gather>.`, {
        detail: { twilioCode: 12200 },
      });
    }
    if (!INPUTS.includes(input)) warn(12200, `the input "${input}" is not dtmf or speech`);
    if (speechModel !== undefined && !/^[1-9]\d*$/.test(speechTimeout ?? '')) {
      warn(13335, `with a speechModel, speechTimeout must be a positive integer, not "${speechTimeout}"`);
    }
    if (speechModel !== undefined && !SPEECH_MODEL.test(speechModel)) {
      warn(13334, `the speechModel "${speechModel}" is not known`);
    }
    const phrases = hints?.split(',') ?? [];
    if (phrases.length > HINTS || phrases.some((hint) => hint.trim().length > HINT_CHARACTERS)) {
      warn(12200, 'there are more than 500 hints, or one of more than 100 characters');
    }
    for (const [name, value] of Object.entries({ timeout, numDigits })) {
      if (value !== undefined && !/^[1-9]\d*$/.test(value)) warn(12200, `${name} is "${value}"`);
    }
  }
}

const SPEECH_MODEL =
  /^(default|phone_call|numbers_and_commands|experimental_(conversations|utterances)|googlev2_(long|short|telephony|telephony_short)|deepgram_nova-[23](-\w+)*)$/;
