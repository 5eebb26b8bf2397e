import { createInterface } from 'node:readline';
import { Judge, type AskChat } from '../call/judge.ts';
import { zoneOf } from '../call/zone.ts';
import { systemClock } from '../clock.ts';
import { expectingAt, type Expecting } from '../dialogue/expecting.ts';
import type { Option, Program } from '../dialogue/program.ts';
import type { CallFacts } from '../dialogue/state.ts';
import { OffhookError } from '../errors.ts';
import type { Understand } from '../understand/understand.ts';

export interface UnderstandOptions {
  /** When the utterances are said, in milliseconds since the epoch; now where it is not given. */
  at?: number;
  /** The model that is asked about what the rules do not settle; none where it is not given. */
  chat?: AskChat | null;
}

/**
 * `offhook understand`: how utterances would be taken by the first step of the state that listens, judged as in a
 * call. A line in, one JSON object out: `{text, answer, goto, slots, confidence, by}`.
 * @throws OffhookError `unknown-state`, `nothing-listens`.
 */
export async function understandLines(
  program: Program,
  state: string | null,
  understand: Understand,
  input: NodeJS.ReadableStream,
  output: { write(text: string): unknown },
  { at = systemClock.now(), chat = null }: UnderstandOptions = {},
): Promise<void> {
  const { expectation, options } = expecting(program, state, at);
  const judge = new Judge(
    understand,
    { judges: false, judge: () => Promise.resolve(null) },
    systemClock,
    chat,
  );
  for await (const line of createInterface({ input, terminal: false })) {
    const text = line.trim();
    if (text === '') continue;
    const meaning = (await judge.judge(expectation, text))?.meaning ?? null;
    const choice = expectation.choices.find(({ id }) => id === meaning?.choice);
    const option = options.get(choice?.id ?? '');
    const taken = {
      text,
      answer: choice?.when ?? null,
      goto: option ? leadsTo(program, option) : null,
      slots: meaning?.slots ?? {},
      confidence: meaning?.confidence ?? 0,
      by: meaning?.by ?? null,
    };
    output.write(`${JSON.stringify(taken)}\n`);
  }
}

/**
 * A moment as it is written for `--now`, in milliseconds since the epoch.
 * @throws OffhookError `bad-now`.
 */
export function readNow(written: string): number {
  const at = /T.*(?:Z|[+-]\d\d:\d\d)$/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new OffhookError(
    'bad-now',
    `"${written}" is no moment: write the day, the time and the offset, such as 2026-03-03T10:00:00+01:00.`,
  );
}

function expecting(program: Program, state: string | null, at: number): Expecting {
  const { states } = program.parts[program.dialogue]!;
  if (state !== null && !Object.hasOwn(states, state)) {
    throw new OffhookError(
      'unknown-state',
      Object.keys(states).length === 0
        ? `There is no state "${state}": ${program.dialogue} has no states, so leave --state out.`
        : `There is no state "${state}" in ${program.dialogue}; there are ${Object.keys(states).join(', ')}.`,
    );
  }
  const expected = expectingAt(program, state, factsAt(program, at), at);
  if (expected !== null) return expected;
  throw new OffhookError(
    'nothing-listens',
    `No step of ${state ?? program.dialogue} waits for an answer by itself${Object.keys(states).length === 0 ? '' : ': name a state with --state'}.`,
  );
}

/** A caller of whom nothing is known. */
function factsAt({ app }: Program, at: number): CallFacts {
  return {
    session: {
      id: 'understand',
      isInitiated: false,
      direction: 'inbound',
      locale: app.locale,
      from: null,
      to: null,
      startedAt: new Date(at).toISOString(),
    },
    user: { name: null, paired: false, anonymous: true },
    caller: { phone: null, country: null, city: null, name: null },
    zone: zoneOf(app.zone, null, at),
    used: {},
    welcomeMessage: null,
  };
}

function leadsTo(program: Program, option: Option): string | null {
  const { blocks } = program.parts[program.dialogue]!;
  const last = option.block === null ? null : blocks[option.block]?.at(-1);
  return last?.verb === 'goto' ? last.state : null;
}
