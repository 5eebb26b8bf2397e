/** A program under load, as a process of its own: its processor time and memory are read from the system. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Subject {
  name: string;
  /** Opens a call: gives the socket's URL and the parameters of its `start`. */
  admit(callSid: string): Promise<{ url: string; parameters: Record<string, string> }>;
  /** Milliseconds of processor time used so far. */
  cpuMs(): number;
  /** Resident memory in KB. */
  memoryKb(): number;
  /** Calls that are over, as the store has them. */
  completed(): Promise<number>;
  /** From the start of the process until it was ready. */
  readyMs: number;
  stop(): Promise<void>;
}

const RELAY = fileURLToPath(new URL('./relay-main.ts', import.meta.url));
const OFFHOOK = fileURLToPath(new URL('../../dist/offhook.js', import.meta.url));

export async function startRelaySubject(modelUrl: string): Promise<Subject> {
  const from = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', RELAY], {
    env: { ...process.env, OPENAI_BASE_URL: modelUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (data) => resolve(String(data).trim())),
  );
  return {
    ...measured('relay', child, performance.now() - from),
    completed: () => Promise.resolve(0),
    admit: () => Promise.resolve({ url: `ws://127.0.0.1:${port}/call/`, parameters: {} }),
  };
}

/** Offhook as `npm start` runs it, with transcript, journal and dialogue on, and `dialogues` dialogues loaded. */
export async function startOffhookSubject(modelUrl: string | null, dialogues: number): Promise<Subject> {
  const home = mkdtempSync(join(tmpdir(), 'offhook-bench-'));
  const folder = join(home, 'dialogues');
  mkdirSync(folder);
  for (let index = 0; index < dialogues; index++) {
    const name = index === 0 ? 'bench' : `bench-${index}`;
    const engine = modelUrl === null ? 'engine: embedded' : 'engine: realtime';
    writeFileSync(join(folder, `${name}.app.yaml`), `name: Bench\npublic: true\n${engine}\n`);
    writeFileSync(
      join(folder, `${name}.dialogue.yaml`),
      modelUrl === null
        ? `intro: {say: "Hello, this is the bench."}\ninbound: {ask: "What is it?", answers: [{when: done, like: [done], hangup: "Bye."}]}\n`
        : `inbound: {talk: "Answer questions about the menu.", until: [{when: the caller is done, hangup: "Bye."}]}\n`,
    );
  }
  const port = await freePort();
  const from = performance.now();
  const child = spawn(process.execPath, [OFFHOOK, 'serve'], {
    env: {
      ...process.env,
      PORT: String(port),
      OFFHOOK_DIALOGUES: folder,
      DATABASE_URL: `sqlite:${join(home, 'data', 'bench.db')}`,
      OPENAI_API_KEY: modelUrl === null ? '' : 'bench',
      OPENAI_BASE_URL: modelUrl ?? '',
      OFFHOOK_API_TOKEN: 'bench',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const base = `http://127.0.0.1:${port}`;
  for (;;) {
    const ready = await fetch(`${base}/ready`).catch(() => null);
    if (ready?.ok) break;
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    ...measured('offhook', child, performance.now() - from),
    async completed() {
      let count = 0;
      let cursor: string | null = '';
      while (cursor !== null) {
        const answer = await fetch(
          `${base}/api/sessions?status=completed&limit=200${cursor && `&cursor=${cursor}`}`,
          {
            headers: { authorization: 'Bearer bench' },
          },
        );
        const page = (await answer.json()) as { items: unknown[]; next: string | null };
        count += page.items.length;
        cursor = page.next;
      }
      return count;
    },
    async admit(callSid) {
      const form = new URLSearchParams({
        CallSid: callSid,
        AccountSid: 'AC00000000000000000000000000000000',
        From: '+14155550123',
        To: '+14155550100',
        Direction: 'inbound',
      });
      const answer = await fetch(`${base}/initiations/call/bench`, { method: 'POST', body: form });
      const twiml = await answer.text();
      const url = /<Stream[^>]* url="([^"]+)"/.exec(twiml)?.[1];
      if (!url) throw new Error(`No stream in ${answer.status} ${twiml}`);
      const parameters = Object.fromEntries(
        [...twiml.matchAll(/<Parameter name="([^"]+)" value="([^"]*)"/g)].map((match) => [
          match[1]!,
          match[2]!,
        ]),
      );
      return { url, parameters };
    },
  };
}

function measured(name: string, child: ChildProcess, readyMs: number): Omit<Subject, 'admit' | 'completed'> {
  return {
    name,
    readyMs,
    cpuMs() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      // User and system time, in ticks of 10 ms.
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    memoryKb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
