/**
 * The engine: a pure step from an event to a new state and the orders that follow. It has no clock, no
 * randomness, no promise and no vendor; `State` is JSON between any two calls. Whoever drives it writes the
 * event and the state down first and performs the effects after.
 */
import { anytimesOf } from './anytimes.ts';
import { isLost, Machine, type Flow } from './machine.ts';
import { memoryOf } from './listening.ts';
import { lostBlock, type Program, type Step } from './program.ts';
import { WAITING, type Effect, type Event } from './protocol.ts';
import { copyState, type State } from './state.ts';
import { verbOf } from './steps/steps.ts';

/** A turn that walks more steps than this without waiting goes in circles. */
const STEP_CAP = 1_000;

/** Dialogues that run each other without an end stop here. */
const DEPTH_CAP = 20;

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
    if (event.kind === 'machine-answered' && draft.endReason !== 'machine' && draft.contexts.length > 0) {
      // It was a machine all along that said nothing to the purpose: it gets its message before the line closes.
      draft.phase = 'running';
      walk(machine, answerMachine(machine));
    }
    // Only a line that came back still wants something: to be closed as it was going to be.
    if (event.kind === 'line-resumed') machine.effects.push({ kind: 'hang-up', reason: draft.endReason! });
    return { state: draft, effects: machine.effects };
  }
  if (draft.program !== program.version) {
    // The dialogue was changed while the call was away: its places are not those of this program any more.
    machine.end(machine.words.trouble, 'error');
    return { state: draft, effects: machine.effects };
  }
  if (draft.phase === 'transferring') {
    // The caller is with somebody else, until the line comes back.
    if (event.kind !== 'transfer-failed' && event.kind !== 'line-resumed')
      return { state: draft, effects: [] };
    draft.phase = 'running';
    draft.transfer = null;
    const reason = event.kind === 'transfer-failed' ? event.reason : 'failed';
    walk(machine, react(machine, { kind: 'transfer-failed', reason, at: event.at }));
    return { state: draft, effects: machine.effects };
  }
  if (draft.phase === 'new') {
    if (event.kind !== 'call-started' && event.kind !== 'line-resumed') return { state: draft, effects: [] };
    draft.phase = 'running';
    machine.openCall();
    walk(machine, 'moved');
  } else {
    walk(machine, react(machine, event));
  }
  return { state: draft, effects: machine.effects };
}

/** What the event does to the step that waits. */
function react(machine: Machine, event: Event): Flow {
  const { state, words } = machine;
  switch (event.kind) {
    case 'caller-spoke':
      if (event.aside === true) return 'wait';
      if (event.text !== '') {
        state.fresh = true;
        state.owed = true;
      }
      break;
    case 'key-pressed':
      if (isSurplus(machine, event.key)) return 'wait';
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
      // While a tool is at work, or time passes, nobody is listened to; the next question decides.
      if (machine.top.memory?.kind === 'doing' || machine.step?.verb === 'wait') return 'wait';
      if (!keysSuffice(machine)) return machine.end(words.trouble, 'error');
      machine.fill(words.useKeys);
      return 'wait';
    case 'machine-answered':
      return answerMachine(machine);
    case 'transfer-failed':
    case 'pairing-opened':
    case 'pairing-failed':
      state.fresh = true;
      break;
    case 'paired':
      machine.meet(event.user);
      state.fresh = true;
      break;
    default:
  }
  const { step } = machine;
  if (!step) return 'moved';
  const verb = verbOf(step);
  if (event.kind === 'line-resumed') {
    if (askForLost(machine, step, 'aside')) return 'moved';
    return verb.resume?.(machine, step, 'line') ?? 'moved';
  }
  return verb.on?.(machine, step, event) ?? 'wait';
}

/** A `#` behind what is complete already, or the rest of a row of keys of which the first meant nothing. */
const POUND_MS = 2_000;
const ROW_MS = 700;

function isSurplus(machine: Machine, key: string): boolean {
  const { state, at } = machine;
  const { lastKey } = state;
  const isSettled = lastKey?.as === 'entered' || (lastKey?.as === 'chosen' && !offersPound(machine));
  if (lastKey && isSettled && key === '#' && at - lastKey.at < POUND_MS) {
    state.lastKey = null;
    // The key cut what was being said.
    machine.sayAgain(machine.turnOf(machine.step));
    return true;
  }
  if (lastKey?.as !== 'nothing' || at - lastKey.at >= ROW_MS) return false;
  state.lastKey = { at, as: 'nothing' };
  return true;
}

