/** `offhook serve` as a process of its own, which can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';

const OFFHOOK = fileURLToPath(new URL('../../runtime/offhook.ts', import.meta.url));

export interface Serving {
  child: ChildProcess;
  port: number;
  /** Where it listens, once it is ready. */
  origin: string;
  /** What it wrote on standard error. */
  errors(): string;
  isReady(): Promise<boolean>;
  /** As a machine that loses its power; settles when it is gone. */
  kill(): Promise<void>;
}

/** Nothing of this process's environment but `env` reaches it. Port 0 is a free one, which nobody is told. */
export function serve(port: number, env: Record<string, string>): Serving {
  let errors = '';
  const child = spawn(process.execPath, ['--import', 'tsx', OFFHOOK, 'serve'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
  });
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  const origin = `http://127.0.0.1:${port}`;
  return {
    child,
    port,
    origin,
    errors: () => errors,
    isReady: () =>
      fetch(`${origin}/ready`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** A port that is free, held until `holder` is closed. */
export async function aFreePort(): Promise<{ port: number; holder: Server }> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  return { port: (holder.address() as AddressInfo).port, holder };
}

/** On a machine with other work a start takes its time. */
export async function expectSoon(
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
  how: () => unknown = () => '',
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come to that. ${JSON.stringify(await how())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
