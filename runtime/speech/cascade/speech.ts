import type { Expectation, Meaning, Patience, Value } from '../../dialogue/protocol.ts';
import type { CascadeParts, OpenCascade } from '../cascade.ts';
import type { Ear, EarEvent } from '../ear.ts';
import type { Mind, MindEvent } from '../mind.ts';
import type { Said, Speech, SpeechEvent, SpeechOptions, Talk } from '../speech.ts';
import { Hearing } from './hearing.ts';
import { ReplyLine } from './reply-line.ts';
import { prepareSentences } from './sentences.ts';

/** Replies that were stopped and may still be playing. */
const MAX_STOPPED = 20;

export const openCascade: OpenCascade = (parts, options) => new CascadeSpeech(parts, options);

/** One call through a recogniser, a text model and a voice. */
class CascadeSpeech implements Speech {
  readonly judges = false;
  readonly converses: boolean;
  readonly #parts: CascadeParts;
  readonly #options: SpeechOptions;
  readonly #hearing: Hearing;
  readonly #ear: Ear;
  readonly #mind: Mind | null;
  /** What is being said, or is still to be: first to last. */
  #lines: ReplyLine[] = [];
  /**
   * Replies of which nothing more is passed on: cut by the caller, or broken off by the dialogue or a failure. Of
   * the latter the mind remembers what was passed on.
   */
  readonly #stopped = new Map<string, 'cut' | 'broken'>();
  #talk: Talk | null = null;
  /** The caller stopped speaking in a talk: the model answers what they said. */
  #answers = false;
  /** Said over a reply that was not cut by it: the model hears of it when it has finished. */
  #later: string[] = [];
  /** BCP 47: of the step that the call is at. */
  #locale: string;
  #sensitive = false;
  #secret = false;
  #toForget = false;
  #recovering = false;
  /** Closed, or failed for good. */
  #over = false;

