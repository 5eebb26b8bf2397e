import type { OffhookError } from '../../errors.ts';
import type { AudioDelta } from './audio-delta.ts';
import { backOffMs, isFinal } from './failure.ts';
import { RealtimeSocket, type SocketListener, type Vendor } from './socket.ts';
import type { ClientEvent, ServerEvent, SessionConfig, TranscriptionConfig } from './wire.ts';

/** Sessions end after 60 minutes without a warning. */
const ROTATE_MS = 50 * 60_000;
const ROTATE_AGAIN_MS = 60_000;
/** A session that lived this long has earned another reconnection. */
const HEALTHY_MS = 60_000;

interface LinkListener {
  /** A session is set up, and knows nothing of the call. `rotated`: it replaces one that was well. */
  up(rotated: boolean): void;
  event(event: ServerEvent): void;
  audio(delta: AudioDelta): void;
  /** The session is lost. `recovering`: another one is being opened. */
  lost(error: OffhookError, recovering: boolean): void;
  /** Nothing is going on that a change of session would disturb. */
  isQuiet(): boolean;
}

/**
 * Keeps one call connected: a lost session is replaced once, an old one before it expires, the new one opened
 * beside it. A second loss soon after the first, or a refusal, is the end.
 */
export class Link {
  private readonly vendor: Vendor;
  private readonly model: string;
  private readonly config: () => SessionConfig | TranscriptionConfig;
  private readonly listener: LinkListener;
  private readonly leaving = new Set<Promise<void>>();
  /** Connecting or set up. */
  private socket: RealtimeSocket | null = null;
  private isUp = false;
  private upAt = 0;
  private spent = false;
  private next: { socket: RealtimeSocket; isReady: boolean } | null = null;
  private cancelRetry: () => void = () => {};
  private cancelRotation: () => void = () => {};

  constructor(
    vendor: Vendor,
    model: string,
    config: () => SessionConfig | TranscriptionConfig,
    listener: LinkListener,
  ) {
    this.vendor = vendor;
    this.model = model;
    this.config = config;
    this.listener = listener;
    this.connect();
  }

  get ready(): boolean {
    return this.isUp;
  }

  /** Sends an event; its id. Nothing is sent while no session is set up: it is told everything when it is. */
  send(event: ClientEvent): string {
    return this.isUp && this.socket ? this.socket.send(event) : '';
  }

  append(payload: string): void {
    this.socket?.append(payload);
  }

  watch(busy: boolean): void {
    this.socket?.watch(busy);
  }

  /** The session is of no use any more, though the socket may be. */
  fail(error: OffhookError): void {
    if (!this.socket) return;
    this.socket.close();
    this.lose(error);
  }

  /** Ends it all. Settles when no connection is left. */
  async close(): Promise<void> {
    this.cancelRetry();
    this.dropNext();
    this.cancelRotation();
    this.socket?.close();
    this.socket = null;
    this.isUp = false;
    await Promise.all(this.leaving);
  }

  private connect(): void {
    const socket: RealtimeSocket = this.open({
      ready: () => this.take(socket, false),
      event: (event) => {
        this.listener.event(event);
        this.rotate();
      },
      audio: (delta) => this.listener.audio(delta),
      down: (error) => this.lose(error),
    });
    this.socket = socket;
  }

  private open(listener: SocketListener): RealtimeSocket {
    const socket = new RealtimeSocket(this.vendor, this.model, this.config, listener);
    this.leaving.add(socket.gone);
    void socket.gone.then(() => this.leaving.delete(socket.gone));
    return socket;
  }

  private take(socket: RealtimeSocket, rotated: boolean): void {
    this.socket = socket;
    this.isUp = true;
    this.upAt = this.vendor.clock.elapsed();
    this.rotateAfter(ROTATE_MS);
    this.listener.up(rotated);
  }

  private lose(error: OffhookError): void {
    const wasHealthy = this.isUp && this.vendor.clock.elapsed() - this.upAt >= HEALTHY_MS;
    if (wasHealthy) this.spent = false;
    this.socket = null;
    this.isUp = false;
    this.dropNext();
    this.cancelRotation();
    const recovering = !this.spent && !isFinal(error);
    this.spent = true;
    if (recovering) this.cancelRetry = this.vendor.clock.after(backOffMs(error), () => this.connect());
    this.listener.lost(error, recovering);
  }

  private rotateAfter(ms: number): void {
    this.cancelRotation();
    this.cancelRotation = this.vendor.clock.after(ms, () => this.openNext());
  }

  /** Opens the session that is to take over beside the one in use. */
  private openNext(): void {
    let next: { socket: RealtimeSocket; isReady: boolean } | null = null;
    const socket = this.open({
      ready: () => {
        if (next) next.isReady = true;
        this.rotate();
      },
      event: (event) => {
        if (this.socket !== socket) return;
        this.listener.event(event);
        this.rotate();
      },
      audio: (delta) => {
        if (this.socket === socket) this.listener.audio(delta);
      },
      down: (error) => {
        if (this.socket === socket) return this.lose(error);
        this.vendor.log.warn({ code: error.code }, 'openai gave no session to replace the old one yet');
        this.next = null;
        this.rotateAfter(ROTATE_AGAIN_MS);
      },
    });
    next = { socket, isReady: false };
    this.next = next;
  }

  private rotate(): void {
    const next = this.next;
    if (!next?.isReady || !this.isUp || !this.listener.isQuiet()) return;
    this.next = null;
    this.socket?.close();
    this.take(next.socket, true);
  }

  private dropNext(): void {
    this.next?.socket.close();
    this.next = null;
  }
}
