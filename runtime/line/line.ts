import type { Effect, Expectation, Meaning, Value } from '../dialogue/protocol.ts';
import type { Usage } from '../speech/usage.ts';

/**
 * The caller's side of a call with audio: what a call may ask of it. Every method returns at once and is safe
 * to call on a closed line, where it does nothing.
 */
export interface AudioLine {
  /** Queues base64 mu-law (8 kHz, mono, no header) at the far end, behind what is still queued there. */
  play(payload: string): void;
  /** Asks for `mark` to come back once all that was played before it was heard (or at once after `clear`). */
  mark(name: string): void;
  /** Drops all that is queued at the far end; pending marks come back at once and prove nothing. */
  clear(): void;
  /** Ends the stream; the far end then asks what is next. */
  close(): void;
}

export type AudioLineEvent =
  /** `atMs` counts from the start of the stream; there may be gaps. */
  | { kind: 'audio'; payload: string; atMs: number }
  | { kind: 'key'; key: string }
  | { kind: 'mark'; name: string }
  /** The words being spoken, sent by a simulated phone beside its audio. */
  | { kind: 'caption'; text: string }
  /** The stream is over. Comes exactly once, last. */
  | { kind: 'closed'; reason: ClosedReason };

/**
 * Why a stream is over: `stop`, the far end said so; `closed`, we closed it; `broken`, the connection went away
 * without a word and may come back; `misbehaved`, what came over it could not be borne.
 */
export type ClosedReason = 'stop' | 'closed' | 'broken' | 'misbehaved';

/**
 * The caller's side of a call whose far end listens and speaks by itself: words in, words out. What is said, played
 * and pressed waits its turn there. Every method returns at once and is safe to call on a closed line, where it does
 * nothing.
 */
export interface WordLine {
  /** Who is paid for what the far end hears and says, by the second. */
  readonly vendor: Pick<Usage, 'vendor' | 'model'>;
  /** The next piece of an utterance, spaces included; `last` ends it. An empty piece only ends it. */
  say(text: string, last: boolean, how: Interruptible): void;
  /** Plays an audio file (an absolute path). */
  play(file: string, how: Interruptible): void;
  /** Sends keys (0-9 * # and w, half a second's wait) as tones. */
  press(keys: string): void;
  /** From now on the far end listens and speaks in this locale (BCP 47). */
  switchTo(locale: string): void;
  /** Ends the session, and all that is still being said with it; the far end then asks what is next. */
  end(handOver: string): void;
}

/** What may cut something that is said: the caller, and whatever is said behind it. */
export interface Interruptible {
  byCaller: boolean;
  byNext: boolean;
}

export type WordLineEvent =
  /** All the words of what the caller is saying, so far; they may still change. */
  | { kind: 'partial'; text: string }
  /** The caller said this and has finished. */
  | { kind: 'said'; text: string }
  | { kind: 'key'; key: string }
  /**
   * The far end dropped all that was queued, because the caller spoke or pressed a key; `text` is what was heard of
   * what was being said, as the far end puts it, and `ms` for how long, where it tells.
   */
  | { kind: 'interrupted'; text: string; ms: number | null }
  /** Whether there is a voice on the line. Not every far end tells, nor always. */
  | { kind: 'agent-speaking'; on: boolean }
  | { kind: 'caller-speaking'; on: boolean }
  /** A piece of what was said has been played. Not every far end tells. */
  | { kind: 'played'; text: string }
  /** Comes exactly once, last. */
  | { kind: 'closed'; reason: ClosedReason };

/**
 * The caller's side as a conversation sees it: words in, words out. A media stream becomes one by being joined
 * with a speech and a voice, a line with words by being joined with a mind; a terminal is one by itself. Every method returns at once.
 */
export interface Channel {
  /** True where a model that hears the caller carries out `judge`. */
  readonly judges: boolean;
  /** True where a model carries out `converse`. */
  readonly converses: boolean;
  /** Where something sensitive is said, `masked` stands for it in all that is told of the utterance. */
  say(utterance: EffectOf<'say'>): void;
  /** Plays a file in its turn; `shown` stands for it in all that is told of the utterance. */
  play(utterance: EffectOf<'play'>, shown: string): void;
  /** Sends keys as tones in their turn; as `play`. */
  press(utterance: EffectOf<'press'>, shown: string): void;
  listen(order: EffectOf<'listen'>): void;
  converse(order: EffectOf<'converse'>): void;
  answerModel(call: string, output: Value): void;
  /** Asks the model what was meant. Settles by the signal at the latest; null where it cannot tell. */
  judge(expectation: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null>;
  /** The caller answered what is being said without interrupting it: the rest of it need not be said. */
  giveWay(): void;
  /** From now on what is said and heard is in this language (BCP 47). */
  changeLanguage(locale: string): void;
  /** What was said while something sensitive was expected leaves the memory of whoever listened. */
  forget(): void;
  /** More is known to be secret than when it was said: it leaves what a text model remembers of the call. */
  hide?(mask: (text: string) => string): void;
  /**
   * Everything that followed from the last event was ordered. `expecting`: it is the caller's turn. `silenceMs`: how
   * long they may be silent before something comes of it, where they are listened to at all; null: for ever.
   */
  settled(expecting: boolean, silenceMs: number | null): void;
  /** Milliseconds until all that is queued has been heard; 0 where nothing is. */
  remainingMs(): number;
  /** Closes the line when all that was said has been heard. */
  hangUp(): void;
  /** Closes the line now. */
  close(): void;
}

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>;

export type ChannelEvent =
  /**
   * The first sound of an utterance left. `latencyMs` counts from the end of the caller's speech, as do the times of
   * what the line's model gave on the way; null: not known, or there was none.
   */
  | {
      kind: 'started';
      utterance: string;
      latencyMs: number | null;
      firstTokenMs?: number | null;
      firstAudioMs?: number | null;
    }
  /** It was heard to its end. */
  | { kind: 'heard'; utterance: string }
  /** It was cut; `heardText` is what was heard of it. */
  | { kind: 'interrupted'; utterance: string; heardText: string }
  /** The model began to say something of its own; more of its text may follow under the same name. */
  | { kind: 'model-says'; utterance: string; text: string; complete: boolean }
  | { kind: 'model-called'; call: string; name: string; input: Value }
  /** Nobody is speaking and nothing is queued; false when somebody begins. */
  | { kind: 'quiet'; quiet: boolean }
  /** The caller begins to speak. */
  | { kind: 'caller-began' }
  /**
   * The caller stopped speaking; what was said follows as `spoke`, sooner or later. `aside`: the agent speaks on, so
   * that nobody waits for an answer.
   */
  | { kind: 'caller-finished'; startedAt: number; aside?: boolean }
  /**
   * The caller said something. `answered`: a model hears it too and replies by itself; `cut`: it interrupted;
   * `aside`: it did not, and the agent spoke on.
   */
  | { kind: 'spoke'; text: string; answered: boolean; cut?: boolean; aside?: boolean }
  | { kind: 'key'; key: string }
  /** No more keys come, as told by the line itself: what was pressed is whole. */
  | { kind: 'keys-ended' }
  /** The caller said nothing, as told by the line itself (a terminal's empty line). */
  | { kind: 'silent' }
  /** A vendor was used. */
  | { kind: 'used'; usage: Usage }
  /** Nobody carries out `converse` any more. */
  | { kind: 'model-lost'; code: string }
  | { kind: 'speech-lost'; code: string }
  | { kind: 'speech-failed'; code: string }
  /** Comes once, last. */
  | { kind: 'closed'; reason: ClosedReason };