/** A `#` is what one of the options begins with: it may well be the next choice. */
function offersPound(machine: Machine): boolean {
  const { step } = machine;
  const own = step?.verb === 'ask' ? step.answers : step?.verb === 'talk' ? step.until : [];
  return [...own, ...anytimesOf(machine).map(({ option }) => option)].some(({ keys }) =>
    keys?.startsWith('#'),
  );
}

/** Whatever was being asked, a machine hears the message that is meant for it, or nothing. */
function answerMachine(machine: Machine): Flow {
  const { state, program } = machine;
  const { voicemail } = program.parts[program.dialogue]!;
  state.endReason = 'machine';
  if (voicemail === null) return machine.end(null, 'machine');
  machine.restart(voicemail);
  return 'moved';
}

/**
 * Sensitive values are never written down: where the process that knew them is gone, they are asked for again
 * before a tool that takes them. True where there is something to ask.
 */
function askForLost(machine: Machine, step: Step, kind: 'flow' | 'aside'): boolean {
  const { context, part } = machine;
  if (step.verb !== 'do' || part.sensitive.size === 0) return false;
  const read = new Set(
    step.with.flatMap(({ value }) => value.references.map(({ path: [root = ''] }) => root)),
  );
  const lost = [...part.sensitive].filter((name) => read.has(name) && isLost(context.slots[name] ?? null));
  for (const name of lost) {
    context.slots[name] = null;
    machine.push(lostBlock(name), kind);
  }
  return lost.length > 0;
}

/** Where everything that is waited for can be pressed, a call goes on without ears. */
function keysSuffice(machine: Machine): boolean {
  const { step } = machine;
  if (step === null || memoryOf(machine) === null) return false;
  if (step.verb === 'ask') return step.answers.every((answer) => answer.keys !== null);
  if (step.verb === 'collect') return step.slots.every((slot) => machine.part.slots[slot]?.keys);
  return step.verb === 'confirm' || step.verb === 'pair';
}

/** Walks steps until one waits for the outside or the call is over. */
function walk(machine: Machine, first: Flow): void {
  const { state } = machine;
  let flow = first;
  for (let taken = 0; taken < STEP_CAP; taken++) {
    if (flow === 'wait' || state.phase !== 'running') return;
    if (flow === 'next') {
      machine.top.index++;
      machine.remember(null);
    }
    if (state.contexts.length > DEPTH_CAP) break;
    if (state.stack.length <= machine.base) {
      if (machine.leaveAside()) {
        flow = resumed(machine, 'aside');
        continue;
      }
      if (state.contexts.length === 1) {
        // The author's path simply ends: so does the call, but not without a word.
        machine.end(machine.words.goodbye, 'agent-hung-up');
        return;
      }
      machine.endDialogue(machine.part.returns?.evaluate(machine.scope, machine.env) ?? null);
      flow = 'moved';
      continue;
    }
    const frame = machine.top;
    if (isShut(machine)) {
      flow = turnedAway(machine);
      continue;
    }
    const { step } = machine;
    if (step) {
      flow = askForLost(machine, step, 'flow') ? 'moved' : verbOf(step).enter(machine, step);
      continue;
    }
    state.stack.pop();
    flow = 'moved';
    if (state.stack.length > machine.base && frame.kind !== 'flow') flow = resumed(machine, frame.kind);
  }
  machine.end(machine.words.trouble, 'error');
}

/** The step that was interrupted has the word again, where it waits. */
function resumed(machine: Machine, after: 'aside' | 'rung'): Flow {
  const step = machine.top.memory ? machine.step : null;
  return step ? verbOf(step).resume!(machine, step, after) : 'moved';
}

/** The top frame is at the door of a state whose gate is closed. */
function isShut(machine: Machine): boolean {
  const { top, part } = machine;
  const state = top.state === null ? undefined : part.states[top.state];
  if (!state?.gate || state.block !== top.block || top.index > 0) return false;
  return !machine.holds(state.gate.requires);
}

function turnedAway(machine: Machine): Flow {
  const { top, part, state } = machine;
  const instead = part.states[top.state!]!.gate!.else;
  state.stack.pop();
  if (instead === null) return machine.end(machine.words.notPossible, 'agent-hung-up');
  state.stack.push({ block: instead, index: 0, state: top.state, kind: 'flow', memory: null });
  return 'moved';
}
