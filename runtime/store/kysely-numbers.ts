import type { Access } from './access.ts';
import type { KeptNumber, KeptNumbers } from './numbers.ts';
import { clean, json, parse } from './plain.ts';
import type { NumberTable } from './tables.ts';

export function numbersIn({ db, attempt }: Access): KeptNumbers {
  return {
    list: () =>
      attempt('list the numbers', async () =>
        (await db.selectFrom('numbers').selectAll().orderBy('phone').execute()).map(numberOf),
      ),

    find: (phone) =>
      attempt('read a number', async () => {
        const row = await db
          .selectFrom('numbers')
          .selectAll()
          .where('phone', '=', clean(phone))
          .executeTakeFirst();
        return row ? numberOf(row) : null;
      }),

    add: (number) =>
      attempt('keep a number', async () => {
        const added = await db
          .insertInto('numbers')
          .values({ ...rowOf(number), version: 1 })
          .onConflict((conflict) => conflict.column('phone').doNothing())
          .returning('phone')
          .executeTakeFirst();
        return added !== undefined;
      }),

    replace: (number) =>
      attempt('change a number', async () => {
        const changed = await db
          .updateTable('numbers')
          .set({ ...rowOf(number), version: number.version + 1 })
          .where('phone', '=', clean(number.phone))
          .where('version', '=', number.version)
          .returning('phone')
          .executeTakeFirst();
        return changed !== undefined;
      }),
  };
}

function rowOf(number: Omit<KeptNumber, 'version'>): Omit<NumberTable, 'version'> {
  const { phone, accountSid, app, stage, url, before, since } = number;
  return {
    phone: clean(phone),
    account_sid: clean(accountSid),
    app: clean(app),
    stage,
    url: clean(url),
    before: json({ ...before }),
    since: Math.round(since),
  };
}

function numberOf(row: NumberTable): KeptNumber {
  const { phone, app, stage, url, since, version } = row;
  return { phone, accountSid: row.account_sid, app, stage, url, before: parse(row.before), since, version };
}
