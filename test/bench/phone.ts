/** A phone for load: a Media Streams socket with a playback buffer that answers marks and clears as Twilio does. */
import { WebSocket, type RawData } from 'ws';

const FRAME = Buffer.alloc(160, 0xff);

/** A whole text message, as ws hands it over by default. */
export function textOf(data: RawData): string {
  return (data as Buffer).toString();
}

/** The moment, written into the first bytes of audio so that it comes out at the other end. */
export function stamped(now: number, audio: Buffer): string {
  audio.writeDoubleLE(now, 0);
  return audio.toString('base64');
}

/** The moment that was written into a payload. */
export function stampOf(payload: string): number {
  return Buffer.from(payload.slice(0, 12), 'base64').readDoubleLE(0);
}

export interface PhoneHooks {
  media?(payload: string): void;
  cleared?(): void;
}

export class BenchPhone {
  readonly callSid: string;
  readonly #streamSid: string;
  readonly #hooks: PhoneHooks;
  readonly #marks = new Map<string, NodeJS.Timeout>();
  #socket!: WebSocket;
  #sequence = 1;
  #playUntil = 0;
  #playFrom = 0;
  startedAt = 0;
  firstMediaAt = 0;
  sent = 0;
  closed = false;

  constructor(index: number, hooks: PhoneHooks) {
    this.callSid = `CA${String(index).padStart(32, '0')}`;
    this.#streamSid = `MZ${String(index).padStart(32, '0')}`;
    this.#hooks = hooks;
  }

  /** How much of the current audio the caller has heard, in ms. */
  get playedMs(): number {
    return Math.min(performance.now(), this.#playUntil) - this.#playFrom;
  }

  async open(url: string, parameters: Record<string, string>): Promise<void> {
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
    this.#socket.on('message', (data) => this.#receive(textOf(data)));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => (this.closed = true));
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
    this.#socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    const start = {
      streamSid: this.#streamSid,
      accountSid: 'AC00000000000000000000000000000000',
      callSid: this.callSid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: parameters,
    };
    this.startedAt = performance.now();
    this.#socket.send(
      JSON.stringify({ event: 'start', sequenceNumber: '1', streamSid: this.#streamSid, start }),
    );
  }

  /** One frame of the caller's, stamped with the moment. */
  speak(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const sequence = ++this.#sequence;
    const payload = stamped(performance.now(), FRAME);
    this.sent++;
    this.#socket.send(
      `{"event":"media","sequenceNumber":"${sequence}","streamSid":"${this.#streamSid}","media":{"track":"inbound","chunk":"${this.sent}","timestamp":"${this.sent * 20}","payload":"${payload}"}}`,
    );
  }

  hangUp(): void {
    const stop = { accountSid: 'AC00000000000000000000000000000000', callSid: this.callSid };
    this.#socket.send(
      JSON.stringify({
        event: 'stop',
        sequenceNumber: String(++this.#sequence),
        streamSid: this.#streamSid,
        stop,
      }),
    );
    setTimeout(() => this.#socket.close(), 200);
    for (const timer of this.#marks.values()) clearTimeout(timer);
  }

  #receive(text: string): void {
    const now = performance.now();
    const frame = JSON.parse(text) as { event: string; media?: { payload: string }; mark?: { name: string } };
    if (frame.media) {
      if (this.firstMediaAt === 0) this.firstMediaAt = now;
      if (this.#playUntil < now) this.#playFrom = this.#playUntil = now;
      this.#playUntil += (frame.media.payload.length * 3) / 4 / 8;
      this.#hooks.media?.(frame.media.payload);
    } else if (frame.mark) {
      const { name } = frame.mark;
      this.#marks.set(
        name,
        setTimeout(() => this.#echo(name), Math.max(0, this.#playUntil - now)),
      );
    } else if (frame.event === 'clear') {
      this.#playUntil = now;
      for (const [name, timer] of this.#marks) {
        clearTimeout(timer);
        this.#echo(name);
      }
      this.#hooks.cleared?.();
    }
  }

  #echo(name: string): void {
    this.#marks.delete(name);
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(
      JSON.stringify({
        event: 'mark',
        sequenceNumber: String(++this.#sequence),
        streamSid: this.#streamSid,
        mark: { name },
      }),
    );
  }
}
