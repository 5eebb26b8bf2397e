import { BYTES_PER_MS } from '../../audio.ts';
import type { Expectation, Meaning, Patience, Value } from '../../dialogue/protocol.ts';
import type { OffhookError } from '../../errors.ts';
import { isDictated } from '../endpointing.ts';
import type { Said, Speech, SpeechEvent, SpeechOptions, Talk } from '../speech.ts';
import { SilencePad } from '../silence-pad.ts';
import type { Usage } from '../usage.ts';
import { CallerAudio } from './caller-audio.ts';
import { Calls } from './calls.ts';
import { History, outputItem, saidItem } from './history.ts';
import { Judges } from './judges.ts';
import { Link } from './link.ts';
import { Mind } from './mind.ts';
import {
  callSession,
  languageUpdate,
  patienceUpdate,
  type Setting,
  TRANSCRIPTION_MODEL,
} from './session-config.ts';
import type { Vendor } from './socket.ts';
import { Utterances } from './utterances.ts';
import type { ClientEvent, ServerEvent, SessionConfig } from './wire.ts';

/** What is told twice comes within moments. */
const BILLED = 32;
/** What a new session has to hear again comes in pieces of a second. */
const PIECE_BYTES = 1_000 * BYTES_PER_MS;

/**
 * The ears and the mind of one call on OpenAI's realtime API. Audio goes through as it is, both ways. The model
 * speaks only while there is a talk; everything else it is asked beside the conversation.
 */
export class OpenAiSpeech implements Speech {
  readonly judges = true;
  readonly converses = true;
  private readonly options: SpeechOptions & { model: string; voice: string };
  private readonly vendor: Vendor;
  private readonly gone: () => void;
  private readonly link: Link;
  private readonly callerAudio = new CallerAudio();
  private readonly history = new History();
  private readonly utterances: Utterances;
  private readonly judging: Judges;
  private readonly calls: Calls;
  private readonly pad: SilencePad;
  /** One for each session. */
  private mind: Mind;
  private talk: Talk | null = null;
  /** Of the step that the call is at. */
  private setting: Setting;
  /** The talk that the session was configured with. */
  private toldTalk: Talk | null = null;
  /** The caller waits for the model, but there is no session. */
  private callerWaits = false;
  private warnedOfLoss = false;
  /** Closed, or failed for good. */
  private over = false;
  private closed = false;
  /** The responses and items whose usage was told last. */
  private readonly billed: string[] = [];

  /** `gone` is told when it was closed and no connection is left. */
  constructor(vendor: Vendor, options: SpeechOptions & { model: string; voice: string }, gone: () => void) {
    this.vendor = vendor;
    this.gone = gone;
    this.options = options;
    this.setting = { locale: options.locale, persona: options.persona, patience: 'normal', dictated: false };
    const { clock } = vendor;
    this.utterances = new Utterances(clock, this.emit, (item, text) =>
      this.history.said(item, 'caller', text),
    );
    this.judging = new Judges(clock, this.send);
    this.calls = new Calls({
      surface: (call, name, input) => this.emit({ kind: 'model-called', call, name, input }),
      post: (call, output) => this.post(call, output),
      complete: () => this.goOn(),
    });
    this.pad = new SilencePad(clock, (payload) => this.link.append(payload));
    this.mind = this.newMind();
    this.link = new Link(vendor, options.model, () => this.configure(), {
      up: (rotated) => this.up(rotated),
      event: (event) => this.receive(event),
      audio: (delta) => this.mind.audio(delta),
      lost: (error, recovering) => this.lost(error, recovering),
      isQuiet: () => !this.isBusy() && !this.utterances.waiting && !this.calls.waiting,
    });
  }

  hear(payload: string): void {
    if (this.over || payload === '') return;
    this.callerAudio.keep(payload);
    if (this.link.ready) {
      this.pad.heard();
      this.link.append(payload);
    } else if (this.callerAudio.lost && !this.warnedOfLoss) {
      this.warnedOfLoss = true;
      const { sessionId } = this.options;
      this.vendor.log.warn({ sessionId }, 'audio of the caller is lost: there was no session for too long');
    }
  }

  /** The model hears the audio itself. */
  caption(): void {}

