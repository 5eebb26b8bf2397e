import { randomBytes } from 'node:crypto';
import { BYTES_PER_MS, SILENCE } from '../../audio.ts';
import { OffhookError, messageOf } from '../../errors.ts';
import { reportTo, type Route } from './ask.ts';
import { absolute, dial, type Callee, type DialHappening } from './phone-dial.ts';
import { readDocument } from './phone-documents.ts';
import { PhoneGather, type GatherHappening } from './phone-gather.ts';
import { PhoneRelay, type RelayForm, type RelayHappening } from './phone-relay.ts';
import { CHARACTERS_PER_S, sound } from './phone-sounds.ts';
import { PhoneStream, type StreamHappening, type Trouble } from './phone-stream.ts';
import { parametersOf, type Verb } from './twiml-reader.ts';

export interface PhoneOptions extends Route {
  from: string;
  to: string;
  /** `outbound-api`: the call was placed over the REST API, and is answered when the webhook is asked. */
  direction: 'inbound' | 'outbound-api';
  /** `CA` and 32 hexadecimal digits; one is made up where none is given. */
  callSid?: string;
  accountSid?: string;
  /** What comes with every request beside what the network tells: the parameters of a call from a browser. */
  parameters?: Readonly<Record<string, string>>;
  /** False: what is heard is told to `on` and not kept for `recording`. */
  records?: boolean;
  trouble?: Trouble;
  /** Who is reached where the TwiML dials somebody; answers where it is not given. */
  callee?: Callee;
  /** How fast Twilio's own voice speaks; about as fast as people do where it is not given. */
  charactersPerS?: number;
  /** Told synchronously, in order. */
  on: (event: PhoneEvent) => void;
}

/** `atMs` counts from `call`; so does `fromMs` of what was heard. */
export type PhoneEvent = { atMs: number } & (
  | StreamHappening
  | RelayHappening
  | DialHappening
  /** A webhook answered. */
  | { kind: 'asked'; url: string; status: number; twiml: string }
  | GatherHappening
  | { kind: 'over'; outcome: CallOutcome }
);

export interface CallOutcome {
  /** `ended`: the TwiML ended the call; `hung-up`: the caller did; `failed`: see `problem`. */
  reason: 'ended' | 'hung-up' | 'rejected' | 'busy' | 'failed';
  problem: string | null;
  durationMs: number;
}

/** A document that leads to the next one a hundred times is a loop. */
const DOCUMENTS = 100;
const VERBS_NOT_PLAYED = ['Enqueue', 'Leave', 'Pay', 'Prompt', 'Record', 'Refer', 'Start'];

interface Step {
  url: string;
  method: string;
  /** What is told beside what is known of the call. */
  form?: Readonly<Record<string, string>>;
}

/**
 * A telephone and the network behind it: does what Twilio does with a number whose webhook is the given URL. It
 * asks for TwiML, executes it, streams real audio both ways, and knows to the sample what was heard and when.
 * One phone makes one call.
 */
export class Phone {
  readonly callSid: string;
  readonly #accountSid: string;
  readonly #options: PhoneOptions;
  readonly #hangUp = new AbortController();
  readonly #kept: { audio: Uint8Array; fromMs: number }[] = [];
  readonly #reports = new Set<Promise<void>>();
  #beganMs = 0;
  #endedMs: number | null = null;
  #answered: boolean;
  #connected: PhoneStream | PhoneRelay | null = null;
  #gather: PhoneGather | null = null;

  constructor(options: PhoneOptions) {
    this.#options = options;
    this.callSid = options.callSid ?? `CA${randomBytes(16).toString('hex')}`;
    this.#accountSid = options.accountSid ?? `AC${'0'.repeat(32)}`;
    this.#answered = options.direction !== 'inbound';
  }

