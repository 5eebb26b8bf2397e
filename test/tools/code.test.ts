import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolSpec } from '../../runtime/dialogue/program.ts';
import type { Value } from '../../runtime/dialogue/protocol.ts';
import { silentLog, type Log } from '../../runtime/log.ts';
import { toolsOf } from '../../runtime/tools/toolbox.ts';
import type { ToolCall } from '../../runtime/tools/tools.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { calls, failure, poll, programOf, SECRET, toolCall, toolSpec } from './programs.ts';

let top = '';
let folder = '';
let clock = new FakeClock();
let modules = 0;

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'offhook-code-'));
  // What lies under this name is loaded by Node itself and not by the test runner.
  folder = join(top, 'node_modules', 'tools');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
});
afterAll(() => rm(top, { recursive: true }));

/** Writes a module into the folder and gives a tool of it. */
async function tool(
  code: string,
  more: Partial<ToolSpec> & { file?: string; log?: Log } = {},
): Promise<(input?: { [name: string]: Value }, more?: Partial<ToolCall>) => Promise<Value>> {
  const { file = `m${++modules}.tools.js`, log = silentLog, ...spec } = more;
  await writeFile(join(folder, file), code);
  clock = new FakeClock();
  const program = programOf([toolSpec({ by: 'code', file: join(folder, file) }, spec)]);
  return calls(toolsOf(program, {}, { clock, log }));
}

describe('a tool of code', () => {
  it('is the export named like the tool, with its input, the session, a signal and a log', async () => {
    const lines: unknown[] = [];
    const log = pino(
      { base: null, timestamp: false },
      { write: (line: string) => lines.push(JSON.parse(line)) },
    );
    const call = await tool(
      `export async function find_table(input, { session, signal, log }) {
         log.info({ seats: input.party }, 'looking');
         return { seats: input.party, who: session.id, vip: session.attributes.vip, over: signal.aborted };
       }
       export default () => 'the default';`,
      { log },
    );
    const session = { id: 's1', attributes: { vip: true } };
    expect(await call({ party: 4 }, { session })).toEqual({ seats: 4, who: 's1', vip: true, over: false });
    expect(lines).toEqual([{ level: 30, tool: 'find_table', seats: 4, msg: 'looking' }]);
  });

  it('is the default export where none is named like it', async () => {
    expect(await (await tool(`export const menu = 1; export default () => 'soup';`))()).toBe('soup');
  });

  it('may be no async function, and give nothing', async () => {
    expect(await (await tool(`export const find_table = () => {};`))()).toBeNull();
    const loose = `export const find_table = () => ({ a: undefined, b: [undefined, 1], c: Object.create(null) });`;
    expect(await (await tool(loose))()).toEqual({ b: [null, 1], c: {} });
  });

  it('is held against the schemas of its input and its output', async () => {
    const input = { type: 'object', properties: { party: { type: 'integer' } } };
    const output = { type: 'object', properties: { free: { type: 'boolean' } }, required: ['free'] };
    const call = await tool(`export const find_table = ({ party }) => ({ free: party });`, { input, output });
    expect(await failure(call({ party: SECRET }))).toEqual({
      code: 'tool-bad-input',
      message: 'The input of find_table is not what it takes: "party" must be integer.',
    });
    expect(await failure(call({ party: 4 }))).toEqual({
      code: 'tool-bad-output',
      message: 'What find_table gave is not what it promises: "free" must be boolean.',
    });
  });

  it.each([
    ['new Date(0)', 'it is a Date'],
    ['({ a: [new Map()] })', '"a.0" is a Map'],
    ['({ n: NaN })', '"n" is NaN'],
    ['[1n]', '"0" is a bigint'],
    ['({ f() {} })', '"f" is a function'],
    ['(() => { const a = {}; a.self = a; return a; })()', '"self" holds too much'],
    [
      '(() => { let a = []; for (let i = 0; i < 40; i++) a = [a, a]; return { a }; })()',
      '"a" holds too much',
    ],
  ])('that gives no JSON (%s) has a bad output', async (given, problem) => {
    expect(await failure((await tool(`export const find_table = () => ${given};`))())).toEqual({
      code: 'tool-bad-output',
      message: `What find_table gave is no JSON: ${problem}.`,
    });
  });

  it('gives 256 KiB and no more', async () => {
    const call = await tool(`export const find_table = ({ n }) => 'x'.repeat(n);`);
    expect(await call({ n: 256 * 1024 - 2 })).toHaveLength(256 * 1024 - 2);
    expect(await failure(call({ n: 256 * 1024 - 1 }))).toEqual({
      code: 'tool-bad-output',
      message: 'find_table gave more than 256 KiB.',
    });
  });

  it('that changed on the disk is the new one from the next call on', async () => {
    const call = await tool(`export default () => 'old';`, { file: 'changing.js' });
    expect(await call()).toBe('old');
    await writeFile(join(folder, 'changing.js'), `export default () => 'new';`);
    // Two versions within a tick of the file system's clock are not what this is about.
    await utimes(join(folder, 'changing.js'), 1_800_000_000, 1_800_000_000);
    expect(await call()).toBe('new');
  });

  it('keeps what it holds from one call to the next while the file stays the same', async () => {
    const call = await tool(`let count = 0; export default () => ++count;`);
    expect([await call(), await call()]).toEqual([1, 2]);
  });
});

