/**
 * Takes lines and gives them back, several at a time, for two apps over one account, once its parent says so; then tells
 * when it held which.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../runtime/config.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';

export interface HolderReport {
  /** From when until when a line was certainly held, in ms of the machine's clock. */
  held: { app: string; from: number; to: number }[];
  /** How often all lines were taken. */
  full: number;
}

const [url = '', name = '', atOnce = '', each = '', app = '', account = ''] = process.argv.slice(2);
const limits = { app: Number(app), account: Number(account) };
const { lines, close } = await openStore(readConfig({ DATABASE_URL: url }, false).database, silentLog);
const report: HolderReport = { held: [], full: 0 };
/** One clock for all processes of the machine, which nobody sets. */
const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

async function caller(index: number): Promise<void> {
  for (let call = 0, tries = 0; call < Number(each); tries++) {
    const session = `${name}-${index}-${tries}`;
    const use = { app: tries % 3 === 0 ? 'hotel' : 'bistro', account: 'default' };
    const answer = await lines.hold(session, use, limits, name, Date.now(), Date.now() + 60_000);
    if (answer === 'held') {
      const from = nowMs();
      await pause(60 + Math.random() * 60);
      report.held.push({ app: use.app, from, to: nowMs() });
      await lines.release(session, name);
      call++;
    } else {
      report.full++;
      await pause(Math.random() * 5);
    }
  }
}

process.send?.('ready');
await once(process, 'message');
await Promise.all(Array.from({ length: Number(atOnce) }, (_, index) => caller(index)));
await close();
process.send?.(report);
process.disconnect();
