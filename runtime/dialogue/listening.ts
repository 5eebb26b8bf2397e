/** What every step that waits for the caller has in common: what is expected, keys, silence, unclear answers. */
import type { Flow, Machine } from './machine.ts';
import type { Choice, Event, Expectation } from './protocol.ts';
import type { Ladder, Option, Rung, Step } from './program.ts';
import type { Listening } from './state.ts';

/** How long a caller may be silent before the silence ladder begins. */
export const SILENCE_MS = 7_000;
/** How long to wait for the next key while more than one answer is possible. */
export const NEXT_KEY_MS = 2_500;
/** After so many rounds that went nowhere the step leaves by `unclear`; the last rung is repeated as often. */
const ROUNDS = 3;

/** What the step expects now, under an id that no earlier expectation had. */
export function expectation(machine: Machine, options: readonly Option[]): Expectation {
  return {
    id: `e${++machine.state.counts.listen}`,
    locale: machine.state.facts.session.locale,
    choices: choicesOf(options, machine.program.anytime),
  };
}

/** The step's options first, as `s0`, `s1` …, then those that hold at any time, as `a0`, `a1` …. */
export function choicesOf(options: readonly Option[], anytime: readonly Option[]): Choice[] {
  return [
    ...options.map((option, index) => choice(option, `s${index}`, 'step')),
    ...anytime.map((option, index) => choice(option, `a${index}`, 'anytime')),
  ];
}

function choice(option: Option, id: string, scope: Choice['scope']): Choice {
  return { id, when: option.when, like: option.like, keys: option.keys, scope };
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
  };
}

export function memoryOf(machine: Machine): Listening | null {
  const { memory } = machine.top;
  return memory?.kind === 'listening' ? memory : null;
}

export function wakeForSilence(machine: Machine, memory: Listening): void {
  machine.wake(`silence:${memory.expectation}`, SILENCE_MS, 'heard');
}

/** Handles an event of a listening step. `again` listens on without saying the prompt. */
export function onWhileListening(
  machine: Machine,
  step: Step,
  options: readonly Option[],
  event: Event,
  again: () => Flow,
): Flow {
  const memory = memoryOf(machine);
  if (!memory) return 'wait';
  switch (event.kind) {
    case 'caller-spoke': {
      // Noise, said to a model that answers it, or judged against what was expected earlier: not an answer to this.
      if (event.text === '' && event.cut === true) {
        // A cough cut the question: it is asked again.
        machine.sayAgain(machine.interruptOf(step));
        return again();
      }
      if (event.text === '' || event.answered || event.expectation !== memory.expectation) return 'wait';
      memory.silence = 0;
      const taken = event.meaning?.choice ?? null;
      const option = taken === null ? null : find(machine, options, taken);
      return option ? take(machine, step, option, again) : climb(machine, step, 'unclear', again);
    }
    case 'key-pressed':
      memory.silence = 0;
      return press(machine, step, options, memory, event.key, again);
    case 'time-passed':
      if (event.wake === `silence:${memory.expectation}`) return climb(machine, step, 'silence', again);
      if (event.wake === `keys:${memory.expectation}`)
        return settleKeys(machine, step, options, memory, again);
      return 'wait';
    default:
      return 'wait';
  }
}

interface Found {
  option: Option;
  scope: Choice['scope'];
}

function find(machine: Machine, options: readonly Option[], id: string): Found | null {
  const index = Number(id.slice(1));
  const scope = id.startsWith('s') ? 'step' : 'anytime';
  const option = (scope === 'step' ? options : machine.program.anytime)[index];
  return option ? { option, scope } : null;
}

/** Carries out the option that was meant; the step is done unless it was an `anytime` or only a `repeat`. */
export function take(machine: Machine, step: Step, { option, scope }: Found, again: () => Flow): Flow {
  const memory = memoryOf(machine)!;
  const comesBack = option.repeats || (scope === 'anytime' && !leaves(machine, option));
  if (comesBack) {
    memory.asides++;
    if (memory.asides > ROUNDS) return climb(machine, step, 'unclear', again);
  }
  if (option.repeats) {
    machine.sayAgain(machine.interruptOf(step));
    return again();
  }
  if (scope === 'anytime') {
    machine.push(option.block ?? EMPTY, 'aside');
    return 'moved';
  }
  machine.top.index++;
  machine.remember(null);
  if (option.block) machine.push(option.block, 'flow');
  return 'moved';
}

/** A block that is never there: an `anytime` without steps just comes back. */
const EMPTY = '';

function leaves(machine: Machine, option: Option): boolean {
  const last = option.block === null ? null : machine.program.blocks[option.block]?.at(-1);
  return last?.verb === 'goto' || last?.verb === 'hangup';
}

function press(
  machine: Machine,
  step: Step,
  options: readonly Option[],
  memory: Listening,
  key: string,
  again: () => Flow,
): Flow {
  memory.keys += key;
  const all = [...options, ...machine.program.anytime];
  const longer = all.some((option) => option.keys !== null && isLonger(option.keys, memory.keys));
  if (longer) {
    machine.wake(`keys:${memory.expectation}`, NEXT_KEY_MS, 'now');
    return 'wait';
  }
  return settleKeys(machine, step, options, memory, again);
}

function isLonger(keys: string, pressed: string): boolean {
  return keys.length > pressed.length && keys.startsWith(pressed);
}

/** No more keys are coming: they are an answer, or they are unclear. */
function settleKeys(
  machine: Machine,
  step: Step,
  options: readonly Option[],
  memory: Listening,
  again: () => Flow,
): Flow {
  const { keys } = memory;
  memory.keys = '';
  if (keys === '') return 'wait';
  const own = options.find((option) => option.keys === keys);
  if (own) return take(machine, step, { option: own, scope: 'step' }, again);
  const any = machine.program.anytime.find((option) => option.keys === keys);
  if (any) return take(machine, step, { option: any, scope: 'anytime' }, again);
  return climb(machine, step, 'unclear', again);
}

/** Takes the next rung of the ladder that is nearest: the step's, its state's, the dialogue's, the runtime's. */
export function climb(machine: Machine, step: Step, trouble: 'silence' | 'unclear', again: () => Flow): Flow {
  const memory = memoryOf(machine)!;
  const count = memory[trouble]++;
  const ladder = ladderOf(machine, step, trouble);
  const last = ladder.length - 1;
  if (count >= last + ROUNDS) return machine.end(machine.words.goodbye, 'agent-hung-up');
  const rung = ladder[Math.min(count, last)]!;
  if ('end' in rung) return machine.end(rung.end, 'agent-hung-up');
  if ('block' in rung) {
    machine.push(rung.block, 'rung');
    return 'moved';
  }
  const text = typeof rung.say === 'string' ? rung.say : rung.say.render(machine.scope, machine.env);
  machine.say(text, machine.interruptOf(step));
  return again();
}

type AnyRung = Rung | { say: string } | { end: string };

function ladderOf(machine: Machine, step: Step, trouble: 'silence' | 'unclear'): readonly AnyRung[] {
  const { program, words } = machine;
  const state = machine.top.state;
  const written: Ladder | null =
    step[trouble] ??
    (state === null ? undefined : program.states[state]?.[trouble]) ??
    program.dialogueTrouble[trouble];
  if (written) return written;
  return trouble === 'silence'
    ? [{ say: words.stillThere }, { end: words.cannotHear }]
    : [{ say: words.unclear[0] }, { say: words.unclear[1] }, { end: words.cannotUnderstand }];
}
