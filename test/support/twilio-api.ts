/**
 * Twilio's REST API over real HTTP, held against its published OpenAPI description, and the network behind it that
 * then dials: https://www.twilio.com/docs/usage/api. Every request and every answer is validated; what the
 * description has against one is in `violations`, which a test expects to be empty.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountHandlers } from './twilio-account-resources.ts';
import { makeAccount, type Account, type AccountSeed, type NumberForSale } from './twilio-account.ts';
import { callHandlers } from './twilio-calls.ts';
import { TwilioNetwork, type FakeCall, type NetworkOptions } from './twilio-network.ts';
import { numberHandlers, type Known, type NumberRules } from './twilio-numbers.ts';
import { answerProblems, findOperation, requestProblems, type Operation } from './twilio-openapi.ts';
import { notFound, Refusal, type ApiAnswer, type Handler } from './twilio-rest.ts';

export { makeAccountSid } from './twilio-account.ts';
export type { Callee, FakeCall } from './twilio-network.ts';

interface TwilioApiOptions extends NetworkOptions {
  /** The main account; without `numbers` it may call from anywhere. */
  accountSid: string;
  authToken: string;
  callsPerS?: number | null;
  numbers?: AccountSeed['numbers'];
  /** Beside the main account; `ownerSid: accountSid` makes one its subaccount. */
  accounts?: AccountSeed[];
  forSale?: NumberForSale[];
  prices?: NumberRules['prices'];
  /** What Twilio's Lookup knows of a number. */
  known?: (phone: string) => Known | null;
  /** Numbers that begin so are not allowed to be called: 21215. */
  forbidden?: string[];
  /** Another port than a free one: a server that comes back where it was. */
  port?: number;
}

/** What happens to a request. `on` waits for that operation, such as `CreateCall`. */
export type Mishap = { on?: string } & (
  | { kind: 'refuses'; status: number; code: number; message: string }
  /** As a gateway in between would. */
  | { kind: 'answers'; status: number; body: string }
  /** `after`: it was done at once, and is answered late. */
  | { kind: 'is-slow'; ms: number; when?: 'before' | 'after' }
  /** `after`: it was done, and nobody is told. */
  | { kind: 'drops'; when?: 'before' | 'after' }
);

/** One request, as it came. */
export interface Asked {
  operation: string;
  accountSid: string;
  query: URLSearchParams;
  form: URLSearchParams;
  /** Of the answer; 0 where there was none. */
  status: number;
}

const TOO_MANY: Mishap = { kind: 'refuses', status: 429, code: 20429, message: 'Too Many Requests' };

export class TwilioApi {
  /** Every account, the main one first. */
  readonly accounts: Account[];
  /** Taken one by one, by one request each. */
  readonly mishaps: Mishap[] = [];
  /** Asked where `mishaps` has none for a request. */
  trouble: (operation: string, form: URLSearchParams) => Mishap | null = () => null;
  /** What the description has against what was asked or answered, one sentence each. */
  readonly violations: string[] = [];
  /** Every request to an operation, in order. */
  readonly asked: Asked[] = [];
  readonly #options: TwilioApiOptions;
  readonly #network: TwilioNetwork;
  readonly #handlers: Record<string, Handler>;
  readonly #server: Server;

