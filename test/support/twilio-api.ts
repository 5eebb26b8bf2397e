/**
 * Twilio's REST API for calls, over real HTTP, and the network behind it that then dials: it asks the call's URL,
 * holds the call on a simulated phone, and reports its status. The wire is as documented on
 * https://www.twilio.com/docs/voice/api/call-resource and https://www.twilio.com/docs/usage/twilios-response.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { reportTo, type Route } from '../../runtime/line/local/ask.ts';
import { Phone, type PhoneEvent } from '../../runtime/line/local/phone.ts';

interface TwilioApiOptions {
  accountSid: string;
  authToken: string;
  clock: Clock;
  /** What the server under test calls itself, and where it really is. */
  publicUrl: string | null;
  serverUrl: string;
  /** How the called party behaves; answers at once where it is not given. */
  callee?: (call: FakeCall) => Callee;
  on?: (call: FakeCall, event: PhoneEvent) => void;
}

export type Callee = { ringsMs?: number } & (
  | {
      answers: true;
      /** What Twilio hears there, in its words (`AnsweredBy`), where it was told to listen; a human otherwise. */
      who?: string;
      /** How long it listens. */
      listensMs?: number;
      /** How late the call's own webhook is asked: what was heard may be told before. */
      asksLateMs?: number;
    }
  | { answers: false; status: 'busy' | 'no-answer' | 'failed' }
);

/** What happens to the next request. */
type Mishap =
  | { kind: 'refuses'; status: number; code: number; message: string }
  /** As a gateway in between would. */
  | { kind: 'answers'; status: number; body: string }
  | { kind: 'is-slow'; ms: number }
  | { kind: 'drops' };

type ReportName = 'initiated' | 'ringing' | 'answered' | 'completed' | 'machine';

interface FakeCall {
  sid: string;
  /** As it was posted, every value of every name. */
  form: URLSearchParams;
  phone: Phone;
  status: string;
  /** Aborted when it is to ring no longer. */
  ring: AbortController;
  /** Settles when the call is over and its reports have been sent. */
  over: Promise<void>;
}

export class TwilioApi {
  readonly calls: FakeCall[] = [];
  /** Taken one by one, by one request each. */
  readonly mishaps: Mishap[] = [];
  /** How often and how late a report is sent; Twilio promises neither order nor that they come once. */
  reports: (name: ReportName) => { times?: number; lateMs?: number } = () => ({});
  readonly #options: TwilioApiOptions;
  readonly #server: Server;

