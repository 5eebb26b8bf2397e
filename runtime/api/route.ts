/** A route of the HTTP API: what it takes, what it gives, and what it does, in one place. */
import type { Readable } from 'node:stream';
import type { Log } from '../log.ts';

/** JSON Schema 2020-12. */
export type Schema = { readonly [keyword: string]: unknown };

export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** As OpenAPI writes it, such as `/api/sessions/{id}`. */
  path: string;
  auth: 'bearer' | 'none';
  summary: string;
  /** Of what stands in braces in the path. */
  params?: Readonly<Record<string, Schema>>;
  query?: Readonly<Record<string, Schema>>;
  body?: Schema;
  /** How large a body may be, in KiB; 64 where it is not given. */
  bodyKiB?: number;
  /**
   * Carried out again under the same `asked.once` it does nothing twice: a request with an `Idempotency-Key` whose first
   * answer was never kept, because the process died over it, is carried out again.
   */
  repeatable?: true;
  /** By status. Those of the refusals that every route may give are added where the routes are put together. */
  responses: Readonly<Record<number, Answer>>;
  /** Throws an OffhookError with a status for everything that is not one of the good answers. */
  handle(asked: Asked): Reply | Promise<Reply>;
}

/** An answer as it is documented. Without a type it is JSON; without a schema it has no body, or any text. */
export interface Answer {
  description: string;
  type?: string;
  schema?: Schema;
}

/** A request that has passed its route's schemas. */
interface Asked {
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, unknown>>;
  body: unknown;
  /** Of every request with this `Idempotency-Key` that asks for the same; null: it has none. */
  once: string | null;
  /** The address that the request came from, as far as it is known. */
  peer: string;
  log: Log;
}

export interface Reply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** `json` is made into text; `null`: there is no body. */
  body: { json: unknown } | { text: string; type: string } | { stream: Readable; type: string } | null;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body: { json: body } };
}
