/** What the network reports of a call that we placed: late, doubled, out of order, and some of it never. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { SessionStatus } from '../../runtime/store/store.ts';
import { aSession, beingPlaced } from '../store/samples.ts';
import { CALL_SID, openExchange, type Exchange } from '../support/switchboard.ts';

const DIALOGUE = 'outbound: {ask: "May I?", answers: [{when: "yes", keys: "1", hangup: "Thanks."}]}\n';
const FINALS = ['completed', 'busy', 'no-answer', 'failed', 'canceled'] as const;

let exchange: Exchange;
afterEach(() => exchange.close());

async function placed(index: number): Promise<{ session: string; initiation: string; callSid: string }> {
  const initiation = `i${index}`;
  const callSid = `CA${index}`;
  const session = aSession({
    id: `s${index}`,
    app: 'test',
    key: 'test',
    callSid: null,
    direction: 'outbound',
    isInitiated: true,
    status: 'queued',
    initiation,
  });
  const to = `+1415555${1000 + index}`;
  const retry = { attempts: 2, everyMs: 60_000, on: ['busy'] } as const;
  await beingPlaced(exchange.store, session, { key: 'test', to, retry });
  await exchange.store.initiations.placed(initiation, session.id, callSid, exchange.clock.now());
  return { session: session.id, initiation, callSid };
}

describe('reports of a call', () => {
  it('in whatever order, how often and how few they come, lead to the end that was reported, and stay there', async () => {
    exchange = await openExchange(DIALOGUE);
    let index = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FINALS),
        fc.array(fc.nat({ max: 3 }), { maxLength: 12 }),
        fc.array(fc.nat({ max: 3 }), { maxLength: 6 }),
        async (final, before, after) => {
          const { session, initiation, callSid } = await placed(index++);
          const life: SessionStatus[] = ['queued', 'ringing', 'in-progress', final];
          const seen: SessionStatus[] = [];
          for (const sequence of [...before, 3, ...after]) {
            await exchange.switchboard.status(session, callSid, life[sequence]!, sequence);
            seen.push((await exchange.store.session(session))!.status);
          }
          const ranks = seen.map((status) => life.indexOf(status));
          expect(ranks.every((rank, at) => rank >= (ranks[at - 1] ?? 0))).toBe(true);
          const row = (await exchange.store.session(session))!;
          expect(row).toMatchObject({
            status: final,
            endReason: final === 'failed' ? 'error' : null,
            callSid,
          });
          expect(row.endedAt).not.toBeNull();
          await exchange.store.initiations.settle();
          const { status } = (await exchange.store.initiations.find(initiation))!;
          expect(status).toBe(final === 'busy' ? 'scheduled' : final);
          // Whatever still comes of the attempt that is over, the next one is neither begun nor lost by it.
          for (const sequence of after) {
            await exchange.switchboard.status(session, callSid, life[sequence]!, sequence);
          }
          await exchange.store.initiations.settle();
          expect((await exchange.store.initiations.find(initiation))!.status).toBe(status);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of two processes at once end it once', async () => {
    exchange = await openExchange(DIALOGUE);
    const other = await exchange.restart();
    const { session, callSid } = await placed(1);
    await Promise.all(
      [exchange, other, exchange, other].map(({ switchboard }, index) =>
        switchboard.status(session, callSid, index % 2 ? 'completed' : 'no-answer', 3),
      ),
    );
    const { status, endedAt } = (await exchange.store.session(session))!;
    await exchange.pass(5_000);
    await other.switchboard.status(session, callSid, status === 'completed' ? 'no-answer' : 'completed', 3);
    expect(await exchange.store.session(session)).toMatchObject({ status, endedAt });
  });

  it('that it was answered, before its stream is here, neither end nor begin it', async () => {
    exchange = await openExchange(DIALOGUE);
    const { session, initiation } = await placed(1);
    await exchange.switchboard.status(session, 'CA1', 'in-progress', 2);
    const line = await exchange.connect(
      await exchange.call('CA1', { initiation, placed: true, accountSid: 'AC1' }),
      'CA1',
    );
    expect(line.open).toBe(true);
    await exchange.switchboard.status(session, 'CA1', 'ringing', 1);
    const row = await exchange.session('CA1');
    expect(row).toMatchObject({ status: 'in-progress', accountSid: 'AC1' });
    expect(row.startedAt).not.toBeNull();
  });

  it('of another call leave it alone', async () => {
    exchange = await openExchange(DIALOGUE);
    const { session } = await placed(1);
    await exchange.switchboard.status(session, CALL_SID, 'completed', 3);
    expect(await exchange.store.session(session)).toMatchObject({ status: 'queued', callSid: 'CA1' });
  });
});

describe('a call that was placed, and asks what to do', () => {
  const asks = ({ initiation, callSid }: { initiation: string; callSid: string }) =>
    exchange.switchboard.incoming({
      key: 'test',
      callSid,
      accountSid: null,
      from: '+14155550100',
      to: '+14155550123',
      caller: {},
      initiation,
      placed: true,
      welcomeMessage: null,
      locale: null,
    });

  it('and whose end is reported at that moment is over', async () => {
    exchange = await openExchange(DIALOGUE);
    const call = await placed(1);
    const { store, switchboard } = exchange;
    const patch = store.patchSession.bind(store);
    store.patchSession = async (...given) => {
      await switchboard.status(call.session, call.callSid, 'busy', 3);
      await patch(...given);
    };
    await asks(call);
    expect(await store.session(call.session)).toMatchObject({ status: 'busy' });
  });

  it('late, when another was placed in its stead, is hung up, and takes nothing from that one', async () => {
    exchange = await openExchange(DIALOGUE);
    const call = await placed(2);
    expect(await asks({ ...call, callSid: 'CA-earlier' })).toEqual({ kind: 'hang-up' });
    expect(await exchange.store.session(call.session)).toMatchObject({ callSid: call.callSid });
    expect(await asks(call)).toMatchObject({ session: call.session });
  });
});