  /** What is expected comes along with every `judge`; the session is told of what changes beside that. */
  expect(expectation: Expectation | null, patience: Patience): void {
    this.utterances.sensitive = expectation?.sensitive ?? false;
    const before = this.setting;
    const locale = expectation?.locale ?? before.locale;
    const dictated = isDictated(expectation);
    this.setting = { ...before, locale, patience, dictated };
    if (locale !== before.locale) this.send(languageUpdate(this.setting, this.talk));
    if (patience !== before.patience || dictated !== before.dictated)
      this.send(patienceUpdate(this.setting, this.talk));
  }

  forget(): void {
    for (const item of this.utterances.takeSensitive()) {
      this.history.forget(item);
      this.mind.forget(item);
    }
  }

  note(said: Said): void {
    if (this.over || said.text === '') return;
    this.history.note(said);
    this.send({ type: 'conversation.item.create', item: saidItem(said.role, said.text, null) });
  }

  judge(expectation: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null> {
    if (this.over) return Promise.resolve(null);
    const context = { item: this.utterances.lastSaid, agentSaid: this.history.lastOfAgent() };
    const asked = this.judging.ask(expectation, text, this.link.ready ? context : null, signal);
    this.watch();
    return asked;
  }

  converse(talk: Talk | null): void {
    if (this.over || talk === this.talk) return;
    this.talk = talk;
    this.mind.drop();
    if (!this.link.ready) {
      this.callerWaits = talk?.answerNow ?? false;
      return;
    }
    this.mind.tellTalk();
    if (talk?.answerNow) this.mind.ask();
    this.watch();
  }

  reply(): void {
    if (this.over || !this.talk || this.talk.words === 1) return;
    if (this.link.ready) this.mind.ask();
    else this.callerWaits = true;
    this.watch();
  }

  respond(call: string, output: Value): void {
    if (this.over) return;
    this.calls.answer(call, output);
    this.watch();
  }

  heardOnly(item: string, heardMs: number, heardText: string): void {
    if (this.over) return;
    if (this.history.knows(item)) this.history.said(item, 'agent', heardText);
    this.mind.stop();
    this.mind.heardOnly(item, heardMs, heardText);
  }

  close(): void {
    void this.end();
  }

  /** As `close`; settles when no connection is left. */
  async end(): Promise<void> {
    this.closed = true;
    this.stop();
    await this.link.close();
    this.gone();
  }

  private readonly send = (event: ClientEvent): string => this.link.send(event);

  private readonly emit = (event: SpeechEvent): void => {
    if (this.closed) return;
    try {
      this.options.on(event);
    } catch (error) {
      // A bug of the listener's must not look like one of the vendor's, nor end the process.
      const { sessionId } = this.options;
      this.vendor.log.error({ sessionId, err: error, kind: event.kind }, 'a listener of speech threw');
    }
  };

  private newMind(): Mind {
    return new Mind({
      vendor: this.vendor,
      setting: () => this.setting,
      history: this.history,
      calls: this.calls,
      talk: () => this.talk,
      callerSpeaks: () => this.utterances.speaking,
      send: this.send,
      emit: this.emit,
      fail: (error) => this.link.fail(error),
    });
  }

  private configure(): SessionConfig {
    this.toldTalk = this.talk;
    return callSession({ ...this.setting, voice: this.options.voice }, this.talk);
  }

  /** A session is set up: it is told what has happened so far, and hears what was not heard yet. */
  private up(rotated: boolean): void {
    if (rotated) {
      this.mind.end();
      this.utterances.lastSaid = null;
    }
    this.mind = this.newMind();
    this.mind.recall();
    if (this.toldTalk !== this.talk) this.mind.tellTalk();
    this.repeat(this.callerAudio.all());
    this.callerAudio.heard(false);
    this.judging.resume(this.history.lastOfAgent());
    if (this.callerWaits && this.talk) this.mind.ask();
    this.callerWaits = false;
    this.calls.resume();
    this.watch();
    if (!rotated) this.emit({ kind: 'ready' });
  }

  private repeat(audio: Buffer): void {
    for (let at = 0; at < audio.length; at += PIECE_BYTES) {
      this.link.append(audio.toString('base64', at, at + PIECE_BYTES));
    }
  }

  private lost(error: OffhookError, recovering: boolean): void {
    const { sessionId } = this.options;
    this.vendor.log.warn({ sessionId, code: error.code, recovering }, error.message);
    // A model that waits for a tool is asked to go on when the tool has answered.
    this.callerWaits ||= this.talk !== null && this.mind.busy && !this.calls.waiting;
    this.pad.stop();
    this.callerAudio.hold();
    this.mind.end();
    this.calls.lost();
    this.utterances.lost();
    if (!recovering) this.stop();
    this.emit({ kind: 'failed', code: error.code, message: error.message, recovering });
  }

  private stop(): void {
    this.over = true;
    this.mind.end();
    this.pad.stop();
    this.utterances.close();
    this.judging.close();
  }

  private receive(event: ServerEvent): void {
    switch (event.type) {
      case 'session.created':
      case 'session.updated':
      // The words come all at once, with what is judged.
      case 'caller-words':
        break;
      case 'caller-started':
        this.callerStarted(event.item);
        break;
      case 'caller-stopped':
      case 'caller-committed':
        this.callerDone(event.item);
        break;
      case 'caller-transcribed':
        // The words may overtake the news that the caller stopped.
        this.callerDone(event.item);
        this.used(event.item, TRANSCRIPTION_MODEL, event.usage);
        this.utterances.transcribed(event.item, event.text);
        break;
      case 'caller-untranscribed':
        this.vendor.log.warn(
          { sessionId: this.options.sessionId, why: event.message },
          'openai gave no transcript',
        );
        this.callerDone(event.item);
        this.utterances.untranscribed(event.item);
        break;
      case 'output-stored':
        this.mind.stored(event.call);
        break;
      case 'error':
        this.refused(event);
        break;
      case 'response-created':
        if (!this.judging.created(event.response)) this.mind.event(event);
        break;
      case 'response-done':
        this.used(event.response.id, this.options.model, event.response.usage);
        if (!this.judging.done(event.response)) this.mind.event(event);
        break;
      case 'message-added':
      case 'words':
      case 'all-words':
      case 'message-done':
      case 'call-made':
      case 'call-written':
      case 'progress':
        if (!this.judging.owns(event.response)) this.mind.event(event);
        else if (event.type === 'call-written') this.judging.answered(event.response, event.call);
    }
    this.watch();
  }

  private callerStarted(item: string): void {
    if (!this.utterances.started(item)) return;
    this.callerAudio.heard(true);
    this.pad.start();
    this.mind.callerBegan();
  }

  /** Told several times for each utterance: that the caller stopped, that it is in the conversation, its words. */
  private callerDone(item: string): void {
    this.history.begin(item, 'caller');
    if (!this.utterances.ended(item)) return;
    if (!this.utterances.speaking) {
      this.pad.stop();
      this.callerAudio.finished();
      this.callerAudio.heard(false);
    }
    this.mind.callerDone();
  }

  private refused(error: Extract<ServerEvent, { type: 'error' }>): void {
    if (error.eventId !== null && this.judging.refused(error.eventId)) return;
    if (this.mind.refused(error)) return;
    // Cancelling what has just ended is harmless.
    const level = error.code === 'response_cancel_not_active' ? 'debug' : 'warn';
    this.vendor.log[level](
      { sessionId: this.options.sessionId, code: error.code },
      `openai: ${error.message}`,
    );
  }

  /** What is told twice was used once. */
  private used(of: string, model: string, amounts: Usage['amounts']): void {
    if (this.billed.includes(of) || !Object.values(amounts).some((amount) => amount > 0)) return;
    this.billed.push(of);
    if (this.billed.length > BILLED) this.billed.shift();
    this.emit({ kind: 'used', usage: { vendor: 'openai', model, amounts } });
  }

  private post(call: string, output: string): void {
    this.history.answered(call, output);
    if (!this.link.ready) return;
    this.mind.posted(call);
    this.send({ type: 'conversation.item.create', item: outputItem(call, output) });
  }

  /** The model has all it asked for. */
  private goOn(): void {
    if (!this.talk) return;
    if (this.link.ready) this.mind.ask();
    else this.callerWaits = true;
  }

  private isBusy(): boolean {
    return this.mind.busy || this.utterances.speaking || this.judging.waiting;
  }

  /** While somebody waits for the vendor, its life is watched closely. */
  private watch(): void {
    if (this.link.ready) this.link.watch(this.isBusy());
  }
}
