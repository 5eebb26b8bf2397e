import type { WebSocket } from 'ws';
import { BYTES_PER_MS } from '../../runtime/audio.ts';
import { checkClientEvent, isFields, type Fields, type Problem } from './openai-realtime-checks.ts';
import { RunningResponse, type Host } from './openai-realtime-responses.ts';
import { itemOf, list, path, speechMs, str } from './openai-realtime-script.ts';
import type { Item, Question, Reply, Request, Script } from './openai-realtime-script.ts';
import { Vad } from './openai-realtime-vad.ts';

/** One session as the server has it: checks what it is told, and answers as documented. */
export class RealtimeSession {
  readonly index: number;
  readonly model: string;
  /** Every client event, in order, as it came. */
  readonly received: Fields[] = [];
  /** Every error that was sent. */
  readonly errors: (Problem & { eventId: string | null })[] = [];
  readonly truncated: { item: string; endMs: number }[] = [];
  items: Item[] = [];
  config: Fields = {};
  isOpen = true;
  private readonly socket: WebSocket;
  private readonly script: Script;
  private readonly vad = new Vad();
  private readonly running = new Map<string, RunningResponse>();
  private readonly timers = new Set<() => void>();
  private silent = false;
  private bufferedMs = 0;
  private startedAtMs = 0;
  private utterance: string | null = null;
  private utterances = 0;
  private counts = { item: 0, response: 0, event: 0, call: 0 };
  private hasSpoken = false;
  private readonly host: Host;

  constructor(socket: WebSocket, script: Script, index: number, model: string) {
    this.socket = socket;
    this.script = script;
    this.index = index;
    this.model = model;
    this.host = {
      script,
      send: (type, fields, isAudio) => this.send(type, fields, isAudio),
      newId: (of) => this.newId(of),
      later: (ms, act) => this.later(ms, act),
      added: (item) => this.items.push(item),
      isSilent: () => this.silent,
      done: (id) => this.running.delete(id),
    };
    socket.on('message', (data: Buffer) => this.receive(data.toString()));
    socket.on('ping', (data: Buffer) => {
      if (!this.silent) socket.pong(data);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isOpen = false;
      for (const cancel of this.timers) cancel();
      this.timers.clear();
    });
  }