  private constructor(options: TwilioApiOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(options: TwilioApiOptions): Promise<TwilioApi> {
    const api = new TwilioApi(options);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every call and stops listening. */
  async close(): Promise<void> {
    for (const call of this.calls) {
      if (call.status === 'ringing') cancel(call);
      call.phone.hangUp();
    }
    this.#server.closeAllConnections();
    this.#server.close();
    await Promise.all(this.calls.map(({ over }) => over));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const refuse = (status: number, code: number, message: string): void => {
      const more_info = `https://www.twilio.com/docs/errors/${code}`;
      answer(response, status, { code, message, more_info, status });
    };
    const mishap = this.mishaps.shift();
    switch (mishap?.kind) {
      case 'drops':
        request.socket.destroy();
        return;
      case 'refuses':
        return refuse(mishap.status, mishap.code, mishap.message);
      case 'answers':
        response.writeHead(mishap.status, { 'Content-Type': 'text/html' }).end(mishap.body);
        return;
      case 'is-slow':
        await new Promise<void>((resolve) => {
          this.#options.clock.after(mishap.ms, resolve);
        });
        break;
      case undefined:
    }

    const { accountSid, authToken } = this.#options;
    const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
    if (request.headers.authorization !== `Basic ${credentials}`) return refuse(401, 20003, 'Authenticate');
    const match = /^\/2010-04-01\/Accounts\/(AC\w+)\/Calls(?:\/(CA\w+))?\.json$/.exec(request.url ?? '');
    if (request.method !== 'POST' || match?.[1] !== accountSid) {
      return refuse(404, 20404, `The requested resource ${request.url} was not found`);
    }
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') {
      return refuse(415, 20415, 'Unsupported Media Type');
    }
    const form = new URLSearchParams(body);
    if (match[2] === undefined) this.#create(form, response, refuse);
    else this.#update(match[2], form, response, refuse);
  }

  #create(form: URLSearchParams, response: ServerResponse, refuse: Refuse): void {
    const to = form.get('To');
    const from = form.get('From');
    const url = form.get('Url');
    if (!to) return refuse(400, 21201, "No 'To' number is specified");
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    if (!from) return refuse(400, 21213, "No 'From' number is specified");
    if (!/^\+[1-9]\d{6,14}$/.test(from)) return refuse(400, 21212, `Invalid 'From' Phone Number: ${from}`);
    if (!url || !URL.canParse(url)) return refuse(400, 21205, `Url is not a valid URL: ${url}`);
    const detection = form.get('MachineDetection');
    if (detection !== null && detection !== 'Enable' && detection !== 'DetectMessageEnd') {
      return refuse(400, 21604, `Invalid MachineDetection: ${detection}`);
    }
    const callee = this.#options.callee;
    const phone: Phone = new Phone({
      ...this.#route(),
      accountSid: this.#options.accountSid,
      from,
      to,
      direction: 'outbound-api',
      on: (event) => this.#options.on?.(call, event),
    });
    const call: FakeCall = {
      sid: phone.callSid,
      form,
      phone,
      status: 'queued',
      ring: new AbortController(),
      over: Promise.resolve(),
    };
    this.calls.push(call);
    answer(response, 201, this.#describe(call));
    call.over = this.#dial(call, url, callee?.(call) ?? { answers: true });
  }

  #update(sid: string, form: URLSearchParams, response: ServerResponse, refuse: Refuse): void {
    const call = this.calls.find((one) => one.sid === sid);
    if (!call || ['completed', 'busy', 'no-answer', 'failed', 'canceled'].includes(call.status)) {
      return refuse(404, 20404, `The requested resource /Calls/${sid}.json was not found`);
    }
    const status = form.get('Status');
    if (status !== 'completed' && status !== 'canceled') return refuse(400, 21218, 'Invalid parameter');
    if (status === 'canceled') {
      if (call.status === 'in-progress') return refuse(400, 21220, 'Invalid call state');
      cancel(call);
    }
    call.phone.hangUp();
    answer(response, 200, this.#describe(call));
  }

  async #dial(call: FakeCall, url: string, callee: Callee): Promise<void> {
    const { clock } = this.#options;
    const sent: Promise<void>[] = [];
    let sequence = 0;
    const report = (name: ReportName, callStatus: string, more: Record<string, string> = {}): void => {
      const callback = call.form.get('StatusCallback');
      if (!callback || !call.form.getAll('StatusCallbackEvent').includes(name)) return;
      const form = {
        ...call.phone.form(callStatus),
        CallbackSource: 'call-progress-events',
        SequenceNumber: String(sequence++),
        Timestamp: new Date(clock.now()).toUTCString().replace('GMT', '+0000'),
        ...more,
      };
      const { times = 1, lateMs = 0 } = this.reports(name);
      for (let i = 0; i < times; i++) sent.push(this.#send(callback, form, lateMs));
    };

    report('initiated', 'initiated');
    call.status = 'ringing';
    report('ringing', 'ringing');
    if (callee.ringsMs !== undefined) await this.#wait(callee.ringsMs, call.ring.signal);
    if (isCanceled(call)) {
      report('completed', 'canceled', { CallDuration: '0' });
    } else if (callee.answers) {
      call.status = 'in-progress';
      report('answered', 'in-progress');
      sent.push(...this.#listen(call, callee));
      if (callee.asksLateMs !== undefined) await this.#wait(callee.asksLateMs);
      const { durationMs } = await call.phone.call(url);
      call.status = 'completed';
      report('completed', 'completed', { CallDuration: String(Math.ceil(durationMs / 1000)) });
    } else {
      call.status = callee.status;
      report('completed', callee.status, { CallDuration: '0' });
    }
    await Promise.all(sent);
  }

  /** Listens to who has answered, beside the call, and tells it: as late and as often as it tells anything. */
  #listen(call: FakeCall, callee: Callee & { answers: true }): Promise<void>[] {
    const { form } = call;
    const callback = form.get('AsyncAmdStatusCallback');
    if (form.get('MachineDetection') === null || form.get('AsyncAmd') !== 'true' || !callback) return [];
    const { listensMs = 0, who = 'human' } = callee;
    const told = {
      CallSid: call.sid,
      AccountSid: this.#options.accountSid,
      AnsweredBy: who,
      MachineDetectionDuration: String(listensMs),
    };
    const { times = 1, lateMs = 0 } = this.reports('machine');
    return Array.from({ length: times }, () => this.#send(callback, told, listensMs + lateMs));
  }

  async #send(callback: string, form: Record<string, string>, lateMs: number): Promise<void> {
    if (lateMs > 0) await this.#wait(lateMs);
    await reportTo(this.#route(), callback, form);
  }

  #wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      const stop = (): void => {
        cancel();
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  #route(): Route {
    const { authToken, clock, publicUrl, serverUrl } = this.#options;
    return { authToken, clock, publicUrl, serverUrl };
  }

  #describe(call: FakeCall): object {
    const { accountSid, clock } = this.#options;
    return {
      sid: call.sid,
      account_sid: accountSid,
      api_version: '2010-04-01',
      to: call.form.get('To'),
      from: call.form.get('From'),
      status: call.status,
      direction: 'outbound-api',
      date_created: new Date(clock.now()).toUTCString().replace('GMT', '+0000'),
      start_time: null,
      end_time: null,
      duration: null,
      price: null,
      queue_time: '0',
      uri: `/2010-04-01/Accounts/${accountSid}/Calls/${call.sid}.json`,
    };
  }
}

type Refuse = (status: number, code: number, message: string) => void;

function cancel(call: FakeCall): void {
  call.status = 'canceled';
  call.ring.abort();
}

/** A function, lest the compiler believe that a status never changes. */
function isCanceled({ status }: FakeCall): boolean {
  return status === 'canceled';
}

/** An account of its own for a test. */
export function makeAccountSid(): string {
  return `AC${randomBytes(16).toString('hex')}`;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
