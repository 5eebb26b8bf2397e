import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  form: Record<string, string>;
}

export interface TwimlServer {
  origin: string;
  /** Every request, in order. */
  asked: Asked[];
  upgrades: IncomingMessage[];
  close(): void;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Closes the connection instead. */
  dies?: boolean;
}

/** A server whose answers a test decides (a string is the inside of a `<Response>`), and what happens on its sockets. */
export async function twimlServer(
  answer: (asked: Asked, origin: string) => Answer | string | Promise<Answer | string>,
  onSocket: ((socket: WebSocket) => void) | number = 404,
): Promise<TwimlServer> {
  const asked: Asked[] = [];
  const upgrades: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const one = { method: request.method!, url: request.url!, headers: request.headers, form };
      asked.push(one);
      void Promise.resolve(answer(one, origin)).then((given) => {
        const whole: Answer = typeof given === 'string' ? { body: `<Response>${given}</Response>` } : given;
        const { status = 200, headers = {}, body, dies } = whole;
        if (dies) return request.socket.destroy();
        response.writeHead(status, { 'Content-Type': 'text/xml', ...headers });
        return response.end(body);
      });
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    upgrades.push(request);
    if (typeof onSocket === 'number') {
      socket.end(`HTTP/1.1 ${onSocket} No\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, onSocket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    asked,
    upgrades,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
}
