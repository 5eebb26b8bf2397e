/** A call whose database is slow: the caller does not wait for it. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Log } from '../../runtime/log.ts';
import { programOf } from '../support/engine-driver.ts';
import { setUp } from '../support/paper-call.ts';

const SLOW = 'the store is slow: the call goes on before its steps are written';

/** What a log was told, message by message. */
function logged(): { log: Log; messages: string[] } {
  const messages: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      messages.push((JSON.parse(chunk.toString()) as { msg: string }).msg);
      done();
    },
  });
  return { log: pino(stream), messages };
}

it('hears an answer within two seconds, and what was late is written, in its order', async () => {
  let ms = 0;
  const { log, messages } = logged();
  const call = setUp({ store: () => ms, log });
  call.conversation.begin();
  await call.tick();
  call.log.length = 0;
  ms = 14_000;
  call.paper.on({ kind: 'spoke', text: 'hours', answered: false });
  await call.tick(1_499);
  expect(call.log).toEqual([]);
  await call.tick(1);
  expect(call.log).toEqual(['say u3 Nine to five.', 'say u4 Order or hours?', 'listen e2', 'settled']);
  // As long as the store is behind, nobody waits for it anew.
  call.log.length = 0;
  call.paper.on({ kind: 'spoke', text: 'hours', answered: false });
  await call.tick();
  expect(call.log).toContain('say u5 Nine to five.');
  expect(messages).toEqual([SLOW]);
  await call.tick(14_000);
  expect(call.steps.map(({ entry }) => entry.sequence)).toEqual([1, 2, 3]);
});

it('waits for the journal again once the store has caught up', async () => {
  let ms = 2_000;
  const { log, messages } = logged();
  const call = setUp({ store: () => ms, log });
  call.conversation.begin();
  await call.tick(2_000);
  expect(messages).toEqual([SLOW]);
  ms = 1_000;
  call.log.length = 0;
  call.paper.on({ kind: 'spoke', text: 'hours', answered: false });
  await call.tick(1_000);
  expect(call.log.slice(0, 2)).toEqual(['write caller-spoke', 'say u3 Nine to five.']);
  expect(messages).toEqual([SLOW]);
});

it('is over only when what was late is written', async () => {
  const call = setUp({ store: () => 5_000 });
  call.conversation.begin();
  await call.tick(1_500);
  call.conversation.close();
  await call.tick(3_499);
  expect(call.ended).toEqual([]);
  await call.tick(1_501);
  expect(call.ended).toEqual(['caller-hung-up']);
  expect(call.steps).toHaveLength(2);
  expect(call.clock.waiting).toBe(0);
});

describe('a turn of a talk, from which nothing follows that anybody hears', () => {
  const program = programOf(`
inbound: {talk: "Answer questions about the menu.", until: [{when: is done, like: [done], hangup: "Bye."}]}
`);

  it('is not waited for, and comes to the disk before what follows from the next', async () => {
    let ms = 0;
    const call = setUp({ program, thinks: true, store: () => ms });
    call.conversation.begin();
    await call.tick();
    call.log.length = 0;
    ms = 1_000;
    call.paper.on({ kind: 'spoke', text: 'is there soup', answered: true });
    await call.tick();
    expect(call.log).toEqual(['settled']);
    call.paper.on({ kind: 'spoke', text: 'done', answered: false });
    await call.tick(999);
    expect(call.log).toEqual(['settled']);
    await call.tick(1);
    expect(call.log).toEqual([
      'settled',
      'write caller-spoke',
      'write caller-spoke',
      'say u1 Bye.',
      'hang up',
      'settled',
    ]);
    expect(call.steps.map(({ unhurried }) => unhurried)).toEqual([false, true, false]);
  });
});
