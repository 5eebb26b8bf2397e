import type { Expectation, Meaning, Patience, Value } from '../../dialogue/protocol.ts';
import { OffhookError } from '../../errors.ts';
import type { Said, Speech, SpeechEvent, SpeechOptions, Talk } from '../speech.ts';
import { Briefing } from './briefing.ts';
import { Calls } from './calls.ts';
import { Hearing } from './hearing.ts';
import { aside, History } from './history.ts';
import { Judgements } from './judgements.ts';
import { Link } from './link.ts';
import { Replies } from './replies.ts';
import { HEARD, namedOffers } from './setup.ts';
import type { Vendor } from './socket.ts';
import { usageOf } from './usage.ts';
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
  private readonly history = new History();
  private readonly briefing: Briefing;
  private readonly hearing: Hearing;
  private readonly judgements: Judgements;
  private readonly calls: Calls;
  private readonly replies: Replies;
  /** The caller waits for the model, which cannot be asked just now. */
  private callerWaits = false;
  /** What the model was asked last wants an answer, and is no noise. */
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
    this.briefing = new Briefing(options, this.history, (message) => this.link.send(message));
    this.hearing = new Hearing(clock, {
      emit: this.emit,
      isUp: () => this.link.ready,
      mayBegin: () => this.mayInterrupt(),
      begins: () => this.activityBegins(),
      audio: (data) => this.link.append(data),
      ends: (id) => this.activityEnds(id),
      said: (id, text) => this.history.said(itemOf(id), 'caller', text),
    });
    this.judgements = new Judgements(clock, (expectation, text) => this.sendToJudge(expectation, text));
    this.calls = new Calls({
      surface: (call, name, input) => this.emit({ kind: 'model-called', call, name, input }),
      respond: (responses) => this.answerCalls(responses),
      late: (name, output) => this.tellLate(name, output),
    });
    this.replies = new Replies(clock, {
      isHeard: () => this.briefing.talk !== null && !this.hearing.isActive,
      emit: this.emit,
      learned: (item, text) => this.history.said(item, 'agent', text),
      unheard: (text) => this.history.correct(aside(`Nobody has heard what you said last: ${text}`)),
      stalled: (afterMs) => this.stalled(afterMs),
      free: () => this.settle(),
    });
    this.link = new Link(vendor, options.model, (handle) => this.briefing.setup(handle), {
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
    this.hearing.hear(payload);
  }

  /** The model hears the audio itself. */
  caption(): void {}

  expect(expectation: Expectation | null, patience: Patience): void {
    this.briefing.expectation = expectation;
    this.hearing.expect(expectation, patience);
  }

  forget(): void {
    const ids = this.hearing.utterances.takeSensitive();
    if (this.over || ids.length === 0) return;
    for (const id of ids) this.history.forget(itemOf(id));
    this.link.startAnew();
  }

  note(said: Said): void {
    if (!this.over && said.text !== '') this.history.note(said.role, said.text);
  }

  judge(expectation: Expectation, text: string, signal: AbortSignal): Promise<Meaning | null> {
    if (this.over) return Promise.resolve(null);
    const { last } = this.hearing.utterances;
    return this.judgements.ask(expectation, text, last?.text === text ? last.id : null, signal);
  }

  converse(talk: Talk | null): void {
    if (this.over || talk === this.briefing.talk) return;
    this.briefing.talk = talk;
    this.replies.cut();
    this.calls.abandon();
    this.callerWaits = talk?.answerNow ?? false;
    this.settle();
  }

  /** The model answers every utterance by itself, one that was said aside too: nothing keeps it from it. */
  reply(): void {}

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
    if (wasGenerating && !this.hearing.speaking) this.briefing.tell();
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

  /** Where speech does not interrupt, or takes some words to, the model must not hear of it before it has finished. */
  private mayInterrupt(): boolean {
    const { talk } = this.briefing;
    const may = talk === null || (talk.interruptible && talk.words === 1);
    return may || !(this.replies.generating || this.calls.waiting);
  }

  private activityBegins(): void {
    this.briefing.tell();
    this.replies.cut();
    this.judgements.overtaken();
    this.link.send({ realtimeInput: { activityStart: {} } });
    this.link.watch(true);
  }

  private activityEnds(id: number): void {
    // The dialogue may have gone on while the caller spoke.
    this.briefing.tell();
    this.link.send({ realtimeInput: { activityEnd: {} } });
    this.history.begin(itemOf(id), 'caller');
    // This asks by itself.
    this.callerWaits = false;
    this.wantsAnswer = false;
    if (!this.briefing.talk) this.judgements.heard(id, this.briefing.expected);
    this.replies.asked();
  }

  /** Gives the model the word, where nobody has it. */
  private ask(text: string, expectation = this.briefing.expectation): void {
    this.briefing.ask(text, expectation);
    this.wantsAnswer = true;
    this.replies.asked();
    this.watch();
  }

  private sendToJudge(expectation: Expectation, text: string): 'sent' | 'later' | 'never' {
    if (!this.link.ready) return 'later';
    if (this.briefing.talk || this.hearing.speaking) return 'never';
    const said = JSON.stringify({ agent_said: this.history.lastOfAgent(), caller_said: text });
    this.ask(aside(`Judge this, as if the caller had just said all of it: ${said}`), expectation);
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
    this.callerWaits = this.briefing.talk !== null;
    this.settle();
  }

  /** Whatever has waited for a quiet moment gets it, if this is one. */
  private settle(): void {
    if (this.over || !this.link.ready) return;
    this.hearing.pump();
    if (this.callerWaits && this.briefing.talk && !this.hearing.isActive && !this.replies.speaking) {
      this.callerWaits = false;
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
    const { utterances } = this.hearing;
    switch (event.kind) {
      case 'audio':
        this.replies.audio(event.data);
        return utterances.answered();
      case 'words':
        this.replies.words(event.text);
        return utterances.answered();
      case 'thinking':
        return this.replies.thinking();
      case 'heard':
        return utterances.fragment(event.text, event.finished);
      case 'calls':
        this.called(event.calls);
        return utterances.answered();
      case 'cancelled':
        return this.calls.cancelled(event.ids);
      case 'interrupted':
        return this.replies.interrupted();
      case 'generated':
        return this.replies.generated();
      case 'turn-over':
        if (!this.replies.turnOver()) return utterances.overtaken();
        this.judgements.turnOver();
        return utterances.answered();
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
    const { talk } = this.briefing;
    if (judged.length === made.length || !talk || this.hearing.isActive) return;
    this.replies.called();
    this.calls.made(
      made.filter(({ name }) => name !== HEARD),
      namedOffers(talk.offers),
    );
  }

  /** A model may choose to say nothing to a noise, but not to words. */
  private stalled(afterMs: number): void {
    const { utterances, isActive } = this.hearing;
    const wasNoise = !this.wantsAnswer && (utterances.last?.text ?? '') === '';
    if (!this.briefing.talk || isActive || wasNoise) return this.settle();
    // What the next session hears again asks it by itself.
    this.callerWaits ||= !utterances.waiting;
    this.link.fail(new OffhookError('gemini-timeout', `Gemini did not go on for ${afterMs} ms.`));
  }

  /** The session is left, and all that was under way in it. */
  private leave(): void {
    // What the next session hears again asks it by itself.
    this.callerWaits ||= this.briefing.talk !== null && this.replies.generating && !this.hearing.waiting;
    this.hearing.lost();
    this.replies.reset();
    this.calls.lost();
    this.judgements.lost();
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
    this.hearing.close();
    this.replies.reset();
    this.judgements.close();
  }

  private isQuiet(): boolean {
    const isWaitedFor = this.hearing.waiting || this.judgements.waiting || this.calls.waiting;
    return !isWaitedFor && !this.replies.busy;
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
