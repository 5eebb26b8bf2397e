/** The language server that VS Code's YAML extension runs, spoken to as an editor does: JSON-RPC over its standard input and output. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** An editor with one file open. */
export interface Editor {
  /** What is underlined in a file with this text, as `line:column message`, both counted from 1. */
  problems(name: string, text: string): Promise<string[]>;
  /** What is shown where the pointer rests: at the `¦` of the text. */
  hover(name: string, text: string): Promise<string>;
  /** What is offered at the `¦` of the text. */
  complete(name: string, text: string): Promise<string[]>;
  close(): void;
}

interface Message {
  id?: number | string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

interface Diagnostic {
  range: { start: { line: number; character: number } };
  message: string;
}

const SETTINGS = {
  yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false }, schemas: {} },
};

/** Opens an editor in which every file of the given names stands in `folder` (a file: URL). */
export async function openEditor(folder: string): Promise<Editor> {
  const require = createRequire(import.meta.url);
  const bin = require.resolve('yaml-language-server/bin/yaml-language-server');
  const server = spawn(process.execPath, [bin, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map<number, (answer: Message) => void>();
  const told = new Map<string, (found: readonly Diagnostic[]) => void>();
  let ids = 0;

  const send = (message: Message): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const ask = async (method: string, params: unknown): Promise<unknown> => {
    const id = ++ids;
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
    send({ id, method, params });
    const { result, error } = await answered;
    if (error) throw new Error(error.message);
    return result;
  };
  const take = (message: Message): void => {
    const { id, method, params } = message;
    if (method === undefined) waiting.get(Number(id))?.(message);
    else if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Diagnostic[] };
      told.get(uri)?.(diagnostics);
    } else if (id !== undefined) {
      // What the server asks of its editor: its settings, mostly.
      const { items = [] } = (params ?? {}) as { items?: { section: keyof typeof SETTINGS }[] };
      send({ id, result: items.map(({ section }) => SETTINGS[section] ?? {}) });
    }
  };
  let rest = Buffer.alloc(0);
  server.stdout.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const head = /^[\s\S]*?Content-Length: (\d+)[\s\S]*?\r\n\r\n/.exec(rest.toString('latin1'));
      const length = Number(head?.[1]);
      const from = head?.[0].length ?? 0;
      if (!head || rest.length < from + length) return;
      const text = rest.subarray(from, from + length).toString('utf8');
      rest = rest.subarray(from + length);
      take(JSON.parse(text) as Message);
    }
  });

  await ask('initialize', {
    processId: process.pid,
    rootUri: folder,
    capabilities: { workspace: { configuration: true }, textDocument: { hover: {}, completion: {} } },
  });
  send({ method: 'initialized', params: {} });

  let files = 0;
  /** Opens a new file; gives its URI, where the `¦` stood, and what was found in it. */
  const open = async (
    name: string,
    marked: string,
  ): Promise<{ at: object; found: readonly Diagnostic[] }> => {
    const uri = new URL(`${++files}-${name}`, folder).href;
    const before = marked.split('¦')[0]?.split('\n') ?? [];
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const checked = new Promise<readonly Diagnostic[]>((resolve) => told.set(uri, resolve));
    const text = marked.replace('¦', '');
    send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'yaml', version: 1, text } },
    });
    return { at: { textDocument: { uri }, position }, found: await checked };
  };

  return {
    async problems(name, text) {
      const { found } = await open(name, text);
      return found.map(
        ({ range: { start }, message }) => `${start.line + 1}:${start.character + 1} ${message}`,
      );
    },
    async hover(name, text) {
      const { at } = await open(name, text);
      const shown = (await ask('textDocument/hover', at)) as { contents: { value: string } } | null;
      // It is Markdown, in which the server escapes what is text.
      return (shown?.contents.value ?? '').replaceAll(/\\([^\w\s])/g, '$1');
    },
    async complete(name, text) {
      const { at } = await open(name, text);
      const offered = (await ask('textDocument/completion', at)) as { items: { label: string }[] };
      return offered.items.map(({ label }) => label);
    },
    close: () => void server.kill(),
  };
}
