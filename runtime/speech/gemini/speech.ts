import type { Expectation, Meaning, Patience, Value } from '../../dialogue/protocol.ts';
import { OffhookError } from '../../errors.ts';
import type { Said, Speech, SpeechEvent, SpeechOptions, Talk } from '../speech.ts';
import { Caller } from './caller.ts';
import { Calls } from './calls.ts';
import { Feed } from './feed.ts';
import { aside, History } from './history.ts';
import { Judgements } from './judgements.ts';
import { Link } from './link.ts';
import { Replies } from './replies.ts';
import {
  callSetup,
  configUpdate,
  HEARD,
  listeningConfig,
  namedOffers,
  talkConfig,
  type Config,
} from './setup.ts';
import type { Vendor } from './socket.ts';
import { usageOf } from './usage.ts';
import { Utterances } from './utterances.ts';
import type { FunctionCall, FunctionResponse, ServerEvent } from './wire.ts';

/**
 * The ears and the mind of one call on Gemini Live. The API knows nothing but turns that the model answers, so that
 * three things are done here that OpenAI's does by itself:
 *
 * - Who speaks is decided here: the server's detector is off, and utterances go out between `activityStart` and
 *   `activityEnd`. (`audioStreamEnd` belongs to the server's detector, and is not sent.)
 * - Outside of a talk the model is told to listen and to call one function for each utterance instead of answering.
 *   That function holds the judgement that `judge` asks for; its result is given SILENT. Nothing can force the call:
 *   a model that speaks all the same is not heard, is told so, and costs its tokens; one that does not call judges
 *   nothing, and the rules decide. In exchange it hears everything itself, on one connection, and knows of it.
 * - Nothing can be truncated or deleted: what was not heard is corrected by a note, and what is to be forgotten
 *   makes way for a session that begins anew and is told the rest as text.
 *
 * Needs a model that takes notes and instructions in mid-session: Gemini 3.8 Live or later.
 */
export class GeminiSpeech implements Speech {
  readonly judges = true;
  readonly converses = true;
  private readonly options: SpeechOptions & { model: string; voice: string };
  private readonly vendor: Vendor;
  private readonly gone: () => void;
  private readonly link: Link;
  private readonly caller: Caller;
  private readonly feed: Feed;
  private readonly utterances: Utterances;
  private readonly history = new History();
  private readonly judgements: Judgements;
  private readonly calls: Calls;
  private readonly replies: Replies;
  private talk: Talk | null = null;
  private expectation: Expectation | null = null;
  /** What the session was told to do, as a text to compare by, and what it expects of the caller. */
  private told = { config: '', expectation: null as Expectation | null };
  /** The utterance that is being spoken. */
  private current = 0;
  /** Between `activityStart` and `activityEnd`. */
  private isActive = false;
  /** The caller waits for the model, which cannot be asked just now. */
  private callerWaits = false;
  /** What the model was asked last had words, and wants an answer. */
  private wantsAnswer = false;
  /** Closed, or failed for good. */
  private over = false;
  private closed = false;

  /** `gone` is told when it was closed and no connection is left. */
  constructor(vendor: Vendor, options: SpeechOptions & { model: string; voice: string }, gone: () => void) {
    this.vendor = vendor;
    this.gone = gone;
    this.options = options;
    const { clock } = vendor;
    this.caller = new Caller(clock, { started: () => this.began(), stopped: () => this.stopped() });
    this.feed = new Feed({
      isUp: () => this.link.ready,
      mayBegin: () => this.mayInterrupt(),
      began: () => this.activityBegan(),
      audio: (data) => this.link.append(data),
      ended: (id) => this.activityEnded(id),
    });
    this.utterances = new Utterances(clock, this.emit, (id, text) => {
      this.history.said(itemOf(id), 'caller', text);
      this.feed.done(id);
    });
    this.judgements = new Judgements(clock, (expectation, text) => this.sendToJudge(expectation, text));
    this.calls = new Calls({
      surface: (call, name, input) => this.emit({ kind: 'model-called', call, name, input }),
      respond: (responses) => this.answerCalls(responses),
      late: (name, output) => this.tellLate(name, output),
    });
    this.replies = new Replies(clock, {
      isHeard: () => this.talk !== null && !this.isActive,
      emit: this.emit,
      learned: (item, text) => this.history.said(item, 'agent', text),
      unheard: (text) => this.history.correct(aside(`Nobody has heard what you said last: ${text}`)),
      stalled: (afterMs) => this.stalled(afterMs),
      free: () => this.settle(),
    });
    this.link = new Link(vendor, options.model, (handle) => this.setup(handle), {
      up: (knows, rotated) => this.up(knows, rotated),
      event: (event) => this.receive(event),
      saved: () => this.history.saved(),
      left: () => this.leave(),
      lost: (error, recovering) => this.lost(error, recovering),
      isQuiet: () => this.isQuiet(),
    });
  }

