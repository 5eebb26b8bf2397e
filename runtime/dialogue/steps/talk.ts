import { anytimesOf } from '../anytimes.ts';
import {
  expectation,
  find,
  listening,
  memoryOf,
  onWhileListening,
  take,
  wakeForSilence,
} from '../listening.ts';
import type { Flow, Machine, Verb } from '../machine.ts';
import { localTime, toldSchema } from '../meaning-schema.ts';
import type { Option, StepOf } from '../program.ts';
import type { Event, Expectation, Offer, Value, Wanted } from '../protocol.ts';
import { fill, wantedOf } from '../slots.ts';
import { sayMeanwhile } from './do.ts';
import { builtinOffers, callBuiltin } from './talk-tools.ts';

type Talk = StepOf<'talk'>;

/** A tool that takes longer than a breath is announced. */
const BREATH_MS = 1_800;
/** Behind what it says, a model may still call something. */
const CALL_MS = 700;

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
          : (spentWithoutModel(machine, step, event) ??
              onWhileListening(machine, step, { options: step.until, again }, event));
      case 'model-missing':
        return doWithout(machine, step);
      case 'model-spoke':
        machine.state.said = [{ text: event.text, masked: null }];
        machine.state.owed = false;
        if (isSpent(machine, step)) machine.wake(answeredOf(machine), CALL_MS, 'heard');
        return waitOn(machine);
      case 'model-called':
        return called(machine, step, event);
      case 'tool-returned':
        return answered(machine, event.call, event.output);
      case 'tool-failed':
        return answered(machine, event.call, failureOf(event));
      case 'time-passed': {
        const { calls = [], expectation: id = '' } = memoryOf(machine) ?? {};
        const late = calls.find((one) => event.wake === breathOf(one));
        const isSilence = event.wake === `silence:${id}`;
        if (late !== undefined) sayMeanwhile(machine, toolOf(late));
        // A tool is at work: the silence is ours.
        else if (isSilence && calls.length > 0) machine.fill(machine.words.oneMoment);
        else if ((isSilence || event.wake === answeredOf(machine)) && isSpent(machine, step)) return 'next';
        else return onWhileListening(machine, step, { options: step.until, again }, event);
        return waitOn(machine);
      }
      case 'transfer-failed':
        return converse(
          machine,
          step,
          `The transfer did not come about (${event.reason}): tell the caller, and go on.`,
        );
      default:
        return onWhileListening(machine, step, { options: step.until, again }, event);
    }
  },
  resume(machine, step, after) {
    // Whoever waited for a tool on the line before is gone.
    if (after === 'line') forgetCalls(machine);
    return converse(machine, step);
  },
};

/** `news` is what the model is to tell the caller first. */
function converse(machine: Machine, step: Talk, news: string | null = null): Flow {
  const { part, scope, env, state } = machine;
  if (state.deaf) return machine.end(machine.words.trouble, 'error');
  const expected = expectation(machine, { options: step.until, again: () => waitOn(machine) });
  const memory = listening(expected.id, memoryOf(machine));
  machine.remember(memory);
  const persona = part.persona?.instruct(scope, env, part.sensitive);
  machine.effects.push({
    kind: 'converse',
    id: expected.id,
    dialogue: part.dialogue,
    instructions: [persona, step.goal.instruct(scope, env, part.sensitive), news]
      .filter(Boolean)
      .join('\n\n'),
    offers: [
      ...openTools(machine, step).map((tool) => part.offers[tool]!),
      ...builtinOffers(machine, step.tools),
      ...step.until.map((option, index) =>
        exit(`s${index}`, option, wantedOf(machine, option.slots, null), expected),
      ),
      ...anytimesOf(machine).map(({ option }, index) => exit(`a${index}`, option, [], expected)),
    ],
    expectation: expected,
    answerNow: state.owed || news !== null,
    turn: machine.turnOf(step),
    state: machine.top.state,
  });
  wakeForSilence(machine, memory);
  return 'wait';
}

/** Without a model only exits with examples or keys are understood; where there is none, the talk is over. */
function doWithout(machine: Machine, step: Talk): Flow {
  const exits = step.until.some(({ like, keys }) => like.length > 0 || keys !== null);
  // Coming back to it, the caller knows already.
  if (memoryOf(machine)?.asides === 0) machine.say(machine.words.noTalk, machine.turnOf(step));
  return exits ? waitOn(machine) : 'next';
}

/** A gated tool is not even shown to the model. */
function openTools(machine: Machine, step: Talk): string[] {
  const { tools } = machine.part;
  return step.tools.filter((tool) => {
    const gate = tools[tool]?.gate ?? null;
    return Object.hasOwn(tools, tool) && (gate === null || machine.holds(gate.requires));
  });
}

const NO_INPUT: Offer['input'] = { type: 'object', properties: {}, additionalProperties: false };

/**
 * An exit is a function the model calls; its name is the choice's id in the expectation. It is given what the caller
 * has told for the `collect` behind it.
 */
