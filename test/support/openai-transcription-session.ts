import type { WebSocket } from 'ws';
import type { Clock } from '../../runtime/clock.ts';
import { spokenSoFar } from './speech-bursts.ts';

export type Fields = Record<string, unknown>;

export interface TranscriptionScript {
  clock: Clock;
  /** The words of a burst of sound (counted over all sessions); empty where it is noise. */
  heard(burst: { index: number; session: TranscriptionSession }): string;
  /** Between a commit and its transcript. */
  delayMs(commit: number): number;
  /** A commit ends with a failure instead of a transcript. */
  fails(commit: number): boolean;
  /** Says nothing of what is committed. */
  deaf: boolean;
}

const RATE = 24_000;
const WINDOW_BYTES = (RATE / 50) * 2;
const WINDOW_MS = 20;
const LOUD = 400;
const DELTA_MS = 240;
/** The vendor refuses to commit less. */
const LEAST_MS = 100;

/** One session of the double: strict about what it is told, and hears in bursts of sound. */
export class TranscriptionSession {
  /** Client events but the audio, in order. */
  readonly received: Fields[] = [];
  readonly problems: string[] = [];
  /** The audio of each committed item, PCM of 24 kHz. */
  readonly items: Buffer[] = [];
  config: Fields = {};
  private readonly socket: WebSocket;
  private readonly script: TranscriptionScript;
  private readonly counts: { burst: number; commit: number; event: number };
  private buffer: Buffer[] = [];
  private rest: Buffer = Buffer.alloc(0);
  private loudWindows = 0;
  private quietMs = 0;
  private sinceDeltaMs = 0;
  private burst: { text: string; ms: number } | null = null;
  /** The words of the bursts of this item that are over. */
  private texts: string[] = [];
  private told = '';
  private item: string;
  private readonly timers = new Set<() => void>();

