import { BYTES_PER_MS, base64Bytes } from '../../audio.ts';
import type { EarEvent } from '../ear.ts';
import { Echo } from '../echo.ts';
import type { SpeechEvent } from '../speech.ts';

interface HearingParts {
  emit(event: SpeechEvent): void;
  /** The caller has probably said this. */
  likely(text: string): void;
  goesOn(): void;
  /** They stopped; the words come later. */
  stopped(): void;
  /** They said this; empty where it was noise, or the agent's own voice. */
  said(text: string): void;
}

type Heard = Extract<
  EarEvent,
  { kind: 'caller-started' | 'words' | 'likely-done' | 'goes-on' | 'caller-stopped' | 'said' }
>;

/**
 * What the ear tells of the caller, without the echo of the agent's own voice. A line that echoes is known by its
 * first echo: from then on nobody is said to have begun to speak over the agent before the words tell who it is.
 */
export class Hearing {
  readonly #parts: HearingParts;
  readonly #echo = new Echo();
  #echoes = false;
  /** Somebody is being heard; whether that was told. */
  #heard = false;
  #told = false;
  #stopTold = false;
  /** The caller's frames come at an even pace: they are the clock by which the agent's audio is played. */
  #nowMs = 0;
  #airMs = 0;
  #onAir: { id: string; endMs: number }[] = [];

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  /** The caller is speaking. */
  get speaking(): boolean {
    return this.#heard && this.#told;
  }

  /** A frame of the caller has come. */
  frame(payload: string): void {
    this.#nowMs += base64Bytes(payload) / BYTES_PER_MS;
    for (let first = this.#onAir[0]; first && first.endMs <= this.#nowMs; first = this.#onAir[0]) {
      this.#onAir.shift();
      this.#echo.over(first.id);
    }
  }

  /** The agent says this, and this audio of it was passed on. */
  plays(id: string, text: string, payload: string): void {
    this.#airMs = Math.max(this.#airMs, this.#nowMs) + base64Bytes(payload) / BYTES_PER_MS;
    const last = this.#onAir.at(-1);
    if (last?.id === id) {
      last.endMs = this.#airMs;
      return;
    }
    this.#onAir.push({ id, endMs: this.#airMs });
    this.#echo.saying(id, text);
  }

  /** More words of a line that is playing. */
  words(id: string, text: string): void {
    if (this.#onAir.some((line) => line.id === id)) this.#echo.saying(id, text);
  }

  /** A line of somebody else's was said. */
  said(text: string): void {
    this.#echo.said(text);
  }

  /** What was playing was cut. */
  silenced(): void {
    for (const { id } of this.#onAir.splice(0)) this.#echo.over(id);
    this.#airMs = this.#nowMs;
  }

  from(event: Heard): void {
    switch (event.kind) {
      case 'caller-started':
        return this.#started();
      case 'words':
        if (this.#echo.isEcho(event.text)) return;
        this.#tell();
        return this.#parts.emit({ kind: 'caller-words', text: event.text });
      case 'likely-done':
        if (this.#echo.isEcho(event.text)) return;
        this.#tell();
        return this.#parts.likely(event.text);
      case 'goes-on':
        return this.#parts.goesOn();
      case 'caller-stopped':
        return this.#told ? this.#stop() : undefined;
      case 'said':
        return this.#said(event.text.trim());
      default:
        return event satisfies never;
    }
  }

  /** The ear is gone: of what it heard no words will come. */
  lost(): void {
    this.#heard = false;
    this.#told = false;
  }

  #started(): void {
    this.#echo.began();
    this.#heard = true;
    this.#told = false;
    this.#stopTold = false;
    if (!this.#echoes || !this.#echo.speaking) this.#tell();
  }

  #said(text: string): void {
    const isEcho = this.#echo.isEcho(text);
    this.#echoes ||= isEcho;
    const words = isEcho ? '' : text;
    if (words !== '') this.#tell();
    const told = this.#told;
    if (told) this.#stop();
    this.#heard = false;
    this.#told = false;
    if (told) this.#parts.emit({ kind: 'caller-said', text: words });
    this.#parts.said(words);
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#stopTold = false;
    this.#parts.emit({ kind: 'caller-started' });
  }

  #stop(): void {
    if (this.#stopTold) return;
    this.#stopTold = true;
    this.#parts.emit({ kind: 'caller-stopped' });
    this.#parts.stopped();
  }
}
