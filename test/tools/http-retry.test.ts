import type { Server, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ToolSpec } from '../../runtime/dialogue/program.ts';
import { silentLog } from '../../runtime/log.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import type { Tools } from '../../runtime/tools/tools.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { failure, HTTP, poll, programOf, toolCall, toolSpec } from './programs.ts';
import { listening, portOf, stop, type Seen } from './server.ts';

type Answer = (response: ServerResponse) => void;

let server: Server;
let clock: FakeClock;
let seen: Seen[];
/** What the next requests get; the last answer stays. */
let answers: Answer[];
let closed: number;

const ok: Answer = (response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"free":true}');
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('no');
const dropped: Answer = (response) => response.socket?.destroy();
const silent: Answer = () => undefined;

beforeEach(async () => {
  clock = new FakeClock();
  seen = [];
  answers = [ok];
  closed = 0;
  server = await listening((request, response) => {
    seen.push(request);
    response.on('close', () => closed++);
    (answers.length > 1 ? answers.shift() : answers[0])?.(response);
  });
});
afterEach(() => stop(server));

function tools(
  more: Partial<ToolSpec> = {},
  retry: { attempts: number; everyMs: number } | null = null,
): Tools {
  const spec = toolSpec({ ...HTTP, retry }, { timeoutMs: 10_000, ...more });
  const env = { BASE: `http://127.0.0.1:${portOf(server)}` };
  return toolsOf(programOf([spec]), env, { clock, log: silentLog });
}

/** Moves the clock on whenever nothing else goes on, until the call is over; the time that it took. */
async function run(calling: Promise<unknown>): Promise<number> {
  const from = clock.now();
  let over = false;
  const end = (): void => {
    over = true;
  };
  calling.then(end, end);
  for (let count = seen.length; !over;) {
    // An answer that is on its way is waited for, not run away from.
    await new Promise((resolve) => setImmediate(resolve));
    if (seen.length > count || closed < seen.length) {
      count = seen.length;
      if (answers[0] !== silent) continue;
    }
    await clock.advanceAsync(10);
  }
  return clock.now() - from;
}

describe('a request that did not go through', () => {
  it.each([408, 425, 429, 502, 503, 504])('for now (%d) is sent again, with the same key', async (code) => {
    answers = [status(code), status(code), ok];
    const calling = tools({}, { attempts: 3, everyMs: 400 }).call(toolCall());
    await run(calling);
    expect(await calling).toEqual({ free: true });
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['s1:t1', 's1:t1', 's1:t1']);
    expect(new Set(seen.map(({ body }) => body))).toEqual(new Set(['{"party":4}']));
  });

  it('because the connection broke is sent again', async () => {
    answers = [dropped, dropped, ok];
    const calling = tools({}, { attempts: 3, everyMs: 400 }).call(toolCall());
    await run(calling);
    expect(await calling).toEqual({ free: true });
  });

  it.each([400, 401, 404, 409, 422, 500, 501])('for good (%d) is not sent again', async (code) => {
    answers = [status(code), ok];
    const calling = failure(tools({}, { attempts: 3, everyMs: 400 }).call(toolCall()));
    await run(calling);
    expect(await calling).toEqual({ code: 'tool-refused', message: `find_table answered with ${code}.` });
    expect(seen).toHaveLength(1);
  });

  it('is not sent again unless the author asked for it', async () => {
    answers = [status(503), ok];
    expect(await failure(tools().call(toolCall()))).toEqual({
      code: 'tool-refused',
      message: 'find_table answered with 503.',
    });
    expect(seen).toHaveLength(1);
  });

  it('is sent so often in all and no more; the last reason counts', async () => {
    answers = [status(503), status(502), status(504), ok];
    const calling = failure(tools({}, { attempts: 3, everyMs: 100 }).call(toolCall()));
    await run(calling);
    expect(await calling).toEqual({ code: 'tool-refused', message: 'find_table answered with 504.' });
    expect(seen).toHaveLength(3);
  });

  it('waits twice as long before every further time, half of it by chance', async () => {
    answers = [status(503), status(503), status(503), ok];
    const calling = tools({}, { attempts: 4, everyMs: 800 }).call(toolCall());
    const took = await run(calling);
    await calling;
    expect(took).toBeGreaterThanOrEqual(400 + 800 + 1600);
    expect(took).toBeLessThanOrEqual(800 + 1600 + 3200 + 200);
  });

  it('does not wait less than the other side asks for, in seconds or until a date', async () => {
    const date = new Date(clock.now() + 8_000).toUTCString();
    answers = [status(429, { 'retry-after': '3' }), status(503, { 'retry-after': date }), ok];
    const calling = tools({}, { attempts: 3, everyMs: 10 }).call(toolCall());
    const took = await run(calling);
    expect(await calling).toEqual({ free: true });
    expect(took).toBeGreaterThanOrEqual(8_000);
    expect(took).toBeLessThan(8_100);
  });

  it('is given up at once where the wait would be longer than the tool has', async () => {
    answers = [status(503, { 'retry-after': '10' }), ok];
    const calling = failure(tools({}, { attempts: 3, everyMs: 10 }).call(toolCall()));
    expect(await calling).toEqual({ code: 'tool-refused', message: 'find_table answered with 503.' });
    expect(clock.now()).toBe(new FakeClock().now());
    expect(clock.waiting).toBe(0);
  });

  it('takes a date that is none, and one that is over, for no wish', async () => {
    answers = [
      status(503, { 'retry-after': 'soon' }),
      status(503, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }),
      ok,
    ];
    const calling = tools({}, { attempts: 3, everyMs: 10 }).call(toolCall());
    await run(calling);
    expect(await calling).toEqual({ free: true });
  });

  it('has one deadline for all attempts together', async () => {
    answers = [status(503), silent];
    const calling = failure(tools({}, { attempts: 9, everyMs: 1000 }).call(toolCall()));
    const took = await run(calling);
    expect(await calling).toEqual({
      code: 'tool-timeout',
      message: 'find_table did not answer within 10000 ms.',
    });
    expect(took).toBe(10_000);
  });

  it('is not waited for when the caller has hung up', async () => {
    answers = [status(503)];
    const hangUp = new AbortController();
    const calling = failure(
      tools({}, { attempts: 3, everyMs: 4000 }).call(toolCall({ signal: hangUp.signal })),
    );
    await poll(() => clock.waiting).toBe(2);
    hangUp.abort();
    expect(await calling).toEqual({ code: 'tool-canceled', message: 'The call of find_table was canceled.' });
    expect(clock.waiting).toBe(0);
    expect(seen).toHaveLength(1);
  });
});

