import type { Expectation } from '../../dialogue/protocol.ts';
import type { Talk } from '../speech.ts';
import type { History } from './history.ts';
import { callSetup, configUpdate, listeningConfig, talkConfig, type Config, type Setting } from './setup.ts';
import type { ClientMessage, Setup } from './wire.ts';

/**
 * What a session is told before anything is asked of it: what it is to do now, and what has happened without it.
 * Both wait until there is something to ask, so that a dialogue that goes on in steps tells it once.
 */
export class Briefing {
  talk: Talk | null = null;
  expectation: Expectation | null = null;
  private readonly setting: Setting;
  private readonly history: History;
  private readonly send: (message: ClientMessage) => void;
  /** What the session was told to do, as a text to compare by. */
  private told = '';
  private toldExpectation: Expectation | null = null;

  constructor(setting: Setting, history: History, send: (message: ClientMessage) => void) {
    this.setting = setting;
    this.history = history;
    this.send = send;
  }

  /** What a listening session was told to expect. */
  get expected(): Expectation | null {
    return this.toldExpectation;
  }

  /** What a new session begins with. */
  setup(handle: string | null): Setup {
    const config = this.config(this.expectation);
    this.told = JSON.stringify(config);
    this.toldExpectation = this.expectation;
    return callSetup(this.setting, config, handle);
  }

  /** Tells the session what it does not know yet. */
  tell(expectation = this.expectation): void {
    const config = this.config(expectation);
    const text = JSON.stringify(config);
    if (text !== this.told) this.send(configUpdate(config));
    this.told = text;
    this.toldExpectation = expectation;
    const turns = this.history.untold();
    if (turns.length > 0) this.send({ clientContent: { turns, turnComplete: false } });
  }

  /** Gives the model the word. Stops whatever it is saying. */
  ask(text: string, expectation = this.expectation): void {
    this.tell(expectation);
    this.send({ clientContent: { turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true } });
  }

  private config(expectation: Expectation | null): Config {
    const { locale } = expectation ?? this.setting;
    return this.talk
      ? talkConfig({ ...this.setting, locale }, this.talk)
      : listeningConfig(this.setting, expectation);
  }
}
