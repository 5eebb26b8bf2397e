/** Example sentences that are taken for another answer than the one they stand at. */
import { type DocumentFile, problem } from '../document-file.ts';
import { Machine } from '../machine.ts';
import type { Problem } from '../problem.ts';
import type { AppFacts, Option, Part, Program } from '../program.ts';
import type { Choice, Expectation, Meaning } from '../protocol.ts';
import type { Path } from '../read.ts';
import { newState } from '../state.ts';
import { verbOf } from '../steps/steps.ts';
import { pathOfPlace } from './places.ts';

/** Takes what is expected and a sentence, and says what was meant; null where it cannot tell. */
export type Understanding = (expectation: Expectation, text: string) => Meaning | null;

/** A list of options as it is listened for. */
interface Listened {
  expectation: Expectation;
  options: readonly Option[];
  /** Where the list stands in the document. */
  path: Path;
  scope: Choice['scope'];
}

/** A Tuesday noon: whatever an example says of days and times, it has come or will come. */
const NOW = Date.UTC(2026, 2, 3, 12);

/**
 * Every example sentence that is not taken for its own answer among all that its step expects; those of `anytime`
 * among themselves, since an answer that a step expects wins over them. The file has no error; `part` is what it is
 * for the app.
 */
export function shadowedAnswers(
  file: DocumentFile,
  app: AppFacts,
  part: Part,
  understand: Understanding,
): Problem[] {
  return listsIn(file, app, part).flatMap((list) => shadowedIn(file, list, understand));
}

function shadowedIn(
  { source }: DocumentFile,
  { expectation, options, path, scope }: Listened,
  understand: Understanding,
): Problem[] {
  const problems: Problem[] = [];
  for (const [index, option] of options.entries()) {
    const id = `${scope === 'step' ? 's' : 'a'}${index}`;
    for (const [at, example] of option.like.entries()) {
      const meaning = understand(expectation, example);
      if (meaning?.choice === id || (meaning?.choice === null && leadsBy(meaning, option))) continue;
      const taken = expectation.choices.find((choice) => choice.id === meaning?.choice);
      const place = [...path, index, 'like', at];
      const more = { severity: 'warning' } as const;
      if (!taken) {
        const message = `“${example}” is not understood as \`${option.when}\`, whose example it is: too much else is expected here that is said like it.`;
        problems.push(problem(source, place, 'unclear-like', message, more));
        continue;
      }
      const other = [...(taken.scope === 'step' ? path : ['anytime']), Number(taken.id.slice(1)), 'when'];
      const { line } = source.placeOf(other);
      const message = `“${example}” is taken for \`${taken.when}\` (line ${line}): callers who say it never reach \`${option.when}\`.`;
      problems.push(problem(source, place, 'shadowed-like', message, more));
    }
  }
  return problems;
}

/** The values that were said tell the answer they belong to. */
const leadsBy = ({ slots }: Meaning, option: Option): boolean => {
  const named = Object.keys(slots);
  return named.length > 0 && named.every((name) => option.slots.includes(name));
};

function listsIn({ data, id }: DocumentFile, app: AppFacts, part: Part): Listened[] {
  const program: Program = { app, dialogue: id, version: '', parts: { [id]: part } };
  const lists: Listened[] = [];
  for (const [block, steps] of Object.entries(part.blocks)) {
    for (const [index, step] of steps.entries()) {
      if (step.verb !== 'ask' && step.verb !== 'talk') continue;
      // An open conversation is written down nowhere.
      if (block === 'open') continue;
      const expectation = expectedAt(program, block, index);
      const path = [...pathOfPlace(data, `${block}/${index}`), step.verb === 'ask' ? 'answers' : 'until'];
      const options = step.verb === 'ask' ? step.answers : step.until;
      if (expectation) lists.push({ expectation, options, path, scope: 'step' });
    }
  }
  const [any] = lists;
  if (any && part.anytime.length > 0) {
    const choices = any.expectation.choices.filter(({ scope }) => scope === 'anytime');
    const expectation = { ...any.expectation, choices, slots: [] };
    lists.push({ expectation, options: part.anytime, path: ['anytime'], scope: 'anytime' });
  }
  return lists;
}

/** What the step would have listened for on a call, as the engine itself orders it. */
function expectedAt(program: Program, block: string, index: number): Expectation | null {
  const { locale, zone } = program.app;
  const nobody = { phone: null, country: null, city: null, name: null };
  const session = {
    id: '',
    isInitiated: false,
    direction: 'inbound',
    locale,
    from: '',
    to: '',
    startedAt: '',
  } as const;
  const facts = {
    session,
    user: { paired: false, anonymous: true, name: null },
    caller: nobody,
    welcomeMessage: null,
    zone: zone ?? 'UTC',
    used: {},
  };
  const machine = new Machine(program, newState(program.version, facts, {}, 1), NOW);
  machine.beginDialogue(program.dialogue, {}, '');
  machine.state.stack = [{ block, index, state: null, kind: 'flow', memory: null }];
  const { step } = machine;
  if (step) verbOf(step).enter(machine, step);
  const order = machine.effects.findLast(({ kind }) => kind === 'listen' || kind === 'converse');
  return order && 'expectation' in order ? order.expectation : null;
}
