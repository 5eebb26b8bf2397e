import { randomBytes } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import { BYTES_PER_MS } from '../../audio.ts';
import { messageOf } from '../../errors.ts';
import { reach, signed, type Route } from './ask.ts';
import { Reciter } from './reciter.ts';
import { RelayCaller } from './relay-caller.ts';
import { interruptibleOf, readRelayOrder, type Interruptible, type RelayOrder } from './relay-orders.ts';

export type RelayHappening =
  | { kind: 'relay-started'; sessionId: string; parameters: Readonly<Record<string, string>> }
  /** Words came in, to be said. */
  | { kind: 'words'; text: string }
  /** They were said, from `fromMs` on: wholly, or as far as it came before an interruption. */
  | { kind: 'spoken'; text: string; fromMs: number }
  | { kind: 'sounded'; what: string; fromMs: number }
  /** What was queued is dropped, because the caller spoke, pressed a key, or something else was to be said. */
  | { kind: 'cleared'; droppedMs: number }
  | { kind: 'quiet' }
  | { kind: 'language'; tts: string | null; transcription: string | null }
  /** The caller said something whose words nobody has told the simulated phone. */
  | { kind: 'not-understood' }
  | { kind: 'warning'; code: number; problem: string }
  | { kind: 'relay-closed'; by: 'server' | 'caller' | 'nobody'; code: number };

/** What Twilio tells the `action` of the `<Connect>`, beside what it tells of the call itself. */
export type RelayForm = Readonly<Record<string, string>>;

interface PhoneRelayOptions {
  route: Route;
  url: string;
  call: { accountSid: string; callSid: string; from: string; to: string; direction: string };
  /** The attributes of the `<ConversationRelay>`. */
  attributes: Readonly<Record<string, string>>;
  parameters: Readonly<Record<string, string>>;
  charactersPerS: number;
  /** No `info` messages come, though the TwiML asks for them. */
  tellsNothing: boolean;
  /** When the call began, on the monotonic clock: `fromMs` counts from there. */
  beganMs: number;
  on: (event: RelayHappening) => void;
}

const CONNECT_WITHIN_MS = 5000;
const CLOSE_WITHIN_MS = 2000;
/** Behind so many messages in a row that are wrong the session ends. */
const WRONG_IN_A_ROW = 10;
const KEY_MS = 250;

/**
 * Twilio's end of one `<Connect><ConversationRelay>`: it knows what the caller says from the captions, and says what it
 * is given in the time that takes, without a sound.
 * https://www.twilio.com/docs/voice/conversationrelay/websocket-messages
 */
export class PhoneRelay {
  readonly sessionId = `VX${randomBytes(16).toString('hex')}`;
  readonly #options: PhoneRelayOptions;
  readonly #reciter: Reciter;
  readonly #caller: RelayCaller;
  readonly #interruptible: Interruptible;
  #socket: WebSocket | null = null;
  #wrong = 0;
  /** What came before is carried out first: a file has to be fetched. */
  #orders = Promise.resolve();
  #hungUp = false;
  #ended: Extract<RelayOrder, { kind: 'end' }> | null = null;
  #cancelClose: () => void = () => undefined;

