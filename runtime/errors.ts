/** A position in a file a person wrote. Line and column count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/**
 * The one error class. `code` is stable and kebab-case, `message` is one sentence that names the offending
 * value, `place` says where in an author's file it stands, `status` is the HTTP status a route answers with.
 */
export class OffhookError extends Error {
  readonly code: string;
  readonly place: Place | undefined;
  readonly status: number | undefined;
  readonly detail: Record<string, unknown> | undefined;

  constructor(
    code: string,
    message: string,
    more: { place?: Place; status?: number; detail?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'OffhookError';
    this.code = code;
    this.place = more.place;
    this.status = more.status;
    this.detail = more.detail;
  }
}

/** The sentence of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
