/** What the documented chat completions refuse, of a request that wants a stream. */

export type Fields = { readonly [name: string]: unknown };

/** A request that was taken. */
export interface StreamRequest {
  model: string;
  /** As they came. */
  messages: readonly Fields[];
  /** The system messages, joined. */
  system: string;
  /** The messages without those of the system, in short: `user: hello`, `calls: menu({})`, `tool: soup`. */
  said: readonly string[];
  tools: readonly { name: string; description: string; parameters: Fields; strict: unknown }[];
  wantsUsage: boolean;
  body: Fields;
}

type Checked =
  | { taken: StreamRequest; problem: ''; param: null }
  /** `param` is told where the server just does not offer it. */
  | { taken: null; problem: string; param: string | null };

const KNOWN = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'max_completion_tokens',
  'max_tokens',
  'reasoning_effort',
];

export function checkRequest(text: string, refuses: readonly string[]): Checked {
  const bad = (problem: string, param: string | null = null): Checked => ({ taken: null, problem, param });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return bad('The body is no JSON.');
  }
  if (!isFields(body)) return bad('The body is no object.');
  for (const name of Object.keys(body)) {
    if (refuses.includes(name)) return bad(`Unrecognized request argument supplied: ${name}`, name);
    if (!KNOWN.includes(name)) return bad(`Unrecognized request argument supplied: ${name}`);
  }
  const { model, messages, stream, stream_options: options } = body;
  if (typeof model !== 'string' || model === '') return bad('you must provide a model parameter');
  if (stream !== true) return bad('This server only streams.');
  if (body['max_tokens'] !== undefined && body['max_completion_tokens'] !== undefined)
    return bad("'max_tokens' and 'max_completion_tokens' exclude each other.");
  if (options !== undefined && (!isFields(options) || options['include_usage'] !== true))
    return bad("Invalid 'stream_options'.");
  const list = fieldsOf(messages);
  const problem = list.length === 0 ? "Missing 'messages'." : (messagesProblem(list) ?? toolsProblem(body));
  if (problem) return bad(problem);
  const tools = fieldsOf(body['tools']).map((tool) => tool['function'] as StreamRequest['tools'][number]);
  const system = list.filter(({ role }) => role === 'system').map(({ content }) => String(content));
  return {
    taken: {
      model,
      messages: list,
      system: system.join('\n'),
      said: list.flatMap(brief),
      tools,
      wantsUsage: options !== undefined,
      body,
    },
    problem: '',
    param: null,
  };
}

function brief(message: Fields): string[] {
  const { role, content } = message;
  if (role === 'system') return [];
  const calls = fieldsOf(message['tool_calls']).map((call) => {
    const made = isFields(call['function']) ? call['function'] : {};
    return `${String(made['name'])}(${String(made['arguments'])})`;
  });
  return [
    ...(typeof content === 'string' ? [`${String(role)}: ${content}`] : []),
    ...(calls.length > 0 ? [`calls: ${calls.join(' ')}`] : []),
  ];
}

/** Every tool call is answered right behind its message, and nothing else is. */
function messagesProblem(messages: readonly Fields[]): string | null {
  let open = new Set<unknown>();
  for (const message of messages) {
    const { role, content } = message;
    if (role === 'tool') {
      if (!open.delete(message['tool_call_id']))
        return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
      if (typeof content !== 'string') return 'A tool message holds no text.';
      continue;
    }
    if (open.size > 0) return `tool_call_ids did not have response messages: ${[...open].join(', ')}.`;
    if (role !== 'system' && role !== 'user' && role !== 'assistant')
      return `Invalid role '${String(role)}'.`;
    const calls = fieldsOf(message['tool_calls']);
    if (calls.length > 0 && role !== 'assistant') return 'Only an assistant calls tools.';
    if (message['tool_calls'] !== undefined && calls.length === 0) return "'tool_calls' is empty.";
    if (typeof content !== 'string' && !(content === null && calls.length > 0)) return 'Invalid content.';
    open = new Set();
    for (const call of calls) {
      const made = call['function'];
      if (typeof call['id'] !== 'string' || call['id'] === '' || open.has(call['id']))
        return 'Invalid tool call id.';
      if (call['type'] !== 'function' || !isFields(made)) return 'Invalid tool call.';
      if (!isName(made['name']) || typeof made['arguments'] !== 'string') return 'Invalid tool call.';
      open.add(call['id']);
    }
  }
  return open.size > 0 ? 'The last tool calls have no response messages.' : null;
}

function toolsProblem({ tools, tool_choice: choice }: Fields): string | null {
  if (tools === undefined) return choice === undefined ? null : "'tool_choice' is only allowed with 'tools'.";
  const list = fieldsOf(tools);
  if (list.length === 0) return "'tools' is too short.";
  const names = new Set<unknown>();
  for (const tool of list) {
    const made = tool['function'];
    if (tool['type'] !== 'function' || !isFields(made)) return 'Invalid tool.';
    if (!isName(made['name'])) return `Invalid 'tools.function.name': ${String(made['name'])}.`;
    if (names.has(made['name'])) return `Two tools have the name ${made['name']}.`;
    names.add(made['name']);
    if (typeof made['description'] !== 'string' || !isFields(made['parameters'])) return 'Invalid tool.';
    if (made['parameters']['type'] !== 'object') return 'The parameters of a tool are no object.';
  }
  return null;
}

const isName = (name: unknown): name is string =>
  typeof name === 'string' && /^[a-zA-Z0-9_-]{1,64}$/.test(name);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
