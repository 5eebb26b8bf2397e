import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AT, aSession, aToolCall, aTurn } from '../store/samples.ts';
import { TOKEN, aProblem, openHouse, until, type House } from './house.ts';

describe('a running call, followed', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
    await house.store.addSession(aSession({ id: 's1', status: 'in-progress' }));
    house.running.set('s1', new Set());
  });

  afterEach(async () => {
    await house.close();
  });

  const listeners = (): number => house.running.get('s1')!.size;

  /** What has come over so far, and whether that was all. */
  async function follow(): Promise<{
    head: Response;
    text: () => string;
    over: () => boolean;
    stop: () => void;
  }> {
    const stop = new AbortController();
    const head = await fetch(`${house.url}/api/sessions/s1/live`, {
      headers: { authorization: `Bearer ${TOKEN}` },
      signal: stop.signal,
    });
    let text = '';
    let over = false;
    const decoder = new TextDecoder();
    void (async () => {
      for await (const chunk of head.body!) text += decoder.decode(chunk, { stream: true });
    })()
      .catch(() => undefined)
      .finally(() => (over = true));
    return { head, text: () => text, over: () => over, stop: () => stop.abort() };
  }

  test('tells what happens as it happens, and ends with the call', async () => {
    const following = await follow();
    expect(following.head.status).toBe(200);
    expect(following.head.headers.get('content-type')).toBe('text/event-stream');
    expect(following.head.headers.get('cache-control')).toBe('no-store');

    house.tell('s1', { kind: 'turn', turn: aTurn(0) });
    await until(() => following.text().includes('line 0'));
    expect(following.over()).toBe(false);
    house.tell('s1', { kind: 'tool', tool: aToolCall('t1') });
    house.tell('s1', { kind: 'event', event: { kind: 'key-pressed', key: '1', at: AT } });
    house.tell('s1', { kind: 'ended', endReason: 'caller-hung-up' });
    await until(following.over);

    const [opening, ...events] = following.text().split('\n\n');
    expect(opening).toBe(': following');
    expect(events).toEqual([
      'event: turn\ndata: {"kind":"turn","turn":{"index":0,"role":"agent","text":"line 0","state":"welcome",' +
        '"startedAt":"2026-01-05T09:00:00.000Z","interrupted":false,"heardText":null,"latencyMs":null,"timings":null,"usage":[]}}',
      'event: tool\ndata: {"kind":"tool","tool":{"name":"find_table","input":{"party":4},"output":null,"error":null,"durationMs":null}}',
      'event: event\ndata: {"kind":"event","event":{"kind":"key-pressed","key":"1","at":"2026-01-05T09:00:00.000Z"}}',
      'event: ended\ndata: {"kind":"ended","endReason":"caller-hung-up"}',
      '',
    ]);
    await until(() => listeners() === 0);
    expect(house.clock.waiting).toBe(0);
  });

  test('a line break in what was said does not break an event', async () => {
    const following = await follow();
    house.tell('s1', { kind: 'turn', turn: aTurn(0, { text: 'one\n\ndata: two' }) });
    await until(() => following.text().includes('two'));
    expect(following.text().split('\n\n')).toHaveLength(3);
    following.stop();
  });

  test('several may follow, and one who goes away is forgotten', async () => {
    const [one, other] = [await follow(), await follow()];
    expect(listeners()).toBe(2);
    one.stop();
    await until(() => listeners() === 1);
    house.tell('s1', { kind: 'turn', turn: aTurn(7) });
    await until(() => other.text().includes('line 7'));
    expect(house.clock.waiting).toBe(1);
    other.stop();
    await until(() => listeners() === 0);
  });

  test('a sign of life comes each 15 seconds', async () => {
    const following = await follow();
    for (let beat = 1; beat <= 3; beat++) {
      await until(() => house.clock.waiting === 1);
      house.clock.advance(15_000);
      await until(() => following.text().split(': still here\n\n').length === beat + 1);
    }
    await until(() => house.clock.waiting === 1);
    expect(listeners()).toBe(1);
    following.stop();
  });

  test('a call that broke off and was taken up again goes on being told', async () => {
    const following = await follow();
    house.running.delete('s1');
    house.clock.advance(15_000);
    await until(() => following.text().includes('still here') && house.clock.waiting === 1);
    house.running.set('s1', new Set());
    house.clock.advance(15_000);
    await until(() => listeners() === 1);
    house.tell('s1', { kind: 'turn', turn: aTurn(3) });
    await until(() => following.text().includes('line 3'));
    expect(following.over()).toBe(false);
    following.stop();
  });

  test('a call that turns out to be over, or erased, ends the telling', async () => {
    const [one, other] = [await follow(), await follow()];
    await house.store.patchSession('s1', { status: 'completed', endReason: 'error' });
    house.clock.advance(15_000);
    await until(() => one.over() && other.over());
    expect(one.text()).toContain('data: {"kind":"ended","endReason":"error"}\n\n');
    await until(() => listeners() === 0 && house.clock.waiting === 0);
  });

  test('who does not read is let go, and nobody else notices', async () => {
    const reading = await follow();
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
    socket.write(`GET /api/sessions/s1/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
    await until(() => listeners() === 2);
    socket.pause();
    const text = 'x'.repeat(64 * 1024);
    for (let index = 0; index < 400 && listeners() === 2; index++) {
      house.tell('s1', { kind: 'turn', turn: aTurn(index, { text }) });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => listeners() === 1);
    house.tell('s1', { kind: 'ended', endReason: null });
    await until(reading.over);
    expect(reading.text()).toContain('event: ended');
    socket.destroy();
  });

  test('HEAD follows nothing', async () => {
    const { status } = await house.ask('HEAD', '/api/sessions/s1/live');
    expect(status).toBe(200);
    await until(() => listeners() === 0);
    expect(house.clock.waiting).toBe(0);
  });

  test('one that is over, or runs elsewhere, cannot be followed', async () => {
    const refusal = aProblem(409, 'Conflict', 'session-not-running', 'The session "s1" is not running.');
    await house.store.patchSession('s1', { status: 'completed' });
    expect((await house.ask('GET', '/api/sessions/s1/live')).body).toEqual(refusal);
    expect(listeners()).toBe(0);
    await house.store.patchSession('s1', { status: 'in-progress' });
    house.running.delete('s1');
    expect((await house.ask('GET', '/api/sessions/s1/live')).body).toEqual(refusal);
    expect(house.clock.waiting).toBe(0);
  });
});
