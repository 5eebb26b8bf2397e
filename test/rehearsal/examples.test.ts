/** The tests that the example dialogues ship. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Coverage, percent } from '../../runtime/rehearsal/coverage.ts';
import { loadSuite, runTests } from '../../runtime/rehearsal/suite.ts';
import { partsWith } from './house.ts';

const folder = fileURLToPath(new URL('../../dialogues', import.meta.url));
const suite = await loadSuite(folder, {
  BOOKING_URL: 'http://127.0.0.1',
  BOOKING_TOKEN: 'x',
  CRM_MCP_URL: 'http://127.0.0.1',
});
const coverage = new Coverage();

describe('the examples', () => {
  it('have tests, every one of them', () => {
    expect(suite.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(suite.files.map(({ test }) => test.id)).toEqual(suite.loaded.apps.map(({ facts }) => facts.id));
  });

  it.each(suite.files.map((file) => [file.test.id, file] as const))(
    'go as their tests say: %s',
    async (_, file) => {
      await runTests(file, partsWith(), { filter: '', coverage }, ({ name, failure }) =>
        expect(failure, name).toBeNull(),
      );
    },
  );

  it('are reached by their tests, but for what needs a model', () => {
    const sources = new Map(
      [...suite.loaded.documents.values()].map(({ file }) => [`${file.kind} ${file.id}`, file.source]),
    );
    const report = coverage.report((dialogue) => sources.get(`dialogue ${dialogue}`) ?? null);
    const missed = [...report].flatMap(([dialogue, covered]) =>
      covered.filter(({ reached }) => !reached).map(({ name }) => `${dialogue}: ${name}`),
    );
    expect(missed).toEqual(['bistro: the caller wants to book', 'bistro: the caller has no more questions']);
    expect(percent([...report.values()].flat())).toBeGreaterThan(90);
  });
});
