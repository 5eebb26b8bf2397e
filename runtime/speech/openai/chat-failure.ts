/** What goes wrong with a chat server, as errors of the runtime's. */
import { OffhookError } from '../../errors.ts';

const MAX_WORDS = 200;
/** A failure after which trying again the same way is of no use. */
const FINAL = new Set(['model-refused', 'model-rejected']);

export function isFinal(error: OffhookError): boolean {
  return FINAL.has(error.code);
}

/** How long to wait before trying again: only a server that has too much to do is spared, with jitter. */
export function backOffMs(error: OffhookError): number {
  return error.code === 'model-busy' ? 250 + Math.random() * 500 : 0;
}

/** The server did not take the request as it was; the same one in another form may do. */
export function isRefusedRequest(thrown: unknown): boolean {
  const { status } = failed(thrown);
  return status === 400 || status === 422;
}

/** Whether the server's words are about this. */
export function mentions(thrown: unknown, word: string): boolean {
  return failed(thrown).message.toLowerCase().includes(word);
}

/**
 * The error as a sentence for the operator. The server's own words are given where they say what is wrong with a
 * request, and never with the key in them: of a refused key they quote it.
 */
export function failureOf(thrown: unknown, about: { model: string; server: string }): OffhookError {
  if (thrown instanceof OffhookError) return thrown;
  const { status, message } = failed(thrown);
  const of = `model "${about.model}" at ${about.server}`;
  const more = { detail: { status } };
  if (thrown instanceof SyntaxError) {
    return new OffhookError('model-answer', `The server of ${of} sent what is no JSON.`);
  }
  if (status === null) {
    return new OffhookError('model-unavailable', `The connection to the server of ${of} failed: ${message}.`);
  }
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
  if (status >= 500) {
    return new OffhookError('model-unavailable', `The server of ${of} answered with HTTP ${status}.`, more);
  }
  return new OffhookError(
    'model-rejected',
    `The server of ${of} answered with HTTP ${status}: ${message}.`,
    more,
  );
}

/** The parts of the SDK's errors that count; they are read without loading it. */
function failed(thrown: unknown): { status: number | null; message: string } {
  const status: unknown =
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'status') : null;
  const causes: string[] = [];
  for (let at = thrown; at instanceof Error && causes.length < 4; at = at.cause) causes.push(at.message);
  const message = causes.length > 0 ? causes.join(' ') : String(thrown);
  return {
    status: typeof status === 'number' ? status : null,
    // The SDK puts the status before the server's words.
    message: message
      .replace(/^\d{3} /, '')
      .slice(0, MAX_WORDS)
      .replace(/\.$/, ''),
  };
}
