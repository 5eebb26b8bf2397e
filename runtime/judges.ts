/** The text models that apps name, each connected once. */
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { modelUnderstand } from './understand/model.ts';
import type { AskModel } from './understand/understand.ts';

/** The text model of that name that judges what callers mean; null where there is none, or no key for it. */
export function judgesOf(
  { apiKey, baseUrl }: Config['openai'],
  log: Log,
): (model: string | null) => AskModel | null {
  const made = new Map<string, AskModel>();
  return (model) => {
    if (model === null || apiKey === null) return null;
    const mind = made.get(model) ?? modelUnderstand({ apiKey, baseUrl, model, log });
    made.set(model, mind);
    return mind;
  };
}
