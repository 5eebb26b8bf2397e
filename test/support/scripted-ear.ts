import type { Clock } from '../../runtime/clock.ts';
import type { Ear, EarEvent, EarKit, EarOptions } from '../../runtime/speech/ear.ts';
import { EarUtterances, type EarUtterance } from '../../runtime/speech/ear-utterances.ts';
import { Endpointing, type TurnDecision } from '../../runtime/speech/endpointing.ts';
import { SilencePad } from '../../runtime/speech/silence-pad.ts';
import type { Expectation, Patience } from '../../runtime/dialogue/protocol.ts';
import { spokenSoFar } from './speech-bursts.ts';

export interface EarScript {
  clock: Clock;
  /** The words of the bursts of sound, in order; empty for noise. After the last, every burst is noise. */
  texts: string[];
  /** Connections wait for `release`. */
  hold: boolean;
  refuse(attempt: number): number | null;
  /** The vendor hears and says nothing. */
  deaf: boolean;
}

const DEAF_MS = 5_000;

/**
 * Ears without a vendor that know what will be said: the double of the contract. They find speech in the audio, and
 * take its words from the script. The imagined vendor can be held, refused, lost and deaf, as real ones can.
 */
export class ScriptedEars implements EarKit {
  readonly script: EarScript;
  readonly ears = new Set<ScriptedEar>();
  attempts = 0;

  constructor(script: Partial<EarScript> & Pick<EarScript, 'clock'>) {
    this.script = { texts: [], hold: false, refuse: () => null, deaf: false, ...script };
  }

  open(options: EarOptions): Ear {
    const ear = new ScriptedEar(this, options);
    this.ears.add(ear);
    return ear;
  }

  release(): void {
    this.script.hold = false;
    for (const ear of this.ears) ear.connect();
  }

  /** The vendor is lost. */
  die(): void {
    for (const ear of this.ears) ear.lose('scripted-closed', 'The imagined vendor is gone.', true);
  }

  close(): Promise<void> {
    for (const ear of this.ears) ear.close();
    return Promise.resolve();
  }
}

class ScriptedEar implements Ear {
  readonly #kit: ScriptedEars;
  readonly #options: EarOptions;
  readonly #endpointing = new Endpointing();
  readonly #utterances = new EarUtterances((event) => this.#tell(event));
  readonly #pad: SilencePad;
  #waiting: Buffer[] = [];
  #isUp = false;
  #isOver = false;
  #isSpent = false;
  #utterance: EarUtterance | null = null;
  #before: string[] = [];
  #burst = '';
  #burstMs = 0;
  #cancel: () => void = () => {};

  constructor(kit: ScriptedEars, options: EarOptions) {
    this.#kit = kit;
    this.#options = options;
    this.#pad = new SilencePad(kit.script.clock, (payload) => this.#advance(Buffer.from(payload, 'base64')));
    queueMicrotask(() => this.connect());
  }

  connect(): void {
    const { script } = this.#kit;
    if (this.#isOver || this.#isUp || script.hold) return;
    const status = script.refuse(this.#kit.attempts++);
    if (status !== null)
      return this.lose('scripted-refused', 'The imagined vendor refused: check IMAGINED_KEY.', status >= 500);
    this.#isUp = true;
    this.#isOver = false;
    this.#tell({ kind: 'ready' });
    for (const bytes of this.#waiting.splice(0)) this.#advance(bytes);
    if (script.deaf)
      this.#cancel = script.clock.after(DEAF_MS, () => this.lose('scripted-silent', 'It is deaf.', true));
  }

  lose(code: string, message: string, isWorthTrying: boolean): void {
    if (this.#isOver) return;
    this.#isUp = false;
    const recovering = isWorthTrying && !this.#isSpent;
    this.#isSpent = true;
    if (!recovering) {
      this.#utterance?.said(this.#utterance.text);
      this.#isOver = true;
      this.#pad.stop();
    }
    this.#tell({ kind: 'failed', code, message, recovering });
    if (recovering) queueMicrotask(() => this.connect());
  }

  hear(payload: string): void {
    this.#pad.heard();
    this.#advance(Buffer.from(payload, 'base64'));
  }

  caption(): void {}

  expect(expectation: Expectation | null, patience: Patience): void {
    this.#endpointing.expect(expectation, patience);
  }

  close(): void {
    this.#isOver = true;
    this.#isUp = false;
    this.#cancel();
    this.#pad.stop();
    this.#kit.ears.delete(this);
  }

  #advance(bytes: Buffer): void {
    if (this.#isOver) return;
    if (!this.#isUp) return void this.#waiting.push(bytes);
    if (this.#kit.script.deaf) return;
    this.#burstMs += bytes.length / 8;
    if (this.#utterance && this.#burst !== '') this.#words(spokenSoFar(this.#burst, this.#burstMs));
    this.#endpointing.hear(bytes, (decision) => this.#decided(decision));
  }

  #decided(decision: TurnDecision): void {
    switch (decision) {
      case 'started':
        this.#before = [];
        this.#pad.start();
        this.#utterance = this.#utterances.begin();
        return this.#next();
      case 'paused':
        this.#words(this.#burst);
        this.#before.push(this.#burst);
        this.#burst = '';
        return this.#utterance?.likelyDone();
      case 'resumed':
        this.#utterance?.goesOn();
        return this.#next();
      case 'ended': {
        const utterance = this.#utterance;
        this.#utterance = null;
        this.#pad.stop();
        utterance?.said(utterance.text);
        const usage = { vendor: 'imagined', model: 'scripted', amounts: { seconds: 1 } };
        return this.#tell({ kind: 'used', usage });
      }
    }
  }

  #next(): void {
    this.#burst = this.#kit.script.texts.shift() ?? '';
    this.#burstMs = 0;
  }

  #words(text: string): void {
    this.#utterance?.words([...this.#before, text].filter((part) => part !== '').join(' '));
  }

  #tell(event: EarEvent): void {
    if (this.#kit.ears.has(this)) this.#options.on(event);
  }
}
