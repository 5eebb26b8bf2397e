/**
 * One Media Streams socket as an audio line: https://www.twilio.com/docs/voice/media-streams. What goes wrong on
 * a socket ends at most its own call.
 */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { AudioLine, AudioLineEvent, ClosedReason } from '../line.ts';
import { inboundAudio } from './media-bytes.ts';
import { frameWriter, parseFrame, type Frame } from './frames.ts';

/**
 * For the WebSocketServer that admits these sockets. Twilio's frames are below 1 KiB and do not compress. What is not
 * UTF-8 is no media frame and ends as a misfit, so that nobody needs to look for it in fifty frames a second.
 */
export const STREAM_SERVER_OPTIONS = {
  noServer: true,
  maxPayload: 64 * 1024,
  perMessageDeflate: false,
  skipUTF8Validation: true,
} as const;

const START_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 15_000;
/** Twilio sends audio all the time, silence too: a minute without any frame is a broken line. */
const SILENT_LOOKS = 4;
/** After this many frames that are malformed, out of place, binary or of another stream, the stream ends. */
const MISFITS = 20;
/** So many frames leave together: the first of a burst should not wait for the last. */
const TOGETHER = 4;
/** What may wait to be written to the socket: over eight minutes of audio. */
const BUFFERED_BYTES = 4 * 1024 * 1024;
const CLOSE_WITHIN_MS = 2000;

export type StreamStart = Omit<Extract<Frame, { kind: 'start' }>, 'kind' | 'format'>;

export interface StreamOptions {
  /** What the socket runs over: frames of one moment leave in one write, since a write costs more than a frame. */
  transport: Pick<Duplex, 'cork' | 'uncork'>;
  clock: Clock;
  log: Log;
  /** Whether the socket may carry calls of this account; its `start` says which it is of. */
  admits(accountSid: string): boolean;
  /**
   * Called once, when a proper `start` has come; never for a socket that ends before. Every event of the line is
   * then handed, synchronously and in order, to the function that this gives back. Where either of them throws,
   * the error is logged and this line is closed.
   */
  onStart(line: AudioLine, start: StreamStart): (event: AudioLineEvent) => void;
}

/** Takes over an open socket, from its first message to its end. */
export function acceptStream(socket: WebSocket, options: StreamOptions): void {
  const stream = new TwilioStream(socket, options);
  socket.on('message', (data, isBinary) => stream.message(data, isBinary));
  socket.on('close', (code) => stream.finish(code));
  socket.on('error', (error) => stream.fail(error));
}

class TwilioStream implements AudioLine {
  readonly #socket: WebSocket;
  readonly #options: StreamOptions;
  #start: StreamStart | null = null;
  /** The stream's id as it stands in its frames; null where it would not stand there as it is. */
  #sid: Buffer | null = null;
  #write = frameWriter('');
  #on: (event: AudioLineEvent) => void = () => {};
  /** Why the stream is over, from the moment that is known. */
  #over: ClosedReason | null = null;
  #misfits = 0;
  #heardSinceLook = true;
  #silentLooks = 0;
  #gathering = false;
  #gathered = 0;
  #cancelTimer: () => void;