describe('a server that fails again and again', () => {
  const UNAVAILABLE = {
    code: 'tool-unavailable',
    get message() {
      return `find_table was not called: 127.0.0.1:${portOf(server)} has failed again and again just now.`;
    },
  };
  const fail = async (one: Tools, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await failure(one.call(toolCall()));
  };

  it.each([
    ['500', status(500)],
    ['a broken connection', dropped],
  ])('is not asked any more after five times in a row (%s)', async (_, answer) => {
    answers = [answer];
    const one = tools();
    await fail(one, 5);
    expect(seen).toHaveLength(5);
    expect(await failure(one.call(toolCall()))).toEqual(UNAVAILABLE);
    await clock.advanceAsync(9_999);
    expect(await failure(one.call(toolCall()))).toEqual(UNAVAILABLE);
    expect(seen).toHaveLength(5);
  });

  it('counts an answer that is too late', async () => {
    answers = [silent];
    const one = tools();
    for (let time = 0; time < 5; time++) {
      const calling = failure(one.call(toolCall()));
      await poll(() => seen.length).toBe(time + 1);
      clock.advance(10_000);
      expect((await calling).code).toBe('tool-timeout');
    }
    expect(await failure(one.call(toolCall()))).toEqual(UNAVAILABLE);
  });

  it('is tried by one call after ten seconds, and asked by all again when that goes well', async () => {
    answers = [status(500)];
    const one = tools();
    await fail(one, 5);
    answers = [silent, ok];
    await clock.advanceAsync(10_000);
    const hangUp = new AbortController();
    const trying = failure(one.call(toolCall({ signal: hangUp.signal })));
    await poll(() => seen.length).toBe(6);
    expect(await failure(one.call(toolCall()))).toEqual(UNAVAILABLE);
    // The one who tried has hung up: that tells nothing, and the next may try.
    hangUp.abort();
    expect((await trying).code).toBe('tool-canceled');
    expect(await one.call(toolCall())).toEqual({ free: true });
    expect(await one.call(toolCall())).toEqual({ free: true });
    expect(seen).toHaveLength(8);
  });

  it('is left alone for ten seconds more when the try fails', async () => {
    answers = [status(500)];
    const one = tools();
    await fail(one, 5);
    await clock.advanceAsync(10_000);
    expect((await failure(one.call(toolCall()))).code).toBe('tool-refused');
    expect(await failure(one.call(toolCall()))).toEqual(UNAVAILABLE);
    await clock.advanceAsync(10_000);
    answers = [ok];
    expect(await one.call(toolCall())).toEqual({ free: true });
  });

  it.each([
    ['an answer', ok],
    ['a refusal that is its right', status(404)],
  ])('is forgiven by %s in between', async (_, answer) => {
    const one = tools();
    answers = [...Array<Answer>(4).fill(status(500)), answer, status(500)];
    await fail(one, 4);
    await one.call(toolCall()).catch(() => undefined);
    await fail(one, 4);
    expect((await failure(one.call(toolCall()))).code).toBe('tool-refused');
    expect(seen).toHaveLength(10);
  });

  it('is forgiven what is more than a minute ago', async () => {
    const one = tools();
    answers = [status(500)];
    await fail(one, 4);
    await clock.advanceAsync(60_001);
    await fail(one, 4);
    expect((await failure(one.call(toolCall()))).code).toBe('tool-refused');
  });

  it('stops the attempts of a call that keeps trying, with the reason of the last one', async () => {
    answers = [status(503)];
    const one = tools({}, { attempts: 9, everyMs: 10 });
    const calling = failure(one.call(toolCall()));
    await run(calling);
    expect(await calling).toEqual({ code: 'tool-refused', message: 'find_table answered with 503.' });
    expect(seen).toHaveLength(5);
  });

  it('does not stand for another server', async () => {
    const other = await listening((_, response) => ok(response));
    const specs = [
      toolSpec(HTTP),
      toolSpec({ ...HTTP, url: `http://127.0.0.1:${portOf(other)}/` }, { name: 'menu' }),
    ];
    const env = { BASE: `http://127.0.0.1:${portOf(server)}` };
    const both = toolsOf(programOf(specs), env, { clock, log: silentLog });
    answers = [status(500)];
    await fail(both, 5);
    expect((await failure(both.call(toolCall()))).code).toBe('tool-unavailable');
    expect(await both.call(toolCall({ tool: 'menu' }))).toEqual({ free: true });
    await stop(other);
  });
});
