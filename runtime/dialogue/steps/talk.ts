import { expectation, listening, memoryOf, onWhileListening, take, wakeForSilence } from '../listening.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import type { Option, StepOf } from '../program.ts';
import type { Event, Offer, Value } from '../protocol.ts';

type Talk = StepOf<'talk'>;

/** A tool that takes longer than a breath is announced. */
const BREATH_MS = 1_800;

/**
 * `talk`: a model speaks freely, with this step's tools and exits and no others. Where no model carries it
 * out, its exits are still understood by their examples and keys.
 */
export const talk: Verb<Talk> = {
  enter: (machine, step) => converse(machine, step),
  on(machine, step, event) {
    const again = (): Flow => waitOn(machine);
    switch (event.kind) {
      case 'caller-spoke':
        return event.answered
          ? heard(machine, step, event)
          : onWhileListening(machine, step, step.until, event, again);
      case 'model-spoke':
        machine.state.said = [event.text];
        machine.state.owed = false;
        return waitOn(machine);
      case 'model-called':
        return called(machine, step, event, again);
      case 'tool-returned':
        return answered(machine, event.call, event.output);
      case 'tool-failed':
        return answered(machine, event.call, { error: event.code });
      case 'time-passed': {
        const calls = memoryOf(machine)?.calls ?? [];
        if (calls.length === 0) return onWhileListening(machine, step, step.until, event, again);
        // A tool is at work: the silence is ours.
        machine.fill(machine.words.oneMoment);
        return waitOn(machine);
      }
      default:
        return onWhileListening(machine, step, step.until, event, again);
    }
  },
  resume: (machine, step) => converse(machine, step),
};

function converse(machine: Machine, step: Talk): Flow {
  const { program, scope, env, state } = machine;
  if (state.deaf) return machine.end(machine.words.trouble, 'error');
  const expected = expectation(machine, step.until);
  const memory = listening(expected.id, memoryOf(machine));
  machine.remember(memory);
  const persona = program.persona?.render(scope, env);
  machine.effects.push({
    kind: 'converse',
    id: expected.id,
    instructions: [persona, step.goal.render(scope, env)].filter(Boolean).join('\n\n'),
    offers: [
      ...step.tools.map((tool) => program.offers[tool]!),
      ...exits(step.until, 's'),
      ...exits(program.anytime, 'a'),
    ],
    expectation: expected,
    answerNow: state.owed,
    interrupt: machine.interruptOf(step),
    state: machine.top.state,
  });
  wakeForSilence(machine, memory);
  return 'wait';
}

const NO_INPUT: Offer['input'] = { type: 'object', properties: {}, additionalProperties: false };

/** An exit is a function the model calls; its name is the choice's id in the expectation. */
function exits(options: readonly Option[], scope: 's' | 'a'): Offer[] {
  return options.map((option, index) => ({
    name: `exit_${scope}${index}`,
    about:
      `Call this, and say nothing, as soon as this holds: ${option.when}.` +
      (option.like.length > 0 ? ` For example: ${option.like.map((text) => `"${text}"`).join(', ')}.` : ''),
    input: NO_INPUT,
  }));
}

function heard(machine: Machine, step: Talk, event: Event & { kind: 'caller-spoke' }): Flow {
  const memory = memoryOf(machine)!;
  if (event.text === '') return 'wait';
  memory.silence = 0;
  memory.unclear = 0;
  const turns = memory.turns + 1;
  machine.remember({ ...memory, turns });
  return step.turns !== null && turns > step.turns ? 'next' : waitOn(machine);
}

function called(
  machine: Machine,
  step: Talk,
  event: Event & { kind: 'model-called' },
  again: () => Flow,
): Flow {
  const memory = memoryOf(machine)!;
  const exit = /^exit_([sa])(\d+)$/.exec(event.name);
  if (exit) {
    const scope = exit[1] === 's' ? 'step' : 'anytime';
    const option = (scope === 'step' ? step.until : machine.program.anytime)[Number(exit[2])];
    if (option) return take(machine, step, { option, scope }, again);
  }
  if (!step.tools.includes(event.name)) {
    machine.effects.push({ kind: 'answer-model', call: event.call, output: { error: 'not-available' } });
    return 'wait';
  }
  machine.remember({ ...memory, calls: [...memory.calls, event.call] });
  machine.effects.push({
    kind: 'call-tool',
    call: event.call,
    tool: event.name,
    input: isObject(event.input) ? event.input : {},
  });
  machine.wake(`breath:${event.call}`, BREATH_MS, 'heard');
  return 'wait';
}

function isObject(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function answered(machine: Machine, call: string, output: Value): Flow {
  const memory = memoryOf(machine);
  if (!memory?.calls.includes(call)) return 'wait';
  machine.remember({ ...memory, calls: memory.calls.filter((other) => other !== call) });
  machine.effects.push({ kind: 'cancel-wake', id: `breath:${call}` });
  machine.effects.push({ kind: 'answer-model', call, output });
  return waitOn(machine);
}

/** The talk goes on; the caller's silence counts anew. */
function waitOn(machine: Machine): Flow {
  const memory = memoryOf(machine);
  if (memory) wakeForSilence(machine, memory);
  return 'wait';
}
