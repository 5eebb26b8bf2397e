import { base64Bytes, BYTES_PER_MS } from '../../audio.ts';
import { Upward } from './pcm.ts';

/** Kept from before the detector was sure: the beginning of the word. */
const LEAD_MS = 400;
/** Of all utterances that are not done; more than this is nobody's answer any more. */
const MOST_MS = 40_000;

/** One utterance of the caller's, as the session is given it. */
interface Piece {
  id: number;
  /** Base64 mu-law, as it came. */
  frames: string[];
  bytes: number;
  /** How many frames the session has been given; null: not even that it began. */
  sent: number | null;
  isOver: boolean;
  isOverSent: boolean;
  /** Nobody needs it any more. */
  isDone: boolean;
}

interface Wire {
  /** False: the session must wait, because there is none, or because it may not be interrupted. */
  mayBegin(): boolean;
  isUp(): boolean;
  began(id: number): void;
  audio(data: string): void;
  ended(id: number): void;
}

/**
 * Gives a session what the caller says, utterance by utterance, between `activityStart` and `activityEnd`; silence
 * is not sent. What a session cannot take yet is kept, and an utterance that was not done when a session died is
 * given to the next one from its beginning. Bounded: the oldest goes first.
 */
export class Feed {
  private readonly wire: Wire;
  private readonly upward = new Upward();
  private lead: string[] = [];
  private leadBytes = 0;
  private pieces: Piece[] = [];
  private current: Piece | null = null;
  private isPumping = false;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** A frame of the caller's. */
  hear(payload: string): void {
    const bytes = base64Bytes(payload);
    if (this.current) {
      this.current.frames.push(payload);
      this.current.bytes += bytes;
      this.pump();
      return;
    }
    this.lead.push(payload);
    this.leadBytes += bytes;
    while (this.leadBytes > LEAD_MS * BYTES_PER_MS && this.lead.length > 1)
      this.leadBytes -= base64Bytes(this.lead.shift()!);
  }

  /** The caller began; the frames before this belong to it. Gives the utterances that had to give way. */
  begin(id: number): number[] {
    const piece = {
      id,
      frames: this.lead,
      bytes: this.leadBytes,
      sent: null,
      isOver: false,
      isOverSent: false,
      isDone: false,
    };
    this.current = piece;
    this.lead = [];
    this.leadBytes = 0;
    this.pieces.push(piece);
    const dropped = this.bound();
    this.pump();
    return dropped;
  }

  end(): void {
    if (!this.current) return;
    this.current.isOver = true;
    this.current = null;
    this.pump();
  }

  /** Nobody needs the utterance any more. */
  done(id: number): void {
    for (const piece of this.pieces) piece.isDone ||= piece.id === id;
    this.tidy();
  }

  /** The session is gone: all that is not done is given to the next one. */
  lost(): void {
    for (const piece of this.pieces) {
      piece.sent = null;
      piece.isOverSent = false;
    }
  }

  /** Gives what may be given now. Whoever hears of it on the way may ask for it again. */
  pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    this.give();
    this.isPumping = false;
    this.tidy();
  }

  close(): void {
    this.pieces = [];
    this.current = null;
  }

  private give(): void {
    for (const piece of this.pieces) {
      if (piece.isOverSent) continue;
      if (!this.wire.isUp()) return;
      if (piece.sent === null) {
        if (!this.wire.mayBegin()) return;
        piece.sent = 0;
        this.upward.reset();
        this.wire.began(piece.id);
      }
      while (piece.sent < piece.frames.length) this.wire.audio(this.upward.push(piece.frames[piece.sent++]!));
      if (!piece.isOver) return;
      piece.isOverSent = true;
      this.wire.audio(this.upward.flush());
      this.wire.ended(piece.id);
    }
  }

  /** The model is to know also of what was waited for in vain. */
  private tidy(): void {
    this.pieces = this.pieces.filter(({ isDone, isOverSent }) => !isDone || !isOverSent);
  }

  private bound(): number[] {
    const dropped: number[] = [];
    let bytes = this.pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    while (bytes > MOST_MS * BYTES_PER_MS && this.pieces.length > 1) {
      const oldest = this.pieces.shift()!;
      bytes -= oldest.bytes;
      dropped.push(oldest.id);
    }
    return dropped;
  }
}
