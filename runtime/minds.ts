/** The text models that apps name, each connected once. */
import type { Config } from './config.ts';
import type { Program } from './dialogue/program.ts';
import type { Log } from './log.ts';
import { chatModelOf, modelUnderstand } from './understand/model.ts';
import type { AskModel } from './understand/understand.ts';

/** The model that judges what the callers of a program mean; null where its app names none for text, or no key is there. */
export function mindsOf(
  { apiKey, baseUrl }: Config['openai'],
  log: Log,
): (program: Program) => AskModel | null {
  const made = new Map<string, AskModel>();
  return ({ app }) => {
    const model = chatModelOf(app.model);
    if (model === null || apiKey === null) return null;
    const mind = made.get(model) ?? modelUnderstand({ apiKey, baseUrl, model, log });
    made.set(model, mind);
    return mind;
  };
}
