/** One utterance of a recital. */
import type { Interrupt } from '../dialogue/protocol.ts';
import { firstShare, firstWords, wordsOf } from './spoken-words.ts';

/** What is sent for an utterance. Words: a piece of them, and whether it is the last one. */
export type Piece =
  | { kind: 'words'; text: string; last: boolean }
  | { kind: 'file'; file: string }
  | { kind: 'keys'; keys: string };

export interface Item {
  id: string;
  interrupt: Interrupt;
  /** What stands for it in all that is told of it. */
  shown: string;
  /** The words given so far; empty where it is a sound. */
  text: string;
  waiting: Piece[];
  /** What was sent, for an utterance that the far end drops and that is owed all the same. */
  sent: Piece[];
  sentText: string;
  /** How long what was given and what was sent of it lasts, about. */
  knownMs: number;
  sentMs: number;
  complete: boolean;
  /** Its words that the far end says it has played. */
  playedWords: number;
}

export interface Given {
  id: string;
  shown: string;
  interrupt: Interrupt;
}

/** Between a slow and a hasty speaker. */
const MS_PER_CHARACTER = 1000 / 15;

export function newItem({ id, shown, interrupt }: Given): Item {
  return {
    id,
    interrupt,
    shown,
    text: '',
    waiting: [],
    sent: [],
    sentText: '',
    knownMs: 0,
    sentMs: 0,
    complete: false,
    playedWords: 0,
  };
}

/** The far end has dropped it: it is to be sent anew. */
export function takeBack(item: Item): void {
  item.waiting.unshift(...item.sent.splice(0));
  item.sentText = '';
  item.sentMs = 0;
  item.playedWords = 0;
}

export function lasts(text: string): number {
  return text.length * MS_PER_CHARACTER;
}

export function countOf({ sentText }: Item): number {
  return wordsOf(sentText).words.length;
}

export function isPlayed(item: Item): boolean {
  return item.playedWords > 0 && item.playedWords >= countOf(item);
}

export function yields({ interrupt }: Item, by: 'speech' | 'keys'): boolean {
  return interrupt === 'speech' || (interrupt === 'keys' && by === 'keys');
}

export function wordsBy(item: Item, ms: number): number {
  if (item.sentMs === 0) return 0;
  return Math.max(item.playedWords, Math.floor((countOf(item) * ms) / item.sentMs));
}

/** Something sensitive is shown otherwise than it is said: of that, as much as its share. */
export function heardOf(item: Item, count: number, ms: number): string {
  if (item.sentText === '') return item.text === '' && ms > 0 ? item.shown : '';
  if (item.shown === item.text) return firstWords(item.text, wordsOf(item.text), count);
  return firstShare(item.shown, count / wordsOf(item.text).words.length);
}
