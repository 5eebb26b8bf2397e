import type { Clock } from '../clock.ts';
import type { Effect, Expectation } from '../dialogue/protocol.ts';
import type { Channel } from '../line/line.ts';
import type { Pairings } from './pairings.ts';
import { shownText } from './redaction.ts';
import type { ToolRuns } from './tool-runs.ts';
import type { Wakes } from './wakes.ts';

/** What the caller may mean, and whether what comes of it may be written down. */
export interface Expected {
  readonly expectation: Expectation | null;
  readonly sensitive: boolean;
}

/** How long a goodbye may take before the line is closed all the same. */
const GOODBYE_MS = 30_000;
/** How the engine names the calls that it makes for a `do`; those of a model have the name that the vendor gave. */
const OWN_CALL = /^t\d+$/;
/** A long text before it is still heard out, within minutes. */
const GOODBYE_TRIES = 9;

/** Carries out what the engine ordered, and knows what was expected last. */
export class Performer {
  readonly #channel: Channel;
  readonly #wakes: Wakes;
  readonly #toolRuns: ToolRuns;
  readonly #clock: Clock;
  readonly #pairings: Pairings;
  readonly #callBack: (order: { id: string; at: number }) => void;
  #expected: Expected = { expectation: null, sensitive: false };
  #cancelWatch: () => void = () => undefined;

  constructor(
    channel: Channel,
    wakes: Wakes,
    toolRuns: ToolRuns,
    clock: Clock,
    pairings: Pairings,
    callBack: (order: { id: string; at: number }) => void,
  ) {
    this.#channel = channel;
    this.#wakes = wakes;
    this.#toolRuns = toolRuns;
    this.#clock = clock;
    this.#pairings = pairings;
    this.#callBack = callBack;
  }

  get expected(): Expected {
    return this.#expected;
  }

  /** Carries it out. `written` is the same as it may be told. */
  perform(effect: Effect, written: Effect): void {
    switch (effect.kind) {
      case 'say': {
        const { masked, ...order } = effect;
        const shown = written.kind === 'say' ? written.text : (masked ?? effect.text);
        return this.#channel.say(
          masked === undefined && shown === effect.text ? order : { ...order, masked: shown },
        );
      }
      case 'play':
        return this.#channel.play(effect, shownText(effect));
      case 'press':
        return this.#channel.press(effect, shownText(written.kind === 'press' ? written : effect));
      case 'listen':
        this.#expect(effect.expectation);
        return this.#channel.listen(effect);
      case 'converse':
        this.#expect(effect.expectation);
        return this.#channel.converse({
          ...effect,
          offers: this.#toolRuns.shown(effect.dialogue, effect.offers),
        });
      case 'answer-model':
        return this.#channel.answerModel(effect.call, effect.output);
      case 'call-tool':
        // In a `talk` the caller is heard while the model's tool is at work.
        if (OWN_CALL.test(effect.call)) this.#expect(null);
        void this.#toolRuns.run(effect);
        return;
      case 'change-language':
        return this.#channel.changeLanguage(effect.locale);
      case 'remember':
        // Written with the step.
        return;
      case 'open-pairing':
        // Nothing is expected of the caller before there is a code.
        this.#expect(null);
        void this.#pairings.open(effect.pairing, effect.phone);
        return;
      case 'call-back':
        return this.#callBack({ id: effect.id, at: effect.at });
      case 'wake':
        return this.#wakes.set(effect.id, effect.afterMs, effect.since);
      case 'cancel-wake':
        return this.#wakes.cancel(effect.id);
      case 'transfer':
      case 'hang-up':
        this.#expect(null);
        this.#wakes.close();
        return this.hangUp();
      default:
        return effect satisfies never;
    }
  }

  /** Hangs up when all that was said has been heard; what never ends is cut. */
  hangUp(): void {
    this.#channel.hangUp();
    this.#watch(GOODBYE_TRIES);
  }

  /** The line is gone. */
  close(): void {
    this.#cancelWatch();
  }

  #watch(tries: number): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#clock.after(GOODBYE_MS, () => {
      if (tries > 0 && this.#channel.remainingMs() > 0) this.#watch(tries - 1);
      else this.#channel.close();
    });
  }

  /** Null: nothing, for now. What still comes belongs to what was expected before. */
  #expect(expectation: Expectation | null): void {
    this.#expected = { expectation, sensitive: expectation?.sensitive ?? this.#expected.sensitive };
  }
}
