/** Hang-up in the middle of real requests to a real server. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolRuns } from '../../runtime/call/tool-runs.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import { programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

const PROGRAM = programOf(`
inbound: {hangup: true}
tools:
  menu: {about: The menu, http: {url: "\${SHOP}/menu"}}
  order: {about: Orders, http: {url: "\${SHOP}/order"}, timeout: 5s, finish: true}
`);

let server: Server;
let clock: FakeClock;
let posted: object[];
/** Answers of the server that are still to be given, by path. */
let waiting: Map<string, () => void>;
let closed: string[];
let runs: ToolRuns;

beforeEach(async () => {
  clock = new FakeClock();
  posted = [];
  waiting = new Map();
  closed = [];
  server = createServer((request, response) => {
    const { url = '' } = request;
    waiting.set(url, () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'),
    );
    response.on('close', () =>
      closed.push(`${url} ${response.writableFinished ? 'answered' : 'broken off'}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = { SHOP: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const tools = toolsOf(PROGRAM, env, { clock, log: silentLog });
  runs = new ToolRuns(
    { tools, clock, log: silentLog, metrics: openMetrics() },
    { session: 's1', program: PROGRAM, scope: () => ({ id: 's1' }) },
    (outcome) => posted.push(outcome),
  );
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const poll = <Result>(look: () => Result) => expect.poll(look, { timeout: 12_000, interval: 10 });

async function begin(tool: string): Promise<void> {
  void runs.run({ kind: 'call-tool', call: tool, dialogue: 'test', tool, input: {} });
  await poll(() => waiting.has(`/${tool}`)).toBe(true);
}

describe('a hang-up in the middle of a request', () => {
  it('breaks the request off and tells nobody', async () => {
    await begin('menu');
    runs.cancel();
    await poll(() => closed).toEqual(['/menu broken off']);
    await runs.finished();
    expect(posted).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it('lets the request go through that is to finish', async () => {
    await begin('order');
    runs.cancel();
    const finished = runs.finished();
    waiting.get('/order')?.();
    await finished;
    expect(closed).toEqual(['/order answered']);
    expect(posted).toEqual([{ kind: 'tool-returned', call: 'order', output: { ok: true } }]);
  });

  it('does not wait for it longer than the tool may take', async () => {
    await begin('order');
    runs.cancel();
    const finished = runs.finished();
    clock.advance(5000);
    await finished;
    await poll(() => closed).toEqual(['/order broken off']);
    expect(posted).toEqual([
      {
        kind: 'tool-failed',
        call: 'order',
        code: 'tool-timeout',
        message: 'order did not answer within 5000 ms.',
      },
    ]);
  });
});
