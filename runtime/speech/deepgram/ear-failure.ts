import { OffhookError } from '../../errors.ts';

/** A failure after which trying again the same way is of no use. */
export function isFinal(error: OffhookError): boolean {
  return error.code === 'deepgram-refused';
}

/** How long to wait before trying again: only a vendor that is overloaded is spared, with jitter. */
export function backOffMs(error: OffhookError): number {
  const isLoaded = error.code === 'deepgram-busy' || error.code === 'deepgram-unavailable';
  return isLoaded ? 250 + Math.random() * 500 : 0;
}

/** An upgrade that was answered with an HTTP status instead of a socket; `why` is what Deepgram said of it. */
export function refusal(status: number, model: string, why: string | null): OffhookError {
  const detail = { status };
  if (status === 401 || status === 403) {
    return new OffhookError(
      'deepgram-refused',
      `Deepgram refused the key for model "${model}" with HTTP ${status}: check DEEPGRAM_API_KEY.`,
      { detail },
    );
  }
  const code = status === 429 ? 'deepgram-busy' : status >= 500 ? 'deepgram-unavailable' : 'deepgram-refused';
  const reason = why === null || why === '' ? '' : `: ${why}`;
  return new OffhookError(
    code,
    `Deepgram refused to listen with model "${model}" with HTTP ${status}${reason}.`,
    { detail },
  );
}
