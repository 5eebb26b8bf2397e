import { OffhookError } from '../../errors.ts';
import type { ReadAloud, Reader } from '../reading-voice.ts';
import type { Usage } from '../usage.ts';
import type { AudioDelta } from './audio-delta.ts';
import { failedResponse } from './failure.ts';
import { readingSession } from './session-config.ts';
import { RealtimeSocket, type Vendor } from './socket.ts';
import type { ResponseInfo, ServerEvent } from './wire.ts';

type Used = (usage: Usage) => void;

interface Reading {
  id: string;
  text: string;
  locale: string;
  eventId: string | null;
  response: string | null;
  audio: Buffer[];
  /** By item: a response may hold several. */
  transcripts: Map<string, string>;
  used: Used;
  resolve(read: ReadAloud): void;
  reject(error: unknown): void;
}

/** One session that reads texts aloud, one at a time, each outside of the conversation and of each other. */
export class RealtimeReader implements Reader {
  private readonly model: string;
  private readonly socket: RealtimeSocket;
  private isReady = false;
  private reading: Reading | null = null;
  private count = 0;
  /** Readings that nobody waits for any more, by their own id: what they took is still told. */
  private readonly left = new Map<string, Used>();
  readonly openedAt: number;
  /** It can read no more. */
  over = false;

  constructor(vendor: Vendor, model: string, voice: string) {
    this.model = model;
    this.openedAt = vendor.clock.elapsed();
    this.socket = new RealtimeSocket(vendor, model, () => readingSession(voice), {
      ready: () => {
        this.isReady = true;
        this.begin();
      },
      event: (event) => this.receive(event),
      audio: (delta) => this.collect(delta),
      down: (error) => {
        this.over = true;
        this.finish()?.reject(error);
      },
    });
  }

  /** Rejects with an OffhookError of the vendor's failure, or with the signal's reason. */
  read(text: string, locale: string, signal: AbortSignal, used: Used): Promise<ReadAloud> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (this.reading !== reading) return;
        if (reading.response) this.socket.send({ type: 'response.cancel', response_id: reading.response });
        if (reading.eventId) this.left.set(reading.id, used);
        this.finish()?.reject(signal.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', giveUp);
          settle(value);
        };
      const reading: Reading = {
        id: `read_${++this.count}`,
        text,
        locale,
        eventId: null,
        response: null,
        audio: [],
        transcripts: new Map(),
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
    this.finish()?.reject(new OffhookError('openai-closed', 'The voice was closed.'));
    return this.socket.gone;
  }

  private begin(): void {
    const reading = this.reading;
    if (!reading) return;
    this.socket.watch(true);
    reading.eventId = this.socket.send({
      type: 'response.create',
      response: {
        conversation: 'none',
        output_modalities: ['audio'],
        metadata: { purpose: 'read', id: reading.id },
        input: [],
        instructions: `Speak the language of the locale ${reading.locale}. Read aloud exactly, adding nothing: ${reading.text}`,
      },
    });
  }

  private collect(delta: AudioDelta): void {
    if (this.reading?.response === delta.response)
      this.reading.audio.push(Buffer.from(delta.payload, 'base64'));
  }

  private receive(event: ServerEvent): void {
    if (event.type === 'response-done') this.settle(event.response);
    const reading = this.reading;
    if (!reading) {
      if (event.type === 'response-created') this.cancel(event.response);
      return;
    }
    if (event.type === 'response-created') {
      if (event.response.metadata.id === reading.id) reading.response = event.response.id;
      else this.cancel(event.response);
    } else if (event.type === 'all-words' && event.response === reading.response) {
      reading.transcripts.set(event.item, event.text);
    } else if (event.type === 'response-done' && event.response.id === reading.response) {
      this.done(event.response);
    } else if (event.type === 'error' && event.eventId === reading.eventId) {
      const sentence = `OpenAI refused to read a text aloud: ${event.code}: ${event.message}.`;
      this.finish()?.reject(new OffhookError('openai-response-refused', sentence));
    }
  }

  private cancel(info: ResponseInfo): void {
    this.socket.send({ type: 'response.cancel', response_id: info.id });
  }

  /** What a reading that was given up took. */
  private settle(info: ResponseInfo): void {
    const id = typeof info.metadata.id === 'string' ? info.metadata.id : '';
    const used = this.left.get(id);
    this.left.delete(id);
    if (used) this.tell(info, used);
  }

  private done(info: ResponseInfo): void {
    const reading = this.finish();
    if (!reading) return;
    this.tell(info, reading.used);
    if (info.status === 'completed' && reading.audio.length > 0) {
      return reading.resolve({
        audio: new Uint8Array(Buffer.concat(reading.audio)),
        transcript: [...reading.transcripts.values()].join(' '),
      });
    }
    reading.reject(failedResponse('OpenAI did not read a text aloud', info));
  }

  private finish(): Reading | null {
    const reading = this.reading;
    this.reading = null;
    if (!this.over) this.socket.watch(false);
    return reading;
  }

  private tell({ usage }: ResponseInfo, used: Used): void {
    if (Object.keys(usage).length > 0) used({ vendor: 'openai', model: this.model, amounts: usage });
  }
}
