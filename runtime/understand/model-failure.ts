/** What goes wrong with a text model, as errors of the runtime's. */
import { OffhookError } from '../errors.ts';

/** The parts of the SDK's errors that count; they are read without loading it. */
interface Failed {
  status: number | null;
  /** The server's own words. */
  message: string;
}

/** The server did not take the request as it was; the same one in another form may do. */
export function isRefusedRequest(thrown: unknown): boolean {
  const { status } = failed(thrown);
  return status === 400 || status === 422;
}

/** Whether the server's words are about this. */
export const mentions = (thrown: unknown, word: string): boolean =>
  failed(thrown).message.toLowerCase().includes(word);

/**
 * The error for a log. What the server says may quote what the caller said: of a sensitive utterance it is left
 * out.
 */
export function failureOf(
  thrown: unknown,
  about: { model: string; server: string; isSensitive: boolean },
): OffhookError {
  if (thrown instanceof OffhookError) return thrown;
  const { status, message } = failed(thrown);
  const of = `model "${about.model}" at ${about.server}`;
  const words = about.isSensitive || message === '' ? '' : `: ${message.replace(/\.$/, '')}`;
  if (thrown instanceof SyntaxError) {
    return new OffhookError('model-answer', `The server of ${of} sent what is no JSON.`, { cause: thrown });
  }
  if (status === null) {
    return new OffhookError('model-unavailable', `The server of ${of} cannot be reached${words}.`, {
      cause: thrown,
    });
  }
  const more = { detail: { status }, cause: thrown };
  if (status === 401 || status === 403) {
    return new OffhookError(
      'model-refused',
      `The server of ${of} refused the key with HTTP ${status}: check OPENAI_API_KEY.`,
      more,
    );
  }
  if (status === 429) {
    return new OffhookError('model-busy', `The server of ${of} takes no more requests now: HTTP 429.`, more);
  }
  const code = status >= 500 ? 'model-unavailable' : 'model-rejected';
  return new OffhookError(code, `The server of ${of} answered with HTTP ${status}${words}.`, more);
}

function failed(thrown: unknown): Failed {
  const status: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'status') : null;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { status: typeof status === 'number' ? status : null, message };
}
