/** What every step that waits for the caller has in common: what is expected, keys, silence, unclear answers. */
import { type Anytime, anytimesOf, leaves, pushAside } from './anytimes.ts';
import { ladderOf, type AnyRung } from './ladders.ts';
import type { Flow, Machine } from './machine.ts';
import type { Choice, Event, Expectation, Meaning, Wanted } from './protocol.ts';
import type { Option, Step } from './program.ts';
import type { Listening } from './state.ts';

/** How long a caller may be silent before the silence ladder begins. */
export const SILENCE_MS = 7_000;
/** How long to wait for the next key while more than one answer is possible. */
export const NEXT_KEY_MS = 2_500;
/** After so many rounds that went nowhere the step leaves by `unclear`; the last rung is repeated as often. */
export const ROUNDS = 3;

/** What a step listens for, and what it does with what it hears. */
export interface Listener {
  options: readonly Option[];
  /** The yes and the no of what was asked are choices too. */
  yesNo?: boolean;
  slots?(): readonly Wanted[];
  sensitive?: boolean;
  /** Listens on without saying the prompt. */
  again(): Flow;
  /** Takes what the step alone understands: values, a yes. Null: nothing of it was meant. */
  heard?(meaning: Meaning): Flow | null;
  /** Takes keys that are no option's. `grows`: more keys could still become something. */
  pressed?(keys: string): { grows: boolean; waitMs: number; take: (() => Flow) | null };
  /** Says the step's own words in the place of the ladder, which is not climbed then. */
  missed?(trouble: 'silence' | 'unclear'): Flow | null;
}

/** What the step expects now, under an id that no earlier expectation had. */
export function expectation(machine: Machine, { options, yesNo, slots, sensitive }: Listener): Expectation {
  const { facts, counts } = machine.state;
  const anytime = anytimesOf(machine).map(({ option }) => option);
  return {
    id: `e${++counts.listen}`,
    locale: facts.session.locale,
    choices: [...(yesNo ? yesAndNo(anytime) : []), ...choicesOf(options, anytime)],
    slots: slots?.() ?? [],
    now: machine.at,
    zone: facts.zone,
    sensitive: sensitive ?? false,
  };
}

/** The step's options first, as `s0`, `s1` …, then those that hold at any time, as `a0`, `a1` …. */
function choicesOf(options: readonly Option[], anytime: readonly Option[]): Choice[] {
  return [
    ...options.map((option, index) => choice(option, `s${index}`, 'step')),
    ...anytime.map((option, index) => choice(option, `a${index}`, 'anytime')),
  ];
}

function choice({ when, like, keys }: Option, id: string, scope: Choice['scope']): Choice {
  return { id, when, like, keys, scope, polar: null };
}

/** The keys 1 and 2 mean yes and no where they mean nothing else. */
function yesAndNo(anytime: readonly Option[]): Choice[] {
  const free = (keys: string): string | null =>
    anytime.some((option) => option.keys?.startsWith(keys)) ? null : keys;
  return [
    { id: 'yes', when: 'agrees', like: [], keys: free('1'), scope: 'step', polar: 'yes' },
    { id: 'no', when: 'refuses', like: [], keys: free('2'), scope: 'step', polar: 'no' },
  ];
}

/** A fresh memory for a step that begins to listen; what it counted before stays. */
export function listening(id: string, before: Listening | null): Listening {
  return {
    kind: 'listening',
    expectation: id,
    silence: before?.silence ?? 0,
    unclear: before?.unclear ?? 0,
    asides: before?.asides ?? 0,
    keys: '',
    turns: before?.turns ?? 0,
    calls: before?.calls ?? [],
    asked: before?.asked ?? null,
    confirming: before?.confirming ?? null,
  };
}

export function memoryOf(machine: Machine): Listening | null {
  const { memory } = machine.top;
  return memory?.kind === 'listening' ? memory : null;
}

