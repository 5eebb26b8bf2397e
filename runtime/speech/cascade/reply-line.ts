import type { SpeechEvent, Voice, VoiceEvent, VoiceStream } from '../speech.ts';
import { Sentences } from './sentences.ts';

interface ReplyLineParts {
  id: string;
  voice: Voice;
  locale: string;
  /** What is passed on of it. */
  emit(event: SpeechEvent): void;
  /** Nothing is passed on while this is false: `flush` says when it may have changed. */
  mayPass(line: ReplyLine): boolean;
  /** All of it was passed on. */
  done(line: ReplyLine): void;
  failed(code: string, message: string): void;
}

/** One reply on its way from the mind to the caller: words become sentences, sentences audio. */
export class ReplyLine {
  readonly id: string;
  readonly #parts: ReplyLineParts;
  readonly #sentences: Sentences;
  #stream: VoiceStream | null = null;
  #held: SpeechEvent[] = [];
  /** What the voice was given. */
  #given = '';
  #began = false;
  #sounding = false;
  #cut = false;

  constructor(parts: ReplyLineParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#sentences = new Sentences(parts.locale);
  }

  /** Audio of it was passed on. */
  get sounding(): boolean {
    return this.#sounding;
  }

  /** The words of which audio was, or is being, made. */
  get given(): string {
    return this.#given;
  }

  words(text: string): void {
    if (this.#cut) return;
    // Opened before there is anything to say: a vendor needs a moment to be there.
    if (text.trim() !== '') this.#stream ??= this.#open();
    for (const piece of this.#sentences.add(text)) this.#say(piece);
  }

  /** No more words come. */
  end(): void {
    if (this.#cut) return;
    this.#say(this.#sentences.end());
    if (this.#stream) this.#stream.end();
    else this.#parts.done(this);
  }

  flush(): void {
    while (this.#held.length > 0 && this.#parts.mayPass(this)) this.#pass(this.#held.shift()!);
  }

  /** Nothing more is made or passed on. It has to be told where it ends, now or when whoever cut it has done so. */
  cut(when: 'now' | 'soon'): void {
    if (this.#cut) return;
    this.#cut = true;
    this.#held = [];
    this.#stream?.cancel();
    if (!this.#began) return;
    const end = (): void =>
      this.#parts.emit({ kind: 'audio-ended', item: this.id, text: this.#given.trim() });
    if (when === 'now') end();
    else queueMicrotask(end);
  }

  #open(): VoiceStream {
    const { voice, locale } = this.#parts;
    return voice.stream(locale, (event) => this.#fromVoice(event));
  }

  #say(piece: string): void {
    if (piece.trim() === '') return;
    this.#given += piece;
    this.#put({ kind: 'words', item: this.id, text: this.#given.trim() });
    // Whoever was told may have cut it.
    if (!this.#cut) this.#stream?.say(speakable(piece));
  }

  #fromVoice(event: VoiceEvent): void {
    if (this.#cut) return;
    switch (event.kind) {
      case 'audio':
        return this.#put({ kind: 'audio', item: this.id, payload: event.payload });
      case 'used':
        return this.#parts.emit(event);
      case 'ended':
        return this.#put({ kind: 'audio-ended', item: this.id, text: this.#given.trim() });
      case 'failed':
        return this.#parts.failed(event.code, event.message);
      default:
        return event satisfies never;
    }
  }

  #put(event: SpeechEvent): void {
    if (this.#held.length === 0 && this.#parts.mayPass(this)) this.#pass(event);
    else this.#held.push(event);
  }

  #pass(event: SpeechEvent): void {
    if (event.kind === 'audio-ended') {
      this.#cut = true;
      if (this.#began) this.#parts.emit(event);
      return this.#parts.done(this);
    }
    this.#began = true;
    if (event.kind === 'audio') this.#sounding = true;
    this.#parts.emit(event);
  }
}

/** A voice would read the marks of a written text aloud. */
function speakable(piece: string): string {
  return piece.replaceAll(/\*\*|__|`/g, '').replaceAll(/^\s*(?:#{1,6}|[-*\u2022])\s+/gm, '');
}
