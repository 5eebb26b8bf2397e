import { createInterface } from 'node:readline';
import { choicesOf } from '../dialogue/listening.ts';
import type { Option, Program, Step } from '../dialogue/program.ts';
import { OffhookError } from '../errors.ts';
import type { Understand } from '../understand/understand.ts';

/**
 * `offhook understand`: how utterances would be taken by the first step of the state that listens. A line in,
 * one JSON object out: `{text, answer, goto, slots, confidence, by}`.
 * @throws OffhookError `unknown-state`, `nothing-listens`.
 */
export async function understandLines(
  program: Program,
  state: string | null,
  understand: Understand,
  input: NodeJS.ReadableStream,
  output: { write(text: string): unknown },
): Promise<void> {
  const options = optionsOf(program, state);
  const all = [...options, ...program.anytime];
  const choices = choicesOf(options, program.anytime);
  for await (const line of createInterface({ input, terminal: false })) {
    const text = line.trim();
    if (text === '') continue;
    const meaning = understand({ id: 'e1', locale: program.app.locale, choices }, text);
    const index = choices.findIndex((choice) => choice.id === meaning?.choice);
    const option = all[index];
    const taken = {
      text,
      answer: option?.when ?? null,
      goto: option ? leadsTo(program, option) : null,
      slots: {},
      confidence: meaning?.confidence ?? 0,
      by: meaning?.by ?? null,
    };
    output.write(`${JSON.stringify(taken)}\n`);
  }
}

function optionsOf(program: Program, state: string | null): readonly Option[] {
  if (state !== null && !Object.hasOwn(program.states, state)) {
    const known = Object.keys(program.states).join(', ');
    throw new OffhookError(
      'unknown-state',
      `There is no state "${state}" in ${program.dialogue}; there are ${known}.`,
    );
  }
  const blocks = state === null ? [program.inbound, program.outbound] : [program.states[state]!.block];
  for (const block of blocks) {
    for (const step of (block === null ? [] : program.blocks[block]) ?? []) {
      const options = listensFor(step);
      if (options) return options;
    }
  }
  throw new OffhookError(
    'nothing-listens',
    `No step of ${state ?? program.dialogue} waits for an answer by itself: name a state with --state.`,
  );
}

function listensFor(step: Step): readonly Option[] | null {
  if (step.verb === 'ask') return step.answers;
  return step.verb === 'talk' ? step.until : null;
}

function leadsTo(program: Program, option: Option): string | null {
  const last = option.block === null ? null : program.blocks[option.block]?.at(-1);
  return last?.verb === 'goto' ? last.state : null;
}
