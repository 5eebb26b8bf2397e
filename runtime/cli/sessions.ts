/** What the store holds, for reading in a terminal. */
import { OffhookError } from '../errors.ts';
import {
  SESSION_STATUSES,
  type SessionDetail,
  type SessionListItem,
  type Store,
  type ToolCallRow,
  type Turn,
} from '../store/store.ts';
import { moment, table } from './table.ts';

interface Out {
  write(text: string): unknown;
}

export interface ListOptions {
  app?: string;
  status?: string;
  /** As it was typed. */
  limit: string;
}

const MOST = 200;

/**
 * Prints a table, newest first. Gives the exit code.
 * @throws OffhookError `bad-setting` for options that make no sense.
 */
export async function listSessions(
  store: Pick<Store, 'listSessions'>,
  out: Out,
  { app, status, limit }: ListOptions,
): Promise<number> {
  const wanted = SESSION_STATUSES.find((one) => one === status);
  if (status !== undefined && !wanted) {
    throw new OffhookError(
      'bad-setting',
      `--status is "${status}", but should be one of ${SESSION_STATUSES.join(', ')}.`,
    );
  }
  const { items } = await store.listSessions({ app, status: wanted, limit: countOf(limit) });
  if (items.length === 0) out.write('There are no sessions.\n');
  else
    out.write(
      table([['BEGAN', 'APP', 'DIRECTION', 'FROM', 'TO', 'STATUS', 'TURNS', 'ID'], ...items.map(rowOf)]),
    );
  return 0;
}

/** How many are to be listed. @throws OffhookError `bad-setting`. */
export function countOf(limit: string): number {
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  const problem = `--limit is "${limit}", but should be a whole number from 1 to ${MOST}.`;
  throw new OffhookError('bad-setting', problem);
}

/**
 * Prints one session with its turns and tool calls as they came. Gives the exit code.
 * @throws OffhookError `unknown-session`.
 */
export async function showSession(
  store: Pick<Store, 'sessionDetail'>,
  out: Out,
  id: string,
): Promise<number> {
  const session = await store.sessionDetail(id);
  if (!session) throw new OffhookError('unknown-session', `There is no session "${id}".`);
  out.write(table(factsOf(session)));
  const said = session.turns.map((turn): [number, string[]] => [turn.startedAt, turnLine(turn)]);
  const done = session.toolCalls.map((call): [number, string[]] => [call.startedAt, toolCallLine(call)]);
  const lines = [...said, ...done].toSorted(([one], [other]) => one - other).map(([, line]) => line);
  if (lines.length > 0) out.write(`\n${table(lines)}`);
  return 0;
}

function rowOf(session: SessionListItem): string[] {
  const { app, direction, from, to, turnCount, id } = session;
  const began = moment(session.startedAt ?? session.createdAt);
  return [began, app, direction, from ?? '-', to ?? '-', outcome(session), String(turnCount), id];
}

function factsOf(session: SessionDetail): string[][] {
  const { id, app, dialogue, engine, direction, from, to, callSid, locale, startedAt, endedAt } = session;
  const lasted =
    startedAt === null || endedAt === null ? '' : ` for ${Math.round((endedAt - startedAt) / 1000)} s`;
  return [
    ['id', id],
    ['app', `${app}, dialogue ${dialogue}, engine ${engine}, ${locale}`],
    [
      'call',
      `${direction} from ${from ?? 'nobody'} to ${to ?? 'nobody'}${callSid === null ? '' : `, ${callSid}`}`,
    ],
    ['began', `${moment(startedAt ?? session.createdAt)}${lasted}`],
    ['status', outcome(session)],
  ];
}

function outcome({ status, endReason }: Pick<SessionDetail, 'status' | 'endReason'>): string {
  return endReason === null ? status : `${status}, ${endReason}`;
}

function turnLine({ role, text, interrupted, heardText }: Turn): string[] {
  return [role, interrupted ? `${text} (interrupted; heard: "${heardText ?? ''}")` : text];
}

function toolCallLine({ name, input, output, error, durationMs }: ToolCallRow): string[] {
  const answer = error ? `failed: ${error.message}` : JSON.stringify(output);
  const took = durationMs === null ? 'under way' : `${answer} (${Math.round(durationMs)} ms)`;
  return ['tool', `${name} ${JSON.stringify(input)}: ${took}`];
}
