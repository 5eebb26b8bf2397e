/**
 * One ConversationRelay socket as a line with words: https://www.twilio.com/docs/voice/conversationrelay. What goes
 * wrong on a socket ends at most its own call.
 */
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { ClosedReason, Interruptible, WordLine, WordLineEvent } from '../line.ts';
import { parseRelayFrame, relayWriter, type RelayFrame } from './relay-frames.ts';

/** For the WebSocketServer that admits these sockets. */
export const RELAY_SERVER_OPTIONS = {
  noServer: true,
  maxPayload: 64 * 1024,
  perMessageDeflate: false,
} as const;

const SETUP_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 15_000;
/** A far end that has answered pings and then does not for a minute is gone. */
const SILENT_LOOKS = 4;
/** After this many frames that are malformed, out of place or binary, the session ends. */
const MISFITS = 20;
/** What may wait to be written to the socket: hours of text. */
const BUFFERED_BYTES = 1024 * 1024;
/** Twilio closes the socket behind an `end`; where it does not, we do. */
const END_WITHIN_MS = 3000;
const CLOSE_WITHIN_MS = 2000;

export type RelaySetup = Omit<Extract<RelayFrame, { kind: 'setup' }>, 'kind'>;

export interface RelayOptions {
  clock: Clock;
  log: Log;
  /** Whether the socket may carry calls of this account; its `setup` says which it is of. */
  admits(accountSid: string): boolean;
  /** Where Twilio fetches an audio file that is to be played. */
  soundUrl(file: string): string;
  /**
   * Called once, when a proper `setup` has come; never for a socket that ends before. Every event of the line is
   * then handed, synchronously and in order, to the function that this gives back. Where either of them throws,
   * the error is logged and this line is closed.
   */
  onSetup(line: WordLine, setup: RelaySetup): (event: WordLineEvent) => void;
}

/** Takes over an open socket, from its first message to its end. */
export function acceptRelay(socket: WebSocket, options: RelayOptions): void {
  const relay = new TwilioRelay(socket, options);
  socket.on('message', (data, isBinary) => relay.message(data, isBinary));
  socket.on('pong', () => relay.pong());
  socket.on('close', (code) => relay.finish(code));
  socket.on('error', (error) => relay.fail(error));
}

class TwilioRelay implements WordLine {
  readonly vendor = { vendor: 'twilio', model: 'conversation-relay' };
  readonly #socket: WebSocket;
  readonly #options: RelayOptions;
  #sessionId: string | null = null;
  #on: (event: WordLineEvent) => void = () => {};
  /** Why the session is over, from the moment that is known. */
  #over: ClosedReason | null = null;
  #misfits = 0;
  #answersPings = false;
  #heardSinceLook = true;
  #silentLooks = 0;
  #cancelTimer: () => void;

