/** Everything that goes wrong in a request, as RFC 9457 tells it. */
import { STATUS_CODES } from 'node:http';
import { OffhookError } from '../errors.ts';
import type { Schema } from './route.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export interface Problem {
  /** The codes say what the problem is; the types would say no more. */
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  /** Stable and kebab-case. */
  code: string;
  readonly [more: string]: unknown;
}

export const PROBLEM_SCHEMA: Schema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { const: 'about:blank' },
    title: { type: 'string', description: 'The name of the status.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'One sentence that names the offending value.' },
    code: { type: 'string', description: 'Stable, for programs.' },
  },
};

export function problem(
  status: number,
  code: string,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): Problem {
  return { ...more, type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/**
 * What whoever asked is told. Errors of this server say nothing of its inside; `inside` then tells that the log
 * is the place for what was thrown.
 */
export function problemOf(thrown: unknown): { problem: Problem; inside: boolean } {
  if (thrown instanceof OffhookError && thrown.status !== undefined) {
    const { status, code, message, detail } = thrown;
    // 502 is somebody else's refusal, which is worth reading.
    if (status < 500 || status === 502)
      return { problem: problem(status, code, message, detail), inside: false };
    return { problem: problem(status, code, 'The server cannot do this at the moment.'), inside: true };
  }
  const refused = refusedBody(thrown);
  if (refused) return { problem: refused, inside: false };
  return { problem: problem(500, 'internal', 'Something went wrong in this server.'), inside: true };
}

/** The errors that reading a body throws: they bear a status. */
function refusedBody(thrown: unknown): Problem | null {
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : null;
  switch (status) {
    case 400:
      return thrown instanceof SyntaxError
        ? problem(400, 'bad-json', 'The body is not a JSON object.')
        : problem(400, 'bad-request', 'The body could not be read.');
    case 413:
      return problem(413, 'body-too-large', `The body is larger than ${limitOf(thrown)} KiB.`);
    case 415:
      return problem(415, 'unsupported-media-type', 'The body is in an encoding that is not read here.');
    default:
      return null;
  }
}

/** What raw-body says of the limit, in bytes. */
function limitOf(thrown: unknown): number {
  const limit = thrown instanceof Error && 'limit' in thrown ? Number(thrown.limit) : Number.NaN;
  return Number.isFinite(limit) ? Math.floor(limit / 1024) : 64;
}
