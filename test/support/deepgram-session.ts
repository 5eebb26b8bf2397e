import type { WebSocket } from 'ws';
import type { Clock } from '../../runtime/clock.ts';
import { checkConfigure } from './deepgram-checks.ts';
import { Loudness, spokenSoFar } from './speech-bursts.ts';

export type Fields = Record<string, unknown>;

/** A stretch of sound between two silences. */
export interface Burst {
  /** Counted over all connections. */
  index: number;
  session: DeepgramSession;
}

export interface SessionScript {
  clock: Clock;
  /** The words of a burst of sound; empty where it is noise. */
  heard(burst: Burst): string;
  /** Nova does not find the end of speech in it. */
  noisy: boolean;
  /** What a `Configure` is answered with. */
  configure(settings: Fields): 'success' | 'failure' | 'error' | 'nothing';
  /** How long a silence Flux takes for an end. */
  turnEndMs: number;
  /** The double hears and says nothing. */
  deaf: boolean;
}

const WINDOW_MS = 20;
const BEGIN_WINDOWS = 3;
const EAGER_MS = 200;
const UPDATE_MS = 240;
const INTERIM_MS = 500;
/** Without audio or KeepAlive for so long, Nova closes with NET-0001. */
const IDLE_MS = 10_000;

/** One connection to the double: hears audio as loudness, and says what the script has for it, in the wire's form. */
export class DeepgramSession {
  readonly api: 'nova' | 'flux';
  readonly query: URLSearchParams;
  /** JSON messages of the client, in order. */
  readonly controls: Fields[] = [];
  readonly problems: string[] = [];
  private readonly socket: WebSocket;
  private readonly script: SessionScript;
  private readonly nextBurst: () => number;
  private readonly loudness = new Loudness();
  private readonly pieces: Buffer[] = [];
  private sequence = 0;
  private ms = 0;
  private loudWindows = 0;
  private quietMs = 0;
  /** Of the burst that is going on. */
  private burst: { text: string; fromMs: number } | null = null;
  /** Of the last burst. */
  private burstFromMs = 0;
  private segmentFromMs = 0;
  private lastWordMs: number | null = null;
  private sinceNewsMs = 0;
  private turn = 0;
  private turnTexts: string[] = [];
  private turnState: 'none' | 'going' | 'eager' = 'none';
  private turnFromMs = 0;
  private configuring = false;
  private cancelIdle: () => void = () => {};

