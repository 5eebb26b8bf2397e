/**
 * The engine: a pure step from an event to a new state and the orders that follow. It has no clock, no
 * randomness, no promise and no vendor; `State` is JSON between any two calls. Whoever drives it writes the
 * event and the state down first and performs the effects after.
 */
import { Machine, type Flow } from './machine.ts';
import { memoryOf } from './listening.ts';
import type { Program } from './program.ts';
import { WAITING, type Effect, type Event } from './protocol.ts';
import { copyState, type State } from './state.ts';
import { verbOf } from './steps/steps.ts';

/** A turn that walks more steps than this without waiting goes in circles. */
const STEP_CAP = 1_000;

/** Takes one event. The state given is left as it was. A state of another program's ends politely. */
export function advance(program: Program, state: State, event: Event): { state: State; effects: Effect[] } {
  const machine = new Machine(program, copyState(state), event.at);
  const draft = machine.state;
  if (draft.phase === 'ended') return { state: draft, effects: [] };
  if (event.kind === 'line-closed') {
    draft.phase = 'ended';
    draft.endReason ??= event.reason;
    return { state: draft, effects: [] };
  }
  if (draft.phase === 'ending') {
    // Only a line that came back still wants something: to be closed as it was going to be.
    if (event.kind === 'line-resumed') machine.effects.push({ kind: 'hang-up', reason: draft.endReason! });
    return { state: draft, effects: machine.effects };
  }
  if (draft.program !== program.version) {
    // The dialogue was changed while the call was away: its places are not those of this program any more.
    machine.end(machine.words.trouble, 'error');
    return { state: draft, effects: machine.effects };
  }
  if (draft.phase === 'new') {
    if (event.kind !== 'call-started' && event.kind !== 'line-resumed') return { state: draft, effects: [] };
    open(machine);
    walk(machine, 'moved');
  } else {
    walk(machine, react(machine, event));
  }
  return { state: draft, effects: machine.effects };
}

/** Lays the stack of a call that begins: the intro above the branch for who placed the call. */
function open(machine: Machine): void {
  const { program, state } = machine;
  const { session, welcomeMessage } = state.facts;
  state.phase = 'running';
  const first = session.isInitiated
    ? (program.outbound ?? program.inbound)
    : (program.inbound ?? program.outbound);
  for (const block of [first, welcomeMessage === null ? program.intro : null]) {
    if (block === null) continue;
    const name = stateOf(program, block);
    state.stack.push({ block, index: 0, state: name, kind: 'flow', memory: null });
  }
  if (welcomeMessage !== null)
    machine.say(welcomeMessage, machine.program.dialogueTrouble.interrupt ?? 'speech');
}

function stateOf(program: Program, block: string): string | null {
  return Object.keys(program.states).find((name) => program.states[name]!.block === block) ?? null;
}

/** What the event does to the step that waits. */
function react(machine: Machine, event: Event): Flow {
  const { state, words } = machine;
  switch (event.kind) {
    case 'caller-spoke':
      if (event.text !== '') {
        state.fresh = true;
        state.owed = true;
      }
      break;
    case 'key-pressed':
      state.fresh = true;
      state.owed = true;
      break;
    case 'time-passed':
      if (event.wake === WAITING) {
        machine.fill(words.oneMoment);
        return 'wait';
      }
      state.fresh = true;
      break;
    case 'limit-reached':
      return machine.end(words.limit, 'limit');
    case 'drain':
      return machine.end(words.drained, 'drained');
    case 'speech-lost':
      machine.fill(words.oneMoment);
      return 'wait';
    case 'speech-failed':
      state.deaf = true;
      if (!keysSuffice(machine)) return machine.end(words.trouble, 'error');
      machine.fill(words.useKeys);
      return 'wait';
    default:
  }
  const { step } = machine;
  if (!step) return 'moved';
  const verb = verbOf(step);
  if (event.kind === 'line-resumed') return verb.resume?.(machine, step, 'line') ?? 'moved';
  return verb.on?.(machine, step, event) ?? 'wait';
}

/** Where every answer has a key, a call goes on without ears. */
function keysSuffice(machine: Machine): boolean {
  const { step } = machine;
  return (
    step?.verb === 'ask' && memoryOf(machine) !== null && step.answers.every((answer) => answer.keys !== null)
  );
}

/** Walks steps until one waits for the outside or the call is over. */
function walk(machine: Machine, first: Flow): void {
  const { program, state } = machine;
  let flow = first;
  for (let taken = 0; taken < STEP_CAP; taken++) {
    if (flow === 'wait' || state.phase !== 'running') return;
    if (flow === 'next') {
      machine.top.index++;
      machine.remember(null);
    }
    const frame = state.stack.at(-1);
    if (!frame) {
      // The author's path simply ends: so does the call, but not without a word.
      machine.end(machine.words.goodbye, 'agent-hung-up');
      return;
    }
    const step = program.blocks[frame.block]?.[frame.index];
    if (step) {
      flow = verbOf(step).enter(machine, step);
      continue;
    }
    state.stack.pop();
    flow = 'moved';
    const below = state.stack.at(-1);
    const waiting = below?.memory ? machine.step : null;
    if (waiting && frame.kind !== 'flow') flow = verbOf(waiting).resume!(machine, waiting, frame.kind);
  }
  machine.end(machine.words.trouble, 'error');
}
