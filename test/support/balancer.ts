/**
 * A load balancer before several servers: every request and every socket goes to the one that the test has chosen for
 * it, or to the first other one where that is dead.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface Passed {
  path: string;
  /** The port of the server that got it. */
  to: number;
}

export class Balancer {
  /** The port that gets what comes on this path; null: the next in turn. */
  route: (path: string) => number | null = () => null;
  readonly passed: Passed[] = [];
  readonly #ports: readonly number[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
    this.#server = createServer((incoming, response) => {
      this.#pass(incoming, response).catch(() => response.destroy());
    });
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#join(incoming, socket, head).catch(() => socket.destroy());
    });
  }

  static async start(ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The servers that got a path that begins like this, in order. */
  servers(path: string): number[] {
    return this.passed.filter((one) => one.path.startsWith(path)).map(({ to }) => to);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Those that may get it, the best first. */
  #choice(path: string): number[] {
    const first = this.route(path) ?? this.#ports[this.#turn++ % this.#ports.length]!;
    return [first, ...this.#ports.filter((port) => port !== first)];
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const path = incoming.url ?? '/';
    for (const port of this.#choice(path)) {
      const answer = await ask(port, incoming, Buffer.concat(chunks)).catch(() => null);
      if (!answer) continue;
      this.passed.push({ path, to: port });
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      return;
    }
    response.writeHead(502).end();
  }

  async #join(incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const path = incoming.url ?? '/';
    for (const port of this.#choice(path)) {
      const server = await reach(port).catch(() => null);
      if (!server) continue;
      this.passed.push({ path, to: port });
      const headers: string[] = [];
      for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
        headers.push(`${incoming.rawHeaders[index]}: ${incoming.rawHeaders[index + 1]}`);
      }
      server.write(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      server.write(head);
      for (const [one, other] of [
        [socket, server],
        [server, socket],
      ] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      return;
    }
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  }
}

function ask(port: number, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming;
    const asked = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false });
    asked.on('response', resolve).on('error', reject);
    asked.end(body);
  });
}

async function reach(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}