  constructor(
    socket: WebSocket,
    script: SessionScript,
    api: 'nova' | 'flux',
    query: URLSearchParams,
    nextBurst: () => number,
  ) {
    this.socket = socket;
    this.script = script;
    this.api = api;
    this.query = query;
    this.nextBurst = nextBurst;
    socket.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
      if (isBinary) this.hear(bytes);
      else this.control(bytes.toString('utf8'));
    });
    socket.on('close', () => this.cancelIdle());
    socket.on('error', () => {});
    if (script.deaf) return;
    if (api === 'flux') this.send({ type: 'Connected', request_id: 'r1', sequence_id: this.sequence++ });
    else this.idle();
  }

  /** All audio that came, in order. */
  audio(): Buffer {
    return Buffer.concat(this.pieces);
  }

  /** The same, as it came. */
  messages(): readonly Buffer[] {
    return this.pieces;
  }

  /** What was asked for and never answered does not count any more. */
  forgive(): void {
    this.configuring = false;
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  send(fields: Fields): void {
    if (this.isOpen) this.socket.send(JSON.stringify(fields));
  }

  sendRaw(data: string | Buffer): void {
    if (this.isOpen) this.socket.send(data);
  }

  /** Reads nothing more of what is sent. */
  stall(): void {
    this.socket.pause();
  }

  /** Dies without a word. */
  die(): void {
    this.socket.terminate();
  }

  close(code: number, reason = ''): void {
    this.socket.close(code, reason);
  }

  /** A turn of Flux's, as it is on the wire. */
  turnInfo(event: string, text: string, more: Fields = {}): void {
    this.send({
      type: 'TurnInfo',
      event,
      request_id: 'r1',
      sequence_id: this.sequence++,
      turn_index: this.turn,
      audio_window_start: this.turnFromMs / 1_000,
      audio_window_end: this.ms / 1_000,
      transcript: text,
      words: text === '' ? [] : text.split(' ').map((word) => ({ word, confidence: 0.99 })),
      end_of_turn_confidence: event === 'EndOfTurn' ? 0.9 : event === 'EagerEndOfTurn' ? 0.55 : 0.1,
      ...more,
    });
  }

  /** A result of Nova's, as it is on the wire. */
  results(text: string, isFinal: boolean, speechFinal: boolean): void {
    this.send({
      type: 'Results',
      channel_index: [0, 1],
      start: this.segmentFromMs / 1_000,
      duration: (this.ms - this.segmentFromMs) / 1_000,
      is_final: isFinal,
      speech_final: speechFinal,
      from_finalize: false,
      channel: {
        alternatives: [
          {
            transcript: text,
            confidence: text === '' ? 0 : 0.98,
            words: this.timed(text),
          },
        ],
      },
      metadata: {
        request_id: 'r1',
        model_uuid: 'u1',
        model_info: { name: 'n', version: 'v', arch: 'nova-3' },
      },
    });
    if (isFinal) this.segmentFromMs = this.ms;
  }

  private timed(text: string): Fields[] {
    const from = Math.max(this.segmentFromMs, this.burst?.fromMs ?? this.burstFromMs) / 1_000;
    if (text === '') return [];
    return text.split(' ').map((word, i) => ({
      word,
      punctuated_word: word,
      start: from + i * 0.2,
      end: from + i * 0.2 + 0.2,
      confidence: 0.98,
    }));
  }

  private hear(bytes: Buffer): void {
    this.pieces.push(bytes);
    if (bytes.length === 0) this.problems.push('an empty audio message');
    if (this.script.deaf) return;
    this.idle();
    this.loudness.feed(bytes, (loud) => this.window(loud));
  }

  private window(loud: boolean): void {
    this.ms += WINDOW_MS;
    this.sinceNewsMs += WINDOW_MS;
    this.loudWindows = loud ? this.loudWindows + 1 : 0;
    this.quietMs = loud ? 0 : this.quietMs + WINDOW_MS;
    if (!this.burst && this.loudWindows === BEGIN_WINDOWS) {
      const text = this.script.heard({ index: this.nextBurst(), session: this });
      this.burst = { text, fromMs: this.ms - BEGIN_WINDOWS * WINDOW_MS };
      this.burstFromMs = this.burst.fromMs;
      if (this.api === 'nova') this.novaStarts();
      else if (text !== '') this.fluxStarts();
    }
    if (this.api === 'nova') this.nova();
    else this.flux();
  }

  private novaStarts(): void {
    this.send({ type: 'SpeechStarted', channel: [0], timestamp: (this.burst?.fromMs ?? 0) / 1_000 });
    this.sinceNewsMs = 0;
  }

  private nova(): void {
    const { burst } = this;
    const endpointing = Number(this.query.get('endpointing') ?? 10);
    if (burst && this.quietMs >= endpointing) {
      this.burst = null;
      this.lastWordMs = burst.text === '' ? this.lastWordMs : this.ms - this.quietMs;
      this.results(burst.text, true, !this.script.noisy);
      this.sinceNewsMs = 0;
      return;
    }
    const gap = Number(this.query.get('utterance_end_ms') ?? Infinity);
    if (!burst && this.lastWordMs !== null && this.ms - this.lastWordMs >= gap) {
      this.send({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: this.lastWordMs / 1_000 });
      this.lastWordMs = null;
    }
    if (this.sinceNewsMs < INTERIM_MS) return;
    this.sinceNewsMs = 0;
    if (burst) this.results(spokenSoFar(burst.text, this.ms - burst.fromMs), false, false);
    else this.results('', this.ms - this.segmentFromMs >= 3_000, false);
  }

  private fluxStarts(): void {
    if (this.turnState === 'eager') this.turnInfo('TurnResumed', this.turnText());
    else if (this.turnState === 'none') this.turnInfo('StartOfTurn', this.turnText());
    this.turnState = 'going';
    this.sinceNewsMs = 0;
  }

  private flux(): void {
    if (this.burst && this.quietMs >= EAGER_MS) {
      if (this.burst.text !== '') this.turnTexts.push(this.burst.text);
      const isSpeech = this.burst.text !== '';
      this.burst = null;
      if (isSpeech && this.query.has('eager_eot_threshold')) {
        this.turnInfo('EagerEndOfTurn', this.turnText());
        this.turnState = 'eager';
        this.sinceNewsMs = 0;
      }
    }
    if (!this.burst && this.turnState !== 'none' && this.quietMs >= this.script.turnEndMs) {
      this.turnInfo('EndOfTurn', this.turnText(), { trigger: 'model' });
      this.turnState = 'none';
      this.turnTexts = [];
      this.turn++;
      this.turnFromMs = this.ms;
      this.sinceNewsMs = 0;
    }
    if (this.sinceNewsMs < UPDATE_MS) return;
    this.sinceNewsMs = 0;
    this.turnInfo('Update', this.turnState === 'none' ? '' : this.turnText());
  }

  private turnText(): string {
    const now = this.burst ? spokenSoFar(this.burst.text, this.ms - this.burst.fromMs) : '';
    return [...this.turnTexts, now].filter((part) => part !== '').join(' ');
  }

  private control(text: string): void {
    let message: Fields;
    try {
      message = JSON.parse(text) as Fields;
    } catch {
      this.problems.push('a text message that is not JSON');
      return;
    }
    this.controls.push(message);
    switch (message['type']) {
      case 'KeepAlive':
        if (this.api === 'flux') this.problems.push('Flux knows no KeepAlive');
        this.idle();
        return;
      case 'Finalize':
        if (this.api === 'flux') this.problems.push('Flux knows no Finalize');
        return;
      case 'CloseStream':
        if (!this.script.deaf) this.socket.close(1000);
        return;
      case 'Configure':
        return this.configure(message);
      default:
        this.problems.push(`an unknown message ${String(message['type'])}`);
    }
  }

  private configure(message: Fields): void {
    if (this.configuring) this.problems.push('a Configure before the last was answered');
    this.problems.push(...checkConfigure(this.api, message));
    const { type: _, ...settings } = message;
    this.configuring = true;
    const answer = this.script.configure(settings);
    if (answer === 'nothing') return;
    // As over a real line: the answer takes its time.
    setImmediate(() => {
      this.configuring = false;
      const head = { request_id: 'r1', sequence_id: this.sequence++ };
      if (answer === 'success') this.send({ type: 'ConfigureSuccess', ...head, ...settings });
      else if (answer === 'failure') this.send({ type: 'ConfigureFailure', ...head });
      else this.send({ type: 'Error', variant: 'KeytermsNotSupported', description: 'No keyterms here.' });
    });
  }

  private idle(): void {
    if (this.api === 'flux') return;
    this.cancelIdle();
    this.cancelIdle = this.script.clock.after(IDLE_MS, () =>
      this.close(1011, 'NET-0001: no audio was received'),
    );
  }
}
