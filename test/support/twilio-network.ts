/** The network behind Twilio's API: it dials, asks the call's URL, holds the call on a phone and reports its status. */
import type { Clock } from '../../runtime/clock.ts';
import { askWebhook, type Route } from '../../runtime/line/local/ask.ts';
import { Phone, type PhoneEvent } from '../../runtime/line/local/phone.ts';
import { messageOf } from '../../runtime/errors.ts';
import { rfc2822, type Account } from './twilio-account.ts';

export type Callee = { ringsMs?: number } & (
  | {
      answers: true;
      /** What Twilio hears there, in its words (`AnsweredBy`), where it was told to listen; a human otherwise. */
      who?: string;
      /** How long it listens. */
      listensMs?: number;
      /** How late the call's own webhook is asked: what was heard may be told before. */
      asksLateMs?: number;
      /** Hangs up so long after answering; stays to the end where it is not given. */
      hangsUpAfterMs?: number;
    }
  | { answers: false; status: 'busy' | 'no-answer' | 'failed' }
);

type ReportName = 'initiated' | 'ringing' | 'answered' | 'completed' | 'machine';

export interface FakeCall {
  sid: string;
  account: Account;
  /** The call that dialled it; absent: none did. */
  parentSid?: string;
  direction: 'inbound' | 'outbound-api';
  from: string;
  to: string;
  /** As it was posted, every value of every name. */
  form: URLSearchParams;
  phone: Phone;
  status: string;
  answeredBy: string | null;
  createdAt: number;
  updatedAt: number;
  /** When it was dialled; null while it waits in Twilio's queue. */
  startedAt: number | null;
  endedAt: number | null;
  answeredAt: number | null;
  /** Aborted when it is to ring no longer. */
  ring: AbortController;
  /** Settles when the call is over and its reports have been sent. */
  over: Promise<void>;
}

export interface NetworkOptions {
  clock: Clock;
  /** What the server under test calls itself, and where it really is. */
  publicUrl: string | null;
  serverUrl: string;
  /** How the called party behaves; answers at once where it is not given. */
  callee?: (call: FakeCall) => Callee;
  on?: (call: FakeCall, event: PhoneEvent) => void;
}

export const FINAL = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

export class TwilioNetwork {
  readonly calls: FakeCall[] = [];
  /** How often and how late a report is sent; Twilio promises neither order nor that they come once. */
  reports: (name: ReportName, call: FakeCall) => { times?: number; lateMs?: number } = () => ({});
  /** Callbacks that nobody took, one sentence each. */
  readonly unheard: string[] = [];
  readonly #options: NetworkOptions;
  /** When the next call of an account may be dialled. */
  readonly #turns = new Map<Account, number>();

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** A call that is queued; `dial` begins it. */
  place(account: Account, form: URLSearchParams): FakeCall {
    return this.#make(account, 'outbound-api', form.get('From') ?? '', form.get('To') ?? '', form);
  }

  dial(call: FakeCall, url: string): void {
    call.over = this.#dial(call, url, this.#options.callee?.(call) ?? { answers: true });
  }

  /** Somebody calls a number; the call is made by `call.phone.call(url)`, which `over` waits for. */
  ring(account: Account, from: string, to: string, url: string, statusCallback: string): FakeCall {
    const form = new URLSearchParams(statusCallback ? { StatusCallback: statusCallback } : {});
    const call = this.#make(account, 'inbound', from, to, form);
    call.startedAt = this.#options.clock.now();
    this.#becomes(call, 'ringing');
    call.over = this.#hold(call, url, []);
    return call;
  }

  /** Ends a call that waits, rings or goes on. */
  end(call: FakeCall, status: 'completed' | 'canceled'): void {
    if (call.status === 'queued' || (call.status === 'ringing' && call.direction === 'outbound-api')) {
      this.#becomes(call, 'canceled');
      call.ring.abort();
    } else if (status === 'canceled') return;
    call.phone.hangUp();
  }

  async close(): Promise<void> {
    for (const call of this.calls) {
      this.end(call, 'completed');
      call.phone.hangUp();
    }
    await Promise.all(this.calls.map(({ over }) => over));
  }

