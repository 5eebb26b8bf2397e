/** One session of the double of Gemini Live: its context, its turns, and what it thinks of what it is sent. */
import type { WebSocket } from 'ws';
import type { GeminiScript, Reply, Request } from './gemini-live.ts';
import { at, isFields, list, problemWith, str, type Fields } from './gemini-live-checks.ts';

/** What the model sees, in order. */
export interface Seen {
  role: 'user' | 'model';
  text: string;
  /** It was heard or spoken, and not told. */
  isSound: boolean;
}

interface Turn {
  isGenerated: boolean;
  timers: Set<() => void>;
  /** Functions that the model waits for. */
  blocking: Set<string>;
}

const RATE = 24_000;

export class GeminiSession {
  /** Client messages, without the caller's audio. */
  readonly received: Fields[] = [];
  /** What the real server refuses or does not document. */
  readonly problems: string[] = [];
  /** What the caller said, activity by activity, as 16 kHz samples. */
  readonly activities: Int16Array[] = [];
  context: Seen[] = [];
  instructions = '';
  functions: Fields[] = [];
  handle: string | null = null;
  interruptions = 0;
  private readonly socket: WebSocket;
  private readonly script: GeminiScript;
  private readonly index: number;
  private readonly handles: Map<string, Seen[]>;
  private isSetUp = false;
  private activity: Buffer[] | null = null;
  private turn: Turn | null = null;
  private calls = 0;
  private readonly known = new Map<string, { isBlocking: boolean; isOpen: boolean }>();
  private isSilent = false;

  constructor(socket: WebSocket, script: GeminiScript, index: number, handles: Map<string, Seen[]>) {
    this.socket = socket;
    this.script = script;
    this.index = index;
    this.handles = handles;
    socket.on('message', (data) => {
      if (!this.isSilent) this.receive(JSON.parse((data as Buffer).toString('utf8')));
    });
    socket.on('ping', (data) => {
      if (!this.isSilent) socket.pong(data);
    });
    socket.on('close', () => this.stop());
  }

  /** Nothing comes any more, not even a pong. */
  goSilent(): void {
    this.isSilent = true;
    this.stop();
  }

  /** Messages are JSON in binary frames. */
  send(message: unknown): void {
    if (!this.isSilent) this.socket.send(Buffer.from(JSON.stringify(message)));
  }

  close(code: number, reason: string): void {
    this.stop();
    this.socket.close(code, reason);
  }

  kill(): void {
    this.stop();
    this.socket.terminate();
  }

  goAway(timeLeft: string): void {
    this.send({ goAway: { timeLeft } });
  }

  /** Saves all that the session knows, and tells its name. */
  save(): void {
    this.handle = `handle_${this.index}_${this.handles.size}`;
    this.handles.set(this.handle, [...this.context]);
    this.send({ sessionResumptionUpdate: { newHandle: this.handle, resumable: true } });
  }

  get isSpeaking(): boolean {
    return this.turn !== null && !this.turn.isGenerated;
  }

  private receive(message: unknown): void {
    const problem = problemWith(message);
    if (problem !== null || !isFields(message)) return this.refuse(problem ?? 'no object');
    const input = message.realtimeInput;
    const isAudio = isFields(input) && 'audio' in input;
    if (!isAudio) this.received.push(message);
    if (this.isSetUp === 'setup' in message) return this.refuse('setup must be the first message, and once');
    if (isFields(message.setup)) return this.setUp(message.setup);
    const error = this.script.refuses(message, this);
    if (error !== null) return this.close(error.code, error.reason);
    if (isFields(message.contextUpdate)) this.configure(message.contextUpdate, true);
    else if (isFields(message.clientContent)) this.content(message.clientContent);
    else if (isFields(message.toolResponse)) this.responses(message.toolResponse);
    else if (isFields(input)) this.input(input);
  }