  private constructor(options: TwilioApiOptions) {
    const { accountSid: sid, authToken, callsPerS = null, numbers } = options;
    const now = (): number => options.clock.now();
    this.#options = options;
    this.accounts = [{ sid, authToken, callsPerS, numbers }, ...(options.accounts ?? [])].map((seed) =>
      makeAccount(seed, now()),
    );
    this.#network = new TwilioNetwork(options);
    this.#handlers = {
      ...accountHandlers(this.accounts, now),
      ...callHandlers({
        network: this.#network,
        now,
        documentUrl: (callSid) => `${this.url}/documents/${callSid}`,
        forbidden: options.forbidden ?? [],
      }),
      ...numberHandlers({
        now,
        forSale: options.forSale ?? [],
        prices: options.prices ?? {},
        known: options.known ?? (() => null),
        isTaken: (phone) =>
          this.accounts.some((account) => account.numbers.some((one) => one.phone_number === phone)),
      }),
    };
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(String(error));
        response.destroy(error as Error);
      });
    });
  }

  static async start(options: TwilioApiOptions): Promise<TwilioApi> {
    const api = new TwilioApi(options);
    api.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Every call that was made, in order, in and out. */
  get calls(): FakeCall[] {
    return this.#network.calls;
  }

  /** How often and how late a report is sent; Twilio promises neither order nor that they come once. */
  get reports(): TwilioNetwork['reports'] {
    return this.#network.reports;
  }

  set reports(reports: TwilioNetwork['reports']) {
    this.#network.reports = reports;
  }

  /** Callbacks that nobody took, one sentence each. */
  get unheard(): readonly string[] {
    return this.#network.unheard;
  }

  /** Who was called how often, by the network's own records. */
  get dialled(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { direction, to } of this.calls) {
      if (direction === 'outbound-api') counts.set(to, (counts.get(to) ?? 0) + 1);
    }
    return counts;
  }

  account(sid: string): Account {
    const found = this.accounts.find((one) => one.sid === sid);
    if (!found) throw new Error(`There is no account ${sid}.`);
    return found;
  }

  /**
   * Somebody calls one of the numbers: what Twilio asks is what the number is set to. A trunk or an application
   * overrides the number's own address.
   */
  callIn(from: string, to: string): FakeCall {
    for (const account of this.accounts) {
      const number = account.numbers.find(({ phone_number }) => phone_number === to);
      if (!number) continue;
      if (number.trunk_sid !== null) throw new Error(`${to} leads to a trunk.`);
      const application = account.applications.find(({ sid }) => sid === number.voice_application_sid);
      const { voice_url, status_callback } = application ?? number;
      if (voice_url === '') throw new Error(`${to} leads nowhere.`);
      return this.#network.ring(account, from, to, voice_url, status_callback);
    }
    throw new Error(`${to} is nobody's number.`);
  }

  /** Ends every call and stops listening. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#network.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname.startsWith('/documents/')) return this.#document(url, response);

    const form = new URLSearchParams(body);
    const found = findOperation(request.method ?? '', url.pathname);
    const id = found.kind === 'operation' ? found.operation.id : '';
    const mishap = this.#mishap(id, form);
    const asked: Asked = { operation: id, accountSid: '', query: url.searchParams, form, status: 0 };
    if (id) this.asked.push(asked);
    const answer = (status: number, given?: object): void => {
      asked.status = status;
      if (given === undefined) response.writeHead(status).end();
      else response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(given));
    };
    const refuse = ({ status, code, message }: Omit<Refusal, 'name'>): void =>
      answer(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
    if (mishap?.kind === 'refuses') return refuse({ ...mishap });
    if (mishap?.kind === 'answers') {
      response.writeHead(mishap.status, { 'Content-Type': 'text/html' }).end(mishap.body);
      return;
    }
    if (mishap?.when !== 'after') {
      if (mishap?.kind === 'drops') return void request.socket.destroy();
      if (mishap?.kind === 'is-slow') await this.#wait(mishap.ms);
    }

    let done: ApiAnswer;
    let operation: Operation;
    try {
      const caller = this.#authenticate(request.headers.authorization);
      if (found.kind === 'no-such-path') throw notFound(url);
      if (found.kind === 'no-such-method') throw new Refusal(405, 20004, 'Method not allowed');
      operation = found.operation;
      const account = this.#addressed(caller, found.path, operation);
      asked.accountSid = account.sid;
      const type = request.headers['content-type'];
      if (body !== '' && type !== 'application/x-www-form-urlencoded') {
        throw new Refusal(415, 20415, 'Unsupported Media Type');
      }
      const problems = requestProblems(operation, found.path, url.searchParams, form);
      this.violations.push(...problems);
      if (problems.some((problem) => !problem.includes('knows no parameter'))) {
        throw new Refusal(400, codeOf(problems[0]!), problems[0]!);
      }
      done = this.#handlers[id]!({ account, path: found.path, query: url.searchParams, form, url });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refuse(error);
    }
    this.violations.push(...answerProblems(operation, done.body));
    if (mishap?.kind === 'drops') {
      done.then?.();
      request.socket.destroy();
      return;
    }
    if (mishap?.kind === 'is-slow' && mishap.when === 'after') {
      done.then?.();
      await this.#wait(mishap.ms);
      return answer(operation.status, done.body);
    }
    answer(operation.status, done.body);
    done.then?.();
  }

  #mishap(operation: string, form: URLSearchParams): Mishap | null {
    const index = this.mishaps.findIndex(({ on }) => on === undefined || on === operation);
    return index < 0 ? this.trouble(operation, form) : this.mishaps.splice(index, 1)[0]!;
  }

  /** Whose credentials these are, and whether a key was used. */
  #authenticate(header = ''): { account: Account; isKey: boolean } {
    const [name, secret] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    for (const account of this.accounts) {
      const isToken = account.sid === name && account.authToken === secret;
      const isKey = account.keys.some((key) => key.sid === name && key.secret === secret);
      if ((isToken || isKey) && account.status === 'active') return { account, isKey };
    }
    throw new Refusal(401, 20003, 'Authenticate');
  }

  /** The account that is spoken of: one's own or a subaccount's. Keys manage neither accounts nor keys. */
  #addressed(
    { account, isKey }: { account: Account; isKey: boolean },
    path: Readonly<Record<string, string>>,
    { path: template }: Operation,
  ): Account {
    if (isKey && /\/(Keys|Accounts)(\/\{Sid\})?\.json$/.test(template)) {
      throw new Refusal(401, 20003, 'Authenticate');
    }
    const { AccountSid } = path;
    if (AccountSid === undefined || AccountSid === account.sid) return account;
    const addressed = this.accounts.find((one) => one.sid === AccountSid);
    if (!addressed || isKey || addressed.ownerSid !== account.sid)
      throw new Refusal(401, 20003, 'Authenticate');
    return addressed;
  }

  /** The TwiML that came with a call. */
  #document(url: URL, response: ServerResponse): void {
    const call = this.calls.find(({ sid }) => url.pathname === `/documents/${sid}`);
    response.writeHead(call ? 200 : 404, { 'Content-Type': 'text/xml' }).end(call?.form.get('Twiml') ?? '');
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve);
    });
  }
}

/** The next request to this operation is one too many. */
export function tooMany(on?: string): Mishap {
  return on === undefined ? TOO_MANY : { ...TOO_MANY, on };
}

/** Twilio's number for a parameter that breaks the description. */
function codeOf(problem: string): number {
  if (/\/To\b|'To'|"To"/.test(problem)) return 21201;
  if (/"From"/.test(problem)) return 21213;
  if (/Url|StatusCallback /.test(problem)) return 21402;
  if (/Method/.test(problem)) return 21403;
  return 20001;
}
