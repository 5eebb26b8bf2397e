import { OffhookError } from '../../errors.ts';

/** The socket's code for a request that is not valid: as it stands, it will never be. */
const INVALID = 1007;
const POLICY = 1008;

/** A failure after which trying again the same way is of no use. */
export function isFinal(error: OffhookError): boolean {
  return error.code === 'gemini-refused';
}

/** The server found what it was sent invalid: what it knows of this session is of no use any more. */
export function wasInvalid(error: OffhookError): boolean {
  return error.detail?.closeCode === INVALID;
}

/** How long to wait before trying again: only a vendor that is overloaded is spared, with jitter. */
export function backOffMs(error: OffhookError): number {
  return error.code === 'gemini-busy' ? 250 + Math.random() * 500 : 0;
}

/** An upgrade that was answered with an HTTP status instead of a socket. */
export function refusal(status: number, model: string): OffhookError {
  const detail = { model, status };
  if (status === 401 || status === 403) {
    return new OffhookError(
      'gemini-refused',
      `Gemini refused the key for model "${model}" with HTTP ${status}: check GEMINI_API_KEY.`,
      { detail },
    );
  }
  const code = status === 429 || status >= 500 ? 'gemini-busy' : 'gemini-refused';
  return new OffhookError(code, `Gemini refused a session of model "${model}" with HTTP ${status}.`, {
    detail,
  });
}

/** A socket that was closed by the server. A wrong key and a wrong model are told this way too, while setting up. */
export function closing(closeCode: number, reason: string, model: string, isSetUp: boolean): OffhookError {
  const detail = { model, closeCode };
  const why = reason === '' ? `code ${closeCode}` : `code ${closeCode}: ${reason}`;
  if (/quota|exhausted|rate limit/i.test(reason)) {
    return new OffhookError('gemini-busy', `Gemini has no room for a session of model "${model}" (${why}).`, {
      detail,
    });
  }
  if (closeCode === POLICY || (closeCode === INVALID && !isSetUp)) {
    const hint = /api.?key|credential|permission|unauth/i.test(reason) ? ': check GEMINI_API_KEY' : '';
    return new OffhookError(
      'gemini-refused',
      `Gemini refused a session of model "${model}" (${why})${hint}.`,
      { detail },
    );
  }
  return new OffhookError('gemini-closed', `Gemini closed the session of model "${model}" (${why}).`, {
    detail,
  });
}
