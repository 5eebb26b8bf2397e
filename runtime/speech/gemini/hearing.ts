import type { Clock } from '../../clock.ts';
import type { Expectation, Patience } from '../../dialogue/protocol.ts';
import type { SpeechEvent } from '../speech.ts';
import { Caller } from './caller.ts';
import { Feed } from './feed.ts';
import { Utterances } from './utterances.ts';

interface Owner {
  emit(event: SpeechEvent): void;
  isUp(): boolean;
  /** False: what the model is saying must not be interrupted. */
  mayBegin(): boolean;
  /** The session is about to be given an utterance. */
  begins(): void;
  audio(data: string): void;
  /** The session has all of it, and is to be told so. */
  ends(id: number): void;
  /** Its words are known, or are not waited for any more. */
  said(id: number, text: string): void;
}

/** The caller: when they speak, how a session hears of it, and the words of it. */
export class Hearing {
  private readonly owner: Owner;
  private readonly caller: Caller;
  private readonly feed: Feed;
  readonly utterances: Utterances;
  /** The utterance that is being spoken. */
  private current = 0;
  /** The session is being given one: it is between `activityStart` and `activityEnd`. */
  isActive = false;

  constructor(clock: Clock, owner: Owner) {
    this.owner = owner;
    this.caller = new Caller(clock, { started: () => this.began(), stopped: () => this.stopped() });
    this.utterances = new Utterances(
      clock,
      (event) => owner.emit(event),
      (id, text) => {
        owner.said(id, text);
        this.feed.done(id);
      },
    );
    this.feed = new Feed({
      isUp: () => owner.isUp(),
      mayBegin: () => owner.mayBegin(),
      began: () => {
        owner.begins();
        this.isActive = true;
      },
      audio: (data) => owner.audio(data),
      ended: (id) => {
        owner.ends(id);
        this.isActive = false;
        this.utterances.given(id);
      },
    });
  }

  /** A frame of base64 mu-law. */
  hear(payload: string): void {
    this.feed.hear(payload);
    this.caller.hear(payload);
  }

  expect(expectation: Expectation | null, patience: Patience): void {
    this.caller.expect(expectation, patience);
    this.utterances.sensitive = expectation?.sensitive ?? false;
  }

  /** The caller is speaking, or a session is being told what they said. */
  get speaking(): boolean {
    return this.caller.speaking || this.isActive;
  }

  /** Something was said, or is being said, whose words are not known yet. */
  get waiting(): boolean {
    return this.speaking || this.utterances.waiting;
  }

  /** Gives the session what it may be given now. */
  pump(): void {
    this.feed.pump();
  }

  /** The session is gone: the next one hears what was not understood from its beginning. */
  lost(): void {
    this.isActive = false;
    this.utterances.lost();
    this.feed.lost();
  }

  close(): void {
    this.caller.close();
    this.utterances.close();
    this.feed.close();
  }

  private began(): void {
    this.current = this.utterances.began();
    // Whoever is told stops what is being said: the model learns of it before it hears the caller.
    this.owner.emit({ kind: 'caller-started' });
    for (const id of this.feed.begin(this.current)) this.utterances.drop(id);
  }

  private stopped(): void {
    this.owner.emit({ kind: 'caller-stopped' });
    this.utterances.stopped(this.current);
    this.feed.end();
  }
}
