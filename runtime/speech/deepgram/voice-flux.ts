import type { Dialect, Track, TrackListener } from '../voice-pool.ts';
import type { VoiceSocket } from '../voice-socket.ts';
import { readControl, speak } from './voice-messages.ts';

/**
 * One socket to a Flux voice, which speaks one turn at a time, and places its pauses itself: a turn's audio comes as
 * its text does, and `Flush` completes it. A turn that is interrupted takes its socket with it: the vendor wants to be
 * told what was heard of it, which is not known here. Source: developers.deepgram.com/docs/flux-tts.
 */
export class FluxDialect implements Dialect {
  readonly #socket: VoiceSocket;
  #listener: TrackListener | null = null;
  #pieces = 0;
  /** Something of a turn that was cancelled may still come. */
  isSpoilt = false;

  constructor(socket: VoiceSocket) {
    this.#socket = socket;
  }

  room(): number {
    return this.#listener || this.isSpoilt ? 0 : 1;
  }

  begin(listener: TrackListener): Track {
    this.#listener = listener;
    this.#pieces = 0;
    return {
      say: (text) => {
        if (this.#listener !== listener) return;
        this.#pieces++;
        speak(this.#socket, text);
        listener.sent([...text].length);
      },
      end: () => {
        if (this.#pieces === 0) this.#done();
        else this.#socket.send({ type: 'Flush' });
      },
      cancel: () => {
        if (this.#listener !== listener) return;
        this.#listener = null;
        this.isSpoilt = this.#pieces > 0;
      },
    };
  }

  over(): void {
    this.#listener = null;
  }

  received(message: string | Buffer): void {
    if (typeof message !== 'string') {
      if (this.#pieces > 0) this.#listener?.audio(message.toString('base64'));
      return;
    }
    const type = readControl(message, this.#socket);
    if (type === 'SpeechMetadata') this.#done();
    else if (type !== null && type !== 'SpeechStarted' && type !== 'Flushed') {
      this.#socket.complain(`a message of type "${type}"`);
    }
  }

  #done(): void {
    const listener = this.#listener;
    if (!listener) return;
    this.#listener = null;
    listener.spoken(this.#pieces);
    listener.done();
  }
}
