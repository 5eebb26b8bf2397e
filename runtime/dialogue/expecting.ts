/** What a state would wait for, without a call: for whoever tries out how sentences are taken. */
import { Machine } from './machine.ts';
import type { Option, Part, Program, Step } from './program.ts';
import type { Expectation } from './protocol.ts';
import { newState, type CallFacts } from './state.ts';
import { verbOf } from './steps/steps.ts';

const LISTENING: ReadonlySet<Step['verb']> = new Set(['ask', 'collect', 'confirm', 'talk']);

/** An expectation, and what stands behind its choices by their ids. */
export interface Expecting {
  expectation: Expectation;
  options: ReadonlyMap<string, Option>;
}

/**
 * What the first step of a state that listens expects; of where the call begins, where no state is named. Null
 * where no step there listens by itself. The state must be one of the dialogue's.
 * @param at milliseconds since the epoch.
 */
export function expectingAt(
  program: Program,
  state: string | null,
  facts: CallFacts,
  at: number,
): Expecting | null {
  const part = program.parts[program.dialogue]!;
  const starts = facts.session.isInitiated ? [part.outbound, part.inbound] : [part.inbound, part.outbound];
  const blocks = state === null ? starts : [part.states[state]?.block ?? null];
  for (const block of blocks) {
    const index = part.blocks[block ?? '']?.findIndex(({ verb }) => LISTENING.has(verb)) ?? -1;
    if (block === null || index < 0) continue;
    const machine = new Machine(program, newState(program.version, facts, {}, 1), at);
    machine.beginDialogue(program.dialogue, {}, '');
    machine.state.stack = [{ block, index, state, kind: 'flow', memory: null }];
    const { step } = machine;
    if (step) verbOf(step).enter(machine, step);
    const listens = machine.effects.findLast(({ kind }) => kind === 'listen' || kind === 'converse');
    if (!step || !listens || !('expectation' in listens)) continue;
    return { expectation: listens.expectation, options: optionsOf(part, step) };
  }
  return null;
}

function optionsOf({ anytime }: Part, step: Step): Map<string, Option> {
  const own = step.verb === 'ask' ? step.answers : step.verb === 'talk' ? step.until : [];
  return new Map([
    ...own.map((option, index) => [`s${index}`, option] as const),
    ...anytime.map((option, index) => [`a${index}`, option] as const),
  ]);
}
