import type { OffhookError } from '../../errors.ts';
import { backOffMs, isFinal, wasInvalid } from './failure.ts';
import { GeminiSocket, type Vendor } from './socket.ts';
import type { ClientMessage, ServerEvent, Setup } from './wire.ts';

/** Connections end after some ten minutes. */
const ROTATE_MS = 8 * 60_000;
/** How long a quiet moment is waited for. */
const ROTATE_PATIENCE_MS = 60_000;
/** What a notice of the end leaves unused. */
const SPARE_MS = 2_000;
/** A session that lived this long has earned another reconnection. */
const HEALTHY_MS = 60_000;

/** What a new session knows: all that the handle stands for, or nothing. */
type Knows = 'what-it-knew' | 'nothing';

interface LinkListener {
  /** A session is set up. `rotated`: it replaces one that was well. */
  up(knows: Knows, rotated: boolean): void;
  event(event: ServerEvent): void;
  /** A handle stands for all that the session knows now. */
  saved(): void;
  /** The session is left for another one. */
  left(): void;
  /** The session is lost. `recovering`: another one is being opened. */
  lost(error: OffhookError, recovering: boolean): void;
  /** Nothing is going on that a change of session would disturb. */
  isQuiet(): boolean;
}

/**
 * Keeps one call connected: a lost session is replaced once, an old one before it ends, by one that takes it up with
 * its handle. Two cannot be taken up at once, so that the old one is left first, in a quiet moment. A second loss
 * soon after the first, or a refusal, is the end; a handle that the server finds invalid is tried once.
 */
export class Link {
  private readonly vendor: Vendor;
  private readonly model: string;
  private readonly setup: (handle: string | null) => Setup;
  private readonly listener: LinkListener;
  private readonly leaving = new Set<Promise<void>>();
  /** Connecting or set up. */
  private socket: GeminiSocket | null = null;
  private isUp = false;
  private upAt = 0;
  private spent = false;
  private isRotating = false;
  private handle: string | null = null;
  /** The session that is being set up knows what it should not. */
  private mustForget = false;
  /** Another session is wanted: with what this one knows, or without. */
  private wanted: Knows | null = null;
  private cancelRetry: () => void = () => {};
  private cancelRotation: () => void = () => {};

  constructor(
    vendor: Vendor,
    model: string,
    setup: (handle: string | null) => Setup,
    listener: LinkListener,
  ) {
    this.vendor = vendor;
    this.model = model;
    this.setup = setup;
    this.listener = listener;
    this.connect();
  }

  get ready(): boolean {
    return this.isUp;
  }

  /** Nothing is sent while no session is set up: it is told everything when it is. */
  send(message: ClientMessage): void {
    if (this.isUp) this.socket?.send(message);
  }

  append(data: string): void {
    if (this.isUp) this.socket?.append(data);
  }

  watch(busy: boolean): void {
    this.socket?.watch(busy);
  }

  /** The session is to be left, in the next quiet moment, for one that knows nothing. */
  startAnew(): void {
    this.handle = null;
    if (this.isUp) this.want('nothing', ROTATE_PATIENCE_MS);
    else this.mustForget = true;
  }

  /** Something may have become quiet. */
  settle(): void {
    if (this.wanted !== null && this.isUp && this.listener.isQuiet()) this.rotate();
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
    this.cancelRotation();
    this.socket?.close();
    this.socket = null;
    this.isUp = false;
    await Promise.all(this.leaving);
  }

  private connect(): void {
    const { handle } = this;
    const socket: GeminiSocket = new GeminiSocket(this.vendor, this.model, () => this.setup(handle), {
      ready: () => this.take(handle === null ? 'nothing' : 'what-it-knew'),
      event: (event) => this.receive(event),
      down: (error) => this.lose(error),
    });
    this.socket = socket;
    this.leaving.add(socket.gone);
    void socket.gone.then(() => this.leaving.delete(socket.gone));
  }

  private take(knows: Knows): void {
    const rotated = this.isRotating;
    this.isRotating = false;
    this.isUp = true;
    this.upAt = this.vendor.clock.elapsed();
    this.wanted = null;
    this.cancelRotation();
    this.cancelRotation = this.vendor.clock.after(ROTATE_MS, () =>
      this.want('what-it-knew', ROTATE_PATIENCE_MS),
    );
    this.listener.up(knows, rotated);
    if (this.mustForget && knows === 'what-it-knew') this.want('nothing', ROTATE_PATIENCE_MS);
    this.mustForget = false;
  }

  private receive(event: ServerEvent): void {
    if (event.kind === 'handle') {
      // A session that is to be forgotten is not taken up again.
      if (event.handle === null || this.wanted === 'nothing') return;
      this.handle = event.handle;
      this.listener.saved();
    } else if (event.kind === 'going') {
      this.want('what-it-knew', Math.max(0, event.leftMs - SPARE_MS));
    } else {
      this.listener.event(event);
    }
    this.settle();
  }

  private want(knows: Knows, withinMs: number): void {
    if (!this.isUp) return;
    // What is to be forgotten stays forgotten.
    this.wanted = this.wanted === 'nothing' ? 'nothing' : knows;
    this.cancelRotation();
    this.cancelRotation = this.vendor.clock.after(withinMs, () => this.rotate());
    this.settle();
  }

  private rotate(): void {
    this.cancelRotation();
    this.wanted = null;
    this.isUp = false;
    this.isRotating = true;
    this.socket?.close();
    this.listener.left();
    this.connect();
  }

  private lose(error: OffhookError): void {
    const { clock } = this.vendor;
    if (this.isUp && clock.elapsed() - this.upAt >= HEALTHY_MS) this.spent = false;
    const wasTaken = this.handle !== null && !this.isUp && wasInvalid(error);
    if (wasInvalid(error)) this.handle = null;
    this.socket = null;
    this.isUp = false;
    this.wanted = null;
    this.cancelRotation();
    const recovering = wasTaken || (!this.spent && !isFinal(error));
    // Without the handle it is another session that is asked for.
    if (!wasTaken) this.spent = true;
    if (recovering) this.cancelRetry = clock.after(backOffMs(error), () => this.connect());
    if (this.isRotating && wasTaken) return;
    this.isRotating = false;
    this.listener.lost(error, recovering);
  }
}