function exit(id: string, { when, like }: Option, slots: readonly Wanted[], expected: Expectation): Offer {
  const spoken = slots.filter(({ speech }) => speech);
  const sentences = [`Call this, and say nothing, as soon as this holds: ${when}.`];
  if (like.length > 0) sentences.push(`For example: ${like.map((text) => `"${text}"`).join(', ')}.`);
  if (spoken.length > 0) {
    const now = localTime(expected);
    sentences.push(`Give what the caller has said of its input already, and never guess: now is ${now}.`);
  }
  return {
    name: `exit_${id}`,
    about: sentences.join(' '),
    input: spoken.length === 0 ? NO_INPUT : toldSchema(spoken),
  };
}

function heard(machine: Machine, step: Talk, event: Event & { kind: 'caller-spoke' }): Flow {
  const memory = memoryOf(machine)!;
  if (event.text === '') return 'wait';
  memory.silence = 0;
  memory.unclear = 0;
  const turns = memory.turns + 1;
  machine.remember({ ...memory, turns });
  // What is said into the last answer is answered too, and nothing beyond that.
  return step.turns !== null && turns > step.turns + 1 ? 'next' : waitOn(machine);
}

/** The caller has had all turns, and the model all that it asked for. */
function isSpent(machine: Machine, step: Talk): boolean {
  const memory = memoryOf(machine);
  return memory !== null && step.turns !== null && memory.turns >= step.turns && memory.calls.length === 0;
}

/** The last answer was heard. */
const answeredOf = (machine: Machine): string => `answered:${memoryOf(machine)?.expectation}`;

/** Where no model answers, a turn that is no exit is a turn all the same; the last one ends the talk. */
function spentWithoutModel(
  machine: Machine,
  step: Talk,
  { text, expectation: id, meaning }: Event & { kind: 'caller-spoke' },
): Flow | null {
  const memory = memoryOf(machine);
  if (memory === null || step.turns === null || text === '' || id !== memory.expectation || meaning?.choice)
    return null;
  machine.remember({ ...memory, turns: memory.turns + 1 });
  return isSpent(machine, step) ? 'next' : null;
}

function called(machine: Machine, step: Talk, event: Event & { kind: 'model-called' }): Flow {
  const memory = memoryOf(machine)!;
  const exit = /^exit_([sa]\d+)$/.exec(event.name)?.[1];
  const found = exit === undefined ? null : find(machine, step.until, exit);
  // The model waits for what comes of its call: a talk that goes on is ordered anew, or it would be mute.
  const input = isObject(event.input) ? event.input : {};
  if (found) {
    const told = wantedOf(machine, found.option.slots, null).flatMap(({ name, speech }) =>
      speech ? [name] : [],
    );
    const { complaint } = fill(machine, { slots: input, unsure: [] }, told, told);
    if (complaint) machine.say(complaint.text, machine.turnOf(step), complaint.masked);
    return take(machine, step, found, () => converse(machine, step));
  }
  const tool = openTools(machine, step).find((one) => machine.part.offers[one]?.name === event.name);
  if (tool === undefined) return calledBuiltin(machine, step, event, input);
  const waiting = `${tool}:${event.call}`;
  machine.remember({ ...memory, calls: [...memory.calls, waiting] });
  machine.effects.push({
    kind: 'call-tool',
    call: event.call,
    dialogue: machine.part.dialogue,
    tool,
    input,
  });
  machine.wake(breathOf(waiting), BREATH_MS, 'heard');
  return 'wait';
}

function calledBuiltin(
  machine: Machine,
  step: Talk,
  { call, name }: Event & { kind: 'model-called' },
  input: { readonly [name: string]: Value },
): Flow {
  const offered = builtinOffers(machine, step.tools).some((offer) => offer.name === name);
  const done = offered ? callBuiltin(machine, name, input) : { answer: { error: 'not-available' } };
  if ('flow' in done) {
    // The line goes, and with it the model that waits.
    if (machine.state.phase === 'transferring') forgetCalls(machine);
    return done.flow;
  }
  machine.effects.push({ kind: 'answer-model', call, output: done.answer });
  return offered ? waitOn(machine) : 'wait';
}

/** A call that a model waits for is kept as `TOOL:CALL`. */
const toolOf = (waiting: string): string => waiting.slice(0, waiting.indexOf(':'));
const callOf = (waiting: string): string => waiting.slice(waiting.indexOf(':') + 1);
const breathOf = (waiting: string): string => `breath:${callOf(waiting)}`;

function forgetCalls(machine: Machine): void {
  const memory = memoryOf(machine);
  if (memory) machine.remember({ ...memory, calls: [] });
}

function isObject(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a model may know of it: how to call the tool better, and nothing of what is behind the tool. */
function failureOf({ code, message }: Event & { kind: 'tool-failed' }): Value {
  return code === 'tool-bad-input' ? { error: code, problem: message } : { error: code };
}

function answered(machine: Machine, call: string, output: Value): Flow {
  const memory = memoryOf(machine);
  if (!memory?.calls.some((one) => callOf(one) === call)) return 'wait';
  machine.remember({ ...memory, calls: memory.calls.filter((one) => callOf(one) !== call) });
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
