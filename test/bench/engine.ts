/** How many steps the engine takes in a second of one core: the booking of the example `bistro`. Prints it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { performance } from 'node:perf_hooks';
import type { Event, Value } from '../../runtime/dialogue/protocol.ts';
import { parse } from 'yaml';
import { compile } from '../../runtime/dialogue/compile.ts';
import type { DialogueDocument } from '../../runtime/dialogue/document.ts';
import { advance } from '../../runtime/dialogue/engine.ts';
import { newState } from '../../runtime/dialogue/state.ts';
import { PACKAGE } from '../../runtime/places.ts';
import { APP, factsOf } from '../support/engine-driver.ts';

const MEASURED_MS = 2_000;
const WARM_UP_MS = 500;
/** Looking at the clock costs as much as some steps. */
const BATCH = 200;

/** Steps in a second of processor time: one step is one event taken, with all that follows from it. */
function stepsPerSecond(): number {
  const file = fileURLToPath(new URL('dialogues/bistro.dialogue.yaml', PACKAGE));
  const document = parse(readFileSync(file, 'utf8')) as DialogueDocument;
  const program = compile(new Map([['bistro', { file, document }]]), APP, 'bistro', 'v1');
  const facts = factsOf();
  let now = Date.UTC(2026, 2, 3, 10);
  const call = (): number => {
    let state = newState(program.version, facts, {}, 7);
    let expected = '';
    let steps = 0;
    const take = (event: Event): void => {
      const taken = advance(program, state, event);
      state = taken.state;
      steps++;
      for (const effect of taken.effects) if (effect.kind === 'listen') expected = effect.expectation.id;
    };
    const say = (choice: string | null, slots: { [name: string]: Value }): void =>
      take({
        kind: 'caller-spoke',
        at: now++,
        text: 'words',
        meaning: { choice, slots, unsure: [], confidence: 1, by: 'type' },
        expectation: expected,
        answered: false,
      });
    take({ kind: 'call-started', at: now++ });
    say('s0', { party: 4 });
    say(null, { day: '2026-03-04' });
    say(null, { time: '19:00' });
    take({ kind: 'tool-returned', at: now++, call: 't1', output: { free: true } });
    say(null, { time: '20:00' });
    say('yes', {});
    take({ kind: 'line-closed', at: now++, reason: 'agent-hung-up' });
    if (state.phase !== 'ended' || state.endReason !== 'agent-hung-up')
      throw new Error('The booking went astray.');
    return steps;
  };
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end;) call();
  const from = process.cpuUsage();
  const spentMs = (): number => {
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  };
  let steps = 0;
  while (spentMs() < MEASURED_MS) for (let calls = 0; calls < BATCH; calls++) steps += call();
  return Math.round((steps * 1000) / spentMs());
}

process.stdout.write(`engine: ${stepsPerSecond()} steps in a second of processor time\n`);
