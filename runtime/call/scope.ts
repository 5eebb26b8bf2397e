import type { Program } from '../dialogue/program.ts';
import type { Scope } from '../dialogue/protocol.ts';
import { contextOf, type State } from '../dialogue/state.ts';

/**
 * The persona of the dialogue that is being carried out, for a model; null where the author wrote none. Nothing
 * sensitive is in it.
 * @param now in milliseconds since the epoch.
 */
export function personaOf(program: Program, state: State, now: number): string | null {
  const context = contextOf(state);
  const part = program.parts[context?.dialogue ?? program.dialogue];
  if (!part?.persona) return null;
  const { facts, remembered } = state;
  const env = { now, locale: facts.session.locale, zone: facts.zone };
  const scope = {
    ...context?.vars,
    ...context?.slots,
    session: sessionScope(state),
    user: { ...facts.user, ...remembered },
    caller: facts.caller,
    app: program.app.properties,
  };
  return part.persona.instruct(scope, env, part.sensitive);
}

/** What expressions see as `session`. */
export function sessionScope({ facts, attributes }: State): Scope {
  return { ...facts.session, attributes };
}
