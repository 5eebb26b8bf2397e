import { BYTES_PER_MS } from '../../audio.ts';
import type { KeptAudio } from '../kept-audio.ts';
import { ENDPOINTING_MS, UTTERANCE_END_MS } from './ear-streams.ts';
import type { Turn } from './ear-turn.ts';
import type { NovaHeard } from './ear-wire.ts';

/** Speech that brings no words for so long was none. */
const WORDLESS_MS = 2_500;
/** The vendor says nothing of an open utterance any more. */
const FORGOTTEN_MS = 8_000;
/** Words that are on their way here still count as spoken in a pause. */
const LAG_MS = 100;

/**
 * Makes turns of what Nova hears. It finds short pauses (`speech_final`), or a gap between words where noise hides
 * them (`UtteranceEnd`); whether the turn is over then depends on how patient the dialogue is, by the audio's time.
 */
export class NovaReader {
  readonly #turn: Turn;
  readonly #kept: KeptAudio;
  readonly #pauseMs: () => number;
  /** Segments that will not change any more. */
  #finals: string[] = [];
  /** The place of the last word that is known of. */
  #wordsAt = 0;
  #startedAt = 0;
  /** The turn is over when the caller's audio gets here. */
  #endsAt: number | null = null;
  /** Where the pause was found that the turn may end with, and from where on it is too long to belong to the turn. */
  #pausedAt = 0;
  #pauseTo = 0;
  /** What is still told of audio before this place belongs to a turn that is over. */
  #finishedAt = 0;

  constructor(turn: Turn, kept: KeptAudio, pauseMs: () => number) {
    this.#turn = turn;
    this.#kept = kept;
    this.#pauseMs = pauseMs;
  }

  read(message: NovaHeard): void {
    switch (message.kind) {
      case 'speech-started':
        this.#begin(this.#turn.at(message.at)).goesOn();
        this.#endsAt = null;
        return;
      case 'results':
        return this.#results(message);
      case 'utterance-end': {
        if (this.#endsAt !== null || !this.#turn.open || this.#turn.open.text === '') return;
        return this.#pause(
          this.#turn.at(message.lastWordEnd) + UTTERANCE_END_MS * BYTES_PER_MS,
          UTTERANCE_END_MS,
        );
      }
    }
  }

  /** More of the caller's audio has come. `connected`: the vendor hears it. */
  heard(connected: boolean): void {
    if (!this.#turn.open) return;
    if (this.#endsAt !== null) {
      if (this.#kept.end >= this.#endsAt) this.#finish(this.#pausedAt);
    } else if (connected && this.#turn.quietMs >= FORGOTTEN_MS) {
      this.#finish(this.#kept.end);
    }
  }

  connecting(): void {}

  /** Nobody hears the rest: what is known is what was said. */
  over(): void {
    if (this.#turn.open) this.#finish(this.#kept.end);
  }

  #results({ from, to, text, isFinal, speechFinal }: Extract<NovaHeard, { kind: 'results' }>): void {
    const end = this.#turn.at(to);
    if (!this.#turn.open && end <= this.#finishedAt) return;
    if (text !== '') {
      const utterance = this.#begin(this.#turn.at(from));
      if (isFinal) this.#finals.push(text);
      utterance.words((isFinal ? this.#finals : [...this.#finals, text]).join(' '));
      utterance.goesOn();
      this.#wordsAt = end;
      this.#endsAt = null;
    }
    const { open } = this.#turn;
    if (!open) return this.#turn.passed(end);
    // What a final segment covers is never heard again; silence may still be the beginning of a word.
    if (isFinal && text !== '') this.#kept.release(end);
    const since = (end - Math.max(this.#wordsAt, this.#startedAt)) / BYTES_PER_MS;
    if (speechFinal && open.text !== '') this.#pause(end, ENDPOINTING_MS);
    else if (speechFinal ? since > 0 : this.#endsAt === null && since >= WORDLESS_MS) this.#finish(end);
  }

  /** Speech was found at `place`: of the turn that is open, or of a new one where the pause before it was too long. */
  #begin(place: number): NonNullable<Turn['open']> {
    if (this.#endsAt !== null && place >= this.#pauseTo) this.#finish(this.#pausedAt);
    if (!this.#turn.open) {
      this.#finals = [];
      this.#endsAt = null;
      this.#startedAt = place;
      this.#wordsAt = place;
    }
    return this.#turn.begin();
  }

  /** The caller has been silent for `silentMs`, up to `place`. */
  #pause(place: number, silentMs: number): void {
    const moreMs = this.#pauseMs() - silentMs;
    if (moreMs <= 0) return this.#finish(place);
    const more = moreMs * BYTES_PER_MS;
    this.#turn.begin().likelyDone();
    this.#pausedAt = place;
    this.#pauseTo = place + more;
    this.#endsAt = this.#turn.isReplay(place)
      ? this.#kept.end + more
      : Math.max(this.#pauseTo, this.#kept.end + LAG_MS * BYTES_PER_MS);
  }

  #finish(place: number): void {
    this.#endsAt = null;
    this.#finishedAt = place;
    this.#turn.finish(this.#turn.open?.text ?? '', place);
  }
}