/** Orders what the listener expects to be listened for, and waits. */
export function listen(machine: Machine, step: Step, listener: Listener): Flow {
  const expected = expectation(machine, listener);
  const memory = listening(expected.id, memoryOf(machine));
  machine.remember(memory);
  machine.effects.push({ kind: 'listen', expectation: expected, turn: machine.turnOf(step) });
  wakeForSilence(machine, memory);
  return 'wait';
}

export function wakeForSilence(machine: Machine, memory: Listening): void {
  machine.wake(`silence:${memory.expectation}`, SILENCE_MS, 'heard');
}

/** Handles an event of a listening step. */
export function onWhileListening(machine: Machine, step: Step, listener: Listener, event: Event): Flow {
  const memory = memoryOf(machine);
  if (!memory) return 'wait';
  switch (event.kind) {
    case 'caller-spoke': {
      // Who mutters while typing is not done typing.
      if (memory.keys !== '' && !meansSomething(event.meaning)) return 'wait';
      if (event.text === '' && event.cut === true) {
        // A cough cut the question: it is asked again, but not for ever.
        if (++memory.asides > ROUNDS) return climb(machine, step, 'unclear', listener.again);
        machine.sayAgain(machine.turnOf(step));
        return listener.again();
      }
      // Noise, said to a model that answers it, or judged against what was expected earlier: not an answer to this.
      if (event.text === '' || event.answered || event.expectation !== memory.expectation) return 'wait';
      memory.silence = 0;
      return meant(machine, step, listener, event.meaning);
    }
    case 'key-pressed':
      memory.silence = 0;
      return press(machine, step, listener, memory, event.key);
    case 'time-passed':
      if (event.wake === `silence:${memory.expectation}`) return miss(machine, step, listener, 'silence');
      if (event.wake === `keys:${memory.expectation}`) return settleKeys(machine, step, listener, memory);
      return 'wait';
    default:
      return 'wait';
  }
}

const meansSomething = (meaning: Meaning | null): boolean =>
  meaning !== null && (meaning.choice !== null || Object.keys(meaning.slots).length > 0);

function meant(machine: Machine, step: Step, listener: Listener, meaning: Meaning | null): Flow {
  const found = meaning?.choice ? find(machine, listener.options, meaning.choice) : null;
  if (found?.scope === 'anytime') return take(machine, step, found, listener.again);
  const taken = meaning ? (listener.heard?.(meaning) ?? null) : null;
  if (taken !== null) return taken;
  return found ? take(machine, step, found, listener.again) : miss(machine, step, listener, 'unclear');
}

type Found = { option: Option; scope: 'step' } | (Anytime & { scope: 'anytime' });

/** The option of a choice's id. */
export function find(machine: Machine, options: readonly Option[], id: string): Found | null {
  const index = Number(id.slice(1));
  if (id.startsWith('s')) {
    const option = options[index];
    return option ? { option, scope: 'step' } : null;
  }
  const found = anytimesOf(machine)[index];
  return found ? { ...found, scope: 'anytime' } : null;
}

/** Carries out the option that was meant; the step is done unless it was an `anytime` or only a `repeat`. */
export function take(machine: Machine, step: Step, found: Found, again: () => Flow): Flow {
  const { option } = found;
  const memory = memoryOf(machine)!;
  const comesBack = option.repeats || (found.scope === 'anytime' && !leaves(machine, found));
  if (comesBack) {
    memory.asides++;
    if (memory.asides > ROUNDS) return climb(machine, step, 'unclear', again);
  }
  if (option.repeats) {
    machine.sayAgain(machine.turnOf(step));
    return again();
  }
  if (found.scope === 'anytime') {
    pushAside(machine, found);
    return 'moved';
  }
  machine.top.index++;
  machine.remember(null);
  if (option.block) machine.push(option.block, 'flow');
  return 'moved';
}

