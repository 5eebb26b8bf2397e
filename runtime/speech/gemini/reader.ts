import { OffhookError } from '../../errors.ts';
import type { ReadAloud, Reader } from '../reading-voice.ts';
import type { Usage } from '../usage.ts';
import { Downward } from './pcm.ts';
import { readingSetup } from './setup.ts';
import { GeminiSocket, type Vendor } from './socket.ts';
import { usageOf } from './usage.ts';
import type { ServerEvent } from './wire.ts';

/** The last words may come after the last sound. */
const LAST_WORDS_MS = 300;

interface Reading {
  text: string;
  locale: string;
  isSent: boolean;
  sound: Downward;
  audio: Buffer[];
  transcript: string;
  cancelEnd: () => void;
  used(usage: Usage): void;
  resolve(read: ReadAloud): void;
  reject(error: unknown): void;
}

/** One session that reads texts aloud, one at a time. It remembers those before, within what it may remember. */
export class LiveReader implements Reader {
  private readonly vendor: Vendor;
  private readonly model: string;
  private readonly socket: GeminiSocket;
  private isReady = false;
  private reading: Reading | null = null;
  /** Turns that were read, or given up, and whose ends have not come yet. */
  private owed = 0;
  readonly openedAt: number;
  /** It can read no more. */
  over = false;

  constructor(vendor: Vendor, model: string, voice: string) {
    this.vendor = vendor;
    this.model = model;
    this.openedAt = vendor.clock.elapsed();
    this.socket = new GeminiSocket(vendor, model, () => readingSetup(model, voice), {
      ready: () => {
        this.isReady = true;
        this.begin();
      },
      event: (event) => this.receive(event),
      down: (error) => {
        this.over = true;
        this.finish()?.reject(error);
      },
    });
  }

  /** Rejects with an OffhookError of the vendor's failure, or with the signal's reason. */
  read(text: string, locale: string, signal: AbortSignal, used: (usage: Usage) => void): Promise<ReadAloud> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (this.reading !== reading) return;
        // What it is still saying could not be told from the next text.
        if (reading.isSent) this.over = true;
        this.finish()?.reject(signal.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', giveUp);
          settle(value);
        };
      const reading: Reading = {
        text,
        locale,
        isSent: false,
        sound: new Downward(),
        audio: [],
        transcript: '',
        cancelEnd: () => {},
        used,
        resolve: settled(resolve),
        reject: settled(reject),
      };
      this.reading = reading;
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) giveUp();
      else if (this.isReady) this.begin();
    });
  }

  /** Settles when nothing is left of the connection. */
  close(): Promise<void> {
    this.over = true;
    this.socket.close();
    this.finish()?.reject(new OffhookError('gemini-closed', 'The voice was closed.'));
    return this.socket.gone;
  }

  private begin(): void {
    const { reading } = this;
    if (!reading) return;
    reading.isSent = true;
    this.socket.watch(true);
    const text = `Speak the language of the locale ${reading.locale}. Read aloud exactly, adding nothing: ${reading.text}`;
    this.socket.send({ clientContent: { turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true } });
  }

  private receive(event: ServerEvent): void {
    const { reading } = this;
    if (event.kind === 'turn-over' && this.owed > 0) {
      this.owed--;
      return;
    }
    if (!reading?.isSent) return;
    switch (event.kind) {
      case 'audio':
        reading.audio.push(Buffer.from(reading.sound.push(event.data), 'base64'));
        break;
      case 'words':
        reading.transcript += event.text;
        break;
      case 'used': {
        const usage = usageOf(this.model, event.tokens);
        if (usage) reading.used(usage);
        break;
      }
      case 'generated':
        // The end of the turn comes only when the server takes it to have been heard.
        reading.cancelEnd = this.vendor.clock.after(LAST_WORDS_MS, () => this.done(false));
        break;
      case 'turn-over':
        this.done(true);
        break;
      default:
    }
  }

  private done(isTurnOver: boolean): void {
    const reading = this.finish();
    if (!reading) return;
    if (!isTurnOver) this.owed++;
    const audio = Buffer.concat([...reading.audio, Buffer.from(reading.sound.flush(), 'base64')]);
    if (reading.audio.length === 0) {
      return reading.reject(new OffhookError('gemini-closed', 'Gemini did not read a text aloud.'));
    }
    reading.resolve({ audio: new Uint8Array(audio), transcript: reading.transcript.trim() });
  }

  private finish(): Reading | null {
    const { reading } = this;
    this.reading = null;
    reading?.cancelEnd();
    if (!this.over) this.socket.watch(false);
    return reading;
  }
}
