/** For whoever runs the server. */
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { PROBLEM_SCHEMA, PROBLEM_TYPE, problem } from './problem.ts';
import { json, type Route, type Schema } from './route.ts';

export interface OperationsParts {
  metrics: Pick<Metrics, 'expose'>;
  store: Pick<Store, 'ping'>;
  clock: Clock;
  /** Why no call should be sent here now, in a sentence; null: all is well. */
  notReady(): string | null;
}

const PING_WITHIN_MS = 2_000;

export function operationsRoutes(parts: OperationsParts): Route[] {
  return [
    {
      method: 'get',
      path: '/health',
      auth: 'none',
      summary: 'Whether the process is up.',
      responses: { 200: { description: 'It is.', schema: state('up') } },
      handle: () => json({ status: 'up' }),
    },
    {
      method: 'get',
      path: '/ready',
      auth: 'none',
      summary: 'Whether calls may be sent here.',
      responses: {
        200: { description: 'They may.', schema: state('ready') },
        503: { description: 'They may not, and why.', type: PROBLEM_TYPE, schema: PROBLEM_SCHEMA },
      },
      async handle({ log }) {
        const reason = parts.notReady() ?? (await storeProblem(parts, log));
        if (reason === null) return json({ status: 'ready' });
        const text = JSON.stringify(problem(503, 'not-ready', reason));
        return { status: 503, body: { text, type: PROBLEM_TYPE } };
      },
    },
    {
      method: 'get',
      path: '/metrics',
      auth: 'none',
      summary: 'What Prometheus reads.',
      responses: { 200: { description: 'All series.', type: 'text/plain' } },
      async handle() {
        return { status: 200, body: await parts.metrics.expose() };
      },
    },
  ];
}

function state(value: string): Schema {
  const properties = { status: { const: value } };
  return { type: 'object', required: ['status'], properties, additionalProperties: false };
}

async function storeProblem({ store, clock }: OperationsParts, log: Log): Promise<string | null> {
  const answer = store.ping().then(
    () => null,
    (err: unknown) => {
      log.warn({ err }, 'the store does not answer');
      return 'The store does not answer, or cannot be written to.';
    },
  );
  return new Promise((resolve) => {
    const cancel = clock.after(PING_WITHIN_MS, () => resolve('The store does not answer in time.'));
    void answer.then(resolve).finally(cancel);
  });
}
