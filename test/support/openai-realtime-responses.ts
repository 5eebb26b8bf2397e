import { BYTES_PER_MS } from '../../runtime/audio.ts';
import type { Fields } from './openai-realtime-checks.ts';
import { itemOf, speechMs, tone } from './openai-realtime-script.ts';
import type { FunctionCallScript, Item, Reply, Request, Script } from './openai-realtime-script.ts';

/** What a response needs of its session. */
export interface Host {
  script: Script;
  send: (type: string, fields: Fields, isAudio?: boolean) => void;
  newId: (of: 'item' | 'response' | 'call') => string;
  later: (ms: number, act: () => void) => () => void;
  /** Puts an item into the conversation. */
  added: (item: Item) => void;
  isSilent: () => boolean;
  /** The response is over. */
  done: (id: string) => void;
}

interface Step {
  afterMs: number;
  act: () => void;
}

/** One response, carried out step by step, so that it can be cancelled between any two. */
export class RunningResponse {
  readonly id: string;
  readonly inConversation: boolean;
  private readonly host: Host;
  private readonly reply: Reply;
  private readonly base: Fields;
  private readonly output: Item[] = [];
  private readonly steps: Step[] = [];
  private closeItem: (() => void) | null = null;
  private cancelTimer: (() => void) | null = null;
  private over = false;

  constructor(host: Host, request: Request, reply: Reply, isSpoken: boolean) {
    this.host = host;
    this.reply = reply;
    this.id = host.newId('response');
    this.inConversation = request.inConversation;
    this.base = {
      id: this.id,
      object: 'realtime.response',
      conversation_id: request.inConversation ? 'conv_1' : null,
      metadata: request.metadata,
      output_modalities: [isSpoken ? 'audio' : 'text'],
    };
    this.step(0, () => this.announce());
    this.step(reply.thinkMs ?? 0, () => {});
    for (const one of typeof reply.say === 'string' ? [reply.say] : (reply.say ?? [])) {
      const { text, ms } = typeof one === 'string' ? { text: one, ms: speechMs(one) } : one;
      if (isSpoken) this.speak(text, ms);
      else this.step(0, () => this.write(text));
    }
    for (const call of reply.calls ?? []) this.step(0, () => this.call(call));
  }

  start(): void {
    for (let step = this.steps.shift(); step; step = this.steps.shift()) {
      if (this.over || this.host.isSilent()) return;
      const { afterMs, act } = step;
      if (afterMs > 0) {
        this.cancelTimer = this.host.later(afterMs, () => {
          if (this.over) return;
          act();
          this.start();
        });
        return;
      }
      act();
    }
    if (this.over || this.reply.hangs || this.host.isSilent()) return;
    const { failed } = this.reply;
    if (failed) this.finish('failed', { type: 'failed', error: { type: 'server_error', ...failed } });
    else this.finish('completed', null);
  }

  cancel(reason: string): void {
    this.finish('cancelled', { type: 'cancelled', reason });
  }

  private finish(status: string, details: Fields | null): void {
    if (this.over) return;
    this.cancelTimer?.();
    this.closeItem?.();
    this.over = true;
    this.host.done(this.id);
    const output = this.output.map((one) => one.fields);
    const usage = usageOf(this.output);
    this.host.send('response.done', {
      response: { ...this.base, status, status_details: details, output, usage },
    });
  }

  private step(afterMs: number, act: () => void): void {
    this.steps.push({ afterMs, act });
  }

  private announce(): void {
    const response = { ...this.base, status: 'in_progress', status_details: null, output: [], usage: null };
    this.host.send('response.created', { response });
    const limits = [{ name: 'tokens', limit: 40_000, remaining: 39_000, reset_seconds: 1.5 }];
    this.host.send('rate_limits.updated', { rate_limits: limits });
  }

