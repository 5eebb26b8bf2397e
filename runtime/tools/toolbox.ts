/** Joins the kinds of tools: who is asked, what may go in and out, and how long it may take. */
import type { Clock } from '../clock.ts';
import type { Program, ToolSpec } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Log } from '../log.ts';
import { Circuits } from '../circuit.ts';
import { callCode, type CodeTool } from './code.ts';
import { within } from './deadline.ts';
import { callHttp } from './http.ts';
import type { HttpTool } from './http-request.ts';
import { callMcp, offerOf, type McpTool } from './mcp.ts';
import type { McpServer } from './mcp-server.ts';
import { McpServers } from './mcp-servers.ts';
import { Schemas, type Schema } from './schemas.ts';
import type { Env } from './settings.ts';
import type { ToolCall, Tools } from './tools.ts';

/** So many failures of a server in a row keep further calls away from it. */
const CIRCUIT_FAILURES = 5;

/** The tools of a process: what its programs share of connections and of what is known about servers. */
export class Toolbox {
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #circuits: Circuits;
  readonly #servers: McpServers;
  readonly #schemas = new Schemas();
  readonly #made = new Map<Program, Tools>();

  constructor(env: Env, parts: { clock: Clock; log: Log }) {
    this.#env = env;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#circuits = new Circuits(parts.clock, CIRCUIT_FAILURES);
    this.#servers = new McpServers({ env, ...parts });
  }

  /** A program's tools, made once. Its servers are being reached from now on. */
  of(program: Program): Tools {
    const made = this.#made.get(program) ?? this.#make(program);
    this.#made.set(program, made);
    return made;
  }

  /**
   * After a reload: these are the programs that new calls begin with. What only others use is given back when
   * the longest call of theirs must be over.
   */
  keep(programs: readonly Program[]): void {
    for (const program of programs) this.of(program);
    for (const [program, tools] of this.#made) {
      if (programs.includes(program)) continue;
      this.#made.delete(program);
      this.#clock.after(program.app.limits.durationMs, () => void tools.close());
    }
  }

  /** Ends every server; calls under way fail. */
  async close(): Promise<void> {
    await this.#servers.close();
  }

  #make(program: Program): Tools {
    for (const part of Object.values(program.parts)) {
      for (const { call } of Object.values(part.tools))
        if (call.by === 'mcp') this.#server(program, call.server);
    }
    const find = (dialogue: string, tool: string): ToolSpec | null => {
      const tools = ownOf(program.parts, dialogue)?.tools;
      return (tools && ownOf(tools, tool)) ?? null;
    };
    return {
      call: async (call) => {
        const spec = find(call.dialogue, call.tool);
        if (!spec) throw new OffhookError('tool-unknown', `There is no tool "${call.tool}".`);
        return this.#call(program, spec, call);
      },
      offer: (dialogue, tool) => {
        const spec = find(dialogue, tool);
        if (!spec || !isMcp(spec)) return null;
        const said = ownOf(program.parts[dialogue]?.offers ?? {}, tool);
        return offerOf(spec, said, this.#server(program, spec.call.server));
      },
      close: () => this.#servers.release(program),
    };
  }

  async #call(program: Program, spec: ToolSpec, call: ToolCall): Promise<Value> {
    this.#check('tool-bad-input', `The input of ${spec.name} is not what it takes`, spec.input, call.input);
    const output = await within(this.#clock, spec, call.signal, async (signal) => {
      try {
        return await this.#run(program, spec, call, signal);
      } catch (thrown) {
        if (thrown instanceof OffhookError || signal.aborted) throw thrown;
        // A mistake of ours; its words may hold anything.
        throw new OffhookError('tool-failed', `${spec.name} could not be called.`, { cause: thrown });
      }
    });
    if (spec.output) {
      this.#check('tool-bad-output', `What ${spec.name} gave is not what it promises`, spec.output, output);
    }
    return output;
  }

  #run(program: Program, spec: ToolSpec, call: ToolCall, signal: AbortSignal): Promise<Value> {
    const { hosts } = program.app;
    if (isHttp(spec)) {
      const parts = { env: this.#env, hosts, circuits: this.#circuits, clock: this.#clock };
      return callHttp(spec, call, parts, signal);
    }
    if (isMcp(spec)) {
      return callMcp(spec, call, this.#server(program, spec.call.server), this.#schemas, signal);
    }
    if (isCode(spec)) return callCode(spec, call, this.#log, signal);
    throw new OffhookError('tool-unknown', `${spec.name} is a tool of a kind that nobody calls.`);
  }

  #server(program: Program, settings: McpTool['call']['server']): McpServer {
    return this.#servers.hold(settings, program.app.hosts, program);
  }

  #check(code: string, sentence: string, schema: Schema, value: Value): void {
    let problem: string | null;
    try {
      problem = this.#schemas.problem(schema, value);
    } catch (thrown) {
      const message = `${sentence}: its JSON Schema cannot be used.`;
      throw new OffhookError('tool-bad-setting', message, { cause: thrown });
    }
    if (problem !== null) throw new OffhookError(code, `${sentence}: ${problem}.`);
  }
}

/** One program's tools, with nothing shared; `close` gives back all they hold. */
export function toolsOf(program: Program, env: Env, parts: { clock: Clock; log: Log }): Tools {
  return new Toolbox(env, parts).of(program);
}

function ownOf<One>(all: { readonly [name: string]: One }, name: string): One | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

const isHttp = (spec: ToolSpec): spec is HttpTool => spec.call.by === 'http';
const isCode = (spec: ToolSpec): spec is CodeTool => spec.call.by === 'code';
const isMcp = (spec: ToolSpec): spec is McpTool => spec.call.by === 'mcp';