function press(machine: Machine, step: Step, listener: Listener, memory: Listening, key: string): Flow {
  const options = keyed(machine, listener);
  const asEntry = listener.pressed !== undefined && !options.some((keys) => keys.includes(key));
  // # ends what was entered, * begins it anew, where they mean nothing else.
  if (asEntry && key === '#' && memory.keys !== '') return settleKeys(machine, step, listener, memory);
  const isEmpty = memory.keys === '';
  memory.keys += key;
  const entry = listener.pressed?.(memory.keys) ?? null;
  if (asEntry && key === '*' && !isEmpty && !entry?.grows && !entry?.take) {
    memory.keys = '';
    wakeForSilence(machine, memory);
    return 'wait';
  }
  const longer = options.some((keys) => keys.length > memory.keys.length && keys.startsWith(memory.keys));
  if (longer || entry?.grows) {
    machine.wake(`keys:${memory.expectation}`, Math.max(longer ? NEXT_KEY_MS : 0, entry?.waitMs ?? 0), 'now');
    // Whoever presses keys is not silent.
    wakeForSilence(machine, memory);
    return 'wait';
  }
  return settleKeys(machine, step, listener, memory);
}

/** The keys of everything that has some. */
function keyed(machine: Machine, { options, yesNo }: Listener): string[] {
  const anytime = anytimesOf(machine).map(({ option }) => option);
  const choices = [...(yesNo ? yesAndNo(anytime) : []), ...options, ...anytime];
  return choices.flatMap(({ keys }) => keys ?? []);
}

/** No more keys are coming: they are an answer, a value, or they are unclear. */
function settleKeys(machine: Machine, step: Step, listener: Listener, memory: Listening): Flow {
  const { keys } = memory;
  memory.keys = '';
  if (keys === '') return 'wait';
  machine.state.lastKey = { at: machine.at, as: 'chosen' };
  const anytime = anytimesOf(machine);
  const own = listener.options.find((option) => option.keys === keys);
  if (own) return take(machine, step, { option: own, scope: 'step' }, listener.again);
  const polar = listener.yesNo
    ? yesAndNo(anytime.map(({ option }) => option)).find((one) => one.keys === keys)
    : undefined;
  const answer =
    polar && listener.heard?.({ choice: polar.id, slots: {}, unsure: [], confidence: 1, by: 'keys' });
  if (answer) return answer;
  const value = listener.pressed?.(keys).take;
  if (value) {
    machine.state.lastKey = { at: machine.at, as: 'entered' };
    return value();
  }
  const any = anytime.find(({ option }) => option.keys === keys);
  if (any) return take(machine, step, { ...any, scope: 'anytime' }, listener.again);
  machine.state.lastKey = { at: machine.at, as: 'nothing' };
  return miss(machine, step, listener, 'unclear');
}

function miss(machine: Machine, step: Step, listener: Listener, trouble: 'silence' | 'unclear'): Flow {
  const own = listener.missed?.(trouble) ?? null;
  return own ?? climb(machine, step, trouble, listener.again);
}

/** Takes the next rung of the ladder that is nearest: the step's, its state's, the dialogue's, the runtime's. */
export function climb(machine: Machine, step: Step, trouble: 'silence' | 'unclear', again: () => Flow): Flow {
  const memory = memoryOf(machine)!;
  return takeRung(machine, step, ladderOf(machine, step, trouble), memory[trouble]++, again);
}

/** The rung for the time it happens; the last one again and again, but not for ever. */
export function takeRung(
  machine: Machine,
  step: Step,
  ladder: readonly AnyRung[],
  count: number,
  again: () => Flow,
): Flow {
  const last = ladder.length - 1;
  if (count >= last + ROUNDS) return machine.end(machine.words.goodbye, 'agent-hung-up');
  const rung = ladder[Math.min(count, last)]!;
  if ('end' in rung) return machine.end(rung.end, 'agent-hung-up');
  if ('block' in rung) {
    machine.push(rung.block, 'rung');
    return 'moved';
  }
  // The runtime's own words do not ask the question: `repeat` says what stood before them.
  if (typeof rung.say === 'string') machine.interject(rung.say, machine.turnOf(step));
  else machine.sayTemplate(rung.say, machine.turnOf(step));
  return again();
}