  constructor(socket: WebSocket, options: StreamOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#cancelTimer = options.clock.after(START_WITHIN_MS, () => {
      options.log.warn(`A stream's socket sent no start message within ${START_WITHIN_MS / 1000} s.`);
      this.#end('misbehaved', 1008);
    });
  }

  play(payload: string): void {
    if (payload) this.#send(this.#write.media(payload));
  }

  mark(name: string): void {
    this.#send(this.#write.mark(name));
  }

  clear(): void {
    this.#send(this.#write.clear);
  }

  close(): void {
    this.#end('closed', 1000);
  }

  message(data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    this.#heardSinceLook = true;
    // The server leaves the socket's binaryType as it is: whole messages in one Buffer.
    if (isBinary || !Buffer.isBuffer(data)) return this.#misfit('a binary frame');
    const audio = this.#sid && inboundAudio(data, this.#sid);
    if (audio) return this.#deliver(audio);
    const frame = parseFrame(data.toString());
    switch (frame.kind) {
      case 'media':
        if (this.#isMine(frame) && frame.track === 'inbound' && frame.payload) {
          this.#deliver({ kind: 'audio', payload: frame.payload, atMs: frame.atMs });
        }
        return;
      case 'mark':
        if (this.#isMine(frame)) this.#deliver({ kind: 'mark', name: frame.name });
        return;
      case 'dtmf':
        if (this.#isMine(frame)) this.#deliver({ kind: 'key', key: frame.digit });
        return;
      case 'caption':
        if (this.#isMine(frame)) this.#deliver({ kind: 'caption', text: frame.text });
        return;
      case 'stop':
        if (this.#isMine(frame)) this.#end('stop', 1000);
        return;
      case 'start':
        return this.#begin(frame);
      case 'bad':
        return this.#misfit(frame.reason);
      case 'connected':
      case 'other':
        return;
    }
  }

  /** The socket broke, or something came that is not WebSocket or too large; `finish` follows. */
  fail(error: Error & { code?: unknown }): void {
    this.#options.log.warn(`The socket of stream ${this.#start?.streamSid} failed: ${messageOf(error)}`);
    if (typeof error.code === 'string' && error.code.startsWith('WS_ERR_')) this.#over ??= 'misbehaved';
  }

  /** The socket is closed. */
  finish(code: number): void {
    this.#cancelTimer();
    if (this.#start && !this.#over) {
      this.#options.log.warn(
        `The socket of stream ${this.#start.streamSid} closed without a stop message (${code}).`,
      );
    }
    this.#over ??= 'broken';
    this.#deliver({ kind: 'closed', reason: this.#over });
    this.#on = () => {};
  }

  #begin(frame: Extract<Frame, { kind: 'start' }>): void {
    if (this.#start) return this.#misfit('a second start');
    const { encoding, sampleRate, channels } = frame.format;
    if (encoding !== 'audio/x-mulaw' || sampleRate !== 8000 || channels !== 1) {
      this.#options.log.warn(
        `Stream ${frame.streamSid} offers ${encoding} with ${sampleRate} Hz and ${channels} channels, not audio/x-mulaw with 8000 Hz and 1 channel.`,
      );
      return this.#end('misbehaved', 1003);
    }
    if (!this.#options.admits(frame.accountSid)) {
      this.#options.log.warn(`Stream ${frame.streamSid} is of another account than the one that signed it.`);
      return this.#end('misbehaved', 1008);
    }
    this.#cancelTimer();
    this.#look();
    const { streamSid, accountSid, callSid, tracks, parameters } = frame;
    this.#write = frameWriter(streamSid);
    this.#sid = /^\w+$/.test(streamSid) ? Buffer.from(streamSid) : null;
    this.#start = { streamSid, accountSid, callSid, tracks, parameters };
    try {
      this.#on = this.#options.onStart(this, this.#start);
    } catch (error) {
      this.#bug(error);
    }
  }

  #isMine(frame: { kind: string; streamSid: string }): boolean {
    if (this.#start?.streamSid === frame.streamSid) return true;
    this.#misfit(this.#start ? `${frame.kind} of another stream` : `${frame.kind} before start`);
    return false;
  }

  #misfit(reason: string): void {
    this.#misfits++;
    const stream = this.#start?.streamSid ?? 'that has not started';
    if (this.#misfits === 1) {
      this.#options.log.warn(`A frame of the stream ${stream} was ignored: ${reason}.`);
    }
    if (this.#misfits < MISFITS) return;
    this.#options.log.warn(
      `The stream ${stream} sent ${MISFITS} frames that make no sense, lastly: ${reason}.`,
    );
    this.#end('misbehaved', 1008);
  }

  /** Looks now and then whether anything came. A timer per look, because a timer per frame would cost. */
  #look(): void {
    this.#silentLooks = this.#heardSinceLook ? 0 : this.#silentLooks + 1;
    this.#heardSinceLook = false;
    if (this.#silentLooks >= SILENT_LOOKS) {
      this.#options.log.warn(
        `Stream ${this.#start?.streamSid} has been silent for a minute; the line is dropped.`,
      );
      return this.#end('broken', null);
    }
    if (this.#start) this.#socket.ping();
    this.#cancelTimer = this.#options.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  #send(text: string): void {
    if (this.#over) return;
    this.#gather();
    this.#socket.send(text);
    if (this.#socket.bufferedAmount <= BUFFERED_BYTES) return;
    this.#options.log.warn(
      `The far end of stream ${this.#start?.streamSid} no longer reads; the line is dropped.`,
    );
    this.#end('misbehaved', null);
  }

  /** Holds frames of this tick together; the last ones leave at its end, before anything else is read. */
  #gather(): void {
    const { transport } = this.#options;
    if (this.#gathering) {
      if (this.#gathered++ % TOGETHER !== 0) return;
      transport.uncork();
      return transport.cork();
    }
    this.#gathering = true;
    this.#gathered = 1;
    transport.cork();
    process.nextTick(() => {
      this.#gathering = false;
      transport.uncork();
    });
  }

  #deliver(event: AudioLineEvent): void {
    try {
      this.#on(event);
    } catch (error) {
      this.#bug(error);
    }
  }

  #bug(error: unknown): void {
    this.#options.log.error({ err: error, streamSid: this.#start?.streamSid }, 'A bug ended this call.');
    this.#end('closed', 1011);
  }

  /** Says goodbye to the socket; without a code there is nobody to say it to. `finish` follows. */
  #end(reason: ClosedReason, code: number | null): void {
    if (this.#over) return;
    this.#over = reason;
    this.#cancelTimer();
    if (code === null) return this.#socket.terminate();
    this.#socket.close(code);
    this.#cancelTimer = this.#options.clock.after(CLOSE_WITHIN_MS, () => this.#socket.terminate());
  }
}
