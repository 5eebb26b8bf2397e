/** One caller, several calls: what the one remembers the next one knows. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Costs } from '../../runtime/call/costs.ts';
import { Conversation } from '../../runtime/call/conversation.ts';
import { factsOf } from '../../runtime/call/facts.ts';
import { phoneOf } from '../../runtime/call/person.ts';
import type { CallFacts } from '../../runtime/dialogue/state.ts';
import { newState } from '../../runtime/dialogue/state.ts';
import type { Channel, ChannelEvent } from '../../runtime/line/line.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Session, Store } from '../../runtime/store/store.ts';
import { sqlitePlace, type Place } from '../store/places.ts';
import { aSession } from '../store/samples.ts';
import { programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { NOBODY_PAIRS } from '../support/pairings.ts';

const PROGRAM = programOf(`
intro: {say: ["Bistro, this is Ana.", "Hello, Ana from the bistro.", "Good day, the bistro."]}
inbound: all
states:
  all:
    - say: "Last time it was {{ user.party }}."
    - remember: {user.party: "(user.party ?? 0) + 1", user.name: "'Bob'"}
      for: 1d
    - hangup: Bye.
`);
const DAY = 24 * 60 * 60 * 1000;

let place: Place;
let store: Store;
const clock = new FakeClock();

beforeEach(async () => {
  place = await sqlitePlace();
  store = await openStore(place.database, silentLog);
});

afterEach(async () => {
  await store.close();
  await place.drop();
});

/** A whole call; gives what the dialogue knew and what was said. */
async function call(session: Session, seed = 1): Promise<{ facts: CallFacts; said: string[] }> {
  const phone = phoneOf(session);
  const person = await store.people.meet(phone, {}, clock.now());
  session.user = person.id;
  await store.addSession(session);
  const device = phone === null ? null : await store.people.device(phone);
  const facts = factsOf(session, clock.now(), {}, null, null, { person, device });
  const said: string[] = [];
  const channel = (on: (event: ChannelEvent) => void): Channel => ({
    judges: false,
    converses: false,
    say: (order) => said.push(order.text),
    play: () => undefined,
    press: () => undefined,
    listen: () => undefined,
    converse: () => undefined,
    answerModel: () => undefined,
    judge: () => Promise.resolve(null),
    giveWay: () => undefined,
    changeLanguage: () => undefined,
    forget: () => undefined,
    settled: () => undefined,
    remainingMs: () => 0,
    hangUp: () => on({ kind: 'closed', reason: 'closed' }),
    close: () => on({ kind: 'closed', reason: 'closed' }),
  });
  await new Promise<void>((resolve) => {
    const conversation = new Conversation(
      {
        store,
        clock,
        log: silentLog,
        metrics: openMetrics(),
        understand: () => null,
        model: null,
        pairing: NOBODY_PAIRS,
        tools: {
          call: () => Promise.resolve(null),
          offer: () => null,
          close: () => Promise.resolve(),
        },
      },
      {
        session,
        program: PROGRAM,
        state: newState(PROGRAM.version, facts, {}, seed),
        sequence: 0,
        firstTurn: 0,
        channel,
        live: () => undefined,
        costs: new Costs(new Map(), []),
        handOver: () => Promise.resolve(false),
        callBack: () => undefined,
        ended: () => resolve(),
      },
    );
    conversation.begin();
  });
  return { facts, said };
}

describe('a caller who calls again', () => {
  it('is known by what was remembered, while it lasts, and hears another greeting', async () => {
    const first = await call(aSession());
    expect(first.facts.user).toEqual({ name: null, paired: false, anonymous: true });
    expect(first.said.slice(1)).toEqual(['Last time it was.', 'Bye.']);

    const second = await call(aSession());
    expect(second.facts.user).toEqual({ name: 'Bob', party: 1, paired: false, anonymous: true });
    expect(second.said.slice(1)).toEqual(['Last time it was 1.', 'Bye.']);
    expect(second.said[0]).not.toBe(first.said[0]);

    clock.advance(DAY);
    const later = await call(aSession());
    expect(later.facts.user).toEqual({ name: null, paired: false, anonymous: true });
    expect(later.said[0]).not.toBe(second.said[0]);
  });

  it('is the same person when called from here', async () => {
    await call(aSession({ from: '+420777123456' }));
    const out = aSession({
      isInitiated: true,
      direction: 'outbound',
      from: '+14155550100',
      to: '+420777123456',
    });
    expect((await call(out)).facts.user).toMatchObject({ name: 'Bob', party: 1 });
  });

  it('never hears the same greeting twice in a row, whatever the call', async () => {
    let before = '';
    for (let seed = 0; seed < 12; seed++) {
      const { said } = await call(aSession(), seed);
      expect(said[0]).not.toBe(before);
      before = said[0]!;
    }
  });

  it('is nobody where the number is withheld, or somebody else’s', async () => {
    await call(aSession({ from: 'anonymous' }));
    expect((await call(aSession({ from: 'anonymous' }))).facts.user['party']).toBeUndefined();
    await call(aSession());
    expect((await call(aSession({ from: '+420777123456' }))).facts.user['party']).toBeUndefined();
  });

  it('is forgotten with the sessions that knew of it', async () => {
    const [one, two] = [aSession(), aSession()];
    await call(one);
    await call(two);
    await store.eraseSession(two.id);
    expect((await call(aSession())).facts.used).toEqual({});
    expect((await place.dump())['memories']).toHaveLength(3);
  });
});
