/** `<Dial>` on the simulated network: it rings somebody else, who behaves as the test or the user wants. */
import { randomBytes } from 'node:crypto';
import { OffhookError } from '../../errors.ts';
import type { Route } from './ask.ts';
import { pauseOn, readDocument } from './phone-documents.ts';
import type { Verb } from './twiml-reader.ts';

/** Whom the simulated phone reaches when it dials. */
export type Callee = 'answer' | 'busy' | 'no-answer' | 'decline';

export type DialHappening =
  | { kind: 'dialled'; to: string; callerId: string }
  | {
      kind: 'callee';
      did: 'answers' | 'is busy' | 'does not answer' | 'presses 1' | 'declines' | 'hangs up';
    }
  /** Said to the other side alone. */
  | { kind: 'callee-hears'; text: string; language: string }
  | { kind: 'joined' }
  | { kind: 'callee-says'; text: string };

export interface DialOptions {
  route: Route;
  callee: Callee;
  /** Of the call that is being transferred. */
  callSid: string;
  accountSid: string;
  /** The number that the other side sees where the TwiML names none. */
  from: string;
  /** Aborted when the caller hangs up. */
  hangUp: AbortSignal;
  /** Tells a callback; what it answers controls nothing. */
  report: (url: string, form: DialForm) => void;
  on: (event: DialHappening | { kind: 'asked'; url: string; status: number; twiml: string }) => void;
}

/** What Twilio tells the `action` of a `<Dial>`, beside what it tells of the call itself. */
export type DialForm = Readonly<Record<string, string>>;

const RINGS_MS = 2000;
const BUSY_AFTER_MS = 500;
const TALKS_MS = 3000;
const SAYS = 'Hello, here I am.';
const DOCUMENTS = 20;
/** About how long Twilio's voice needs for a character. */
export const SAY_MS = 60;

/** Carries the verb out. Settles when the two are not joined any more, or never will be. */
export async function dial(verb: Verb, documentUrl: string, options: DialOptions): Promise<DialForm> {
  const { route, callee, hangUp, on } = options;
  const [number, ...others] = verb.children;
  if (others.length > 0 || (number !== undefined && number.name !== 'Number')) {
    const names = verb.children.map(({ name }) => `<${name}>`).join('');
    throw new OffhookError('verb-not-played', `The simulated phone cannot execute <Dial>${names}.`);
  }
  const to = number?.text ?? verb.text;
  const callerId = verb.attributes.callerId ?? options.from;
  const pause = (ms: number): Promise<void> => pauseOn(route.clock, ms, hangUp);
  const childSid = `CA${randomBytes(16).toString('hex')}`;
  const form = (status: string, joinedAtMs: number | null = null): DialForm => ({
    DialCallSid: childSid,
    DialCallStatus: status,
    DialBridged: String(joinedAtMs !== null),
    ...(joinedAtMs === null
      ? {}
      : { DialCallDuration: String(Math.ceil((route.clock.elapsed() - joinedAtMs) / 1000)) }),
  });

  const reporter = new DialReporter(verb, documentUrl, options, { childSid, to, callerId });
  const over = (status: string, joinedAtMs: number | null = null): DialForm => {
    reporter.ended(status);
    return form(status, joinedAtMs);
  };

  on({ kind: 'dialled', to, callerId });
  reporter.tell('initiated', 'initiated');
  if (callee !== 'busy') reporter.tell('ringing', 'ringing');
  if (callee === 'busy') {
    await pause(BUSY_AFTER_MS);
    if (hangUp.aborted) return over('canceled');
    on({ kind: 'callee', did: 'is busy' });
    return over('busy');
  }
  await pause(callee === 'no-answer' ? Number(verb.attributes.timeout ?? 30) * 1000 : RINGS_MS);
  if (hangUp.aborted) return over('canceled');
  if (callee === 'no-answer') {
    on({ kind: 'callee', did: 'does not answer' });
    return over('no-answer');
  }

  on({ kind: 'callee', did: 'answers' });
  reporter.answered();
  const about = { CallSid: childSid, ParentCallSid: options.callSid, From: callerId, To: to };
  const leg = new CalleeLeg(options, about);
  const { url, method = 'POST' } = number?.attributes ?? {};
  const takes = url === undefined || (await leg.listens({ url: absolute(url, documentUrl), method }));
  if (!takes || hangUp.aborted) return over('completed');
  const joinedAtMs = route.clock.elapsed();
  on({ kind: 'joined' });
  on({ kind: 'callee-says', text: SAYS });
  await pause(TALKS_MS);
  if (!hangUp.aborted) on({ kind: 'callee', did: 'hangs up' });
  return over('completed', joinedAtMs);
}

/** What Twilio reports of the other side's end of the call, and of the recording of the two. */
class DialReporter {
  readonly #options: DialOptions;
  readonly #child: { childSid: string; to: string; callerId: string };
  readonly #callback: { url: string; events: readonly string[] } | null;
  readonly #recordings: { url: string; events: readonly string[] } | null;
  readonly #recordingSid = `RE${randomBytes(16).toString('hex')}`;
  #sequence = 0;
  #answeredAt: number | null = null;

  constructor(
    verb: Verb,
    documentUrl: string,
    options: DialOptions,
    child: { childSid: string; to: string; callerId: string },
  ) {
    const { statusCallback, statusCallbackEvent = 'completed' } = verb.children[0]?.attributes ?? {};
    const { record, recordingStatusCallback, recordingStatusCallbackEvent = 'completed' } = verb.attributes;
    const at = (url: string | undefined, events: string) =>
      url === undefined ? null : { url: absolute(url, documentUrl), events: events.split(' ') };
    this.#options = options;
    this.#child = child;
    this.#callback = at(statusCallback, statusCallbackEvent);
    this.#recordings = record?.startsWith('record-from')
      ? at(recordingStatusCallback, recordingStatusCallbackEvent)
      : null;
  }