  constructor(
    socket: WebSocket,
    script: TranscriptionScript,
    counts: { burst: number; commit: number; event: number },
  ) {
    this.socket = socket;
    this.script = script;
    this.counts = counts;
    this.item = this.newId('item');
    socket.on('message', (data) => this.receive((data as Buffer).toString('utf8')));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const cancel of this.timers) cancel();
    });
    this.send('session.created', {
      session: { id: 'sess_1', type: 'transcription', object: 'realtime.session' },
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  send(type: string, fields: Fields = {}): void {
    if (!this.isOpen) return;
    this.socket.send(JSON.stringify({ type, event_id: this.newId('event'), ...fields }));
  }

  sendRaw(data: string | Buffer): void {
    if (this.isOpen) this.socket.send(data);
  }

  die(): void {
    this.socket.terminate();
  }

  private newId(of: string): string {
    return `${of}_${++this.counts.event}`;
  }

  private receive(text: string): void {
    const event = JSON.parse(text) as Fields;
    const { type, event_id: id } = event;
    if (type !== 'input_audio_buffer.append') {
      this.received.push(event);
      if (typeof id !== 'string') this.problems.push(`${String(type)} has no event_id`);
    }
    switch (type) {
      case 'session.update': {
        const session = event['session'] as Fields;
        this.problems.push(...checkSession(session));
        this.config = session;
        return this.send('session.updated', { session });
      }
      case 'input_audio_buffer.append': {
        if (this.config['type'] === undefined) this.problems.push('audio before the session was set up');
        const audio = Buffer.from(String(event['audio']), 'base64');
        if (audio.length === 0 || audio.length % 2 === 1)
          this.problems.push('audio that is no PCM of 16 bits');
        return this.hear(audio);
      }
      case 'input_audio_buffer.commit':
        return this.commit(String(id));
      default:
        this.problems.push(`an unknown event ${String(type)}`);
    }
  }

  private hear(audio: Buffer): void {
    this.buffer.push(audio);
    const all = Buffer.concat([this.rest, audio]);
    let at = 0;
    for (; at + WINDOW_BYTES <= all.length; at += WINDOW_BYTES) {
      let sum = 0;
      for (let i = at; i < at + WINDOW_BYTES; i += 2) sum += Math.abs(all.readInt16LE(i));
      this.window(sum / (WINDOW_BYTES / 2) > LOUD);
    }
    this.rest = Buffer.from(all.subarray(at));
  }

  private window(loud: boolean): void {
    this.loudWindows = loud ? this.loudWindows + 1 : 0;
    this.quietMs = loud ? 0 : this.quietMs + WINDOW_MS;
    this.sinceDeltaMs += WINDOW_MS;
    if (this.burst) this.burst.ms += WINDOW_MS;
    else if (this.loudWindows === 3) {
      this.burst = { text: this.script.heard({ index: this.counts.burst++, session: this }), ms: 60 };
    }
    if (this.burst && this.quietMs >= 120) this.endBurst();
    if (this.sinceDeltaMs >= DELTA_MS) this.delta();
  }

  private endBurst(): void {
    if (this.burst && this.burst.text !== '') this.texts.push(this.burst.text);
    this.burst = null;
    this.delta();
  }

  private delta(): void {
    this.sinceDeltaMs = 0;
    const now = this.burst ? spokenSoFar(this.burst.text, this.burst.ms) : '';
    const text = [...this.texts, now].filter((part) => part !== '').join(' ');
    if (this.script.deaf || text.length <= this.told.length) return;
    const delta = text.slice(this.told.length);
    this.told = text;
    this.send('conversation.item.input_audio_transcription.delta', {
      item_id: this.item,
      content_index: 0,
      delta,
    });
  }

  private commit(eventId: string): void {
    const audio = Buffer.concat(this.buffer);
    const ms = audio.length / 2 / (RATE / 1_000);
    if (ms < LEAST_MS) {
      this.problems.push('a commit of less than 100 ms');
      return this.send('error', {
        error: {
          type: 'invalid_request_error',
          code: 'input_audio_buffer_commit_empty',
          message: 'Error committing input audio buffer: buffer too small.',
          param: null,
          event_id: eventId,
        },
      });
    }
    this.endBurst();
    const { item } = this;
    const text = this.texts.join(' ');
    this.items.push(audio);
    this.buffer = [];
    this.texts = [];
    this.told = '';
    this.item = this.newId('item');
    const commit = this.counts.commit++;
    if (this.script.deaf) return;
    this.send('input_audio_buffer.committed', { item_id: item, previous_item_id: null });
    const complete = (): void => {
      const type = 'conversation.item.input_audio_transcription';
      const about = { item_id: item, content_index: 0 };
      if (this.script.fails(commit))
        return this.send(`${type}.failed`, { ...about, error: { type: 'server_error', message: 'No.' } });
      const usage = { type: 'duration', seconds: Math.round(ms) / 1_000 };
      this.send(`${type}.completed`, { ...about, transcript: text, usage });
    };
    const delayMs = this.script.delayMs(commit);
    if (delayMs === 0) return complete();
    const cancel = this.script.clock.after(delayMs, () => {
      this.timers.delete(cancel);
      complete();
    });
    this.timers.add(cancel);
  }
}

/** What is wrong with the configuration of a session that only hears, a sentence each. */
function checkSession(session: Fields): string[] {
  const problems: string[] = [];
  const only = (of: unknown, known: readonly string[], at: string): Fields => {
    if (typeof of !== 'object' || of === null) {
      problems.push(`${at} is no object`);
      return {};
    }
    for (const name of Object.keys(of)) if (!known.includes(name)) problems.push(`${at} has no ${name}`);
    return of as Fields;
  };
  only(session, ['type', 'audio', 'include'], 'session');
  if (session['type'] !== 'transcription') problems.push('the session is not of type transcription');
  const audio = only(session['audio'], ['input'], 'session.audio');
  const input = only(
    audio['input'],
    ['format', 'noise_reduction', 'transcription', 'turn_detection'],
    'session.audio.input',
  );
  const format = only(input['format'], ['type', 'rate'], 'format');
  if (format['type'] !== 'audio/pcm' || format['rate'] !== RATE)
    problems.push('the format is not PCM of 24 kHz');
  const transcription = only(
    input['transcription'],
    ['model', 'language', 'languages', 'prompt', 'keywords', 'delay'],
    'transcription',
  );
  const { model, language, languages, keywords } = transcription;
  const isGuided = model === 'gpt-live-transcribe' || model === 'gpt-transcribe';
  if (!isGuided && (languages !== undefined || keywords !== undefined))
    problems.push(`${String(model)} takes neither languages nor keywords`);
  for (const one of [language, ...(Array.isArray(languages) ? (languages as unknown[]) : [])])
    if (one !== undefined && (typeof one !== 'string' || !/^[a-z]{2}$/.test(one)))
      problems.push(`${JSON.stringify(one)} is no language of ISO 639-1`);
  if (input['turn_detection'] !== null && model === 'gpt-live-transcribe')
    problems.push('gpt-live-transcribe detects no turns');
  return problems;
}