  constructor(socket: WebSocket, options: RelayOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#cancelTimer = options.clock.after(SETUP_WITHIN_MS, () => {
      options.log.warn(`A relay's socket sent no setup message within ${SETUP_WITHIN_MS / 1000} s.`);
      this.#close('misbehaved', 1008);
    });
  }

  say(text: string, last: boolean, how: Interruptible): void {
    if (text !== '' || last) this.#send(relayWriter.text(text, last, cutsOf(how)));
  }

  play(file: string, how: Interruptible): void {
    this.#send(relayWriter.play(this.#options.soundUrl(file), cutsOf(how)));
  }

  press(keys: string): void {
    const digits = keys.replaceAll(/[^0-9w#*]/g, '');
    if (digits !== '') this.#send(relayWriter.digits(digits));
  }

  switchTo(locale: string): void {
    this.#send(relayWriter.language(locale));
  }

  end(handOver: string): void {
    if (this.#over) return;
    this.#send(relayWriter.end(handOver));
    // The far end may have been found to read no longer.
    if (this.#over) return;
    this.#over = 'closed';
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(END_WITHIN_MS, () => this.#closeSocket(1000));
  }

  message(data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    this.#heardSinceLook = true;
    // The server leaves the socket's binaryType as it is: whole messages in one Buffer.
    if (isBinary || !Buffer.isBuffer(data)) return this.#misfit('a binary frame');
    const frame = parseRelayFrame(data.toString());
    if (frame.kind === 'bad') return this.#misfit(frame.reason);
    if (frame.kind === 'setup') return this.#begin(frame);
    if (this.#sessionId === null) return this.#misfit(`${frame.kind} before setup`);
    switch (frame.kind) {
      case 'prompt':
        return this.#deliver({ kind: frame.last ? 'said' : 'partial', text: frame.text });
      case 'dtmf':
        return this.#deliver({ kind: 'key', key: frame.digit });
      case 'interrupt':
        return this.#deliver({ kind: 'interrupted', text: frame.text, ms: frame.ms });
      case 'agent-speaking':
        return this.#deliver({ kind: 'agent-speaking', on: frame.on });
      case 'client-speaking':
        return this.#deliver({ kind: 'caller-speaking', on: frame.on });
      case 'tokens-played':
        return this.#deliver({ kind: 'played', text: frame.text });
      case 'error':
        // Twilio ends the session itself behind ten of them in a row.
        this.#options.log.error(
          { sessionId: this.#sessionId, summary: frame.summary },
          'Twilio refused a message of this relay session.',
        );
        return;
      case 'other':
        return;
      default:
        return frame satisfies never;
    }
  }

  pong(): void {
    this.#answersPings = true;
    this.#heardSinceLook = true;
  }

  /** The socket broke, or something came that is not WebSocket or too large; `finish` follows. */
  fail(error: Error & { code?: unknown }): void {
    this.#options.log.warn(`The socket of relay session ${this.#sessionId} failed: ${messageOf(error)}`);
    if (typeof error.code === 'string' && error.code.startsWith('WS_ERR_')) this.#over ??= 'misbehaved';
  }

  /** The socket is closed. Twilio closes it with 1000 when the caller has hung up. */
  finish(code: number): void {
    this.#cancelTimer();
    if (this.#sessionId !== null && !this.#over && code !== 1000) {
      this.#options.log.warn(
        `The socket of relay session ${this.#sessionId} closed before its end (${code}).`,
      );
    }
    this.#over ??= code === 1000 ? 'stop' : 'broken';
    this.#deliver({ kind: 'closed', reason: this.#over });
    this.#on = () => {};
  }

  #begin({ sessionId, accountSid, callSid, parameters }: RelaySetup): void {
    if (this.#sessionId !== null) return this.#misfit('a second setup');
    if (!this.#options.admits(accountSid)) {
      this.#options.log.warn(`Relay session ${sessionId} is of another account than the one that signed it.`);
      return this.#close('misbehaved', 1008);
    }
    this.#cancelTimer();
    this.#sessionId = sessionId;
    this.#look();
    try {
      this.#on = this.#options.onSetup(this, { sessionId, accountSid, callSid, parameters });
    } catch (error) {
      this.#bug(error);
    }
  }

  #misfit(reason: string): void {
    this.#misfits++;
    const session = this.#sessionId ?? 'that has not started';
    if (this.#misfits === 1) {
      this.#options.log.warn(`A frame of the relay session ${session} was ignored: ${reason}.`);
    }
    if (this.#misfits < MISFITS) return;
    this.#options.log.warn(
      `The relay session ${session} sent ${MISFITS} frames that make no sense, lastly: ${reason}.`,
    );
    this.#close('misbehaved', 1008);
  }

  /** Nothing comes while nobody speaks: only a far end that answers pings can be found to be gone. */
  #look(): void {
    this.#silentLooks = this.#heardSinceLook || !this.#answersPings ? 0 : this.#silentLooks + 1;
    this.#heardSinceLook = false;
    if (this.#silentLooks >= SILENT_LOOKS) {
      this.#options.log.warn(`Relay session ${this.#sessionId} answers no pings; the line is dropped.`);
      return this.#close('broken', null);
    }
    this.#socket.ping();
    this.#cancelTimer = this.#options.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  #send(text: string): void {
    if (this.#over) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount <= BUFFERED_BYTES) return;
    this.#options.log.warn(
      `The far end of relay session ${this.#sessionId} no longer reads; the line is dropped.`,
    );
    this.#close('misbehaved', null);
  }

  #deliver(event: WordLineEvent): void {
    try {
      this.#on(event);
    } catch (error) {
      this.#bug(error);
    }
  }

  #bug(error: unknown): void {
    this.#options.log.error({ err: error, sessionId: this.#sessionId }, 'A bug ended this call.');
    this.#close('closed', 1011);
  }

  #close(reason: ClosedReason, code: number | null): void {
    if (this.#over) return;
    this.#over = reason;
    this.#closeSocket(code);
  }

  /** Says goodbye to the socket; without a code there is nobody to say it to. `finish` follows. */
  #closeSocket(code: number | null): void {
    this.#cancelTimer();
    if (code === null) return this.#socket.terminate();
    this.#socket.close(code);
    this.#cancelTimer = this.#options.clock.after(CLOSE_WITHIN_MS, () => this.#socket.terminate());
  }
}

function cutsOf({ byCaller, byNext }: Interruptible): { interruptible: boolean; preemptible: boolean } {
  return { interruptible: byCaller, preemptible: byNext };
}