  /** Makes the call: asks the webhook and settles when the call is over. Never rejects. */
  async call(url: string): Promise<CallOutcome> {
    this.#beganMs = this.#options.clock.elapsed();
    let result: Pick<CallOutcome, 'reason' | 'problem'>;
    try {
      result = { reason: await this.#execute(url), problem: null };
    } catch (error) {
      result = { reason: 'failed', problem: messageOf(error) };
    }
    await Promise.all(this.#reports);
    if (this.#hangUp.signal.aborted) result = { reason: 'hung-up', problem: null };
    this.#endedMs = this.#now();
    const outcome = { ...result, durationMs: this.#endedMs };
    this.#tell({ kind: 'over', outcome });
    return outcome;
  }

  /**
   * The caller says these mu-law samples, behind what is still to be said; the caption goes beside them. Settles
   * when they were sent: false where nobody listens or it ended before. In a relay session and in a `<Gather>` nothing
   * but the caption is understood.
   */
  async say(samples: Uint8Array, caption: string | null = null): Promise<boolean> {
    if (this.#gather) return this.#gather.say(caption ?? '', samples.length / BYTES_PER_MS);
    return (await this.#connected?.say(samples, caption)) ?? false;
  }

  /** The caller presses keys, behind what is still to be said. Nothing where nobody listens. */
  press(keys: string): void {
    this.#connected?.press(keys.split(''));
    void this.#gather?.press(keys.split(''));
  }

  /** The stream's connection goes away without a word; Twilio then goes on behind `<Connect>`. */
  breakLine(): void {
    this.#connected?.breakLine();
  }

  hangUp(): void {
    this.#hangUp.abort();
    this.#connected?.hangUp();
  }

  /** Audio received that is still to be heard. */
  get queuedMs(): number {
    return this.#connected?.queuedMs ?? 0;
  }

  /** What was heard since `call`, mu-law, with silence where nothing was. */
  recording(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil((this.#endedMs ?? this.#now()) * BYTES_PER_MS)).fill(SILENCE);
    for (const { audio, fromMs } of this.#kept) {
      const start = Math.round(fromMs * BYTES_PER_MS);
      bytes.set(audio.subarray(0, Math.max(0, bytes.length - start)), Math.min(start, bytes.length));
    }
    return bytes;
  }

  /** The parameters that come with every request about this call. */
  form(callStatus: string): Record<string, string> {
    const { from, to, direction, parameters } = this.#options;
    return {
      ...parameters,
      CallSid: this.callSid,
      AccountSid: this.#accountSid,
      From: from,
      To: to,
      Caller: from,
      Called: to,
      CallStatus: callStatus,
      Direction: direction,
      ApiVersion: '2010-04-01',
    };
  }

  async #execute(url: string): Promise<'ended' | 'rejected' | 'busy'> {
    let step: Step = { url, method: 'POST' };
    for (let documents = 0; documents < DOCUMENTS; documents++) {
      const verbs = await this.#ask(step);
      const next = await this.#perform(verbs, step.url);
      if (typeof next === 'string') return next;
      step = next;
    }
    throw new OffhookError('endless-call', `The call went through ${DOCUMENTS} documents without an end.`);
  }

  #ask({ url, method, form }: Step): Promise<Verb[]> {
    const whole = { ...this.form(this.#answered ? 'in-progress' : 'ringing'), ...form };
    return readDocument(this.#options, { url, method, form: whole }, this.#hangUp.signal, (answer) =>
      this.#tell({ kind: 'asked', ...answer }),
    );
  }

  /** Executes verbs up to one that leads elsewhere; their end is the end of the call. */
  async #perform(verbs: readonly Verb[], url: string): Promise<Step | 'ended' | 'rejected' | 'busy'> {
    for (const [index, verb] of verbs.entries()) {
      if (this.#hangUp.signal.aborted) return 'ended';
      if (verb.name === 'Reject' && index === 0 && !this.#answered) {
        return verb.attributes.reason === 'busy' ? 'busy' : 'rejected';
      }
      // Any other verb answers the call first.
      this.#answered = true;
      switch (verb.name) {
        case 'Connect': {
          const next = await this.#connect(verb, url);
          if (next) return next;
          break;
        }
        case 'Dial': {
          const next = await this.#dial(verb, url);
          if (next) return next;
          break;
        }
        case 'Redirect':
          return { url: absolute(verb.text, url), method: verb.attributes.method ?? 'POST' };
        case 'Hangup':
        case 'Reject':
          return 'ended';
        case 'Gather': {
          const next = await this.#gatherInput(verb, url);
          if (next) return next;
          break;
        }
        case 'Pause':
        case 'Play':
        case 'Say':
          await sound(verb, url, this.#sounds, this.#hangUp.signal);
          break;
        default:
          if (VERBS_NOT_PLAYED.includes(verb.name)) {
            throw new OffhookError('verb-not-played', `The simulated phone cannot execute <${verb.name}>.`);
          }
          this.#tell({
            kind: 'warning',
            code: 12200,
            problem: `<${verb.name}> is not a verb and is ignored`,
          });
      }
    }
    return 'ended';
  }

  get #sounds() {
    const { charactersPerS = CHARACTERS_PER_S } = this.#options;
    return { route: this.#options, charactersPerS, on: (event: GatherHappening) => this.#tell(event) };
  }

  async #gatherInput(verb: Verb, documentUrl: string): Promise<Step | null> {
    const form = this.form('in-progress');
    const hangUp = this.#hangUp.signal;
    const gather = new PhoneGather(verb, documentUrl, { ...this.#sounds, form, hangUp });
    this.#gather = gather;
    const next = await gather.run();
    if (this.#gather === gather) this.#gather = null;
    return next;
  }

  /** Gives where the verb's `action` leads; null: the document goes on. */
  async #dial(verb: Verb, documentUrl: string): Promise<Step | null> {
    const told = await dial(verb, documentUrl, {
      route: this.#options,
      callee: this.#options.callee ?? 'answer',
      callSid: this.callSid,
      accountSid: this.#accountSid,
      from: this.#options.from,
      hangUp: this.#hangUp.signal,
      report: (url, form) => this.#reportTo(url, form),
      on: (event) => this.#tell(event),
    });
    return this.#action(verb, documentUrl, told);
  }

  /** Where the verb's `action` leads, which is told this; null: there is none, or nobody to lead there. */
  async #action(
    verb: Verb,
    documentUrl: string,
    told: Readonly<Record<string, string>>,
  ): Promise<Step | null> {
    const { action, method = 'POST' } = verb.attributes;
    if (action === undefined) return null;
    const url = absolute(action, documentUrl);
    if (!this.#hangUp.signal.aborted) return { url, method, form: told };
    // Twilio asks though the caller is gone; what is answered leads nowhere.
    await reportTo(this.#options, url, { ...this.form('completed'), ...told });
    return null;
  }

  /** Gives where the verb's `action` leads; null: the document goes on. */
  async #connect(connect: Verb, documentUrl: string): Promise<Step | null> {
    const [noun] = connect.children;
    if (connect.children.length === 1) {
      if (noun?.name === 'Stream') return this.#stream(noun, documentUrl);
      if (noun?.name === 'ConversationRelay') {
        return this.#action(connect, documentUrl, await this.#relay(noun, documentUrl));
      }
    }
    throw new OffhookError('verb-not-played', `The simulated phone cannot execute <Connect><${noun?.name}>.`);
  }

  async #relay(noun: Verb, documentUrl: string): Promise<RelayForm> {
    const { from, to, direction, trouble, charactersPerS = CHARACTERS_PER_S } = this.#options;
    const relay = new PhoneRelay({
      route: this.#options,
      url: absolute(noun.attributes.url ?? '', documentUrl.replace(/^http/, 'ws')),
      call: { accountSid: this.#accountSid, callSid: this.callSid, from, to, direction },
      attributes: noun.attributes,
      parameters: parametersOf(noun),
      charactersPerS,
      tellsNothing: trouble?.tellsNothing === true,
      beganMs: this.#beganMs,
      on: (event) => this.#tell(event),
    });
    this.#connected = relay;
    const told = await relay.run();
    this.#connected = null;
    return told;
  }

  async #stream(noun: Verb, documentUrl: string): Promise<null> {
    const { url = '', statusCallback, track } = noun.attributes;
    if (track !== undefined && track !== 'inbound_track') {
      this.#tell({ kind: 'warning', code: 31941, problem: `the track "${track}" is not inbound_track` });
      return null;
    }
    let problem: string | null = null;
    const stream = new PhoneStream({
      route: this.#options,
      url: absolute(url, documentUrl.replace(/^http/, 'ws')),
      accountSid: this.#accountSid,
      callSid: this.callSid,
      parameters: parametersOf(noun),
      trouble: this.#options.trouble ?? {},
      on: (event) => {
        if (event.kind === 'warning') problem = event.problem;
        if (event.kind === 'stream-started')
          this.#report(statusCallback, documentUrl, stream, 'stream-started', null);
        this.#happened(event);
      },
    });
    this.#connected = stream;
    const opened = await stream.run();
    this.#connected = null;
    this.#report(statusCallback, documentUrl, stream, opened ? 'stream-stopped' : 'stream-error', problem);
    return null;
  }

  #happened(event: StreamHappening): void {
    if (event.kind !== 'heard') {
      this.#tell(event);
      return;
    }
    const heard = { audio: event.audio, fromMs: event.fromMs - this.#beganMs };
    if (this.#options.records !== false) this.#kept.push(heard);
    this.#tell({ kind: 'heard', ...heard });
  }

  /** Tells the stream's status callback; what it answers controls nothing. */
  #report(
    callback: string | undefined,
    documentUrl: string,
    stream: PhoneStream,
    event: 'stream-started' | 'stream-stopped' | 'stream-error',
    problem: string | null,
  ): void {
    if (!callback) return;
    const form = {
      AccountSid: this.#accountSid,
      CallSid: this.callSid,
      StreamSid: stream.streamSid,
      StreamName: stream.streamSid,
      StreamEvent: event,
      ...(event === 'stream-error' && problem ? { StreamError: problem } : {}),
      Timestamp: new Date(this.#options.clock.now()).toISOString(),
    };
    this.#reportTo(absolute(callback, documentUrl), form);
  }

  #reportTo(url: string, form: Readonly<Record<string, string>>): void {
    this.#reports.add(
      reportTo(this.#options, url, form).then((failure) => {
        if (failure) this.#tell({ kind: 'warning', code: 11200, problem: failure });
      }),
    );
  }

  #tell(event: DistributiveOmit<PhoneEvent, 'atMs'>): void {
    this.#options.on({ atMs: this.#now(), ...event });
  }

  #now(): number {
    return this.#options.clock.elapsed() - this.#beganMs;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