  tell(event: string, status: string, more: DialForm = {}): void {
    const { route, accountSid, callSid, report } = this.#options;
    const { childSid, to, callerId } = this.#child;
    const sequence = this.#sequence++;
    if (!this.#callback?.events.includes(event)) return;
    report(this.#callback.url, {
      CallSid: childSid,
      ParentCallSid: callSid,
      AccountSid: accountSid,
      From: callerId,
      To: to,
      CallStatus: status,
      Direction: 'outbound-dial',
      ApiVersion: '2010-04-01',
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(sequence),
      Timestamp: new Date(route.clock.now()).toUTCString().replace('GMT', '+0000'),
      ...more,
    });
  }

  answered(): void {
    this.#answeredAt = this.#options.route.clock.now();
    this.tell('answered', 'in-progress');
    this.#record('in-progress', {});
  }

  ended(status: string): void {
    const seconds = Math.ceil((this.#options.route.clock.now() - (this.#answeredAt ?? NaN)) / 1000);
    this.tell('completed', status, { CallDuration: String(Number.isNaN(seconds) ? 0 : seconds) });
    if (this.#answeredAt !== null) this.#record('completed', { RecordingDuration: String(seconds) });
  }

  #record(status: string, more: DialForm): void {
    const { accountSid, callSid, report } = this.#options;
    if (!this.#recordings?.events.includes(status)) return;
    report(this.#recordings.url, {
      AccountSid: accountSid,
      CallSid: callSid,
      RecordingSid: this.#recordingSid,
      RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${this.#recordingSid}`,
      RecordingStatus: status,
      RecordingChannels: '2',
      RecordingSource: 'DialVerb',
      RecordingTrack: 'both',
      RecordingStartTime: new Date(this.#answeredAt ?? 0).toUTCString().replace('GMT', '+0000'),
      ...more,
    });
  }
}

interface Step {
  url: string;
  method: string;
  form?: Readonly<Record<string, string>>;
}

/** The other side's end of the call, before it is joined. */
class CalleeLeg {
  readonly #options: DialOptions;
  readonly #about: Readonly<Record<string, string>>;

  constructor(options: DialOptions, about: Readonly<Record<string, string>>) {
    this.#options = options;
    this.#about = about;
  }

  /** Carries out what stands at this URL, for the other side alone. True: it is to be joined with the caller. */
  async listens(first: Step): Promise<boolean> {
    const { route, hangUp, accountSid, on } = this.#options;
    let step = first;
    for (let documents = 0; documents < DOCUMENTS; documents++) {
      const form = {
        ...this.#about,
        AccountSid: accountSid,
        CallStatus: 'in-progress',
        Direction: 'outbound-dial',
        ApiVersion: '2010-04-01',
        ...step.form,
      };
      const verbs = await readDocument(route, { ...step, form }, hangUp, (answer) =>
        on({ kind: 'asked', ...answer }),
      );
      const next = await this.#perform(verbs, step.url);
      if (typeof next === 'boolean') return next;
      step = next;
    }
    throw new OffhookError(
      'endless-call',
      `The other side went through ${DOCUMENTS} documents without an end.`,
    );
  }

  async #perform(verbs: readonly Verb[], url: string): Promise<Step | boolean> {
    const { hangUp } = this.#options;
    for (const verb of verbs) {
      if (hangUp.aborted) return false;
      switch (verb.name) {
        case 'Say':
          await this.#hear(verb);
          break;
        case 'Pause':
          await pauseOn(this.#options.route.clock, Number(verb.attributes.length ?? 1) * 1000, hangUp);
          break;
        case 'Gather': {
          const next = await this.#gather(verb, url);
          if (next) return next;
          return false;
        }
        case 'Redirect':
          return { url: absolute(verb.text, url), method: verb.attributes.method ?? 'POST' };
        case 'Hangup':
          return false;
        default:
          throw new OffhookError(
            'verb-not-played',
            `The simulated phone cannot execute <${verb.name}> on the other side.`,
          );
      }
    }
    return true;
  }

  /** Null: the other side hangs up instead of pressing a key. */
  async #gather(gather: Verb, url: string): Promise<Step | null> {
    const { callee, hangUp, on } = this.#options;
    for (const child of gather.children) if (child.name === 'Say') await this.#hear(child);
    if (hangUp.aborted) return null;
    if (callee === 'decline') {
      on({ kind: 'callee', did: 'declines' });
      return null;
    }
    on({ kind: 'callee', did: 'presses 1' });
    const { action = url, method = 'POST' } = gather.attributes;
    return { url: absolute(action, url), method, form: { Digits: '1' } };
  }

  async #hear(say: Verb): Promise<void> {
    const { route, hangUp, on } = this.#options;
    if (hangUp.aborted) return;
    on({ kind: 'callee-hears', text: say.text, language: say.attributes.language ?? 'en-US' });
    await pauseOn(route.clock, say.text.length * SAY_MS, hangUp);
  }
}

/** An absolute URL stays as it stands, because that is what gets signed. */
export function absolute(url: string, base: string): string {
  return URL.canParse(url) || !URL.canParse(url, base) ? url : new URL(url, base).href;
}
