import { describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { ToolRuns } from '../../runtime/call/tool-runs.ts';
import type { Effect, Event, Value } from '../../runtime/dialogue/protocol.ts';
import { OffhookError } from '../../runtime/errors.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import type { ToolCall } from '../../runtime/tools/tools.ts';
import { programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

type Order = Extract<Effect, { kind: 'call-tool' }>;

const PROGRAM = programOf(`
inbound: {hangup: true}
tools:
  menu: {about: The menu, http: {url: "http://localhost/"}}
  order: {about: Orders, http: {url: "http://localhost/"}, finish: true}
  crm: {mcp: {url: "http://localhost/"}, allow: [find]}
`);

/** Tools whose answers the test gives, as they are asked for. */
function setUp() {
  const clock = new FakeClock();
  const asked: { call: ToolCall; resolve(value: Value): void; reject(thrown: unknown): void }[] = [];
  const posted: object[] = [];
  const logged: string[] = [];
  const metrics = openMetrics();
  const parts = {
    tools: {
      call: (call: ToolCall) =>
        new Promise<Value>((resolve, reject) => {
          asked.push({ call, resolve, reject });
          const off = (): void => reject(new OffhookError('tool-canceled', 'It was canceled.'));
          call.signal.addEventListener('abort', off);
        }),
      offer: (dialogue: string, tool: string) =>
        tool === 'crm.find' ? { name: 'crm_find', about: `as ${dialogue}'s server says`, input: {} } : null,
      close: () => Promise.resolve(),
    },
    clock,
    log: pino({ base: null }, { write: (line: string) => logged.push(line) }),
    metrics,
  };
  const of = { session: 's1', program: PROGRAM, scope: () => ({ id: 's1', attributes: { vip: true } }) };
  const runs = new ToolRuns(parts, of, (outcome) => posted.push(outcome));
  const begin = (call: string, tool: string): Promise<void> => {
    const order: Order = { kind: 'call-tool', call, dialogue: 'test', tool, input: { party: 4 } };
    runs.rows({ kind: 'call-started', at: 1000 }, [order]);
    return runs.run(order);
  };
  return { parts, of, runs, asked, posted, logged, metrics, begin };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const closed: Event = { kind: 'line-closed', reason: 'caller-hung-up', at: 4000 };

describe('a tool call of a call', () => {
  it('carries the session, a key of its own and a signal, and its answer is told', async () => {
    const { asked, posted, begin } = setUp();
    const running = begin('t1', 'menu');
    expect(asked.map(({ call }) => call)).toEqual([
      {
        dialogue: 'test',
        tool: 'menu',
        input: { party: 4 },
        key: 's1:t1',
        session: { id: 's1', attributes: { vip: true } },
        signal: expect.any(AbortSignal) as AbortSignal,
      },
    ]);
    asked[0]?.resolve(['soup']);
    await running;
    expect(posted).toEqual([{ kind: 'tool-returned', call: 't1', output: ['soup'] }]);
  });

  it('has a row from its beginning to its end', async () => {
    const { runs, metrics } = setUp();
    const order: Order = {
      kind: 'call-tool',
      call: 't1',
      dialogue: 'test',
      tool: 'menu',
      input: { party: 4 },
    };
    const row = { id: 't1', name: 'menu', input: { party: 4 }, output: null, error: null, startedAt: 1000 };
    expect(runs.rows({ kind: 'call-started', at: 1000 }, [order])).toEqual([{ ...row, durationMs: null }]);
    const returned: Event = { kind: 'tool-returned', call: 't1', output: ['soup'], at: 1250 };
    expect(runs.rows(returned, [])).toEqual([{ ...row, output: ['soup'], durationMs: 250 }]);
    // It is told once.
    expect(runs.rows(returned, [])).toEqual([]);
    expect((await metrics.expose()).text).toContain(
      'offhook_tool_calls_total{tool="menu",outcome="returned"} 1',
    );
  });

  it('that was at work when the line was lost is over, unless it is made again', () => {
    const { parts, of } = setUp();
    const row = (id: string) => ({
      id,
      name: 'menu',
      input: {},
      output: null,
      error: null,
      startedAt: 1000,
      durationMs: null,
    });
    const resumed: Event = { kind: 'line-resumed', at: 9000 };
    const again: Order = { kind: 'call-tool', call: 't1', dialogue: 'test', tool: 'menu', input: {} };
    const runs = new ToolRuns(parts, { ...of, open: [row('t1'), row('model-7')] }, () => undefined);
    expect(runs.rows(resumed, [again])).toMatchObject([
      {
        id: 'model-7',
        error: { code: 'tool-canceled', message: 'The call of menu was canceled: the line was lost.' },
        durationMs: 8000,
      },
      { id: 't1', startedAt: 9000, durationMs: null },
    ]);
    const takenUp = new ToolRuns(parts, { ...of, open: [row('t1')] }, () => undefined);
    const returned: Event = { kind: 'tool-returned', call: 't1', output: 7, at: 2000 };
    expect(takenUp.rows(returned, [])).toMatchObject([{ id: 't1', output: 7, durationMs: 1000 }]);
  });

  it('that fails is told and logged with its code', async () => {
    const { runs, asked, posted, logged, begin } = setUp();
    const running = begin('t1', 'menu');
    asked[0]?.reject(new OffhookError('tool-refused', 'menu answered with 500.'));
    await running;
    const failed = {
      kind: 'tool-failed',
      call: 't1',
      code: 'tool-refused',
      message: 'menu answered with 500.',
    };
    expect(posted).toEqual([failed]);
    expect(logged.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { tool: 'menu', code: 'tool-refused', problem: 'menu answered with 500.' },
    ]);
    expect(runs.rows({ ...failed, at: 1500 } as Event, [])).toMatchObject([
      { id: 't1', error: { code: 'tool-refused', message: 'menu answered with 500.' }, durationMs: 500 },
    ]);
  });

  it('that breaks by a mistake of ours shows none of its words', async () => {
    const { asked, posted, logged, begin } = setUp();
    const running = begin('t1', 'menu');
    asked[0]?.reject(new Error('hush-hush-secret'));
    await running;
    const message = 'menu could not be called.';
    expect(posted).toEqual([{ kind: 'tool-failed', call: 't1', code: 'tool-failed', message }]);
    expect(logged.join('')).not.toContain('hush-hush-secret');
  });
});

describe('the offers of a talk', () => {
  it('are shown as the servers of the tools describe them, and as the dialogue does where they do not', () => {
    const { menu, 'crm.find': find } = PROGRAM.parts['test']?.offers ?? {};
    if (!menu || !find) throw new Error('The dialogue offers both.');
    const exit = { name: 'exit_s0', about: 'An exit', input: {} };
    const { runs } = setUp();
    const said = { name: 'crm_find', about: "as test's server says", input: {} };
    expect(runs.shown('test', [menu, find, exit])).toEqual([menu, said, exit]);
    expect(runs.shown('elsewhere', [find])).toEqual([find]);
  });
});

describe('a hang-up', () => {
  it('breaks off the tools that nobody waits for any more, and their rows say so', async () => {
    const { runs, asked, posted, logged, begin } = setUp();
    const running = begin('t1', 'menu');
    expect(runs.rows(closed, [])).toEqual([
      {
        id: 't1',
        name: 'menu',
        input: { party: 4 },
        output: null,
        error: { code: 'tool-canceled', message: 'The call of menu was canceled: the line was closed.' },
        startedAt: 1000,
        durationMs: 3000,
      },
    ]);
    runs.cancel();
    await running;
    expect(asked[0]?.call.signal.aborted).toBe(true);
    expect(posted).toEqual([]);
    expect(logged).toEqual([]);
    await runs.finished();
  });

  it('lets a tool finish that is to, whose end is told and waited for', async () => {
    const { runs, asked, posted, begin } = setUp();
    const running = begin('t1', 'order');
    expect(runs.rows(closed, [])).toEqual([]);
    runs.cancel();
    expect(asked[0]?.call.signal.aborted).toBe(false);
    let over = false;
    const finished = runs.finished().then(() => (over = true));
    await settled();
    expect(over).toBe(false);
    asked[0]?.resolve({ ticket: 7 });
    await Promise.all([running, finished]);
    expect(posted).toEqual([{ kind: 'tool-returned', call: 't1', output: { ticket: 7 } }]);
    const returned: Event = { kind: 'tool-returned', call: 't1', output: { ticket: 7 }, at: 9000 };
    expect(runs.rows(returned, [])).toMatchObject([{ output: { ticket: 7 }, error: null, durationMs: 8000 }]);
  });

  it('waits for every tool that is to finish, also where one of them fails', async () => {
    const { runs, asked, posted, begin } = setUp();
    void begin('t1', 'order');
    void begin('t2', 'order');
    void begin('t3', 'menu');
    runs.cancel();
    let over = false;
    const finished = runs.finished().then(() => (over = true));
    asked[0]?.reject(new OffhookError('tool-timeout', 'order did not answer within 8000 ms.'));
    await settled();
    expect(over).toBe(false);
    asked[1]?.resolve(null);
    await finished;
    expect(posted).toMatchObject([
      { kind: 'tool-failed', call: 't1' },
      { kind: 'tool-returned', call: 't2' },
    ]);
  });

  it('has nothing to wait for where no tool is at work', async () => {
    expect(await setUp().runs.finished()).toBeUndefined();
  });
});
