/** The booking service that the example dialogue `bistro` calls: it is brought along by `npm start`. */
import { createServer, type IncomingMessage } from 'node:http';

const MENU = {
  dishes: ['tomato soup for six euros', 'mushroom risotto for fourteen euros', 'lemon tart for seven euros'],
  hours: 'every day from noon to eleven',
};
const BODY_BYTES = 16 * 1024;

/** Listens on a free port of this machine. `POST /tables` finds a table, `GET /menu` gives the menu. */
export async function startExampleServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const pathname = (request.url ?? '/').split('?')[0];
    if (request.method === 'GET' && pathname === '/menu') return answer(200, MENU);
    if (request.method !== 'POST' || pathname !== '/tables') return answer(404, { error: 'not found' });
    bodyOf(request).then(
      (wish) => answer(200, findTable(wish)),
      () => answer(400, { error: 'The body should be JSON with party, day and time.' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The example server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/**
 * Everybody finds a table, except on Friday at eight: so both ways of the dialogue can be heard. `time` is the
 * time wished for, or another one that is free.
 */
function findTable({ party, day, time }: Wish): { free: boolean; time: string; table: number | null } {
  const free = !(day === 'Friday' && time === '20:00');
  return { free, time: free ? time : '19:00', table: free ? party : null };
}

interface Wish {
  party: number;
  day: string;
  time: string;
}

async function bodyOf(request: IncomingMessage): Promise<Wish> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_BYTES) throw new Error('The body is too large.');
  }
  const wish: Partial<Wish> = JSON.parse(text);
  const { party, day, time } = wish;
  if (typeof party !== 'number' || typeof day !== 'string' || typeof time !== 'string') {
    throw new Error('A value is missing.');
  }
  return { party, day, time };
}
