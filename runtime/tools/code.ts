/**
 * Tools that are a module's exported function. The module runs in this process: it can await as long as its time
 * allows, but one that computes without a pause holds up every call, and nothing can stop it. It is JavaScript;
 * TypeScript files are not supported.
 */
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ToolBy, ToolSpec } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { jsonOf } from './json.ts';
import type { ToolCall } from './tools.ts';

export type CodeTool = ToolSpec & { call: Extract<ToolBy, { by: 'code' }> };

/** What a tool's function gets beside its input. */
export interface CodeContext {
  /** What expressions see as `session`. */
  session: ToolCall['session'];
  /** Aborted when the tool's time is over, and at hang-up unless the tool is to finish. */
  signal: AbortSignal;
  log: Log;
}

type ToolFunction = (input: ToolCall['input'], context: CodeContext) => unknown;

/**
 * Calls the export named like the tool, else the default export. What it throws becomes `tool-failed` with its kind
 * and its place, but without its words, which may hold what the caller said.
 */
export async function callCode(
  tool: CodeTool,
  call: ToolCall,
  log: Log,
  signal: AbortSignal,
): Promise<Value> {
  const run = await functionOf(tool);
  let output: unknown;
  try {
    output = await run(call.input, { session: call.session, signal, log: log.child({ tool: tool.name }) });
  } catch (thrown) {
    const message = `${tool.name} failed: ${kindAndPlace(thrown, tool.call.file)}.`;
    throw new OffhookError('tool-failed', message, { cause: thrown });
  }
  return jsonOf(output, tool.name);
}

/** The module as it is on the disk now. Modules that it imports in turn stay as they were first loaded. */
async function functionOf(tool: CodeTool): Promise<ToolFunction> {
  const { name, call } = tool;
  const file = basename(call.file);
  if (/^\.[cm]?tsx?$/.test(extname(file))) {
    throw new OffhookError('tool-bad-setting', `${name} is in ${file}, but code must be JavaScript.`);
  }
  let module: { readonly [name: string]: unknown };
  try {
    const { mtimeMs } = await stat(call.file);
    module = (await import(`${pathToFileURL(call.file).href}?changed=${mtimeMs}`)) as typeof module;
  } catch (thrown) {
    const message = `The module ${file} of ${name} cannot be loaded: ${loadProblem(thrown, call.file)}.`;
    throw new OffhookError('tool-bad-setting', message, { cause: thrown });
  }
  const chosen = Object.hasOwn(module, name) ? module[name] : module['default'];
  if (typeof chosen !== 'function') {
    const message = `The module ${file} exports no function "${name}", and its default export is none.`;
    throw new OffhookError('tool-bad-setting', message);
  }
  return chosen as ToolFunction;
}

/** The words of the loader say what is missing or misspelt; those of the module's own code may say anything. */
function loadProblem(thrown: unknown, file: string): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  const misspelt = thrown instanceof SyntaxError && !/\bat JSON\.parse\b/.test(thrown.stack ?? '');
  if (misspelt || code === 'ERR_MODULE_NOT_FOUND') return messageOf(thrown).split('\n', 1).join('');
  return kindAndPlace(thrown, file);
}

/** Such as `TypeError at menu.tools.js:12`. */
function kindAndPlace(thrown: unknown, file: string): string {
  if (!(thrown instanceof Error)) return 'it threw what is no Error';
  const kind = /^\w{1,60}$/.test(thrown.name) ? thrown.name : 'Error';
  const name = basename(file);
  const frame = (thrown.stack ?? '').split('\n').find((line) => /^\s+at /.test(line) && line.includes(name));
  const line = frame?.slice(frame.indexOf(name) + name.length).match(/^[^:]*:(\d+)/)?.[1];
  return line === undefined ? kind : `${kind} at ${name}:${line}`;
}
