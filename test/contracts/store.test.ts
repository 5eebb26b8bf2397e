import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Config } from '../../runtime/config.ts';
import { silentLog } from '../../runtime/log.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Session, Store } from '../../runtime/store/store.ts';
import { PLACES, type Place } from '../store/places.ts';
import { AT, aSession, aStep, aToolCall, aTurn, anInitiation } from '../store/samples.ts';

/** What a vendor was used for, and where the time of a turn went. */
const USED = [
  { vendor: 'openai', model: 'gpt-realtime-2.1', amounts: { outputAudioTokens: 12 }, cost: 0.25 },
];
const TOOK = { meaning: 12, firstToken: null, firstAudio: 400, firstFrame: 412.5 };

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`a store on ${name}`, () => {
    let place: Place;
    let store: Store;
    const opened: Store[] = [];

    async function open(): Promise<Store> {
      const one = await openStore(place.database, silentLog);
      opened.push(one);
      return one;
    }

    beforeEach(async () => {
      place = await make();
      store = await open();
    });

    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await place.drop();
    });

    describe('sessions', () => {
      test('come back as they were given, every field', async () => {
        const whole = aSession({
          direction: 'outbound',
          isInitiated: true,
          accountSid: 'AC0123456789abcdef0123456789abcdef',
          user: 'ana',
          attributes: { time: '19:00', guests: [1, 2], nested: { ok: true, none: null } },
          status: 'completed',
          endReason: 'caller-hung-up',
          startedAt: AT + 1000,
          endedAt: AT + 61_000,
          initiation: 'i1',
        });
        const bare = aSession({ from: null, to: null, callSid: null });
        await store.addSession(whole);
        await store.addSession(bare);
        expect(await store.session(whole.id)).toEqual(whole);
        expect(await store.session(bare.id)).toEqual(bare);
        expect(await store.sessionByCall(whole.callSid!)).toEqual(whole);
      });

      test('that nobody added are null', async () => {
        expect(await store.session('nobody')).toBeNull();
        expect(await store.sessionByCall('CA0')).toBeNull();
        expect(await store.sessionDetail('nobody')).toBeNull();
        expect(await store.lastEntry('nobody')).toBeNull();
        // Such ids come in URLs, and PostgreSQL would choke on them.
        expect(await store.session('a\u0000b')).toBeNull();
        expect(await store.sessionDetail('a\u0000b')).toBeNull();
        expect(await store.lastEntry('a\u0000b')).toBeNull();
        expect(await store.eraseSession('a\u0000b')).toBe(false);
        expect(await store.initiations.find('a\u0000b')).toBeNull();
        expect(await store.sessionByCall('a\u0000b')).toBeNull();
        expect((await store.listSessions({ limit: 1, app: 'a\u0000b' })).items).toEqual([]);
      });

      test('a second session for the same call is refused by name, and the first stays', async () => {
        const first = aSession({ callSid: 'CA1' });
        await store.addSession(first);
        await expect(store.addSession(aSession({ callSid: 'CA1' }))).rejects.toMatchObject({
          code: 'duplicate-call',
          message: 'The call CA1 already has a session.',
        });
        expect(await store.sessionByCall('CA1')).toEqual(first);
      });

      test('of two webhooks for one call at once, one adds the session', async () => {
        const other = await open();
        const tries = await Promise.allSettled(
          [store, other, store, other].map((one) => one.addSession(aSession({ callSid: 'CA1' }))),
        );
        expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
        const refusals = tries.filter((one) => one.status === 'rejected');
        expect(refusals).toMatchObject(
          Array.from({ length: 3 }, () => ({ reason: { code: 'duplicate-call' } })),
        );
      });

      test('any number of sessions may have no call yet', async () => {
        await store.addSession(aSession({ callSid: null }));
        await store.addSession(aSession({ callSid: null }));
        expect((await store.listSessions({ limit: 10 })).items).toHaveLength(2);
      });

      test('a patch changes what it names, null included, and nothing else', async () => {
        const session = aSession({ endReason: 'limit', attributes: { a: 1 } });
        await store.addSession(session);
        await store.patchSession(session.id, {
          status: 'completed',
          endReason: null,
          attributes: { b: false },
        });
        expect(await store.session(session.id)).toEqual({
          ...session,
          status: 'completed',
          endReason: null,
          attributes: { b: false },
        });
      });

      test('a patch of nothing, or of what is undefined, changes nothing', async () => {
        const session = aSession();
        await store.addSession(session);
        await store.patchSession(session.id, {});
        await store.patchSession(session.id, { status: undefined, attributes: undefined });
        expect(await store.session(session.id)).toEqual(session);
      });

      test('those that are not over are found again after a crash, oldest first', async () => {
        const sessions = (
          [
            'queued',
            'ringing',
            'in-progress',
            'completed',
            'busy',
            'no-answer',
            'failed',
            'canceled',
          ] as const
        ).map((status, index) => aSession({ status, createdAt: AT + index }));
        for (const session of sessions) await store.addSession(session);
        expect(await (await open()).openSessions()).toEqual(sessions.slice(0, 3));
      });

      test('a session is held by one process at a time, which lives until it said', async () => {
        const session = aSession();
        await store.addSession(session);
        expect(await store.holder(session.id)).toBeNull();
        await store.beat('one', AT + 30_000);
        await store.holdSession(session.id, 'one');
        expect(await store.holder(session.id)).toEqual({ process: 'one', aliveUntil: AT + 30_000 });
        await store.beat('one', AT + 40_000);
        await store.beat('two', AT + 50_000);
        expect(await store.holder(session.id)).toEqual({ process: 'one', aliveUntil: AT + 40_000 });
        await store.holdSession(session.id, 'two');
        expect(await store.holder(session.id)).toEqual({ process: 'two', aliveUntil: AT + 50_000 });
        expect(await store.session(session.id)).toEqual(session);
        expect(await store.holder('nobody')).toBeNull();
        await store.leave('two');
        expect(await store.holder(session.id)).toBeNull();
      });

      test('a process that died long ago is forgotten', async () => {
        const session = aSession();
        await store.addSession(session);
        await store.beat('old', AT);
        await store.holdSession(session.id, 'old');
        await store.beat('new', AT + 25 * 3_600_000);
        expect(await store.holder(session.id)).toBeNull();
      });

      test('text that PostgreSQL cannot hold is kept readable, on every database alike', async () => {
        const session = aSession({ from: 'a\u0000b', attributes: { text: 'c\u0000d' } });
        await store.addSession(session);
        await store.writeStep(
          aStep(session.id, 1, { turns: [aTurn(0, { text: 'half \ud83d of it, \u{1f600} whole' })] }),
        );
        const detail = await store.sessionDetail(session.id);
        expect(detail?.from).toBe('a\ufffdb');
        expect(detail?.attributes).toEqual({ text: 'c\u0000d' });
        expect(detail?.turns[0]?.text).toBe('half \ufffd of it, \u{1f600} whole');
      });
    });

    describe('tool calls that nobody has ended', () => {
      const LOST = {
        code: 'tool-lost',
        message:
          'What came of the call of find_table is not known: the line, or the process that held it, was lost.',
      };
      const over = { status: 'completed', endReason: 'error', endedAt: AT + 20_000 } as const;

      /** A call with a tool call that is over, and one that is open. */
      async function aCall(change: Partial<Session>, holder: string | null): Promise<Session> {
        const session = aSession(change);
        await store.addSession(session);
        if (holder !== null) await store.holdSession(session.id, holder);
        const done = aToolCall('t1', { output: { free: true }, durationMs: 31.5 });
        const open = aToolCall('t2', { startedAt: AT + 5_000 });
        await store.writeStep(aStep(session.id, 1, { toolCalls: [done, open] }));
        return session;
      }

      const errorsOf = async ({ id }: Session): Promise<unknown[]> =>
        (await store.sessionDetail(id))!.toolCalls.map(({ error }) => error);

      test('are ended in one session that is over, whoever held it, and no others', async () => {
        await store.beat('lives', AT + 60_000);
        const [one, other] = [await aCall(over, 'lives'), await aCall(over, 'lives')];
        const open = await aCall({ status: 'in-progress' }, 'lives');
        expect(await store.endLostToolCalls(open.id, AT + 30_000)).toBe(0);
        expect(await store.endLostToolCalls(one.id, AT + 30_000)).toBe(1);
        expect((await store.sessionDetail(one.id))?.toolCalls).toEqual([
          aToolCall('t1', { output: { free: true }, durationMs: 31.5 }),
          // For as long as the call lasted it may have been at work.
          aToolCall('t2', { startedAt: AT + 5_000, error: LOST, durationMs: 15_000 }),
        ]);
        for (const session of [other, open]) expect(await errorsOf(session)).toEqual([null, null]);
        expect(await store.endLostToolCalls(one.id, AT + 30_000)).toBe(0);
      });

      test('are ended in all that are over, but for those whose process lives and may still tell', async () => {
        await store.beat('lives', AT + 60_000);
        await store.beat('dead', AT + 10_000);
        const lost = [await aCall(over, 'dead'), await aCall(over, 'unknown'), await aCall(over, null)];
        const told = await aCall(over, 'lives');
        const open = await aCall({ status: 'in-progress' }, 'dead');
        expect(await store.endLostToolCalls(null, AT + 30_000)).toBe(3);
        for (const session of lost) expect(await errorsOf(session)).toEqual([null, LOST]);
        for (const session of [told, open]) expect(await errorsOf(session)).toEqual([null, null]);
      });

      test('are ended an hour behind their call, whoever lives', async () => {
        const session = await aCall(over, 'lives');
        await store.beat('lives', AT + 5 * 3_600_000);
        expect(await store.endLostToolCalls(null, over.endedAt + 3_600_000)).toBe(0);
        expect(await store.endLostToolCalls(null, over.endedAt + 3_600_001)).toBe(1);
        expect(await errorsOf(session)).toEqual([null, LOST]);
      });

      test('are what is told of them all the same', async () => {
        const session = await aCall(over, 'dead');
        await store.endLostToolCalls(null, AT + 30_000);
        const told = aToolCall('t2', { startedAt: AT + 5_000, output: 'done', durationMs: 26_000 });
        await store.writeStep(aStep(session.id, 2, { toolCalls: [told] }));
        expect((await store.sessionDetail(session.id))?.toolCalls[1]).toEqual(told);
      });
    });

    describe('steps', () => {
      test('write the journal, the turns, the tool calls and the row together', async () => {
        const session = aSession();
        await store.addSession(session);
        const first = aStep(session.id, 1, { patch: { status: 'in-progress', startedAt: AT + 5 } });
        const second = aStep(session.id, 2, {
          turns: [aTurn(0, { role: 'caller', heardText: 'line 0' }), aTurn(1, { latencyMs: 412.5 })],
          toolCalls: [aToolCall('t1')],
        });
        const third = aStep(session.id, 3, {
          turns: [
            aTurn(1, { interrupted: true, heardText: 'li', latencyMs: 412.5, timings: TOOK, usage: USED }),
          ],
          toolCalls: [
            aToolCall('t1', { output: { free: true }, durationMs: 31.5 }),
            aToolCall('t2', { error: { code: 'late', message: 'No answer.' }, startedAt: AT + 1 }),
          ],
          patch: {
            status: 'completed',
            endReason: 'agent-hung-up',
            endedAt: AT + 9,
            attributes: { offer: { free: true } },
            locale: 'cs-CZ',
            slots: { party: 4 },
            engine: 'cascade',
            crew: 1,
            cost: 0.25,
            usage: USED,
          },
        });
        for (const step of [first, second, third]) await store.writeStep(step);

        expect(await store.sessionDetail(session.id)).toEqual({
          ...session,
          status: 'completed',
          endReason: 'agent-hung-up',
          startedAt: AT + 5,
          endedAt: AT + 9,
          attributes: { offer: { free: true } },
          locale: 'cs-CZ',
          slots: { party: 4 },
          engine: 'cascade',
          crew: 1,
          cost: 0.25,
          usage: USED,
          turns: [second.turns[0], third.turns[0]],
          toolCalls: third.toolCalls,
          journal: [first.entry, second.entry, third.entry],
        });
        expect(await store.lastEntry(session.id)).toEqual(third.entry);
      });

      test('are written as they were handed over, whatever their owner changes afterwards', async () => {
        const session = aSession();
        await store.addSession(session);
        const turn = aTurn(0, { text: 'as it was' });
        const state = { vars: { party: 4 } };
        const step = aStep(session.id, 1, { turns: [turn] });
        const written = store.writeStep({ ...step, entry: { ...step.entry, state } });
        turn.text = 'changed';
        state.vars.party = 5;
        await written;
        const detail = await store.sessionDetail(session.id);
        expect(detail?.turns[0]?.text).toBe('as it was');
        expect(detail?.journal[0]?.state).toEqual({ vars: { party: 4 } });
      });

      test('turns alone are written when what was heard becomes known', async () => {
        const session = aSession();
        await store.addSession(session);
        await store.writeStep(aStep(session.id, 1, { turns: [aTurn(0)] }));
        await store.writeTurns(session.id, [aTurn(0, { heardText: 'line 0' }), aTurn(1)]);
        const detail = await store.sessionDetail(session.id);
        expect(detail?.turns).toEqual([aTurn(0, { heardText: 'line 0' }), aTurn(1)]);
      });

      test('two writers of one turn leave the later one', async () => {
        const session = aSession();
        await store.addSession(session);
        await Promise.all([
          store.writeStep(aStep(session.id, 1, { turns: [aTurn(0)] })),
          store.writeTurns(session.id, [aTurn(0, { heardText: 'li' })]),
          store.writeStep(aStep(session.id, 2, { turns: [aTurn(0, { heardText: 'line 0' })] })),
        ]);
        const detail = await store.sessionDetail(session.id);
        expect(detail?.turns.map((turn) => turn.heardText)).toEqual(['line 0']);
        expect(detail?.journal.map((entry) => entry.sequence)).toEqual([1, 2]);
      });

      test('a step whose number is taken is refused whole: two processes cannot both go on with a call', async () => {
        const session = aSession();
        await store.addSession(session);
        await store.writeStep(aStep(session.id, 1));
        const again = aStep(session.id, 1, { turns: [aTurn(0)], patch: { status: 'completed' } });
        await expect(store.writeStep(again)).rejects.toMatchObject({ code: 'store-failed', status: 503 });
        const detail = await store.sessionDetail(session.id);
        expect(detail?.turns).toEqual([]);
        expect(detail?.status).toBe('ringing');
      });

      test('a step for a session that is not there is refused, and takes no other step with it', async () => {
        const sessions = [aSession(), aSession()];
        for (const session of sessions) await store.addSession(session);
        const outcomes = await Promise.allSettled([
          store.writeStep(aStep(sessions[0]!.id, 1)),
          store.writeStep(aStep('nobody', 1)),
          store.writeTurns('nobody', [aTurn(0)]),
          store.writeStep(aStep(sessions[1]!.id, 1, { turns: [aTurn(0)] })),
        ]);
        expect(outcomes.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
        expect((await store.sessionDetail(sessions[0]!.id))?.journal).toHaveLength(1);
        expect((await store.sessionDetail(sessions[1]!.id))?.turns).toHaveLength(1);
      });

      test('those of 200 calls at once are all written, each in its order', async () => {
        const sessions = Array.from({ length: 200 }, () => aSession());
        for (const session of sessions) await store.addSession(session);
        await Promise.all(
          sessions.map(async ({ id }) => {
            for (let sequence = 1; sequence <= 5; sequence++) {
              await store.writeStep(aStep(id, sequence, { turns: [aTurn(sequence)] }));
            }
          }),
        );
        for (const { id } of sessions) {
          const detail = await store.sessionDetail(id);
          expect(detail?.journal.map((entry) => entry.sequence)).toEqual([1, 2, 3, 4, 5]);
          expect(detail?.turns.map((turn) => turn.index)).toEqual([1, 2, 3, 4, 5]);
        }
      });

      test('two stores that write to one database at once do not fail', async () => {
        const other = await open();
        const sessions = Array.from({ length: 40 }, () => aSession());
        await Promise.all(sessions.map((session, index) => (index % 2 ? store : other).addSession(session)));
        await Promise.all(
          sessions.map(async ({ id }, index) => {
            const one = index % 2 ? store : other;
            for (let sequence = 1; sequence <= 10; sequence++) {
              await one.writeStep(aStep(id, sequence, { turns: [aTurn(sequence)] }));
              await one.patchSession(id, { status: 'in-progress' });
            }
          }),
        );
        const { items } = await store.listSessions({ limit: 100 });
        expect(items.map((item) => item.turnCount)).toEqual(Array(40).fill(10));
      });

      test('what was waiting is written before the store closes', async () => {
        const session = aSession();
        await store.addSession(session);
        const late = await open();
        const writes = [1, 2, 3].map((sequence) => late.writeStep(aStep(session.id, sequence)));
        await late.close();
        opened.splice(opened.indexOf(late), 1);
        await Promise.all(writes);
        expect((await store.sessionDetail(session.id))?.journal).toHaveLength(3);
      });

      test('a call whose process is killed leaves a complete journal', { timeout: 30_000 }, async () => {
        const session = aSession();
        await store.addSession(session);
        const known = await killAfterSteps(place.database, session.id, 25);

        const detail = await store.sessionDetail(session.id);
        const sequences = detail!.journal.map((entry) => entry.sequence);
        // All that was said to be kept is there, without a gap, and at most the one step under way beside it.
        expect(sequences).toEqual(sequences.map((_, index) => index + 1));
        expect(sequences.length).toBeGreaterThanOrEqual(known);
        expect(sequences.length).toBeLessThanOrEqual(known + 1);
        expect(detail!.turns.map((turn) => turn.index)).toEqual([0, ...sequences]);
        const last = aStep(session.id, sequences.length);
        expect(await store.lastEntry(session.id)).toEqual(last.entry);
      });
    });

    describe('the list', () => {
      test('is newest first, counts turns, and goes on where the page before ended', async () => {
        // Three share a millisecond, so that the order must not hang on time alone.
        const sessions = Array.from({ length: 7 }, (_, index) =>
          aSession({ createdAt: AT + Math.floor(index / 3) * 1000 }),
        );
        for (const session of sessions) await store.addSession(session);
        await store.writeTurns(sessions[6]!.id, [aTurn(0), aTurn(1)]);
        const expected = sessions
          .toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1))
          .map((session) => session.id);

        const first = await store.listSessions({ limit: 2 });
        expect(first.items[0]).toEqual({ ...sessions[6], turnCount: 2 });
        // What comes in meanwhile is newer and moves nothing.
        await store.addSession(aSession({ createdAt: AT + 99_000 }));

        const pages = [first];
        for (let { next } = first; next !== null; next = pages.at(-1)!.next) {
          pages.push(await store.listSessions({ limit: 2, cursor: next }));
        }
        const seen = pages.flatMap(({ items }) => items.map((item) => item.id));
        expect(pages.map(({ items }) => items.length)).toEqual([2, 2, 2, 1]);
        expect(seen).toEqual(expected);
      });

      test('a page that just fits says that nothing follows', async () => {
        for (let count = 0; count < 2; count++) await store.addSession(aSession());
        expect((await store.listSessions({ limit: 2 })).next).toBeNull();
      });

      test('is narrowed by app and by status', async () => {
        const wanted = aSession({ app: 'menu', status: 'completed' });
        for (const session of [wanted, aSession({ app: 'menu' }), aSession({ status: 'completed' })]) {
          await store.addSession(session);
        }
        const ids = async (query: object): Promise<number> =>
          (await store.listSessions({ limit: 10, ...query })).items.length;
        expect(await ids({ app: 'menu' })).toBe(2);
        expect(await ids({ status: 'completed' })).toBe(2);
        expect((await store.listSessions({ limit: 10, app: 'menu', status: 'completed' })).items).toEqual([
          { ...wanted, turnCount: 0 },
        ]);
      });

      test.each([
        '',
        'nonsense',
        Buffer.from('abc 1').toString('base64url'),
        Buffer.from('12').toString('base64url'),
      ])('a cursor that is not one is refused: %j', async (cursor) => {
        await expect(store.listSessions({ limit: 2, cursor })).rejects.toMatchObject({
          code: 'bad-cursor',
          status: 400,
          message: `"${cursor}" is not the "next" of this list.`,
        });
      });
    });

    describe('tokens', () => {
      test('let a call in once', async () => {
        const session = aSession();
        await store.addSession(session);
        await store.addToken('h1', session.id, AT + 1000);
        expect(await store.takeToken('h1', AT)).toBe(session.id);
        expect(await store.takeToken('h1', AT)).toBeNull();
      });

      test('are worth nothing once expired, or never given', async () => {
        const session = aSession();
        await store.addSession(session);
        await store.addToken('h1', session.id, AT + 1000);
        await store.addToken('nobody came for it', session.id, AT + 500);
        expect(await store.takeToken('h2', AT)).toBeNull();
        expect((await place.dump())['tokens']).toHaveLength(2);
        expect(await store.takeToken('h1', AT + 1000)).toBeNull();
        expect(await store.takeToken('h1', AT)).toBeNull();
        expect((await place.dump())['tokens']).toEqual([]);
      });

      test('of many takers on two stores, one gets it', async () => {
        const other = await open();
        const sessions = Array.from({ length: 10 }, () => aSession());
        for (const session of sessions) {
          await store.addSession(session);
          await store.addToken(`hash ${session.id}`, session.id, AT + 1000);
        }
        for (const { id } of sessions) {
          const takers = Array.from({ length: 8 }, (_, index) => (index % 2 ? store : other));
          const taken = await Promise.all(takers.map((one) => one.takeToken(`hash ${id}`, AT)));
          expect(taken.filter((one) => one !== null)).toEqual([id]);
        }
      });
    });

    describe('idempotency keys', () => {
      const answer = { status: 201, body: { id: 'i1', list: [1, null, 'x'] } };

      test('new, under way, answered', async () => {
        expect(await store.claimKey('k', 'f', AT)).toBeNull();
        expect(await store.claimKey('k', 'f', AT + 1)).toBe('pending');
        await store.keepAnswer('k', answer);
        expect(await store.claimKey('k', 'f', AT + 2)).toEqual(answer);
        expect(await store.claimKey('other', 'f', AT + 2)).toBeNull();
      });

      test('a key that was given back is new again', async () => {
        await store.claimKey('k', 'f', AT);
        await store.keepAnswer('k', null);
        expect(await store.claimKey('k', 'another request', AT)).toBeNull();
      });

      test('the same key for another request is refused, before and after the answer', async () => {
        const mismatch = { code: 'idempotency-mismatch', status: 422 };
        await store.claimKey('k', 'f', AT);
        await expect(store.claimKey('k', 'g', AT)).rejects.toMatchObject(mismatch);
        await store.keepAnswer('k', answer);
        await expect(store.claimKey('k', 'g', AT)).rejects.toMatchObject(mismatch);
      });

      test('of many who claim it at once, one may do the work', async () => {
        const other = await open();
        const claims = await Promise.all(
          Array.from({ length: 8 }, (_, index) => (index % 2 ? store : other).claimKey('k', 'f', AT)),
        );
        expect(claims.filter((one) => one === null)).toHaveLength(1);
        expect(claims.filter((one) => one === 'pending')).toHaveLength(7);
      });

      test('is forgotten after a day', async () => {
        await store.claimKey('k', 'f', AT);
        await store.keepAnswer('k', answer);
        expect(await store.claimKey('k', 'f', AT + 86_399_999)).toEqual(answer);
        expect(await store.claimKey('k', 'g', AT + 86_400_000)).toBeNull();
      });
    });

    describe('erasing', () => {
      test('leaves nothing of the session in any table, and all of the others', async () => {
        const [gone, stays] = [aSession(), aSession({ from: '+14155550112' })];
        for (const session of [gone, stays]) {
          session.user = (await store.people.meet(session.from, {}, AT)).id;
          await store.addSession(session);
          await store.writeStep(
            aStep(session.id, 1, {
              turns: [aTurn(0)],
              toolCalls: [aToolCall('t1', { input: session.id })],
              memories: [{ name: 'last', value: session.id, expiresAt: null }],
            }),
          );
          await store.initiations.add(
            anInitiation({ id: `call-back of ${session.id}`, to: session.from!, origin: session.id }),
          );
          await store.initiations.pace(`account ${session.from}`, AT, 1000, 0);
          await store.beat(`process ${session.from}`, AT);
          const use = { app: session.app, account: 'default' };
          await store.lines.hold(session.id, use, { app: null, account: null }, 'p', AT, AT + 1000);
          await store.exchanges.claim(session.id, 0, AT, AT);
          await store.exchanges.keep(session.id, 0, session.id, AT);
          await store.addToken(`hash of ${session.id}`, session.id, AT + 1000);
          const waiting = { session: session.id, phone: session.from!, expiresAt: AT + 1000 };
          await store.pairings.open(`hash of a code of ${session.id}`, waiting, AT);
          await store.recordings.write(session.id, {
            id: `RE ${session.id}`,
            url: `https://api.example/${session.id}`,
            status: 'completed',
            channels: 2,
            durationMs: 1,
            startedAt: AT,
          });
          const batch = { id: `b ${session.from}`, key: 'bistro', accepted: 0, rejected: [], createdAt: AT };
          await store.initiations.addBatch(batch, []);
          const key = `key of ${session.app} ${session.id === gone.id ? 1 : 2}`;
          await store.claimKey(key, 'f', AT);
          await store.keepAnswer(key, { status: 201, body: { id: 'i1', sessionId: session.id } });
        }
        const before = await place.dump();
        // The last are of an account, of a number, or of whoever tries codes.
        const apart = /^(kysely_|sqlite_|(numbers|browser_phones|pairing_salt|pairing_tries)$)/;
        const tables = Object.keys(before).filter((table) => !apart.test(table));
        expect(tables.map((table) => [table, before[table]!.length])).toEqual(
          tables.map((table) => [table, 2]),
        );

        expect(await store.eraseSession(gone.id)).toBe(true);

        const after = await place.dump();
        for (const table of tables) {
          // A process, an account, a batch and an answered request are no part of one session.
          const stayed = ['batches', 'idempotency_keys', 'paces', 'processes'].includes(table) ? 2 : 1;
          expect([table, after[table]!.length]).toEqual([table, stayed]);
          expect([table, JSON.stringify(after[table]).includes(gone.id)]).toEqual([table, false]);
        }
        expect(await store.session(gone.id)).toBeNull();
        expect((await store.sessionDetail(stays.id))?.turns).toEqual([aTurn(0)]);
        expect((await store.sessionDetail(stays.id))?.toolCalls).toHaveLength(1);
        // The request that placed the call must not place it again.
        expect(await store.claimKey('key of bistro 1', 'f', AT)).toEqual({ status: 410, body: null });
      });

      test('says false where there was nothing, whatever the id looks like', async () => {
        const session = aSession();
        await store.addSession(session);
        await store.claimKey('k', 'f', AT);
        await store.keepAnswer('k', { status: 201, body: { sessionId: session.id } });
        expect(await store.eraseSession('%')).toBe(false);
        expect(await store.claimKey('k', 'f', AT)).toEqual({ status: 201, body: { sessionId: session.id } });
        expect(await store.eraseSession(session.id)).toBe(true);
        expect(await store.eraseSession(session.id)).toBe(false);
      });

      test('while a step is on its way, ends in a session that is gone and not half there', async () => {
        const session = aSession();
        await store.addSession(session);
        const outcome = await Promise.allSettled([
          store.eraseSession(session.id),
          store.writeStep(aStep(session.id, 1, { turns: [aTurn(0)] })),
        ]);
        expect(outcome[0]).toEqual({ status: 'fulfilled', value: true });
        const dump = await place.dump();
        expect([dump['sessions'], dump['journal'], dump['turns']]).toEqual([[], [], []]);
      });
    });

    describe('a life', () => {
      test('opening what is up to date keeps what is in it', async () => {
        const session = aSession();
        await store.addSession(session);
        const again = await open();
        expect(await again.session(session.id)).toEqual(session);
      });

      test('several processes may open an empty database at once', async () => {
        const empty = await make();
        try {
          const stores = await Promise.all(
            Array.from({ length: 4 }, () => openStore(empty.database, silentLog)),
          );
          await stores[0]!.addSession(aSession({ callSid: 'CA1' }));
          for (const one of stores) {
            expect(await one.sessionByCall('CA1')).not.toBeNull();
            await one.close();
          }
        } finally {
          await empty.drop();
        }
      });

      test('ping answers while it is open, and says so when it is not', async () => {
        await expect(store.ping()).resolves.toBeUndefined();
        const closed = await openStore(place.database, silentLog);
        await closed.close();
        await closed.close();
        const step = aStep('s1', 1);
        await expect(closed.writeStep(step)).rejects.toMatchObject({ code: 'store-failed', status: 503 });
        await expect(closed.ping()).rejects.toMatchObject({ code: 'store-failed', status: 503 });
      });
    });
  });
}

/** Starts a process that writes steps, and kills it without warning once so many are kept; gives how many were. */
function killAfterSteps(database: Config['database'], session: string, steps: number): Promise<number> {
  const url = database.kind === 'sqlite' ? `sqlite:${database.path}` : database.url;
  const writer = fileURLToPath(new URL('../store/writer.ts', import.meta.url));
  const writing = spawn(process.execPath, ['--import', 'tsx', writer, url, session], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let known = 0;
  let complaint = '';
  writing.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  createInterface(writing.stdout).on('line', (line) => {
    known = Number(line);
    if (known === steps) writing.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    writing.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(known);
      else reject(new Error(`The writer ended by itself: ${complaint}`));
    });
  });
}
