import { base64Bytes, BYTES_PER_MS } from '../../audio.ts';
import type { SpeechEvent } from '../speech.ts';
import type { AudioDelta } from './audio-delta.ts';
import type { ClientEvent, ResponseInfo } from './wire.ts';

/** One spoken item of a response: a response may hold several, such as a preamble and an answer. */
interface Item {
  id: string;
  /** Bytes of it that came, and how many of them were passed on. */
  received: number;
  passed: number;
  text: string;
  /** Something of it was passed on, so its end has to be reported. */
  begun: boolean;
  ended: boolean;
  /** Where the server was told to cut it; it cannot be made longer again. */
  truncatedMs: number | null;
}

interface Answer {
  id: string;
  items: Item[];
  /** Cancelled: what still comes of it is not passed on. */
  cut: boolean;
  done: boolean;
}

/** Speech is generated faster than it is heard, but hardly more than this many responses ahead. */
const MAX_ANSWERS = 12;

/**
 * What the model says in one session, item by item: passes audio and words on, and keeps the server's memory to
 * what was really heard. Every item that began ends once.
 */
export class Answers {
  private readonly emit: (event: SpeechEvent) => void;
  private readonly send: (event: ClientEvent) => void;
  private readonly learned: (item: string, text: string) => void;
  private readonly answers = new Map<string, Answer>();
  private readonly items = new Map<string, { item: Item; answer: Answer }>();

  constructor(
    emit: (event: SpeechEvent) => void,
    send: (event: ClientEvent) => void,
    learned: (item: string, text: string) => void,
  ) {
    this.emit = emit;
    this.send = send;
    this.learned = learned;
  }

  created(response: string): void {
    this.answer(response);
  }

  audio(delta: AudioDelta): void {
    const { item, answer } = this.item(delta.response, delta.item);
    const bytes = base64Bytes(delta.payload);
    item.received += bytes;
    if (answer.cut || item.ended) return;
    item.passed += bytes;
    item.begun = true;
    this.emit({ kind: 'audio', item: item.id, payload: delta.payload });
  }

  added(response: string, id: string): void {
    const { answer } = this.item(response, id);
    if (answer.cut) return;
    this.learned(id, '');
    this.emit({ kind: 'first-token' });
  }

  words(response: string, id: string, delta: string): void {
    const { item } = this.item(response, id);
    this.allWords(response, id, item.text + delta);
  }

  allWords(response: string, id: string, text: string): void {
    const { item, answer } = this.item(response, id);
    if (answer.cut || item.ended || item.text === text) return;
    item.text = text;
    item.begun = true;
    this.learned(id, text);
    this.emit({ kind: 'words', item: id, text });
  }

  messageDone(response: string, id: string): void {
    this.end(this.item(response, id).item);
  }

  /** Something of it was passed on. */
  hasBegun(response: string): boolean {
    return this.answers.get(response)?.items.some(({ passed }) => passed > 0) ?? false;
  }

  isCut(response: string): boolean {
    return this.answers.get(response)?.cut ?? false;
  }

  /** Stops a response: what still comes of it is dropped. `tell`: the server does not know yet. */
  cut(response: string, tell: boolean): void {
    const answer = this.answer(response);
    if (answer.cut || answer.done) return;
    answer.cut = true;
    if (tell) this.send({ type: 'response.cancel', response_id: response });
  }

  done(info: ResponseInfo): void {
    const answer = this.answer(info.id);
    if (answer.done) return;
    answer.done = true;
    for (const id of info.messages) this.item(info.id, id);
    for (const item of answer.items) {
      this.end(item);
      if (answer.cut) this.takeBack(item);
    }
  }

  /**
   * Of an item only so much was heard. False: the item is not one of this session's.
   * Source: `conversation.item.truncate`; more than the real duration is refused, hence the clamp.
   */
  heardOnly(id: string, heardMs: number): boolean {
    const known = this.items.get(id);
    if (!known) return false;
    const { item, answer } = known;
    const receivedMs = Math.floor(item.received / BYTES_PER_MS);
    const endMs = Math.max(0, Math.min(Math.floor(heardMs), receivedMs));
    if (item.truncatedMs !== null && endMs >= item.truncatedMs) return true;
    const isWhole = item.ended && item.passed === item.received && receivedMs > 0 && endMs >= receivedMs;
    if (isWhole) return true;
    // Without audio there is nothing to truncate; the words, which were not heard, are taken back in `done`.
    if (item.received > 0) this.truncate(item, endMs);
    else if (answer.done) this.send({ type: 'conversation.item.delete', item_id: id });
    return true;
  }

  /** The session is gone: nothing more comes. */
  lost(): void {
    for (const { item } of this.items.values()) this.end(item);
    this.answers.clear();
    this.items.clear();
  }

  /** The server's item goes on behind what was passed on: it is cut there. */
  private takeBack(item: Item): void {
    if (item.received === 0) this.send({ type: 'conversation.item.delete', item_id: item.id });
    else if (item.truncatedMs === null && item.received > item.passed) {
      this.truncate(item, Math.floor(item.passed / BYTES_PER_MS));
    }
  }

  private truncate(item: Item, endMs: number): void {
    item.truncatedMs = endMs;
    this.send({
      type: 'conversation.item.truncate',
      item_id: item.id,
      content_index: 0,
      audio_end_ms: endMs,
    });
  }

  private end(item: Item): void {
    if (item.ended) return;
    item.ended = true;
    if (item.begun) this.emit({ kind: 'audio-ended', item: item.id, text: item.text });
  }

  private answer(id: string): Answer {
    const known = this.answers.get(id);
    if (known) return known;
    const answer: Answer = { id, items: [], cut: false, done: false };
    this.answers.set(id, answer);
    for (const oldest of this.answers.values()) {
      if (this.answers.size <= MAX_ANSWERS || oldest === answer) break;
      this.answers.delete(oldest.id);
      for (const item of oldest.items) {
        this.end(item);
        this.items.delete(item.id);
      }
    }
    return answer;
  }

  private item(response: string, id: string): { item: Item; answer: Answer } {
    const known = this.items.get(id);
    if (known) return known;
    const answer = this.answer(response);
    const item: Item = {
      id,
      received: 0,
      passed: 0,
      text: '',
      begun: false,
      ended: false,
      truncatedMs: null,
    };
    answer.items.push(item);
    const entry = { item, answer };
    this.items.set(id, entry);
    return entry;
  }
}
