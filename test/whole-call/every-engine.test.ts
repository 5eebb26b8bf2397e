/** The tests that ship with `bistro`, held as real calls on every engine, with the same words. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, type EngineName } from '../../runtime/dialogue/engines.ts';
import { Stage, bistroTests, type BistroTest } from '../support/every-engine.ts';

/** Where nobody can talk, which is on the embedded engine, the dialogue says so; a model talks. */
const TALKS = 'says so where nobody can answer questions';
/** Stages that each hold a part of the tests, one call after another. */
const STAGES = 3;

let tests: BistroTest[];
beforeAll(async () => {
  tests = await bistroTests();
});

/** How often it is said while a tool is slow depends on the machine. */
const MOMENT = 'agent: One moment, please.';

/** What was said in each test, by its name; the variants of the greeting are one, and so are moments in a row. */
async function heldOn(engine: EngineName): Promise<Map<string, string[]>> {
  const held = new Map<string, string[]>();
  await Promise.all(
    Array.from({ length: STAGES }, async (_, lane) => {
      const stage = await Stage.open(engine);
      try {
        for (const test of tests.filter((_, index) => index % STAGES === lane)) {
          if (test.name === TALKS && engine !== 'embedded') continue;
          const lines = (await stage.hold(test)).map(greeted);
          held.set(
            test.name,
            lines.filter((line, index) => line !== MOMENT || lines[index - 1] !== MOMENT),
          );
        }
      } finally {
        await stage.close();
      }
    }),
  );
  return held;
}

const greeted = (line: string): string =>
  line.replace('Hello, Ana from Bistro Verde.', 'Bistro Verde, this is Ana.');

describe('the tests of bistro as real calls', () => {
  /** All at once: most of a call is waiting. Who is asked for again is held again. */
  const held = new Map<EngineName, Promise<Map<string, string[]>>>();
  beforeAll(() => {
    for (const engine of ENGINES) {
      const calls = heldOn(engine);
      calls.catch(() => undefined);
      held.set(engine, calls);
    }
  });
  async function transcripts(engine: EngineName): Promise<Record<string, string[]>> {
    const calls = held.get(engine) ?? heldOn(engine);
    held.delete(engine);
    return Object.fromEntries(await calls);
  }
  let embedded: Record<string, string[]>;

  it('pass on the embedded engine', { timeout: 400_000 }, async () => {
    embedded = await transcripts('embedded');
    expect(Object.keys(embedded)).toHaveLength(tests.length);
  });

  it.each(ENGINES.filter((engine) => engine !== 'embedded'))(
    'pass on the engine %s with the same transcript',
    { timeout: 400_000 },
    async (engine) => {
      const same = Object.entries(embedded).filter(([name]) => name !== TALKS);
      expect(await transcripts(engine)).toEqual(Object.fromEntries(same));
    },
  );
});
