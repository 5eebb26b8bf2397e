import { OffhookError } from '../errors.ts';
import { VoiceSocket, type VoiceVendor } from './voice-socket.ts';

/** What one turn hears of its track. Nothing is called back once the track was cancelled or has ended. */
export interface TrackListener {
  /** Base64 mu-law. */
  audio(payload: string): void;
  /** The text of so many pieces, from the first that is not yet over, has become audio to the end. */
  spoken(pieces: number): void;
  /** So many characters went to the vendor. */
  sent(characters: number): void;
  /** The pieces that are not yet spoken have to be said on another track; this one is over. */
  spent(): void;
  /** After `end`: everything was spoken. */
  done(): void;
  failed(error: OffhookError): void;
}

/** One turn on one open socket. */
export interface Track {
  say(text: string): void;
  end(): void;
  cancel(): void;
}

/** How a vendor is spoken to over one socket. */
export interface Dialect {
  /** How many more turns the socket can carry now. */
  room(): number;
  /** It will never carry another turn. */
  readonly isSpoilt: boolean;
  begin(listener: TrackListener): Track;
  received(message: string | Buffer): void;
  /** The socket is over: no timer is left running. */
  over(): void;
}

/** Where a voice speaks. Turns with the same `key` share sockets. */
export interface Route {
  readonly key: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is sent before a socket is closed. */
  readonly farewell: Readonly<Record<string, unknown>> | null;
  dialect(socket: VoiceSocket): Dialect;
}

/** A turn's place on a socket. */
export interface Seat {
  /** Null until the socket is open, and when the seat was left. */
  readonly track: Track | null;
  /** Gives the place back; nothing is called back any more. `broken`: the socket does not answer as it should, and carries no further turns. */
  leave(broken: boolean): void;
}

export interface SeatListener extends TrackListener {
  opened(track: Track): void;
}

/** So long a socket is kept for the next turn: callers think before they answer. */
const IDLE_MS = 45_000;
/** A peer that was quiet for longer is asked whether it is still there. */
const QUIET_MS = 3_000;
const MAX_SOCKETS = 200;

interface Carrier {
  route: Route;
  socket: VoiceSocket;
  dialect: Dialect;
  seats: Set<Place>;
  broken: boolean;
  cancelIdle: () => void;
}

/** The sockets to one vendor: opened when they are needed, shared, kept warm for a while, then closed. */
export class VoicePool {
  readonly #vendor: VoiceVendor;
  readonly #carriers = new Set<Carrier>();
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  constructor(vendor: VoiceVendor) {
    this.#vendor = vendor;
  }

  /**
   * A place for one turn; on a socket of its own where `fresh`. Nothing is called back before this has returned.
   * @throws OffhookError where there are too many sockets, or none can be opened any more.
   */
  take(route: Route, fresh: boolean, listener: SeatListener): Seat {
    const { code, name } = this.#vendor;
    if (this.#closed) throw new OffhookError(`${code}-closed`, `${name} was closed.`);
    const carrier = (fresh ? null : this.#find(route)) ?? this.#open(route);
    carrier.cancelIdle();
    const place = new Place(listener, (broken) => this.#left(carrier, place, broken));
    carrier.seats.add(place);
    if (carrier.socket.isOpen) {
      if (carrier.socket.quietMs > QUIET_MS) carrier.socket.probe();
      place.sit(carrier.dialect);
    }
    return place;
  }

  /** Settles when no socket is left. Turns that are under way hear that they have failed. */
  async close(): Promise<void> {
    this.#closed = true;
    const { code, name } = this.#vendor;
    for (const carrier of this.#carriers) {
      this.#drop(carrier);
      for (const place of carrier.seats)
        place.listener.failed(new OffhookError(`${code}-closed`, `${name} was closed.`));
    }
    await Promise.all(this.#closing);
  }

  /** An open socket before one that is still being opened, the oldest first: the others then become idle and close. */
  #find(route: Route): Carrier | null {
    let found: Carrier | null = null;
    for (const carrier of this.#carriers) {
      if (carrier.route.key !== route.key || carrier.broken) continue;
      const waiting = [...carrier.seats].filter((place) => !place.track).length;
      if (carrier.dialect.room() - waiting <= 0) continue;
      if (carrier.socket.isOpen) return carrier;
      found ??= carrier;
    }
    return found;
  }

  #open(route: Route): Carrier {
    const { code, name } = this.#vendor;
    if (this.#carriers.size >= MAX_SOCKETS) {
      throw new OffhookError(`${code}-busy`, `${name} is spoken to over ${MAX_SOCKETS} sockets already.`);
    }
    const socket = new VoiceSocket(this.#vendor, route.url, route.headers, {
      opened: () => {
        for (const place of carrier.seats) place.listener.opened(place.sit(carrier.dialect));
      },
      received: (message) => carrier.dialect.received(message),
      down: (error) => {
        this.#drop(carrier);
        for (const place of carrier.seats) place.listener.failed(error);
      },
    });
    const carrier: Carrier = {
      route,
      socket,
      dialect: route.dialect(socket),
      seats: new Set(),
      broken: false,
      cancelIdle: () => {},
    };
    this.#carriers.add(carrier);
    return carrier;
  }

  #left(carrier: Carrier, place: Place, broken: boolean): void {
    carrier.seats.delete(place);
    carrier.broken ||= broken;
    if (carrier.seats.size > 0 || !this.#carriers.has(carrier)) return;
    if (carrier.broken || carrier.dialect.isSpoilt) return this.#drop(carrier);
    carrier.cancelIdle = this.#vendor.clock.after(IDLE_MS, () => this.#drop(carrier));
  }

  #drop(carrier: Carrier): void {
    if (!this.#carriers.delete(carrier)) return;
    carrier.cancelIdle();
    carrier.dialect.over();
    carrier.socket.close(carrier.route.farewell);
    const gone = carrier.socket.gone.then(() => {
      this.#closing.delete(gone);
    });
    this.#closing.add(gone);
  }
}

class Place implements Seat {
  readonly listener: SeatListener;
  readonly #left: (broken: boolean) => void;
  track: Track | null = null;

  constructor(listener: SeatListener, left: (broken: boolean) => void) {
    this.listener = listener;
    this.#left = left;
  }

  sit(dialect: Dialect): Track {
    this.track ??= dialect.begin(this.listener);
    return this.track;
  }

  leave(broken: boolean): void {
    this.track?.cancel();
    this.track = null;
    this.#left(broken);
  }
}
