import type { Interrupt } from '../dialogue/protocol.ts';

/** Something that is said, on its way to the far end. */
export interface Utterance {
  id: string;
  interrupt: Interrupt;
  /** With fewer words the caller has not interrupted it. */
  words: number;
  text: string;
  /** Pieces that are there and not yet sent. */
  waiting: string[];
  /** Pieces sent, kept where they may have to be sent again after somebody else's interruption. */
  sent: string[];
  /** Where it begins on the generation's timeline; null while nothing of it was sent. */
  startMs: number | null;
  /** How much audio is known of it, sent or not. */
  knownMs: number;
  sentMs: number;
  /** No more audio comes for it. */
  complete: boolean;
  /** Its words go on behind the audio that there is. */
  short: boolean;
  /** Its last mark, once asked for. */
  lastMark: string | null;
}

const HASTY_CHARS_PER_MS = 0.018;

/** Whether it may be interrupted so: by a key, or by speech of so many words. */
export function yields(
  { interrupt, words }: Pick<Utterance, 'interrupt' | 'words'>,
  by: 'keys' | number,
): boolean {
  return by === 'keys' ? interrupt !== 'never' : interrupt === 'speech' && by >= words;
}

/**
 * The words that fit into what was heard, cut between words: rendered speech keeps an even pace. The words of a model
 * run ahead of its audio: how many belong to audio that has not all come, only the pace of a hasty speaker tells.
 */
export function heardText(utterance: Utterance, heardMs: number): string {
  if (utterance.knownMs === 0 || heardMs <= 0) return '';
  const share = Math.min(1, heardMs / utterance.knownMs);
  const { text, complete, short } = utterance;
  const most = complete && !short ? text.length : Math.round(heardMs * HASTY_CHARS_PER_MS);
  const end = Math.min(Math.round(text.length * share), most);
  if (end >= text.length) return text;
  const cut = text.lastIndexOf(' ', end);
  return cut <= 0 ? '' : text.slice(0, cut);
}
