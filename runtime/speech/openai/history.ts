import type { Said } from '../speech.ts';
import type { FunctionCall, NewItem } from './wire.ts';

const MAX_ENTRIES = 200;
const MAX_CHARS = 24_000;

type Entry =
  | { kind: 'said'; id: string | null; role: Said['role']; text: string }
  | { kind: 'call'; call: FunctionCall }
  | { kind: 'output'; call: string; output: string };

/**
 * The runtime's own memory of the call, as the model has it: what a session that takes over is told. The
 * server's cannot be asked, and forgets the words of what was truncated. Bounded: the oldest goes first.
 */
export class History {
  private entries: Entry[] = [];
  private forgotten: string[] = [];
  private chars = 0;

  /** Something was said outside of the model. */
  note(said: Said): void {
    this.add({ kind: 'said', id: null, ...said });
  }

  /** An item has its place now; its words come later. */
  begin(id: string, role: Said['role']): void {
    if (!this.find(id) && !this.forgotten.includes(id)) this.add({ kind: 'said', id, role, text: '' });
  }

  knows(id: string): boolean {
    return this.find(id) !== null;
  }

  /** What an item says so far; an item that is unknown is put at the end. */
  said(id: string, role: Said['role'], text: string): void {
    if (this.forgotten.includes(id)) return;
    const entry = this.find(id);
    if (!entry) return this.add({ kind: 'said', id, role, text });
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
  }

  called(call: FunctionCall): void {
    this.add({ kind: 'call', call });
  }

  answered(call: string, output: string): void {
    this.add({ kind: 'output', call, output });
  }

  /** What the agent said last, by itself or as told. */
  lastOfAgent(): string | null {
    const last = this.entries.findLast(
      (one) => one.kind === 'said' && one.role === 'agent' && one.text !== '',
    );
    return last?.kind === 'said' ? last.text : null;
  }

  /**
   * The items that tell a new session all this. They keep the ids they had, so that what refers to them still
   * fits. What was not heard, or not understood, is left out.
   */
  items(): NewItem[] {
    const calls = new Set(this.entries.map((entry) => (entry.kind === 'call' ? entry.call.call : '')));
    return this.entries.flatMap((entry): NewItem[] => {
      if (entry.kind === 'said') return entry.text === '' ? [] : [saidItem(entry.role, entry.text, entry.id)];
      if (entry.kind === 'call') return [callItem(entry.call)];
      // The server refuses an output whose call it does not know.
      return calls.has(entry.call) ? [outputItem(entry.call, entry.output)] : [];
    });
  }

  private find(id: string): Extract<Entry, { kind: 'said' }> | null {
    const found = this.entries.findLast((one) => one.kind === 'said' && one.id === id);
    return found?.kind === 'said' ? found : null;
  }

  private add(entry: Entry): void {
    this.entries.push(entry);
    this.chars += length(entry);
    while (this.entries.length > 1 && (this.entries.length > MAX_ENTRIES || this.chars > MAX_CHARS)) {
      this.chars -= length(this.entries.shift()!);
    }
  }
}

/** One message of either side, as text. */
export function saidItem(role: Said['role'], text: string, id: string | null): NewItem {
  const known = id === null ? {} : { id };
  if (role === 'caller') {
    return { type: 'message', role: 'user', ...known, content: [{ type: 'input_text', text }] };
  }
  return { type: 'message', role: 'assistant', ...known, content: [{ type: 'output_text', text }] };
}

function callItem({ item, call, name, input }: FunctionCall): NewItem {
  const known = item === '' ? {} : { id: item };
  return { type: 'function_call', ...known, call_id: call, name, arguments: input };
}

export function outputItem(call: string, output: string): NewItem {
  return { type: 'function_call_output', call_id: call, output };
}

function length(entry: Entry): number {
  if (entry.kind === 'said') return entry.text.length;
  return entry.kind === 'call' ? entry.call.input.length : entry.output.length;
}
