import { BYTES_PER_MS } from '../../audio.ts';
import type { Patience } from '../../dialogue/protocol.ts';
import { EnergyVad, type VadDecision } from '../embedded/vad.ts';

/** How long a pause ends the caller's turn. */
const PAUSE_MS: { readonly [patience in Patience]: number } = { quick: 400, normal: 700, patient: 1_400 };
/** The shortest pause that is told from the gaps between words; the rest is waited for here. */
const HANGOVER_MS = 200;
/** A television in the background would otherwise be one utterance without an end. */
const LONGEST_MS = 20_000;

/**
 * When the caller begins to speak, and when their turn is over: the vendor tells neither. Its time is the audio's
 * own. A caller who goes on within the pause has not stopped.
 */
export class Endpoint {
  patience: Patience = 'normal';
  private readonly vad = new EnergyVad({ hangoverMs: HANGOVER_MS });
  private isSpeaking = false;
  private spokenMs = 0;
  private quietMs = 0;

  get speaking(): boolean {
    return this.isSpeaking;
  }

  /** One frame of mu-law. */
  hear(bytes: Uint8Array): VadDecision {
    const ms = bytes.length / BYTES_PER_MS;
    const wasLoud = this.vad.speaking;
    this.vad.hear(bytes, bytes.length);
    if (!this.isSpeaking) {
      if (wasLoud || !this.vad.speaking) return null;
      this.isSpeaking = true;
      this.spokenMs = 0;
      this.quietMs = 0;
      return 'started';
    }
    this.spokenMs += ms;
    this.quietMs = this.vad.speaking ? 0 : this.quietMs + ms;
    const pauseMs = PAUSE_MS[this.patience] - HANGOVER_MS;
    if (this.quietMs < pauseMs && this.spokenMs < LONGEST_MS) return null;
    this.isSpeaking = false;
    return 'stopped';
  }
}
