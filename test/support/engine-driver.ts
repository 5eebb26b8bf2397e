/** Drives the engine as a caller would, with the state going through JSON between any two steps. */
import { parse } from 'yaml';
import { compile } from '../../runtime/dialogue/compile.ts';
import type { DialogueDocument } from '../../runtime/dialogue/document.ts';
import { advance } from '../../runtime/dialogue/engine.ts';
import type { AppFacts, Program } from '../../runtime/dialogue/program.ts';
import type { Effect, Event, Expectation, Value } from '../../runtime/dialogue/protocol.ts';
import { newState, type CallFacts, type State } from '../../runtime/dialogue/state.ts';

export const APP: AppFacts = {
  id: 'test',
  name: 'Test',
  dialogue: 'test',
  public: true,
  locale: 'en-US',
  numbers: ['+14155550100'],
  engine: null,
  model: null,
  voice: null,
  speech: null,
  fallback: [],
  limits: { calls: null, durationMs: 1_800_000, cost: null },
  busy: null,
  properties: { city: 'Prague' },
  attach: true,
  account: null,
  lookup: false,
  hours: null,
  zone: null,
  transfers: { manager: '+14155550199' },
  hosts: null,
};

/** `others` are dialogues that it may run, by id. */
export function programOf(
  yaml: string,
  app: Partial<AppFacts> = {},
  others: { [id: string]: string } = {},
): Program {
  const library = new Map(
    Object.entries({ test: yaml, ...others }).map(([id, text]) => [
      id,
      { file: `dialogues/${id}.dialogue.yaml`, document: parse(text) as DialogueDocument },
    ]),
  );
  return compile(library, { ...APP, ...app }, 'test', 'v1');
}

export function factsOf(
  more: { isInitiated?: boolean; locale?: string; welcomeMessage?: string } = {},
): CallFacts {
  const isInitiated = more.isInitiated ?? false;
  return {
    session: {
      id: 's1',
      isInitiated,
      direction: isInitiated ? 'outbound' : 'inbound',
      locale: more.locale ?? 'en-US',
      from: '+14155550123',
      to: '+14155550100',
      startedAt: '2026-03-03T10:00:00.000Z',
    },
    user: { paired: false, anonymous: true, name: null },
    caller: { phone: '+14155550123', country: null, city: null, name: null },
    welcomeMessage: more.welcomeMessage ?? null,
    zone: 'Europe/Prague',
    used: {},
  };
}

type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never;

export class Driver {
  readonly program: Program;
  state: State;
  /** Everything that was ordered by the last event. */
  effects: Effect[] = [];
  #at = Date.UTC(2026, 2, 3, 10);
  /** Everything said since the last look. */
  #said: string[] = [];
  expectation: Expectation | null = null;
  readonly wakes = new Map<string, number>();

  constructor(
    program: Program,
    facts: CallFacts = factsOf(),
    attributes: Record<string, Value> = {},
    seed = 7,
  ) {
    this.program = program;
    this.state = newState(program.version, facts, attributes, seed);
  }

  send(event: Happening): this {
    const before = JSON.stringify(this.state);
    const from = JSON.parse(before) as State;
    const outcome = advance(this.program, from, { ...event, at: this.#at });
    if (JSON.stringify(from) !== before) throw new Error('The engine changed the state that it was given.');
    this.state = JSON.parse(JSON.stringify(outcome.state)) as State;
    this.effects = JSON.parse(JSON.stringify(outcome.effects)) as Effect[];
    for (const effect of this.effects) {
      if (effect.kind === 'say') this.#said.push(effect.text);
      if (effect.kind === 'listen' || effect.kind === 'converse') this.expectation = effect.expectation;
      if (effect.kind === 'wake') this.wakes.set(effect.id, effect.afterMs);
      if (effect.kind === 'cancel-wake') this.wakes.delete(effect.id);
    }
    return this;
  }

  /** Now, in milliseconds since the epoch. */
  get at(): number {
    return this.#at;
  }

  start(): this {
    return this.send({ kind: 'call-started' });
  }

  /** The caller means the option with this `when`; null: none of them. */
  means(when: string | null, text = 'words'): this {
    const choice = when === null ? null : this.expectation!.choices.find((one) => one.when === when);
    if (choice === undefined) throw new Error(`Nothing like "${when}" is expected.`);
    return this.send({
      kind: 'caller-spoke',
      text,
      meaning: choice ? { choice: choice.id, slots: {}, unsure: [], confidence: 1, by: 'like' } : null,
      expectation: this.expectation!.id,
      answered: false,
    });
  }

  /** The caller says values, and with them yes or no where `choice` says so. */
  gives(slots: { [name: string]: Value }, unsure: string[] = [], choice: string | null = null): this {
    return this.send({
      kind: 'caller-spoke',
      text: 'words',
      meaning: { choice, slots, unsure, confidence: 1, by: 'type' },
      expectation: this.expectation!.id,
      answered: false,
    });
  }

  says(choice: 'yes' | 'no'): this {
    return this.gives({}, [], choice);
  }

  /** One key after the other, with a while between any two; `inARow`: as fast as fingers are. */
  press(keys: string, inARow = false): this {
    for (const key of keys) {
      this.#at += inARow ? 200 : 2_500;
      this.send({ kind: 'key-pressed', key });
    }
    return this;
  }

  /** The last timer of that kind comes due. */
  wake(kind: string): this {
    const id = [...this.wakes.keys()].filter((one) => one.startsWith(`${kind}:`)).at(-1);
    if (id === undefined) throw new Error(`No timer "${kind}" is set.`);
    return this.send({ kind: 'time-passed', wake: id });
  }

  /** What was said since the last look. */
  said(): string[] {
    return this.#said.splice(0);
  }

  get slots(): { [name: string]: Value } {
    return this.state.contexts.at(-1)!.slots;
  }

  get hungUp(): string | null {
    const order = this.effects.find((effect) => effect.kind === 'hang-up');
    return order?.kind === 'hang-up' ? order.reason : null;
  }
}