  /** The order of events is that of a spoken item in the documentation. */
  private speak(text: string, ms: number): void {
    const { host } = this;
    const id = host.newId('item');
    const place = { response_id: this.id, item_id: id, output_index: 0, content_index: 0 };
    const fields: Fields = { id, type: 'message', role: 'assistant', status: 'in_progress', content: [] };
    const item = itemOf(id, fields);
    const audio = tone(ms);
    const words = text.match(/\S+\s*/g) ?? [];
    const chunkBytes = Math.max(1, Math.round(host.script.chunkMs * BYTES_PER_MS));
    const chunks = Math.ceil(audio.length / chunkBytes);
    let wordsSent = 0;
    const end = (status: string): void => {
      this.closeItem = null;
      host.send('response.output_audio.done', place);
      host.send('response.output_audio_transcript.done', { ...place, transcript: item.text });
      host.send('response.content_part.done', { ...place, part: { type: 'audio', transcript: item.text } });
      const content = [{ type: 'output_audio', transcript: item.text }];
      item.fields = { ...fields, status, content };
      this.itemDone(item, place.output_index);
    };

    this.step(0, () => {
      place.output_index = this.output.push(item) - 1;
      this.closeItem = () => end('incomplete');
      this.itemAdded(item, item.fields, place.output_index);
      host.send('response.content_part.added', { ...place, part: { type: 'audio', transcript: '' } });
    });
    for (let index = 0; index < chunks; index++) {
      this.step(index === 0 ? 0 : host.script.paceMs, () => {
        // The words run ahead of the audio: with each chunk come those of two.
        const upTo = Math.min(words.length, Math.ceil((words.length * (index + 1) * 2) / chunks));
        const delta = words.slice(wordsSent, upTo).join('');
        wordsSent = upTo;
        item.text += delta;
        if (delta !== '') host.send('response.output_audio_transcript.delta', { ...place, delta });
        const bytes = audio.subarray(index * chunkBytes, (index + 1) * chunkBytes);
        item.audioMs += bytes.length / BYTES_PER_MS;
        host.send('response.output_audio.delta', { ...place, delta: bytes.toString('base64') }, true);
      });
    }
    this.step(0, () => end('completed'));
  }

  private write(text: string): void {
    const { host } = this;
    const id = host.newId('item');
    const fields = { id, type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
    const item = itemOf(id, fields);
    const index = this.output.push(item) - 1;
    const place = { response_id: this.id, item_id: id, output_index: index, content_index: 0 };
    this.itemAdded(item, fields, index);
    host.send('response.output_text.delta', { ...place, delta: text });
    host.send('response.output_text.done', { ...place, text });
    this.itemDone(item, index);
  }

  private call({ name, input, callId = this.host.newId('call') }: FunctionCallScript): void {
    const { host } = this;
    const id = host.newId('item');
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    const fields = { id, type: 'function_call', status: 'completed', call_id: callId, name, arguments: text };
    const item = itemOf(id, fields);
    const index = this.output.push(item) - 1;
    const place = { response_id: this.id, item_id: id, output_index: index, call_id: callId };
    this.itemAdded(item, { ...fields, status: 'in_progress', arguments: '' }, index);
    host.send('response.function_call_arguments.delta', { ...place, delta: text });
    host.send('response.function_call_arguments.done', { ...place, name, arguments: text });
    this.itemDone(item, index);
  }

  private itemAdded(item: Item, fields: Fields, index: number): void {
    this.host.send('response.output_item.added', { response_id: this.id, output_index: index, item: fields });
    if (!this.inConversation) return;
    this.host.added(item);
    this.host.send('conversation.item.added', { item: fields, previous_item_id: null });
  }

  private itemDone(item: Item, index: number): void {
    const { fields } = item;
    this.host.send('response.output_item.done', { response_id: this.id, output_index: index, item: fields });
    if (this.inConversation)
      this.host.send('conversation.item.done', { item: fields, previous_item_id: null });
  }
}

function usageOf(output: readonly Item[]): Fields {
  const audio = output.reduce((sum, one) => sum + Math.ceil(one.audioMs / 50), 0);
  const text = output.reduce((sum, one) => sum + Math.ceil(one.text.length / 4), 0);
  return {
    total_tokens: 100 + audio + text,
    input_tokens: 100,
    output_tokens: audio + text,
    input_token_details: { text_tokens: 60, audio_tokens: 40, cached_tokens: 0 },
    output_token_details: { text_tokens: text, audio_tokens: audio },
  };
}
