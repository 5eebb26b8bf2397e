/** `offhook test --from-session ID`: a call that was held, as a test. */
import type { Environment } from '../dialogue/settings.ts';
import { OffhookError } from '../errors.ts';
import { testFromSession } from '../rehearsal/from-session.ts';
import { loadSuite, programOf } from '../rehearsal/suite.ts';
import type { Store } from '../store/store.ts';

/**
 * Writes the test to `out`. Gives the exit code.
 * @throws OffhookError `unknown-session`; `unknown-key` where what was called is not in the folder any more, or has
 * an error; `nothing-happened` for a call that was never begun.
 */
export async function writeTestFromSession(
  id: string,
  store: Pick<Store, 'sessionDetail'>,
  { dialogues, env }: { dialogues: string; env: Environment },
  out: { write(text: string): unknown },
): Promise<number> {
  const session = await store.sessionDetail(id);
  if (!session) throw new OffhookError('unknown-session', `There is no session "${id}".`);
  if (session.journal.length === 0) {
    throw new OffhookError(
      'nothing-happened',
      `Nothing was said in the session "${id}": it is ${session.status}.`,
    );
  }
  const { loaded } = await loadSuite(dialogues, env);
  const asApp = programOf(loaded, { app: session.app }, env);
  const program = asApp ?? programOf(loaded, { dialogue: session.dialogue }, env);
  if (!program) {
    const message = `The session "${id}" was a call of "${session.app}", which is not in ${dialogues} or has an error.`;
    throw new OffhookError('unknown-key', message);
  }
  out.write(testFromSession(session, program, asApp ? 'app' : 'dialogue'));
  return 0;
}
