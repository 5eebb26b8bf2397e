import type { AppFacts } from '../dialogue/program.ts';
import type { CallFacts } from '../dialogue/state.ts';
import { parseTemplate } from '../dialogue/expression.ts';
import type { Session } from '../store/store.ts';
import { factsOf } from './facts.ts';

/**
 * What a caller hears who finds all lines taken; null: the busy tone. Who they are is not looked up for it.
 * @param now in milliseconds since the epoch.
 */
export function busyText(
  app: AppFacts,
  session: Session,
  caller: CallFacts['caller'],
  now: number,
): string | null {
  if (app.busy === null) return null;
  const facts = factsOf(session, now, caller, null, app.zone);
  const scope = {
    session: { ...facts.session, attributes: session.attributes },
    caller: facts.caller,
    app: app.properties,
  };
  const env = { now, locale: session.locale, zone: facts.zone };
  const text = parseTemplate(app.busy).render(scope, env).trim();
  return text === '' ? null : text;
}
