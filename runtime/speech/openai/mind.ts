import { OffhookError } from '../../errors.ts';
import type { SpeechEvent, Talk } from '../speech.ts';
import { Answers } from './answers.ts';
import type { AudioDelta } from './audio-delta.ts';
import type { Calls } from './calls.ts';
import { failedResponse } from './failure.ts';
import { Floor } from './floor.ts';
import { saidItem, type History } from './history.ts';
import type { Vendor } from './socket.ts';
import { type Setting, talkUpdate } from './session-config.ts';
import type { ClientEvent, FunctionCall, ResponseInfo, ServerEvent } from './wire.ts';

/** What a mind needs of the call it belongs to. */
interface Call {
  vendor: Vendor;
  /** As it is now. */
  setting: () => Setting;
  history: History;
  calls: Calls;
  talk: () => Talk | null;
  callerSpeaks: () => boolean;
  send: (event: ClientEvent) => string;
  emit: (event: SpeechEvent) => void;
  /** The session is of no use any more. */
  fail: (error: OffhookError) => void;
}

/** The events of a response that belongs to the conversation. */
type Answering = Extract<ServerEvent, { response: string | ResponseInfo }>;

/**
 * The model in the conversation of one session: what it is told, when it may speak, what it says and which
 * functions it calls. It speaks only while there is a talk.
 */
export class Mind {
  private readonly call: Call;
  private readonly answers: Answers;
  private readonly floor: Floor;
  /** Items that this session was told as text: they cannot be truncated, only told again. */
  private readonly told = new Set<string>();
  /** Outputs that the server has not confirmed to have in its conversation. */
  private readonly unstored = new Set<string>();
  private talkEventId: string | null = null;

  constructor(call: Call) {
    this.call = call;
    this.answers = new Answers(call.emit, call.send, (item, text) => {
      if (text === '') call.history.begin(item, 'agent');
      else call.history.said(item, 'agent', text);
    });
    this.floor = new Floor(call.vendor.clock, {
      create: () => call.send({ type: 'response.create' }),
      callerSpeaks: () => this.callerMayInterrupt(),
      stalled: call.fail,
    });
  }

  /** Somebody waits for the model. */
  get busy(): boolean {
    return this.floor.busy;
  }

  /** Tells a new session what has happened so far. */
  recall(): void {
    for (const item of this.call.history.items()) {
      if (item.id !== undefined) this.told.add(item.id);
      this.call.send({ type: 'conversation.item.create', item });
    }
  }

  /** The talk changed: what the model was saying or waiting for belongs to the one before. */
  drop(): void {
    this.floor.forget();
    if (this.floor.current !== null) this.answers.cut(this.floor.current, true);
    this.call.calls.abandon();
  }

  /** Tells the session what the talk is now. */
  tellTalk(): void {
    this.talkEventId = this.call.send(talkUpdate(this.call.setting(), this.call.talk()));
  }

  /** The model is to speak, as soon as it is its turn. */
  ask(): void {
    this.floor.ask();
  }

  /** Stops what is being generated. */
  stop(): void {
    if (this.floor.current === null) return;
    // A caller who may interrupt by speaking has already made the server stop, where that acts by itself.
    this.answers.cut(this.floor.current, !(this.callerMayInterrupt() && this.serverActs()));
  }

  /** Of something said only a part was heard. */
  heardOnly(item: string, heardMs: number, heardText: string): void {
    if (this.answers.heardOnly(item, heardMs) || !this.told.delete(item)) return;
    this.call.send({ type: 'conversation.item.delete', item_id: item });
    if (heardText === '') return;
    this.call.send({ type: 'conversation.item.create', item: saidItem('agent', heardText, null) });
  }

  /** An item of the caller's leaves the conversation. */
  forget(item: string): void {
    this.told.delete(item);
    this.call.send({ type: 'conversation.item.delete', item_id: item });
  }

  posted(call: string): void {
    this.unstored.add(call);
  }

  stored(call: string): void {
    this.unstored.delete(call);
  }

  /** During a talk the server answers by itself. */
  callerDone(): void {
    if (this.call.talk() && this.serverActs()) this.floor.expect();
    this.floor.pump();
  }

  /** What nobody has heard anything of is put off until the caller is done: it may be another answer then. */
  callerBegan(): void {
    const { current } = this.floor;
    if (current === null || this.serverActs() || !this.callerMayInterrupt()) return;
    if (!this.answers.hasBegun(current)) this.putOff(current);
  }

  audio(delta: AudioDelta): void {
    this.floor.moved(delta.response);
    this.answers.audio(delta);
  }

  event(event: Answering): void {
    if (event.type === 'response-created') return this.created(event.response.id);
    if (event.type === 'response-done') return this.done(event.response);
    this.floor.moved(event.response);
    switch (event.type) {
      case 'message-added':
        return this.answers.added(event.response, event.item);
      case 'words':
        return this.answers.words(event.response, event.item, event.delta);
      case 'all-words':
        return this.answers.allWords(event.response, event.item, event.text);
      case 'message-done':
        return this.answers.messageDone(event.response, event.item);
      case 'call-made':
        // Of a call that was broken off only half may be there.
        return event.complete ? this.called(event.response, event.call) : undefined;
      case 'call-written':
      case 'progress':
        return undefined;
    }
  }

  /** True: the error was about something of the mind's, and is dealt with. */
  refused(error: Extract<ServerEvent, { type: 'error' }>): boolean {
    if (error.eventId === null) return false;
    const outcome = this.floor.refused(error.eventId, error.code);
    if (outcome === 'again') return true;
    if (outcome === 'unknown' && error.eventId !== this.talkEventId) return false;
    const sentence = `OpenAI refused to go on with the conversation: ${error.code}: ${error.message}.`;
    this.call.fail(new OffhookError('openai-response-refused', sentence));
    return true;
  }

  /** The session is gone. */
  end(): void {
    this.floor.close();
    this.answers.lost();
  }

  private created(response: string): void {
    this.answers.created(response);
    this.floor.created(response, this.unstored.size === 0);
    // The server began before it knew that the talk is over, or the caller has gone on speaking.
    if (!this.call.talk()) this.answers.cut(response, true);
    else if (this.callerMayInterrupt()) {
      if (this.serverActs()) this.answers.cut(response, true);
      else this.putOff(response);
    }
  }

  private putOff(response: string): void {
    this.answers.cut(response, true);
    this.floor.ask();
  }

  /** The caller is speaking, and the dialogue lets speech interrupt; else any noise would silence the model. */
  private callerMayInterrupt(): boolean {
    return this.call.callerSpeaks() && (this.call.talk()?.interruptible ?? false);
  }

  /** In this talk the server stops and answers by itself. */
  private serverActs(): boolean {
    return this.call.talk()?.words === 1;
  }

  private done(info: ResponseInfo): void {
    const wasCut = this.answers.isCut(info.id);
    if (info.status === 'completed') for (const call of info.calls) this.called(info.id, call);
    this.answers.done(info);
    this.call.calls.done(info.id);
    if (info.status === 'failed' && !wasCut && this.floor.current === info.id) {
      return this.call.fail(failedResponse('OpenAI failed to answer', info));
    }
    this.floor.done(info.id);
  }

  private called(response: string, call: FunctionCall): void {
    if (this.answers.isCut(response)) return;
    this.call.calls.made(response, call, this.call.talk()?.offers ?? [], (made) =>
      this.call.history.called(made),
    );
  }
}
