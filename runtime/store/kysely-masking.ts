import type { Kysely } from 'kysely';
import type { Value } from '../dialogue/protocol.ts';
import type { Access } from './access.ts';
import { clean, cleanOrNull, json, parse } from './plain.ts';
import { entryOf, toolCallOf, turnOf } from './rows.ts';
import type { Masks, Store, Turn } from './store.ts';
import type { Tables } from './tables.ts';

/**
 * What was written of a session, masked afterwards. Each row is changed where it stands, and only as far as nobody who
 * writes it at the same time, masked already, is undone.
 */
export function maskingIn({ transact }: Access): Pick<Store, 'maskWritten'> {
  return {
    maskWritten: (session, masks) =>
      transact('mask what was written', async (db) => {
        const row = await db
          .selectFrom('sessions')
          .select('no')
          .where('id', '=', clean(session))
          .executeTakeFirst();
        if (!row) return [];
        await maskJournal(db, row.no, masks);
        await maskToolCalls(db, row.no, masks);
        await maskFields(db, row.no, masks);
        await forgetMemories(db, row.no, masks);
        await maskAnswers(db, row.no, masks);
        return maskTurns(db, row.no, masks);
      }),
  };
}

async function maskJournal(db: Kysely<Tables>, session: number, masks: Masks): Promise<void> {
  for (const row of await db.selectFrom('journal').selectAll().where('session', '=', session).execute()) {
    const { event, state, effects } = masks.entry(entryOf(row));
    const masked = { event: json(event), state: json(state), effects: json(effects) };
    if (masked.event === row.event && masked.state === row.state && masked.effects === row.effects) continue;
    await db
      .updateTable('journal')
      .set(masked)
      .where('session', '=', session)
      .where('sequence', '=', row.sequence)
      .execute();
  }
}

async function maskTurns(db: Kysely<Tables>, session: number, masks: Masks): Promise<Turn[]> {
  const turns: Turn[] = [];
  const rows = await db.selectFrom('turns').selectAll().where('session', '=', session).execute();
  for (const row of rows) {
    const turn = turnOf(row);
    const text = masks.text(turn.text);
    const heardText = turn.heardText === null ? null : masks.text(turn.heardText);
    if (text === turn.text && heardText === turn.heardText) continue;
    turns.push({ ...turn, text, heardText });
    await db
      .updateTable('turns')
      // What was heard may become known at this moment.
      .set({ words: clean(text), ...(heardText !== null && { heard: cleanOrNull(heardText) }) })
      .where('session', '=', session)
      .where('position', '=', row.position)
      .execute();
  }
  return turns;
}

async function maskToolCalls(db: Kysely<Tables>, session: number, masks: Masks): Promise<void> {
  for (const row of await db.selectFrom('tool_calls').selectAll().where('session', '=', session).execute()) {
    const call = masks.toolCall(toolCallOf(row));
    const masked = {
      input: json(call.input),
      output: json(call.output),
      error: call.error && json(call.error),
    };
    if (masked.input === row.input && masked.output === row.output && masked.error === row.error) continue;
    await db
      .updateTable('tool_calls')
      // What comes of one that is at work may be told at this moment.
      .set(row.duration_ms === null ? { input: masked.input } : masked)
      .where('session', '=', session)
      .where('id', '=', row.id)
      .execute();
  }
}

async function maskFields(db: Kysely<Tables>, no: number, masks: Masks): Promise<void> {
  for (const column of ['attributes', 'slots'] as const) {
    const row = await db.selectFrom('sessions').select(column).where('no', '=', no).executeTakeFirst();
    const before = row?.[column] ?? '{}';
    const masked = json(masks.fields(parse<{ [name: string]: Value }>(before)));
    if (masked === before) continue;
    await db
      .updateTable('sessions')
      .set({ [column]: masked })
      .where('no', '=', no)
      .where(column, '=', before)
      .execute();
  }
}

async function forgetMemories(db: Kysely<Tables>, session: number, masks: Masks): Promise<void> {
  const rows = await db.selectFrom('memories').selectAll().where('session', '=', session).execute();
  for (const { user_id: user, name, value } of rows) {
    if (json(masks.fields({ value: parse<Value>(value) })) === json({ value: parse<Value>(value) })) continue;
    await db
      .deleteFrom('memories')
      .where('user_id', '=', user)
      .where('name', '=', name)
      .where('value', '=', value)
      .execute();
  }
}

async function maskAnswers(db: Kysely<Tables>, session: number, masks: Masks): Promise<void> {
  const rows = await db.selectFrom('exchanges').selectAll().where('session', '=', session).execute();
  for (const { turn, answer } of rows) {
    if (answer === null) continue;
    const masked = json(masks.answer(parse<Value>(answer)));
    if (masked === answer) continue;
    await db
      .updateTable('exchanges')
      .set({ answer: masked })
      .where('session', '=', session)
      .where('turn', '=', turn)
      .execute();
  }
}