  constructor(parts: CascadeParts, options: SpeechOptions) {
    const { sessionId, locale, persona } = options;
    this.#parts = parts;
    this.#options = options;
    this.#locale = locale;
    this.converses = parts.mind !== null;
    prepareSentences(locale);
    this.#hearing = new Hearing({
      emit: (event) => this.#emit(event),
      likely: (text) => this.#likely(text),
      goesOn: () => this.#mind?.discard(),
      stopped: () => {
        // Where it takes some words to interrupt, `reply` says whether it is answered, and may have said so by now.
        this.#answers ||= this.#talk?.words === 1;
      },
      said: (text) => this.#said(text),
    });
    this.#mind =
      parts.mind?.kit.open({
        sessionId,
        locale,
        model: parts.mind.model,
        persona,
        on: (event) => this.#fromMind(event),
      }) ?? null;
    this.#ear = parts.ear.open({
      sessionId,
      locale,
      model: parts.earModel,
      on: (event) => this.#fromEar(event),
    });
  }

  hear(payload: string): void {
    if (this.#over) return;
    this.#hearing.frame(payload);
    this.#ear.hear(payload);
  }

  caption(text: string): void {
    if (!this.#over) this.#ear.caption(text);
  }

  expect(expectation: Expectation | null, patience: Patience): void {
    if (this.#over) return;
    this.#sensitive = expectation?.sensitive ?? false;
    this.#locale = expectation?.locale ?? this.#locale;
    this.#secret ||= this.#sensitive;
    this.#ear.expect(expectation, patience);
  }

  forget(): void {
    if (this.#over || !this.#toForget) return;
    this.#toForget = false;
    this.#mind?.forget();
  }

  hide(mask: (text: string) => string): void {
    this.#mind?.hide(mask);
  }

  note(said: Said): void {
    if (this.#over) return;
    if (said.role === 'agent') this.#hearing.said(said.text);
    this.#mind?.note(said);
  }

  /** Whoever joins this to a call judges by the words. */
  judge(): Promise<Meaning | null> {
    return Promise.resolve(null);
  }

  converse(talk: Talk | null): void {
    if (this.#over || talk === this.#talk) return;
    this.#talk = talk;
    this.#breakOff('soon');
    for (const text of this.#later.splice(0)) this.#mind?.note({ role: 'caller', text });
    this.#mind?.converse(talk);
  }

  reply(): void {
    if (!this.#over && this.#talk) this.#answers = true;
  }

  respond(call: string, output: Value): void {
    if (!this.#over) this.#mind?.respond(call, output);
  }

  heardOnly(item: string, _heardMs: number, heardText: string): void {
    // What was broken off is cut at its end, too: that is not the caller, and nothing else has to stop for it.
    const isAtItsEnd = this.#stopped.get(item) === 'broken' && !this.#hearing.speaking;
    if (this.#over || isAtItsEnd) return;
    this.#hearing.silenced();
    const unheard = this.#lines.filter((line) => line.id !== item && !line.sounding);
    this.#stop('cut', 'soon');
    this.#mind?.heardOnly(item, heardText);
    for (const { id } of unheard) this.#mind?.heardOnly(id, '');
  }

  close(): void {
    this.#over = true;
    this.#stop('cut', 'soon');
    this.#ear.close();
    this.#mind?.close();
  }

  #fromEar(event: EarEvent): void {
    if (this.#over) return;
    switch (event.kind) {
      case 'ready':
      case 'used':
        return this.#emit(event);
      case 'failed':
        if (!event.recovering) return this.#fail(event.code, event.message);
        this.#hearing.lost();
        this.#mind?.discard();
        return this.#lose(event);
      case 'caller-started':
        this.#secret = this.#sensitive;
        return this.#hearing.from(event);
      case 'words':
      case 'likely-done':
      case 'goes-on':
      case 'caller-stopped':
      case 'said':
        return this.#hearing.from(event);
      default:
        return event satisfies never;
    }
  }

  /** Nothing is prepared while the model speaks: it would not know how much of that was heard. */
  #likely(text: string): void {
    if (this.#talk && this.#lines.length === 0) this.#mind?.prepare(text);
  }

  #said(text: string): void {
    if (this.#over) return;
    this.#answer(text, this.#secret);
    this.#answers = false;
    this.#secret = this.#sensitive;
    this.#flush();
  }

  #answer(text: string, secret: boolean): void {
    const mind = this.#mind;
    if (text === '' || !mind) return mind?.discard();
    if (!this.#answers) {
      mind.discard();
      // What is sensitive is not told at all where nobody waits for an answer.
      return secret ? undefined : mind.note({ role: 'caller', text });
    }
    this.#toForget ||= secret;
    if (this.#lines.length === 0) return mind.said(text);
    // The caller may have begun before the first sound: then the reply is not what they wait for any more.
    const isUnheard = this.#lines.every((line) => !line.sounding);
    if (!isUnheard || !this.#talk?.interruptible) return void this.#later.push(text);
    const unheard = [...this.#lines];
    this.#stop('cut', 'soon');
    for (const { id } of unheard) mind.heardOnly(id, '');
    return mind.said(text);
  }

  #fromMind(event: MindEvent): void {
    if (this.#over) return;
    switch (event.kind) {
      case 'words':
        this.#recovered();
        return this.#line(event.reply)?.words(event.text);
      case 'ended':
        return this.#lines.find(({ id }) => id === event.reply)?.end();
      case 'called':
        this.#recovered();
        return this.#emit({ kind: 'model-called', call: event.call, name: event.name, input: event.input });
      case 'used':
        return this.#emit(event);
      case 'failed':
        if (!event.recovering) return this.#fail(event.code, event.message);
        this.#recovering = true;
        return this.#lose(event);
      default:
        return event satisfies never;
    }
  }

  /** The line of a reply; null for one that was cut. */
  #line(id: string): ReplyLine | null {
    const known = this.#lines.find((line) => line.id === id);
    if (known || this.#stopped.has(id)) return known ?? null;
    const line = new ReplyLine({
      id,
      voice: this.#parts.voice,
      locale: this.#locale,
      emit: (event) => this.#fromLine(event),
      mayPass: (one) => this.#mayPass(one),
      done: (one) => this.#done(one),
      failed: (code, message) => this.#fail(code, message),
    });
    this.#lines.push(line);
    this.#emit({ kind: 'first-token' });
    return line;
  }

  #fromLine(event: SpeechEvent): void {
    if (event.kind === 'audio') this.#hearing.plays(event.item, this.#given(event.item), event.payload);
    else if (event.kind === 'words') this.#hearing.words(event.item, event.text);
    this.#emit(event);
  }

  #given(id: string): string {
    return this.#lines.find((line) => line.id === id)?.given ?? '';
  }

  /** One after another, and none begins while a caller speaks who may interrupt. */
  #mayPass(line: ReplyLine): boolean {
    if (this.#lines[0] !== line) return false;
    return line.sounding || !this.#hearing.speaking || !this.#talk?.interruptible;
  }

  #done(line: ReplyLine): void {
    this.#lines = this.#lines.filter((one) => one !== line);
    this.#flush();
    if (this.#lines.length > 0 || this.#later.length === 0) return;
    const text = this.#later.splice(0).join(' ');
    if (this.#talk) this.#mind?.said(text);
    else this.#mind?.note({ role: 'caller', text });
  }

  #flush(): void {
    this.#lines[0]?.flush();
  }

  /** Nothing more is made; what was passed on is heard, and is what the mind remembers. */
  #breakOff(when: 'now' | 'soon'): void {
    const lines = [...this.#lines];
    this.#stop('broken', when);
    for (const line of lines) this.#mind?.heardOnly(line.id, line.sounding ? line.given.trim() : '');
  }

  #stop(how: 'cut' | 'broken', when: 'now' | 'soon'): void {
    for (const line of this.#lines.splice(0)) {
      this.#stopped.set(line.id, how);
      line.cut(when);
    }
    for (const oldest of this.#stopped.keys()) {
      if (this.#stopped.size <= MAX_STOPPED) break;
      this.#stopped.delete(oldest);
    }
  }

  /** Part of the cascade is lost, and comes back. */
  #lose(event: Extract<SpeechEvent, { kind: 'failed' }>): void {
    this.#breakOff('now');
    this.#emit(event);
  }

  #recovered(): void {
    if (!this.#recovering) return;
    this.#recovering = false;
    this.#emit({ kind: 'ready' });
  }

  #fail(code: string, message: string): void {
    if (this.#over) return;
    this.#stop('broken', 'now');
    this.#emit({ kind: 'failed', code, message, recovering: false });
    this.close();
  }

  #emit(event: SpeechEvent): void {
    if (!this.#over) this.#options.on(event);
  }
}
