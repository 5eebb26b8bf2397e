import { OffhookError } from '../../errors.ts';
import type { ResponseInfo } from './wire.ts';

/** A failure after which trying again the same way is of no use. */
const FINAL = new Set(['openai-refused', 'openai-rejected']);

export function isFinal(error: OffhookError): boolean {
  return FINAL.has(error.code);
}

/** How long to wait before trying again: only a vendor that is overloaded is spared, with jitter. */
export function backOffMs(error: OffhookError): number {
  return error.code === 'openai-busy' || error.code === 'openai-unavailable' ? 250 + Math.random() * 500 : 0;
}

/** A response that the vendor ended as failed. `what` is a sentence without its end. */
export function failedResponse(what: string, info: ResponseInfo): OffhookError {
  const { code, message } = info.error ?? { code: info.status, message: 'no reason given' };
  const isBusy = code.startsWith('rate_limit');
  return new OffhookError(isBusy ? 'openai-busy' : 'openai-response-failed', `${what}: ${code}: ${message}.`);
}

/** An upgrade that was answered with an HTTP status instead of a socket. */
export function refusal(status: number, model: string): OffhookError {
  const detail = { status };
  if (status === 401 || status === 403) {
    return new OffhookError(
      'openai-refused',
      `OpenAI refused the key for model "${model}" with HTTP ${status}: check OPENAI_API_KEY.`,
      { detail },
    );
  }
  if (status === 429) {
    return new OffhookError('openai-busy', `OpenAI refused a session of model "${model}" with HTTP 429.`, {
      detail,
    });
  }
  const code = status >= 500 ? 'openai-unavailable' : 'openai-refused';
  return new OffhookError(code, `OpenAI refused a session of model "${model}" with HTTP ${status}.`, {
    detail,
  });
}
