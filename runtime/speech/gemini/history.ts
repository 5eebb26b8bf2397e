import type { Said } from '../speech.ts';
import type { Turn } from './wire.ts';

const MAX_ENTRIES = 200;
const MAX_CHARS = 24_000;

interface Entry {
  /** Of what the session has heard or said by itself; null: it was told, or is to be told. */
  readonly id: string | null;
  readonly role: Said['role'];
  text: string;
  /** The last handle stands for it, too. */
  isSaved: boolean;
}

/**
 * The runtime's own memory of the call, and what of it the session has yet to be told. The server's cannot be asked,
 * and keeps what nobody heard. Bounded: the oldest goes first.
 */
export class History {
  private entries: Entry[] = [];
  private forgotten: string[] = [];
  private chars = 0;
  private pending: Entry[] = [];

  /** Something happened that the session does not know of: it has to be told. */
  note(role: Said['role'], text: string): void {
    this.pending.push(this.add(null, role, text));
    if (this.pending.length > MAX_ENTRIES) this.pending.shift();
  }

  /** Something happened that the session knows of, and another one would not. */
  record(role: Said['role'], text: string): void {
    this.add(null, role, text);
  }

  /** The session remembers something wrongly; another one, which is told all this, would not. */
  correct(text: string): void {
    this.pending.push({ id: null, role: 'caller', text, isSaved: false });
    if (this.pending.length > MAX_ENTRIES) this.pending.shift();
  }

  /** An item has its place now; its words come later. */
  begin(id: string, role: Said['role']): void {
    if (!this.find(id) && !this.forgotten.includes(id)) this.add(id, role, '');
  }

  /** Null: unknown. */
  textOf(id: string): string | null {
    return this.find(id)?.text ?? null;
  }

  /** What an item says so far; an item that is unknown is put at the end. */
  said(id: string, role: Said['role'], text: string): void {
    if (this.forgotten.includes(id)) return;
    const entry = this.find(id);
    if (!entry) {
      this.add(id, role, text);
      return;
    }
    this.chars += text.length - entry.text.length;
    entry.text = text;
  }

  /** An item leaves as if it had never been; words of it that come later are not taken. */
  forget(id: string): void {
    this.forgotten.push(id);
    if (this.forgotten.length > MAX_ENTRIES) this.forgotten.shift();
    const entry = this.find(id);
    if (!entry) return;
    this.chars -= entry.text.length;
    this.entries = this.entries.filter((one) => one !== entry);
    this.pending = this.pending.filter((one) => one !== entry);
  }

  /** What the session has yet to be told, as turns; from now on it counts as told. */
  untold(): Turn[] {
    const told = this.pending.filter(({ text }) => text !== '');
    this.pending = [];
    return told.map(({ role, text }) => ({ role: role === 'agent' ? 'model' : 'user', parts: [{ text }] }));
  }

  /** A handle stands for all that the session knows now. */
  saved(): void {
    for (const entry of this.entries) entry.isSaved ||= !this.pending.includes(entry);
  }

  /** Another session took over, which knows what the last handle stands for, or nothing. */
  restart(knows: 'what-it-knew' | 'nothing'): void {
    const isNew = knows === 'nothing';
    if (isNew) for (const entry of this.entries) entry.isSaved = false;
    const corrections = isNew ? [] : this.pending.filter((entry) => !this.entries.includes(entry));
    this.pending = [...corrections, ...this.entries.filter(({ isSaved }) => !isSaved)];
  }

  /** What the agent said last, by itself or as told. */
  lastOfAgent(): string | null {
    return this.entries.findLast((one) => one.role === 'agent' && one.text !== '')?.text ?? null;
  }

  private find(id: string): Entry | undefined {
    return this.entries.findLast((one) => one.id === id);
  }

  private add(id: string | null, role: Said['role'], text: string): Entry {
    const entry = { id, role, text, isSaved: false };
    this.entries.push(entry);
    this.chars += text.length;
    while (this.entries.length > 1 && (this.entries.length > MAX_ENTRIES || this.chars > MAX_CHARS)) {
      this.chars -= this.entries.shift()!.text.length;
    }
    return entry;
  }
}

/** Something that the model is told and that nobody said. */
export function aside(text: string): string {
  return `[${text}]`;
}