  private setUp(setup: Fields): void {
    const model = str(setup.model).replace('models/', '');
    if (!this.script.models.includes(model)) {
      return this.close(1008, `models/${model} is not found for API version v1beta`);
    }
    const handle = at(setup, 'sessionResumption', 'handle');
    if (handle !== undefined) {
      const saved = this.handles.get(str(handle));
      if (!saved) return this.refuse('Invalid session resumption handle');
      this.context = [...saved];
    }
    this.configure(setup, false);
    if (this.script.silentFrom === 'setup') return this.goSilent();
    this.after(this.script.setupMs, null, () => {
      this.isSetUp = true;
      this.send({ setupComplete: {} });
      if (setup.sessionResumption) this.save();
    });
  }

  private configure({ systemInstruction, tools }: Fields, isUpdate: boolean): void {
    if (systemInstruction) {
      this.instructions = list(at(systemInstruction, 'parts'))
        .map(({ text }) => str(text))
        .join('');
    }
    const given = isUpdate ? at(tools, 'tools') : tools;
    if (given !== undefined || !isUpdate)
      this.functions = list(given).flatMap((tool) => list(tool.functionDeclarations));
  }

  private input(input: Fields): void {
    if ('activityStart' in input) {
      if (this.activity) return this.refuse('activityStart within an activity');
      this.interrupt();
      this.activity = [];
    } else if ('activityEnd' in input) {
      if (!this.activity) return this.refuse('activityEnd without an activity');
      const bytes = Buffer.concat(this.activity);
      this.activity = null;
      this.heard(new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
    } else {
      const data = Buffer.from(str(at(input, 'audio', 'data')), 'base64');
      if (this.activity) this.activity.push(data);
      else this.problems.push('audio outside of an activity');
    }
  }

  private heard(samples: Int16Array): void {
    const index = this.activities.push(samples) - 1;
    const heard = this.script.heard({ index, samples, durationMs: samples.length / 16, session: this });
    const { text, fragments = [text], delayMs = 0 } = typeof heard === 'string' ? { text: heard } : heard;
    this.context.push({ role: 'user', text, isSound: true });
    const tell = (): void => {
      for (const fragment of fragments)
        this.send({ serverContent: { inputTranscription: { text: fragment } } });
    };
    if (text !== '' && delayMs === 0) tell();
    else if (text !== '') this.after(delayMs, null, tell);
    this.begin(text);
  }

  private content({ turns, turnComplete }: Fields): void {
    // "A message here will interrupt any current model generation."
    this.interrupt();
    for (const turn of list(turns)) {
      const text = list(turn.parts)
        .map((part) => str(part.text))
        .join('');
      this.context.push({ role: turn.role === 'model' ? 'model' : 'user', text, isSound: false });
    }
    if (turnComplete === true) this.begin(null);
  }

  private responses({ functionResponses }: Fields): void {
    let answered = false;
    for (const { id, name, response, scheduling } of list(functionResponses)) {
      const call = this.known.get(str(id));
      if (!call) return this.refuse(`no function call ${str(id)}`);
      if (!call.isOpen) this.problems.push(`an answer to the call ${str(id)}, which is closed`);
      if (scheduling !== undefined && call.isBlocking) this.problems.push('scheduling of a blocking call');
      call.isOpen = false;
      this.turn?.blocking.delete(str(id));
      this.context.push({ role: 'user', text: `${str(name)} ${JSON.stringify(response)}`, isSound: false });
      answered ||= scheduling !== 'SILENT';
    }
    if (answered && (this.turn?.blocking.size ?? 0) === 0) this.begin(null);
  }

  /** New input: what is being generated is thrown away, and a call that blocks is taken back. */
  private interrupt(): void {
    const { turn } = this;
    if (!turn) return;
    this.drop(turn);
    this.turn = null;
    if (turn.blocking.size > 0) {
      const ids = [...turn.blocking];
      for (const id of ids) this.known.get(id)!.isOpen = false;
      this.send({ toolCallCancellation: { ids } });
    }
    this.interruptions++;
    if (this.script.saysInterrupted) this.send({ serverContent: { interrupted: true } });
    this.send({ serverContent: { turnComplete: true } });
  }

  private begin(heard: string | null): void {
    if (this.turn) this.drop(this.turn);
    const turn: Turn = { isGenerated: false, timers: new Set(), blocking: new Set() };
    this.turn = turn;
    const request: Request = {
      session: this,
      heard,
      instructions: this.instructions,
      functions: this.functions.map(({ name }) => str(name)),
      context: this.context,
    };
    const reply = this.script.reply(request);
    this.after(reply.thinkMs ?? 0, turn, () => this.reply(turn, reply));
  }

  private reply(turn: Turn, reply: Reply): void {
    if (reply.hangs) return;
    if (reply.thought)
      this.send({ serverContent: { modelTurn: { parts: [{ text: 'Hm.', thought: true }] } } });
    const chunks =
      reply.say === undefined ? [] : spoken(reply.say, reply.ms, this.script.chunkMs, reply.words);
    const next = (at_: number): void => {
      const chunk = chunks[at_];
      if (!chunk) return this.generated(turn, reply);
      // What was sent stays in the context, whether anybody heard it or not.
      if (at_ === 0) this.context.push({ role: 'model', text: '', isSound: true });
      this.context.at(-1)!.text += chunk.words;
      const parts = [{ inlineData: { mimeType: `audio/pcm;rate=${RATE}`, data: chunk.data } }];
      const words = chunk.words === '' ? {} : { outputTranscription: { text: chunk.words } };
      this.send({ serverContent: { modelTurn: { parts }, ...words } });
      if (this.script.paceMs === 0) next(at_ + 1);
      else this.after(this.script.paceMs, turn, () => next(at_ + 1));
    };
    next(0);
  }

  private generated(turn: Turn, reply: Reply): void {
    let isBlocked = false;
    if (reply.calls) {
      const functionCalls = reply.calls.map(({ name, args }) => {
        const id = `call_${this.index}_${++this.calls}`;
        const declared = this.functions.find((one) => one.name === name);
        const isBlocking = declared?.behavior === 'BLOCKING';
        this.known.set(id, { isBlocking, isOpen: true });
        if (isBlocking) turn.blocking.add(id);
        isBlocked ||= isBlocking;
        return { id, name, args };
      });
      this.send({ toolCall: { functionCalls } });
    }
    if (isBlocked) return;
    turn.isGenerated = true;
    this.send({ serverContent: { generationComplete: true } });
    this.after(this.script.playbackMs, turn, () => {
      this.turn = null;
      this.send({ serverContent: { turnComplete: true }, usageMetadata: this.script.usage });
      if (this.script.saves) this.save();
    });
  }

  private refuse(problem: string): void {
    this.problems.push(problem);
    this.close(1007, `Request contains an invalid argument. ${problem}`.slice(0, 120));
  }

  private after(ms: number, turn: Turn | null, then: () => void): void {
    const cancel = this.script.clock.after(ms, () => {
      timers.delete(cancel);
      then();
    });
    const timers = turn?.timers ?? this.timers;
    timers.add(cancel);
  }

  private readonly timers = new Set<() => void>();

  private drop({ timers }: Turn): void {
    for (const cancel of timers) cancel();
    timers.clear();
  }

  private stop(): void {
    for (const cancel of this.timers) cancel();
    if (this.turn) this.drop(this.turn);
    this.turn = null;
  }
}

/** A tone for each chunk, with the words said in it. */
function spoken(
  say: string,
  ms = Math.max(200, say.length * 40),
  chunkMs: number,
  words: string = say,
): { data: string; words: string }[] {
  const count = Math.ceil(ms / chunkMs);
  const pieces = words.match(/\S+\s*/g) ?? [];
  return Array.from({ length: count }, (_, index) => {
    const length = Math.min(chunkMs, ms - index * chunkMs) * (RATE / 1_000);
    const bytes = Buffer.alloc(2 * length);
    for (let i = 0; i < length; i++) {
      const t = (index * chunkMs) / 1_000 + i / RATE;
      bytes.writeInt16LE(Math.round(9_000 * Math.sin(2 * Math.PI * 440 * t)), 2 * i);
    }
    const from = Math.floor((index * pieces.length) / count);
    const to = Math.floor(((index + 1) * pieces.length) / count);
    return { data: bytes.toString('base64'), words: pieces.slice(from, to).join('') };
  });
}