  #make(
    account: Account,
    direction: FakeCall['direction'],
    from: string,
    to: string,
    form: URLSearchParams,
  ): FakeCall {
    const phone: Phone = new Phone({
      ...this.#route(account),
      accountSid: account.sid,
      from,
      to,
      direction,
      on: (event) => this.#options.on?.(call, event),
    });
    const now = this.#options.clock.now();
    const call: FakeCall = {
      sid: phone.callSid,
      account,
      direction,
      from,
      to,
      form,
      phone,
      status: 'queued',
      answeredBy: null,
      createdAt: now,
      updatedAt: now,
      startedAt: null,
      endedAt: null,
      answeredAt: null,
      ring: new AbortController(),
      over: Promise.resolve(),
    };
    this.calls.push(call);
    return call;
  }

  async #dial(call: FakeCall, url: string, callee: Callee): Promise<void> {
    const sent: Promise<void>[] = [];
    await this.#turn(call);
    const report = this.#reporter(call, sent);
    call.startedAt = this.#options.clock.now();
    report('initiated', isOver(call) ? call.status : 'initiated');
    if (!isOver(call)) {
      this.#becomes(call, 'ringing');
      report('ringing', 'ringing');
      const { ringsMs = 0 } = callee;
      if (ringsMs > 0) await this.#wait(Math.min(ringsMs, ringsForMs(call)), call.ring.signal);
    }
    if (isOver(call)) {
      call.endedAt = this.#options.clock.now();
      report('completed', 'canceled', { CallDuration: '0' });
    } else if ((callee.ringsMs ?? 0) > ringsForMs(call)) {
      this.#becomes(call, 'no-answer');
      call.endedAt = this.#options.clock.now();
      report('completed', 'no-answer', { CallDuration: '0' });
    } else if (callee.answers) {
      this.#becomes(call, 'in-progress');
      call.answeredAt = this.#options.clock.now();
      report('answered', 'in-progress');
      sent.push(...this.#listen(call, callee));
      if (callee.hangsUpAfterMs !== undefined) {
        void this.#wait(callee.hangsUpAfterMs).then(() => call.phone.hangUp());
      }
      if (callee.asksLateMs !== undefined) await this.#wait(callee.asksLateMs);
      return this.#hold(call, url, sent, report);
    } else {
      this.#becomes(call, callee.status);
      call.endedAt = this.#options.clock.now();
      report('completed', callee.status, { CallDuration: '0' });
    }
    await Promise.all(sent);
  }

  async #hold(
    call: FakeCall,
    url: string,
    sent: Promise<void>[],
    report = this.#reporter(call, sent),
  ): Promise<void> {
    const { durationMs, reason } = await call.phone.call(url);
    const status = reason === 'busy' || reason === 'rejected' ? 'busy' : 'completed';
    this.#becomes(call, status);
    call.endedAt = this.#options.clock.now();
    report('completed', status, { CallDuration: String(Math.ceil(durationMs / 1000)) });
    await Promise.all(sent);
  }

  /** Calls beyond the account's pace wait in Twilio's queue. */
  async #turn(call: FakeCall): Promise<void> {
    const { callsPerS } = call.account;
    if (callsPerS === null) return;
    const now = this.#options.clock.now();
    const at = Math.max(now, this.#turns.get(call.account) ?? now);
    this.#turns.set(call.account, at + 1000 / callsPerS);
    if (at > now) await this.#wait(at - now, call.ring.signal);
  }

  #reporter(call: FakeCall, sent: Promise<void>[]) {
    let sequence = 0;
    return (name: ReportName, callStatus: string, more: Record<string, string> = {}): void => {
      const callback = call.form.get('StatusCallback');
      const asked = call.form.getAll('StatusCallbackEvent');
      if (!callback || !(asked.length > 0 ? asked : ['completed']).includes(name)) return;
      const form = {
        ...call.phone.form(callStatus),
        CallbackSource: 'call-progress-events',
        SequenceNumber: String(sequence++),
        Timestamp: rfc2822(this.#options.clock.now()),
        ...more,
      };
      const { times = 1, lateMs = 0 } = this.reports(name, call);
      const method = call.form.get('StatusCallbackMethod') ?? 'POST';
      for (let i = 0; i < times; i++) sent.push(this.#send(call, callback, method, form, lateMs));
    };
  }

  /** Listens to who has answered, beside the call, and tells it: as late and as often as it tells anything. */
  #listen(call: FakeCall, callee: Callee & { answers: true }): Promise<void>[] {
    const { form } = call;
    if (form.get('MachineDetection') === null) return [];
    const { listensMs = 0, who = 'human' } = callee;
    const callback = form.get('AsyncAmdStatusCallback');
    void this.#wait(listensMs).then(() => (call.answeredBy = who));
    if (form.get('AsyncAmd') !== 'true' || !callback) return [];
    const told = {
      CallSid: call.sid,
      AccountSid: call.account.sid,
      AnsweredBy: who,
      MachineDetectionDuration: String(listensMs),
    };
    const { times = 1, lateMs = 0 } = this.reports('machine', call);
    const method = form.get('AsyncAmdStatusCallbackMethod') ?? 'POST';
    return Array.from({ length: times }, () => this.#send(call, callback, method, told, listensMs + lateMs));
  }

  async #send(
    call: FakeCall,
    url: string,
    method: string,
    form: Record<string, string>,
    lateMs: number,
  ): Promise<void> {
    if (lateMs > 0) await this.#wait(lateMs);
    for (let again = retries(url); ; again--) {
      try {
        const { status } = await askWebhook(this.#route(call.account), { url, method, form });
        if (status > 299) this.unheard.push(`${new URL(url).pathname} answered with ${status}`);
        return;
      } catch (error) {
        if (again === 0) {
          this.unheard.push(messageOf(error));
          return;
        }
        await this.#wait(AGAIN_MS);
      }
    }
  }

  #becomes(call: FakeCall, status: string): void {
    call.status = status;
    call.updatedAt = this.#options.clock.now();
  }

  #wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = this.#options.clock.after(ms, resolve);
      const stop = (): void => {
        cancel();
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  #route(account: Account): Route {
    const { clock, publicUrl, serverUrl } = this.#options;
    return { authToken: account.authToken, clock, publicUrl, serverUrl };
  }
}

/** It rings so long, and is then not answered. */
function ringsForMs({ form }: FakeCall): number {
  return Number(form.get('Timeout') ?? 60) * 1000;
}

/** How soon a connection that was refused is tried again; Twilio says nothing of it. */
const AGAIN_MS = 100;

/** How often a lost connection is tried again: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides. */
function retries(url: string): number {
  const asked = /(?:^|&)rc=(\d)/.exec(new URL(url).hash.slice(1));
  return asked ? Math.min(5, Number(asked[1])) : 1;
}

/** A function, lest the compiler believe that a status never changes. */
function isOver({ status }: FakeCall): boolean {
  return FINAL.includes(status);
}
