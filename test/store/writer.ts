/** Writes steps of one call for as long as it is let, and says on standard output which ones are kept. */
import { openStore } from '../../runtime/store/kysely-store.ts';
import { silentLog } from '../../runtime/log.ts';
import { readConfig } from '../../runtime/config.ts';
import { aStep, aTurn } from './samples.ts';

const [url = '', session = ''] = process.argv.slice(2);
const store = await openStore(readConfig({ DATABASE_URL: url }, false).database, silentLog);
for (let sequence = 1; ; sequence++) {
  await store.writeStep(aStep(session, sequence, { turns: [aTurn(sequence - 1), aTurn(sequence)] }));
  process.stdout.write(`${sequence}\n`);
}
