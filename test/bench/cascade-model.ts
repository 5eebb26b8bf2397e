/**
 * A chat server for load, as a process of its own: thinks for a fixed time, then writes a reply token by token. For
 * every request it tells its parent when, after it had read it, the token was written that completes the first
 * sentence: that is the model's time, whatever else is.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const THINK_MS = 150;
const TOKEN_MS = 8;
const TOKENS = [
  'We',
  ' have',
  ' soup',
  ' today',
  '.',
  ' And',
  ' there',
  ' is',
  ' bread',
  ',',
  ' and',
  ' wine',
  '.',
];
/** With it the sentence is known to be over. */
const DECIDES = 5;

export interface ModelTime {
  /** What the caller said: unique. */
  said: string;
  ms: number;
}

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const readAt = performance.now();
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const said = messages.findLast(({ role }) => role === 'user')!.content;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    setTimeout(() => write(response, 0, said, readAt), THINK_MS);
  });
});

function write(response: ServerResponse, index: number, said: string, readAt: number): void {
  if (response.destroyed) return;
  const content = TOKENS[index];
  const delta = content === undefined ? {} : { content };
  const choices = [{ index: 0, delta, finish_reason: content === undefined ? 'stop' : null }];
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'bench', choices };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  if (index === DECIDES) process.send?.({ said, ms: performance.now() - readAt } satisfies ModelTime);
  if (content === undefined) response.end('data: [DONE]\n\n');
  else setTimeout(() => write(response, index + 1, said, readAt), TOKEN_MS);
}

server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
