/** The tests that ship with `bistro`, held as real calls on every engine, with the same words. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, type EngineName } from '../../runtime/dialogue/engines.ts';
import { Stage, bistroTests, type BistroTest } from '../support/every-engine.ts';

/** Where nobody can talk, the dialogue says so; a model talks. */
const TALKS = 'says so where nobody can answer questions';
/** Stages that each hold a part of the tests, one call after another. */
const STAGES = 3;

let tests: BistroTest[];
beforeAll(async () => {
  tests = await bistroTests();
});

/** What was said in each test, by its name; the variants of the greeting are one. */
async function heldOn(engine: EngineName): Promise<Map<string, string[]>> {
  const held = new Map<string, string[]>();
  await Promise.all(
    Array.from({ length: STAGES }, async (_, lane) => {
      const stage = await Stage.open(engine);
      try {
        for (const test of tests.filter(({ name }, index) => index % STAGES === lane && name !== TALKS)) {
          held.set(test.name, (await stage.hold(test)).map(greeted));
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
  /** All at once: most of a call is waiting. */
  let held: Record<EngineName, Promise<Map<string, string[]>>>;
  beforeAll(() => {
    held = Object.fromEntries(ENGINES.map((engine) => [engine, heldOn(engine)])) as typeof held;
    for (const one of Object.values(held)) one.catch(() => undefined);
  });

  it('pass on the embedded engine', { timeout: 400_000 }, async () => {
    expect((await held.embedded).size).toBe(tests.length - 1);
  });

  it.each(ENGINES.filter((engine) => engine !== 'embedded'))(
    'pass on the engine %s with the same transcript',
    { timeout: 400_000 },
    async (engine) => {
      const embedded = Object.fromEntries(await held.embedded);
      expect(Object.fromEntries(await held[engine])).toEqual(embedded);
    },
  );
});
