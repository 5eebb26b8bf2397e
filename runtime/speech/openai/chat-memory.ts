import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { Said } from '../speech.ts';

const MAX_ENTRIES = 200;
const MAX_CHARS = 24_000;
/** Of what a tool gives, more than this is not for the ear. */
const MAX_OUTPUT = 12_000;

/** A function that the model called. `id`, `name` and `input` are as the server is told them. */
export interface MadeCall {
  id: string;
  name: string;
  input: string;
  /** JSON; null: not known yet. */
  output: string | null;
}

type Entry =
  | { kind: 'said'; role: Said['role']; text: string }
  | { kind: 'reply'; id: string; text: string; calls: MadeCall[] };

/** What the model does not need to know of a call that was never answered. */
const ENDED = '{"ended":true}';

/** The call as the model has it. Bounded: the oldest goes first. */
export class ChatMemory {
  #entries: Entry[] = [];

  note({ role, text }: Said): void {
    if (text.trim() !== '') this.#add({ kind: 'said', role, text });
  }

  /** All words of a reply so far. */
  wrote(id: string, text: string): void {
    this.#reply(id).text = text;
    this.#trim();
  }

  called(id: string, calls: MadeCall[]): void {
    this.#reply(id).calls = calls;
    this.#trim();
  }

  answered(call: MadeCall, output: string): void {
    call.output = output.length > MAX_OUTPUT ? `${output.slice(0, MAX_OUTPUT)}…` : output;
    this.#trim();
  }

  /** Of a reply only this was heard; one that is not known any more is none of ours. */
  heard(id: string, text: string): void {
    const entry = this.#find(id);
    if (entry) entry.text = text;
  }

  /** What the caller said last leaves. */
  forget(): void {
    const last = this.#entries.findLast((entry) => entry.kind === 'said' && entry.role === 'caller');
    this.#entries = this.#entries.filter((entry) => entry !== last);
  }

  /** More is known to be secret than when it was said or given. */
  hide(mask: (text: string) => string): void {
    for (const entry of this.#entries) {
      entry.text = mask(entry.text);
      for (const call of entry.kind === 'reply' ? entry.calls : []) {
        call.input = maskJson(call.input, mask);
        call.output = call.output && maskJson(call.output, mask);
      }
    }
  }

  /** The messages of a request, without those of the system. `ahead`: what the caller has probably said. */
  messages(ahead: string | null): ChatCompletionMessageParam[] {
    const messages = this.#entries.flatMap(messagesOf);
    if (ahead !== null) messages.push({ role: 'user', content: ahead });
    return messages;
  }

  #reply(id: string): Extract<Entry, { kind: 'reply' }> {
    const known = this.#find(id);
    if (known) return known;
    const entry: Entry = { kind: 'reply', id, text: '', calls: [] };
    this.#add(entry);
    return entry;
  }

  #find(id: string): Extract<Entry, { kind: 'reply' }> | null {
    const found = this.#entries.findLast((entry) => entry.kind === 'reply' && entry.id === id);
    return found?.kind === 'reply' ? found : null;
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#trim();
  }

  #trim(): void {
    let chars = this.#entries.reduce((sum, entry) => sum + lengthOf(entry), 0);
    while (this.#entries.length > 1 && (this.#entries.length > MAX_ENTRIES || chars > MAX_CHARS)) {
      chars -= lengthOf(this.#entries.shift()!);
    }
  }
}

/** Source: chat completions; every tool call is answered right behind its message. */
function messagesOf(entry: Entry): ChatCompletionMessageParam[] {
  if (entry.kind === 'said') {
    return [{ role: entry.role === 'caller' ? 'user' : 'assistant', content: entry.text }];
  }
  const { text, calls } = entry;
  if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
  return [
    {
      role: 'assistant',
      content: text === '' ? null : text,
      tool_calls: calls.map(({ id, name, input }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: input },
      })),
    },
    ...calls.map(({ id, output }) => ({ role: 'tool' as const, tool_call_id: id, content: output ?? ENDED })),
  ];
}

/** JSON stays JSON, as far as it is; a number that is secret becomes a text. */
function maskJson(json: string, mask: (text: string) => string): string {
  if (mask(json) === json) return json;
  try {
    return JSON.stringify(JSON.parse(json), (_key, value: unknown) => {
      if (typeof value !== 'string' && typeof value !== 'number') return value;
      const masked = mask(String(value));
      return masked === String(value) ? value : masked;
    });
  } catch {
    return mask(json);
  }
}

function lengthOf(entry: Entry): number {
  if (entry.kind === 'said') return entry.text.length;
  return entry.calls.reduce(
    (sum, call) => sum + call.input.length + (call.output?.length ?? 0),
    entry.text.length,
  );
}