  constructor(options: PhoneRelayOptions) {
    this.#options = options;
    const { on, route, charactersPerS, attributes, beganMs } = options;
    this.#interruptible = interruptibleOf(attributes.interruptible) ?? 'any';
    this.#reciter = new Reciter(route.clock, charactersPerS, {
      voice: (speaking) => this.#info('speaker-events', 'agentSpeaking', speaking ? 'on' : 'off'),
      spoken: (text, from) => {
        on({ kind: 'spoken', text, fromMs: from - beganMs });
        this.#info('tokens-played', 'tokensPlayed', text);
      },
      sounded: (what, from) =>
        on({
          kind: 'sounded',
          what: what.kind === 'url' ? what.url : what.keys,
          fromMs: from - beganMs,
        }),
      quiet: () => on({ kind: 'quiet' }),
    });
    this.#caller = new RelayCaller(route.clock, attributes, {
      mayInterrupt: (by) => this.#mayInterrupt(by),
      agentSpeaks: () => this.#reciter.interruptible !== null,
      interrupt: () => this.#interrupt(),
      voice: (speaking) => this.#info('speaker-events', 'clientSpeaking', speaking ? 'on' : 'off'),
      prompt: (text, last) =>
        this.#send({ type: 'prompt', voicePrompt: text, lang: attributes.language ?? 'en-US', last }),
      digit: (digit) => this.#send({ type: 'dtmf', digit }),
      notUnderstood: () => on({ kind: 'not-understood' }),
    });
  }

  /** What came and is still to be said. */
  get queuedMs(): number {
    return this.#reciter.queuedMs;
  }

  /** Opens the socket and settles when the session is over, by whomever. */
  async run(): Promise<RelayForm> {
    const { on, route } = this.#options;
    const beganMs = route.clock.elapsed();
    const form = (status: string, more: RelayForm = {}): RelayForm => ({
      SessionId: this.sessionId,
      SessionStatus: status,
      SessionDuration: String(Math.round((route.clock.elapsed() - beganMs) / 1000)),
      ...more,
    });
    const failed = (code: number, problem: string): RelayForm => {
      on({ kind: 'warning', code, problem });
      return form('failed', { ErrorCode: String(code), ErrorMessage: problem });
    };
    const socket = this.#connect();
    if (typeof socket === 'string') return failed(64101, socket);
    this.#socket = socket;
    let problem: string | null = null;
    let opened = false;
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
    });
    socket.on('unexpected-response', (_request, response) => {
      problem = `the socket was answered with ${response.statusCode}`;
      socket.terminate();
    });
    socket.on('error', (error) => (problem ??= `the socket failed: ${messageOf(error)}`));
    socket.on('open', () => {
      opened = true;
      this.#begin();
    });
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    const code = await closed;
    this.#cancelClose();
    this.#reciter.stop();
    this.#caller.stop();
    if (this.#hungUp && !opened) return form('completed');
    if (!opened) return failed(64102, problem ?? 'the socket did not open');
    const byUs = this.#hungUp || this.#ended !== null;
    on({ kind: 'relay-closed', by: this.#hungUp ? 'caller' : code === 1006 ? 'nobody' : 'server', code });
    if (this.#hungUp) return form('completed');
    const { handoffData = null } = this.#ended ?? {};
    if (byUs) return form('ended', handoffData === null ? {} : { HandoffData: handoffData });
    return failed(64105, `the socket was closed with ${code}`);
  }

  /** As `PhoneStream.say`: the samples tell for how long, the caption what. */
  say(samples: Uint8Array, caption: string | null): Promise<boolean> {
    return this.#caller.say(caption, samples.length / BYTES_PER_MS);
  }

  press(digits: Iterable<string>): void {
    this.#caller.press(digits);
  }

  /** The connection goes away without a word. */
  breakLine(): void {
    this.#socket?.terminate();
  }

  hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#close(1000);
    else this.#socket?.terminate();
  }

  /** A socket that will open, or what is wrong with the URL. */
  #connect(): WebSocket | string {
    const { route, url } = this.#options;
    if (!URL.canParse(url)) return `"${url}" is not a URL`;
    const target = reach(route, url);
    const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(target.hostname);
    if (target.protocol !== 'wss:' && !(target.protocol === 'ws:' && isLocal)) {
      return `the scheme of "${url}" is not wss`;
    }
    return new WebSocket(target, {
      perMessageDeflate: false,
      handshakeTimeout: CONNECT_WITHIN_MS,
      headers: signed(route, url, {}),
    });
  }

  #begin(): void {
    const { call, parameters, on } = this.#options;
    const { sessionId } = this;
    this.#send({
      type: 'setup',
      sessionId,
      ...call,
      parentCallSid: '',
      forwardedFrom: '',
      callType: 'PSTN',
      callerName: '',
      callStatus: 'IN_PROGRESS',
      customParameters: parameters,
    });
    on({ kind: 'relay-started', sessionId, parameters });
  }

  #message(data: RawData, isBinary: boolean): void {
    const order =
      isBinary || !Buffer.isBuffer(data)
        ? ({ kind: 'wrong', problem: 'a binary message' } as const)
        : readRelayOrder(data.toString());
    this.#orders = this.#orders.then(() => this.#obey(order));
  }

  #obey(order: RelayOrder): Promise<void> | void {
    const { on } = this.#options;
    if (this.#hungUp || this.#ended) return;
    if (order.kind !== 'wrong') this.#wrong = 0;
    switch (order.kind) {
      case 'text':
        if (order.token !== '') on({ kind: 'words', text: order.token });
        return this.#reciter.say(order.token, order.last, this.#cuts(order), order.preemptible);
      case 'play':
        return this.#play(order);
      case 'digits': {
        const { digits } = order;
        const sound = { kind: 'keys', keys: digits, ms: digits.length * KEY_MS } as const;
        return this.#reciter.sound(sound, this.#interruptible, false);
      }
      case 'language':
        return on({ kind: 'language', tts: order.tts, transcription: order.transcription });
      case 'end':
        this.#ended = order;
        return this.#close(1000);
      case 'wrong':
        on({ kind: 'warning', code: 64107, problem: order.problem });
        this.#send({ type: 'error', description: `Invalid message received: ${order.problem}` });
        if (++this.#wrong >= WRONG_IN_A_ROW) this.#close(1007);
        return;
      default:
        return order satisfies never;
    }
  }

  /** Fetches the file first: what is no audio is not played. */
  async #play(order: Extract<RelayOrder, { kind: 'play' }>): Promise<void> {
    const { route, on } = this.#options;
    try {
      const response = await fetch(reach(route, order.source), { signal: AbortSignal.timeout(10_000) });
      const bytes = (await response.arrayBuffer()).byteLength;
      if (!response.ok) throw new Error(`it was answered with ${response.status}`);
      const sound = { kind: 'url', url: order.source, ms: bytes / BYTES_PER_MS } as const;
      if (this.#socket?.readyState === WebSocket.OPEN) {
        this.#reciter.sound(sound, this.#cuts(order), order.preemptible);
      }
    } catch (error) {
      on({ kind: 'warning', code: 64106, problem: `the audio cannot be played: ${messageOf(error)}` });
    }
  }

  #cuts({ interruptible }: { interruptible: Interruptible | null }): Interruptible {
    return interruptible ?? this.#interruptible;
  }

  #mayInterrupt(by: 'speech' | 'dtmf'): boolean {
    const { interruptible } = this.#reciter;
    return interruptible === 'any' || interruptible === by;
  }

  #interrupt(): void {
    const { queuedMs } = this.#reciter;
    const heard = this.#reciter.interrupt();
    if (!heard) return;
    this.#options.on({ kind: 'cleared', droppedMs: queuedMs });
    this.#send({
      type: 'interrupt',
      utteranceUntilInterrupt: heard.text,
      durationUntilInterruptMs: heard.ms,
    });
  }

  #info(event: 'speaker-events' | 'tokens-played', name: string, value: string): void {
    const { attributes, tellsNothing, route } = this.#options;
    if (tellsNothing || !`${attributes.events ?? ''} ${attributes.debug ?? ''}`.split(' ').includes(event)) {
      return;
    }
    const ts = event === 'speaker-events' ? { ts: route.clock.now() } : {};
    this.#send({ type: 'info', name, value, ...ts });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #close(code: number): void {
    this.#socket?.close(code, code === 1000 ? 'Closing websocket session' : undefined);
    this.#cancelClose = this.#options.route.clock.after(CLOSE_WITHIN_MS, () => this.#socket?.terminate());
  }
}