describe('code that fails', () => {
  it.each([
    [`throw new TypeError('${SECRET}')`, 'TypeError at FILE:2'],
    [`await null; throw new Error(input.party)`, 'Error at FILE:2'],
    [`throw '${SECRET}'`, 'it threw what is no Error'],
    [`throw null`, 'it threw what is no Error'],
    [`const e = new Error(''); e.name = '${SECRET} !'; throw e`, 'Error at FILE:2'],
    [`return Promise.reject(Object.assign(new RangeError('x'), { stack: '' }))`, 'RangeError'],
  ])('tells its kind and its place and none of its words (%s)', async (statement, problem) => {
    const file = `failing${++modules}.js`;
    const call = await tool(`export async function find_table(input) {\n  ${statement};\n}`, { file });
    expect(await failure(call({ party: SECRET }))).toEqual({
      code: 'tool-failed',
      message: `find_table failed: ${problem.replace('FILE', file)}.`,
    });
  });

  it.each([
    [
      `export const menu = 1;`,
      'The module FILE exports no function "find_table", and its default export is none.',
    ],
    [
      `export const find_table = 'soup';`,
      'The module FILE exports no function "find_table", and its default export is none.',
    ],
    [`export const find_table = (;`, "The module FILE of find_table cannot be loaded: Unexpected token ';'."],
    [`throw new Error('${SECRET}');`, 'The module FILE of find_table cannot be loaded: Error at FILE:1.'],
    [`JSON.parse('${SECRET}');`, 'The module FILE of find_table cannot be loaded: SyntaxError at FILE:1.'],
  ])('to load is a bad setting (%s)', async (code, message) => {
    const file = `unloadable${++modules}.js`;
    expect(await failure((await tool(code, { file }))())).toEqual({
      code: 'tool-bad-setting',
      message: message.replaceAll('FILE', file),
    });
  });

  it('because a module it needs is missing says which', async () => {
    const call = await tool(`import 'no-such-package-of-offhook';`);
    expect((await failure(call())).message).toMatch(
      /^The module m\d+\.tools\.js of find_table cannot be loaded: Cannot find package 'no-such-package-of-offhook' imported from \S+\.$/,
    );
  });

  it('because it is not there, or is TypeScript, is a bad setting', async () => {
    const specs = ['gone.js', 'typed.ts'].map((file) =>
      toolSpec({ by: 'code', file: join(folder, file) }, { name: file.slice(0, -3) }),
    );
    const tools = toolsOf(programOf(specs), {}, { clock, log: silentLog });
    expect(await failure(tools.call(toolCall({ tool: 'gone' })))).toEqual({
      code: 'tool-bad-setting',
      message: 'The module gone.js of gone cannot be loaded: there is no such file.',
    });
    expect(await failure(tools.call(toolCall({ tool: 'typed' })))).toEqual({
      code: 'tool-bad-setting',
      message: 'typed is in typed.ts, but code must be JavaScript.',
    });
  });
});

describe('code that takes its time', () => {
  const WAITS = `export const find_table = (input, { signal }) => {
    globalThis.offhookTest = { signal };
    return new Promise((resolve) => { globalThis.offhookTest.resolve = resolve; });
  };`;
  const held = (): { signal: AbortSignal; resolve(value: unknown): void } =>
    (globalThis as unknown as { offhookTest: ReturnType<typeof held> }).offhookTest;

  it('is given up at its deadline, which its signal tells it', async () => {
    const call = await tool(WAITS);
    const calling = failure(call());
    await poll(() => held()?.signal.aborted).toBe(false);
    clock.advance(2000);
    expect(await calling).toEqual({
      code: 'tool-timeout',
      message: 'find_table did not answer within 2000 ms.',
    });
    expect(held().signal.aborted).toBe(true);
  });

  it('is given up at hang-up, and what it does later troubles nobody', async () => {
    const call = await tool(WAITS);
    const hangUp = new AbortController();
    const calling = failure(call({}, { signal: hangUp.signal }));
    await poll(() => held()?.signal.aborted).toBe(false);
    hangUp.abort();
    expect(await calling).toEqual({ code: 'tool-canceled', message: 'The call of find_table was canceled.' });
    expect(clock.waiting).toBe(0);
    held().resolve(Promise.reject(new Error('too late')));
    await clock.advanceAsync(0);
  });
});
