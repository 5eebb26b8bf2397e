/** How the simulated network gets its TwiML: it asks, asks again where Twilio would, and reads the answer. */
import type { Clock } from '../../clock.ts';
import { OffhookError } from '../../errors.ts';
import { askWebhook, type Route } from './ask.ts';
import { readTwiml, type Verb } from './twiml-reader.ts';

export interface Question {
  url: string;
  method: string;
  form: Readonly<Record<string, string>>;
}

interface Policy {
  retries: number;
  /** `ct`: it cannot be connected to; `rt`: it does not answer in time; `4xx`, `5xx`. */
  on: readonly string[];
  withinMs: number;
}

const WITHIN_MS = 15_000;
/** Twilio does not tell its own. The first time is at once. */
const PAUSES_MS = [0, 500, 1000, 2000, 4000];

/**
 * Gives the verbs of the document at this URL, and tells of every answer that came.
 * @throws OffhookError `webhook-unreachable`, `bad-webhook` or `bad-twiml`, with Twilio's number in `detail.twilioCode`.
 */
export async function readDocument(
  route: Route,
  question: Question,
  hangUp: AbortSignal,
  tell: (answer: { url: string; status: number; twiml: string }) => void,
): Promise<Verb[]> {
  const answer = await askPatiently(route, question, hangUp);
  tell({ url: question.url, status: answer.status, twiml: answer.text });
  const fail = (twilioCode: number, problem: string): never => {
    throw new OffhookError('bad-webhook', `The webhook ${new URL(question.url).pathname} ${problem}.`, {
      detail: { twilioCode },
    });
  };
  if (answer.status < 200 || answer.status > 299) fail(11200, `answered with ${answer.status}`);
  if (!/^(text|application)\/xml\b|^text\/html\b/.test(answer.contentType)) {
    fail(12300, `answered with the Content-Type "${answer.contentType}", not text/xml`);
  }
  return readTwiml(answer.text);
}

/** Settles after the time, or at once when the signal is aborted. */
export function pauseOn(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      cancel();
      resolve();
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Asks as often as the URL's fragment tells. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
async function askPatiently(
  route: Route,
  question: Question,
  hangUp: AbortSignal,
): ReturnType<typeof askWebhook> {
  const { retries, on, withinMs } = policyOf(question.url);
  const since = route.clock.elapsed();
  for (let tries = 0; ; tries++) {
    const waitMs = PAUSES_MS[tries] ?? 0;
    const last = tries >= retries || route.clock.elapsed() - since + waitMs > withinMs;
    try {
      const answer = await askWebhook(route, question, hangUp);
      if (last || !on.includes(`${Math.floor(answer.status / 100)}xx`)) return answer;
    } catch (error) {
      if (last || hangUp.aborted || !on.includes(failureOf(error))) throw error;
    }
    if (waitMs > 0) await pauseOn(route.clock, waitMs, hangUp);
  }
}

function policyOf(url: string): Policy {
  const told = new URLSearchParams(URL.canParse(url) ? new URL(url).hash.slice(1) : '');
  return {
    retries: Number(told.get('rc') ?? 1),
    on: (told.get('rp') ?? 'ct').split(','),
    withinMs: Number(told.get('tt') ?? WITHIN_MS),
  };
}

function failureOf(error: unknown): 'ct' | 'rt' | 'other' {
  const code = error instanceof OffhookError ? error.detail?.['twilioCode'] : null;
  if (code === 11205) return 'ct';
  return code === 11200 ? 'rt' : 'other';
}
