import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { followCall, type FollowedTurn, type FollowOptions } from '../../runtime/cli/follow.ts';
import { FakeClock } from '../support/fake-clock.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(answer: (url: string, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer token') response.writeHead(401).end();
    else answer(request.url!, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function follow(serverUrl: string, more: Partial<FollowOptions> = {}) {
  const over = new AbortController();
  const clock = new FakeClock();
  const turns: FollowedTurn[] = [];
  const done = followCall({
    serverUrl,
    apiToken: 'token',
    callSid: 'CA1',
    clock,
    over: over.signal,
    on: (turn) => turns.push(turn),
    ...more,
  });
  return { over, clock, turns, done };
}

const turn = (index: number, text: string, heardText: string | null = text): FollowedTurn => ({
  index,
  role: index % 2 === 0 ? 'agent' : 'caller',
  text,
  interrupted: false,
  heardText,
});

describe('following a call', () => {
  it('finds the session by the call, reads its live events as they come, and all turns at the end', async () => {
    let live: ServerResponse | undefined;
    let lists = 0;
    const url = await serve((path, response) => {
      if (path.startsWith('/api/sessions?')) {
        const items =
          ++lists < 2
            ? [{ id: 'x', callSid: 'CA0' }]
            : [
                { id: 'x', callSid: 'CA0' },
                { id: 's/1', callSid: 'CA1' },
              ];
        response.end(JSON.stringify({ items, next: null }));
      } else if (path === '/api/sessions/s%2F1/live') {
        live = response;
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
      } else response.end(JSON.stringify({ turns: [turn(0, 'Hello.'), turn(1, 'Grüß Gott')] }));
    });
    const { over, clock, turns, done } = follow(url);
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    await clock.advanceAsync(200);
    await vi.waitFor(() => expect(live).toBeDefined());
    live!.write(
      `event: turn\ndata: ${JSON.stringify({ kind: 'turn', turn: turn(0, 'Hello.', null) })}\n\nda`,
    );
    await vi.waitFor(() => expect(turns).toEqual([turn(0, 'Hello.', null)]));
    const bytes = Buffer.from(`ta: ${JSON.stringify({ kind: 'turn', turn: turn(1, 'Grüß Gott') })}\r\n\r\n`);
    const half = bytes.indexOf(0xc3) + 1;
    live!.write(bytes.subarray(0, half));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    live!.write(bytes.subarray(half));
    live!.write('data: not JSON\n\ndata: {"kind":"tool"}\n\ndata: {"kind":"turn","turn":{"index":"x"}}\n\n');
    await vi.waitFor(() => expect(turns.at(-1)).toEqual(turn(1, 'Grüß Gott')));
    over.abort();
    await done;
    expect(turns.slice(2)).toEqual([turn(0, 'Hello.'), turn(1, 'Grüß Gott')]);
  });

  it('waits for the live events of a call that is not running yet', async () => {
    let asked = 0;
    const url = await serve((path, response) => {
      if (path.endsWith('/live')) {
        asked++;
        response.writeHead(404).end('{}');
      } else
        response.end(
          JSON.stringify(path.includes('?') ? { items: [{ id: 's', callSid: 'CA1' }] } : { turns: [] }),
        );
    });
    const { over, clock, done } = follow(url);
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    await clock.advanceAsync(200);
    await vi.waitFor(() => expect(asked).toBe(2));
    over.abort();
    await done;
    expect(clock.waiting).toBe(0);
  });

  it('says so when the token is wrong, the session is missing or the server is gone', async () => {
    const url = await serve((_path, response) => response.end('{"items":[]}'));
    const wrong = follow(url, { apiToken: 'other' });
    await expect(wrong.done).rejects.toThrow(
      'The words of the call cannot be shown: /api/sessions?limit=50 answered with 401.',
    );
    const missing = follow(url);
    let problem = '';
    missing.done.catch((error: unknown) => {
      problem = String(error);
    });
    while (missing.clock.elapsed() <= 10_000) {
      await vi.waitFor(() => expect(missing.clock.waiting).toBe(1));
      await missing.clock.advanceAsync(200);
    }
    await vi.waitFor(() =>
      expect(problem).toBe(
        'OffhookError: The words of the call cannot be shown: the server has no session of this call.',
      ),
    );
    await expect(follow('http://127.0.0.1:1').done).rejects.toThrow('The words of the call cannot be shown');
  });
});