  hear(payload: string): void {
    if (this.over || payload === '') return;
    this.feed.hear(payload);
    this.caller.hear(payload);
  }

  /** The model hears the audio itself. */
  caption(): void {}

  expect(expectation: Expectation | null, patience: Patience): void {
    this.expectation = expectation;
    this.caller.patience = patience;
    this.utterances.sensitive = expectation?.sensitive ?? false;
  }

  forget(): void {
    const ids = this.utterances.takeSensitive();
    if (this.over || ids.length === 0) return;
    for (const id of ids) this.history.forget(itemOf(id));
    this.link.startAnew();
  }

  note(said: Said): void {
    if (!this.over && said.text !== '') this.history.note(said.role, said.text);
  }

  judge(expectation: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null> {
    if (this.over) return Promise.resolve(null);
    const { last } = this.utterances;
    return this.judgements.ask(expectation, text, last?.text === text ? last.id : null, signal);
  }

  converse(talk: Talk | null): void {
    if (this.over || talk === this.talk) return;
    this.talk = talk;
    this.replies.cut();
    this.calls.abandon();
    this.callerWaits = talk?.answerNow ?? false;
    this.settle();
  }

  respond(call: string, output: Value): void {
    if (!this.over) this.calls.answer(call, output);
  }

  heardOnly(item: string, _heardMs: number, heardText: string): void {
    if (this.over) return;
    const wasGenerating = this.replies.generating;
    this.replies.cutItem(item);
    const said = this.history.textOf(item);
    if (said === null) return;
    this.history.said(item, 'agent', heardText);
    if (heardText !== '' && heardText === said) return;
    const heard = heardText === '' ? 'nothing' : `only this: ${heardText}`;
    this.history.correct(aside(`The caller interrupted you. Of what you said last was heard ${heard}`));
    // A note stops what is being generated, where the caller's voice has not.
    if (wasGenerating && !this.isActive && !this.caller.speaking) this.tell();
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

  private began(): void {
    this.current = this.utterances.began();
    // Whoever is told stops what is being said: the model learns of it before it hears the caller.
    this.emit({ kind: 'caller-started' });
    for (const id of this.feed.begin(this.current)) this.utterances.drop(id);
  }

  private stopped(): void {
    this.emit({ kind: 'caller-stopped' });
    this.utterances.stopped(this.current);
    this.feed.end();
  }

  /** Where the dialogue does not let speech interrupt, the model must not hear of it before it has finished. */
  private mayInterrupt(): boolean {
    return this.talk === null || this.talk.interruptible || !(this.replies.generating || this.calls.waiting);
  }

  private activityBegan(): void {
    this.tell();
    this.replies.cut();
    this.judgements.overtaken();
    this.isActive = true;
    this.callerWaits = false;
    this.link.send({ realtimeInput: { activityStart: {} } });
    this.watch();
  }

  private activityEnded(id: number): void {
    // The dialogue may have gone on while the caller spoke.
    this.tell();
    this.link.send({ realtimeInput: { activityEnd: {} } });
    this.isActive = false;
    this.history.begin(itemOf(id), 'caller');
    this.utterances.given(id);
    this.wantsAnswer = false;
    if (!this.talk) this.judgements.heard(id, this.told.expectation);
    this.replies.asked();
    this.watch();
  }

  private config(expectation: Expectation | null): Config {
    return this.talk ? talkConfig(this.options, this.talk) : listeningConfig(this.options, expectation);
  }

  private setup(handle: string | null): ReturnType<typeof callSetup> {
    const config = this.config(this.expectation);
    this.told = { config: JSON.stringify(config), expectation: this.expectation };
    return callSetup(this.options, config, handle);
  }

  /** Tells the session what it does not know yet, before anything is asked of it. */
  private tell(expectation = this.expectation): void {
    const config = this.config(expectation);
    const text = JSON.stringify(config);
    if (text !== this.told.config) this.link.send(configUpdate(config));
    this.told = { config: text, expectation };
    const turns = this.history.untold();
    if (turns.length > 0) this.link.send({ clientContent: { turns, turnComplete: false } });
  }

  /** Gives the model the word, where nobody has it. */
  private ask(text: string): void {
    const turns = [...this.history.untold(), { role: 'user' as const, parts: [{ text }] }];
    this.link.send({ clientContent: { turns, turnComplete: true } });
    this.replies.asked();
    this.watch();
  }

  private sendToJudge(expectation: Expectation, text: string): 'sent' | 'later' | 'never' {
    if (!this.link.ready) return 'later';
    if (this.talk || this.isActive || this.caller.speaking) return 'never';
    this.tell(expectation);
    const said = JSON.stringify({ agent_said: this.history.lastOfAgent(), caller_said: text });
    this.ask(aside(`Judge this, as if the caller had just said all of it: ${said}`));
    return 'sent';
  }

  private answerCalls(responses: FunctionResponse[]): void {
    for (const { name, response } of responses)
      this.history.record('caller', aside(`The function "${name}" gave ${JSON.stringify(response)}`));
    this.link.send({ toolResponse: { functionResponses: responses } });
    this.wantsAnswer = true;
    this.replies.asked();
    this.watch();
  }

  private tellLate(name: string, output: Value): void {
    this.history.note(
      'caller',
      aside(`The function "${name}" has given its result: ${JSON.stringify(output)}`),
    );
    this.callerWaits = this.talk !== null;
    this.settle();
  }

  /** Whatever has waited for a quiet moment gets it, if this is one. */
  private settle(): void {
    if (this.over || !this.link.ready) return;
    this.feed.pump();
    if (this.callerWaits && this.talk && !this.isActive && !this.replies.speaking) {
      this.callerWaits = false;
      this.tell();
      this.wantsAnswer = true;
      this.ask(aside('It is your turn to speak.'));
    }
    this.link.settle();
    this.watch();
  }

  private up(knows: 'what-it-knew' | 'nothing', rotated: boolean): void {
    this.history.restart(knows);
    this.judgements.resume();
    this.settle();
    if (!rotated) this.emit({ kind: 'ready' });
  }

  private receive(event: ServerEvent): void {
    switch (event.kind) {
      case 'audio':
        this.replies.audio(event.data);
        return this.utterances.answered();
      case 'words':
        this.replies.words(event.text);
        return this.utterances.answered();
      case 'thinking':
        return this.replies.thinking();
      case 'heard':
        return this.utterances.fragment(event.text, event.finished);
      case 'calls':
        this.called(event.calls);
        return this.utterances.answered();
      case 'cancelled':
        return this.calls.cancelled(event.ids);
      case 'interrupted':
        return this.replies.interrupted();
      case 'generated':
        return this.replies.generated();
      case 'turn-over':
        if (!this.replies.turnOver()) return this.utterances.overtaken();
        this.judgements.turnOver();
        return this.utterances.answered();
      case 'used': {
        const usage = usageOf(this.options.model, event.tokens);
        return usage ? this.emit({ kind: 'used', usage }) : undefined;
      }
      case 'set-up':
      case 'handle':
      case 'going':
        return undefined;
    }
  }

  private called(made: readonly FunctionCall[]): void {
    const judged = made.filter(({ name }) => name === HEARD);
    for (const { id, args } of judged) {
      this.replies.thinking();
      this.judgements.answered(args);
      const response = { id, name: HEARD, response: { output: 'noted' }, scheduling: 'SILENT' as const };
      this.link.send({ toolResponse: { functionResponses: [response] } });
    }
    // What a talk asked for that is over, or whose caller has gone on, the server takes back by itself.
    if (judged.length === made.length || !this.talk || this.isActive) return;
    this.replies.called();
    this.calls.made(
      made.filter(({ name }) => name !== HEARD),
      namedOffers(this.talk.offers),
    );
  }

  /** A model may choose to say nothing to a noise, but not to words. */
  private stalled(afterMs: number): void {
    const wasNoise = !this.wantsAnswer && (this.utterances.last?.text ?? '') === '';
    if (!this.talk || this.isActive || wasNoise) return this.settle();
    // What the next session hears again asks it by itself.
    this.callerWaits ||= !this.utterances.waiting;
    this.link.fail(new OffhookError('gemini-timeout', `Gemini did not go on for ${afterMs} ms.`));
  }

  /** The session is left, and all that was under way in it. */
  private leave(): void {
    const isHeardAgain = this.utterances.waiting || this.caller.speaking;
    this.callerWaits ||= this.talk !== null && this.replies.generating && !isHeardAgain;
    this.isActive = false;
    this.replies.reset();
    this.calls.lost();
    this.judgements.lost();
    this.utterances.lost();
    this.feed.lost();
  }

  private lost(error: OffhookError, recovering: boolean): void {
    const { sessionId } = this.options;
    this.vendor.log.warn({ sessionId, code: error.code, recovering }, error.message);
    this.leave();
    if (!recovering) this.stop();
    this.emit({ kind: 'failed', code: error.code, message: error.message, recovering });
  }

  private stop(): void {
    this.over = true;
    this.caller.close();
    this.replies.reset();
    this.utterances.close();
    this.judgements.close();
    this.feed.close();
  }

  private isQuiet(): boolean {
    const { waiting } = this.utterances;
    const isHearing = this.isActive || this.caller.speaking || waiting;
    return !isHearing && !this.replies.busy && !this.judgements.waiting && !this.calls.waiting;
  }

  /** While somebody waits for the vendor, its life is watched closely. */
  private watch(): void {
    if (this.link.ready) this.link.watch(!this.isQuiet());
  }
}

/** An utterance's name in the history. */
function itemOf(utterance: number): string {
  return `caller_${utterance}`;
}