  begin(): void {
    this.config = {
      type: 'realtime',
      model: this.model,
      output_modalities: ['audio'],
      instructions: 'You are helpful.',
      tools: [],
      tool_choice: 'auto',
      audio: {
        input: { format: { type: 'audio/pcm', rate: 24000 }, turn_detection: { type: 'server_vad' } },
        output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'alloy' },
      },
    };
    this.send('session.created', { session: { id: `sess_${this.index}`, ...this.config } });
  }

  /** The connection breaks without a word. */
  die(): void {
    this.socket.terminate();
  }

  /** Nothing comes any more, not even a pong; the connection stays. */
  goSilent(): void {
    this.silent = true;
  }

  /** The other end does not even read any more. */
  freeze(): void {
    this.silent = true;
    this.socket.pause();
  }

  expire(): void {
    this.error(
      { code: 'session_expired', message: 'Your session hit the maximum duration.', param: null },
      null,
    );
    this.socket.close(1001);
  }

  /** Sends a message of the test's own. */
  push(event: Fields): void {
    this.put(JSON.stringify(event));
  }

  pushText(text: string): void {
    this.put(text);
  }

  of(type: string): Fields[] {
    return this.received.filter((event) => event.type === type);
  }

  /** The caller's audio that arrived, in order. */
  get audio(): Buffer {
    return Buffer.concat(
      this.of('input_audio_buffer.append').map((one) => Buffer.from(String(one.audio), 'base64')),
    );
  }

  private receive(text: string): void {
    let event: unknown;
    try {
      event = JSON.parse(text);
    } catch {
      return this.error({ code: 'invalid_json', message: 'The message is not JSON.', param: null }, null);
    }
    if (!isFields(event))
      return this.error({ code: 'invalid_type', message: 'Not an object.', param: null }, null);
    this.received.push(event);
    if (this.silent) return;
    const eventId = typeof event.event_id === 'string' ? event.event_id : null;
    const wrong = this.script.errorOn(event) ?? checkClientEvent(event) ?? this.carryOut(event);
    if (wrong) this.error(wrong, eventId);
  }

  private carryOut(event: Fields): Problem | null {
    switch (event.type) {
      case 'session.update':
        return this.update(isFields(event.session) ? event.session : {});
      case 'input_audio_buffer.append':
        this.append(Buffer.from(String(event.audio), 'base64'));
        return null;
      case 'input_audio_buffer.commit':
        if (this.bufferedMs < 100) {
          return problem('input_audio_buffer_commit_empty', 'The buffer holds less than 100 ms of audio.');
        }
        this.commit(this.newId('item'), this.bufferedMs);
        return null;
      case 'input_audio_buffer.clear':
        this.bufferedMs = 0;
        this.send('input_audio_buffer.cleared', {});
        return null;
      case 'conversation.item.create':
        return this.create(isFields(event.item) ? event.item : {});
      case 'conversation.item.delete':
        return this.delete(String(event.item_id));
      case 'conversation.item.truncate':
        return this.truncate(String(event.item_id), Number(event.audio_end_ms));
      case 'response.create':
        return this.respond(isFields(event.response) ? event.response : {});
      case 'response.cancel':
        return this.cancel(typeof event.response_id === 'string' ? event.response_id : null);
      default:
        return problem('invalid_value', `The double does not carry out '${String(event.type)}'.`);
    }
  }

  private update(change: Fields): Problem | null {
    const voice = path(change, 'audio', 'output', 'voice');
    if (this.hasSpoken && voice !== undefined && voice !== path(this.config, 'audio', 'output', 'voice')) {
      return problem('cannot_update_voice', 'The voice cannot be changed once the model has spoken.');
    }
    this.config = merge(this.config, change);
    this.send('session.updated', { session: { id: `sess_${this.index}`, ...this.config } });
    return null;
  }

  private append(bytes: Buffer): void {
    const detection = path(this.config, 'audio', 'input', 'turn_detection');
    this.bufferedMs += bytes.length / BYTES_PER_MS;
    if (!isFields(detection)) return;
    const silenceMs = Number(detection.silence_duration_ms ?? 500);
    for (const finding of this.vad.feed(bytes, silenceMs, Number(detection.prefix_padding_ms ?? 300))) {
      if (finding.kind === 'started')
        this.speechStarted(finding.atMs, detection.interrupt_response !== false);
      else this.speechStopped(finding.atMs, detection.create_response !== false);
    }
  }

  private speechStarted(atMs: number, interrupts: boolean): void {
    this.utterance = this.newId('item');
    this.startedAtMs = atMs;
    this.send('input_audio_buffer.speech_started', { audio_start_ms: atMs, item_id: this.utterance });
    if (!interrupts) return;
    for (const one of this.running.values()) if (one.inConversation) one.cancel('turn_detected');
  }

  private speechStopped(atMs: number, answers: boolean): void {
    const id = this.utterance ?? this.newId('item');
    this.utterance = null;
    this.send('input_audio_buffer.speech_stopped', { audio_end_ms: atMs, item_id: id });
    this.commit(id, atMs - this.startedAtMs);
    if (!answers) return;
    const refused = this.respond({});
    if (refused) this.error(refused, null);
  }

  private commit(id: string, durationMs: number): void {
    this.bufferedMs = 0;
    const previous = this.items.at(-1)?.id ?? null;
    this.send('input_audio_buffer.committed', { item_id: id, previous_item_id: previous });
    const fields = { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_audio' }] };
    const item = this.store(id, fields);
    if (!isFields(path(this.config, 'audio', 'input', 'transcription'))) return;
    const heard = this.script.heard({ index: this.utterances++, durationMs, session: this });
    if (heard === null) return;
    const type = 'conversation.item.input_audio_transcription';
    if (typeof heard === 'object' && 'failed' in heard) {
      const error = {
        type: 'server_error',
        code: 'audio_unintelligible',
        message: heard.failed,
        param: null,
      };
      this.later(heard.delayMs ?? 0, () => {
        this.send(`${type}.failed`, { item_id: id, content_index: 0, error });
      });
      return;
    }
    const { text, delayMs } = typeof heard === 'string' ? { text: heard, delayMs: 0 } : heard;
    item.text = text;
    this.later(delayMs, () => {
      const half = text.slice(0, text.length / 2);
      this.send(`${type}.delta`, { item_id: id, content_index: 0, delta: half });
      this.send(`${type}.delta`, { item_id: id, content_index: 0, delta: text.slice(half.length) });
      const usage = { type: 'duration', seconds: Math.ceil(durationMs / 1000) };
      this.send(`${type}.completed`, { item_id: id, content_index: 0, transcript: text, usage });
    });
  }

  private create(fields: Fields): Problem | null {
    const id = typeof fields.id === 'string' ? fields.id : this.newId('item');
    if (this.find(id)) return problem('item_create_item_id_already_exists', `Item '${id}' exists already.`);
    if (fields.type === 'function_call_output') {
      const known = this.items.some((one) => one.type === 'function_call' && one.callId === fields.call_id);
      if (!known)
        return problem('invalid_tool_call_id', `Tool call ID '${String(fields.call_id)}' not found.`);
    }
    this.store(id, fields);
    return null;
  }

  private delete(id: string): Problem | null {
    if (!this.find(id)) return problem('item_delete_invalid_item_id', `Item '${id}' does not exist.`);
    this.items = this.items.filter((one) => one.id !== id);
    this.send('conversation.item.deleted', { item_id: id });
    return null;
  }

  /** More than the real duration is refused; the words of what is cut are forgotten. */
  private truncate(id: string, endMs: number): Problem | null {
    const item = this.find(id);
    if (!item) return problem('item_truncate_invalid_item_id', `Item '${id}' does not exist.`);
    if (item.role !== 'assistant' || item.audioMs === 0) {
      return problem('invalid_value', 'Only model output audio messages can be truncated.');
    }
    if (endMs > item.audioMs) {
      return problem(
        'invalid_value',
        `Audio content of ${item.audioMs}ms is already shorter than ${endMs}ms`,
      );
    }
    item.audioMs = endMs;
    item.text = '';
    this.truncated.push({ item: id, endMs });
    this.send('conversation.item.truncated', { item_id: id, content_index: 0, audio_end_ms: endMs });
    return null;
  }

  private cancel(id: string | null): Problem | null {
    const found = [...this.running.values()].find((one) =>
      id === null ? one.inConversation : one.id === id,
    );
    if (!found) return problem('response_cancel_not_active', 'Cancellation failed: no active response found');
    found.cancel('client_cancelled');
    return null;
  }

  private respond(params: Fields): Problem | null {
    const inConversation = params.conversation !== 'none';
    const active = [...this.running.values()].find((one) => one.inConversation);
    if (inConversation && active) {
      const sentence = `Conversation already has an active response in progress: ${active.id}.`;
      return problem('conversation_already_has_active_response', sentence);
    }
    const items: Item[] = [];
    for (const one of list(params.input)) {
      if (one.type !== 'item_reference') items.push(itemOf(str(one.id), one));
      else {
        const known = this.find(String(one.id));
        if (!known) return problem('invalid_item_reference', `Item '${String(one.id)}' does not exist.`);
        items.push(known);
      }
    }
    const request: Request = {
      session: this,
      inConversation,
      instructions: str(params.instructions ?? this.config.instructions),
      tools: list(params.tools ?? this.config.tools),
      toolChoice: params.tool_choice ?? this.config.tool_choice,
      metadata: isFields(params.metadata) ? params.metadata : null,
      items: params.input === undefined ? [...this.items] : items,
    };
    const modalities = params.output_modalities ?? this.config.output_modalities;
    const isSpoken = Array.isArray(modalities) && modalities[0] === 'audio';
    this.hasSpoken ||= isSpoken;
    const response = new RunningResponse(this.host, request, this.replyTo(request), isSpoken);
    this.running.set(response.id, response);
    response.start();
    return null;
  }

  private replyTo(request: Request): Reply {
    const reading = /Read aloud exactly, adding nothing: ([\s\S]*)$/.exec(request.instructions);
    if (reading) {
      const text = this.script.read(reading[1]!);
      return text === null ? { hangs: true } : { say: [{ text, ms: speechMs(reading[1]!) }] };
    }
    if (!isFields(request.toolChoice) || request.toolChoice.name !== 'answer')
      return this.script.reply(request);
    const properties = path(request.tools[0] ?? {}, 'parameters', 'properties', 'choice', 'enum');
    const referred = request.items.find((one) => one.isHeard && one.text !== '');
    const given = request.items.findLast((one) => one.role === 'user' && !one.isHeard)?.text ?? '';
    const data = /: ("(?:[^"\\]|\\.)*")$/.exec(given);
    const question: Question = {
      choices: Array.isArray(properties) ? properties.map(String) : [],
      heard: referred?.text ?? (data ? String(JSON.parse(data[1]!)) : ''),
      request,
    };
    const answer = this.script.answer(question);
    if (answer === 'hangs') return { hangs: true };
    return answer ? { calls: [{ name: 'answer', input: { ...answer } }] } : { say: 'I cannot tell.' };
  }

  private store(id: string, fields: Fields): Item {
    const item = itemOf(id, { ...fields, id });
    const previous = this.items.at(-1)?.id ?? null;
    this.items.push(item);
    this.send('conversation.item.added', { item: item.fields, previous_item_id: previous });
    this.send('conversation.item.done', { item: item.fields, previous_item_id: previous });
    return item;
  }

  private find(id: string): Item | null {
    return this.items.find((one) => one.id === id) ?? null;
  }

  private newId(of: 'item' | 'response' | 'call'): string {
    const prefix = { item: 'item', response: 'resp', call: 'call' }[of];
    return `${prefix}_${this.index}_${++this.counts[of]}`;
  }

  private later(ms: number, act: () => void): () => void {
    const cancel = this.script.clock.after(ms, () => {
      this.timers.delete(cancel);
      act();
    });
    this.timers.add(cancel);
    return cancel;
  }

  private error(what: Problem, eventId: string | null): void {
    this.errors.push({ ...what, eventId });
    this.send('error', { error: { type: 'invalid_request_error', ...what, event_id: eventId } });
  }

  private send(type: string, fields: Fields, isAudio = false): void {
    const text = JSON.stringify({ type, event_id: `event_${this.index}_${++this.counts.event}`, ...fields });
    this.put(text);
    if (this.script.twice && !isAudio && type !== 'session.created') this.put(text);
  }

  private put(text: string): void {
    if (this.silent || this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(text);
  }
}

function problem(code: string, message: string): Problem {
  return { code, message, param: null };
}

/** Updates merge: only what is there is changed. Lists are replaced. */
function merge(into: Fields, change: Fields): Fields {
  const merged: Fields = { ...into };
  for (const [name, value] of Object.entries(change)) {
    const old = merged[name];
    merged[name] = isFields(old) && isFields(value) && name !== 'tool_choice' ? merge(old, value) : value;
  }
  return merged;
}
