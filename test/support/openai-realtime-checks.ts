/**
 * The shapes of client events that OpenAI's realtime API (GA) documents, checked by hand: the double refuses what
 * the real thing would refuse, and what it does not document at all.
 */
export interface Problem {
  code: string;
  message: string;
  param: string | null;
}

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class Wrong extends Error {
  readonly problem: Problem;
  constructor(code: string, param: string, message: string) {
    super(message);
    this.problem = { code, message, param };
  }
}

const EVENT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'session.update': ['session'],
  'input_audio_buffer.append': ['audio'],
  'input_audio_buffer.commit': [],
  'input_audio_buffer.clear': [],
  'conversation.item.create': ['item', 'previous_item_id'],
  'conversation.item.delete': ['item_id'],
  'conversation.item.retrieve': ['item_id'],
  'conversation.item.truncate': ['item_id', 'content_index', 'audio_end_ms'],
  'response.create': ['response'],
  'response.cancel': ['response_id'],
};

/** What is wrong with the shape of an event; null where nothing is. What it refers to is not looked at. */
export function checkClientEvent(event: Fields): Problem | null {
  try {
    check(event);
    return null;
  } catch (thrown) {
    if (thrown instanceof Wrong) return thrown.problem;
    throw thrown;
  }
}

function check(event: Fields): void {
  const type = event.type;
  const known = typeof type === 'string' ? EVENT_FIELDS[type] : undefined;
  if (typeof type !== 'string' || !known) {
    throw new Wrong('invalid_value', 'type', `Invalid value: '${String(type)}'.`);
  }
  only(event, ['type', 'event_id', ...known], '');
  if (event.event_id !== undefined) text(event, 'event_id', '', 512);
  switch (type) {
    case 'session.update':
      return session(object(event, 'session', ''));
    case 'input_audio_buffer.append':
      if (!isBase64(text(event, 'audio', ''))) throw new Wrong('invalid_value', 'audio', 'Invalid base64.');
      return;
    case 'conversation.item.create':
      return item(object(event, 'item', ''), 'item', false);
    case 'conversation.item.delete':
    case 'conversation.item.retrieve':
      text(event, 'item_id', '');
      return;
    case 'conversation.item.truncate':
      text(event, 'item_id', '');
      if (event.content_index !== 0)
        throw new Wrong('invalid_value', 'content_index', 'content_index must be 0.');
      if (!Number.isInteger(event.audio_end_ms) || Number(event.audio_end_ms) < 0) {
        throw new Wrong('invalid_type', 'audio_end_ms', 'audio_end_ms must be a non-negative integer.');
      }
      return;
    case 'response.create':
      if (event.response !== undefined) response(object(event, 'response', ''));
      return;
    case 'response.cancel':
      if (event.response_id !== undefined) text(event, 'response_id', '');
  }
}

function session(of: Fields): void {
  const at = 'session';
  if (of.type === undefined)
    throw new Wrong('missing_required_parameter', `${at}.type`, `Missing: '${at}.type'.`);
  oneOf(of, 'type', at, ['realtime']);
  only(
    of,
    [
      'type',
      'output_modalities',
      'instructions',
      'audio',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'reasoning',
      'max_output_tokens',
      'truncation',
      'tracing',
      'include',
      'prompt',
    ],
    at,
  );
  common(of, at);
  if (of.audio === undefined) return;
  const audio = object(of, 'audio', at);
  only(audio, ['input', 'output'], `${at}.audio`);
  if (audio.input !== undefined) input(object(audio, 'input', `${at}.audio`), `${at}.audio.input`);
  if (audio.output !== undefined) output(object(audio, 'output', `${at}.audio`), `${at}.audio.output`);
}

function input(of: Fields, at: string): void {
  only(of, ['format', 'noise_reduction', 'transcription', 'turn_detection'], at);
  if (of.format !== undefined) format(object(of, 'format', at), `${at}.format`);
  if (isSet(of.noise_reduction)) {
    const reduction = object(of, 'noise_reduction', at);
    only(reduction, ['type', 'strength'], `${at}.noise_reduction`);
    oneOf(reduction, 'type', `${at}.noise_reduction`, ['near_field', 'far_field']);
  }
  if (isSet(of.transcription)) {
    const transcription = object(of, 'transcription', at);
    only(
      transcription,
      ['model', 'language', 'languages', 'prompt', 'keywords', 'delay'],
      `${at}.transcription`,
    );
    text(transcription, 'model', `${at}.transcription`);
    for (const language of Array.isArray(transcription.languages) ? transcription.languages : []) {
      if (typeof language !== 'string' || !/^[a-z]{2,3}$/.test(language)) {
        throw new Wrong(
          'invalid_value',
          `${at}.transcription.languages`,
          `Invalid language '${String(language)}'.`,
        );
      }
    }
  }
  if (!isSet(of.turn_detection)) return;
  const detection = object(of, 'turn_detection', at);
  oneOf(detection, 'type', `${at}.turn_detection`, ['server_vad', 'semantic_vad']);
  const both = ['type', 'create_response', 'interrupt_response'];
  const own =
    detection.type === 'semantic_vad'
      ? ['eagerness']
      : ['threshold', 'prefix_padding_ms', 'silence_duration_ms', 'idle_timeout_ms'];
  only(detection, [...both, ...own], `${at}.turn_detection`);
}

function output(of: Fields, at: string): void {
  only(of, ['format', 'voice', 'speed'], at);
  if (of.format !== undefined) format(object(of, 'format', at), `${at}.format`);
  if (of.voice !== undefined && !isFields(of.voice)) text(of, 'voice', at);
}

function format(of: Fields, at: string): void {
  oneOf(of, 'type', at, ['audio/pcm', 'audio/pcmu', 'audio/pcma']);
  only(of, of.type === 'audio/pcm' ? ['type', 'rate'] : ['type'], at);
}

function response(of: Fields): void {
  const at = 'response';
  only(
    of,
    [
      'conversation',
      'output_modalities',
      'metadata',
      'instructions',
      'input',
      'tools',
      'tool_choice',
      'audio',
      'max_output_tokens',
      'parallel_tool_calls',
      'reasoning',
      'prompt',
    ],
    at,
  );
  if (of.conversation !== undefined) oneOf(of, 'conversation', at, ['auto', 'none']);
  common(of, at);
  for (const [key, value] of Object.entries(isFields(of.metadata) ? of.metadata : {})) {
    if (key.length > 64 || typeof value !== 'string' || value.length > 512) {
      throw new Wrong(
        'invalid_value',
        `response.metadata.${key}`,
        'Metadata are strings of up to 512 characters.',
      );
    }
  }
  if (of.input === undefined) return;
  if (!Array.isArray(of.input)) throw new Wrong('invalid_type', 'response.input', 'input must be an array.');
  of.input.forEach((one: unknown, index) => {
    if (!isFields(one))
      throw new Wrong('invalid_type', `response.input[${index}]`, 'An item must be an object.');
    item(one, `response.input[${index}]`, true);
  });
}

/** What a session and a response have in common. */
function common(of: Fields, at: string): void {
  if (of.instructions !== undefined) text(of, 'instructions', at);
  const { output_modalities: modalities } = of;
  if (modalities !== undefined) {
    const only1 = Array.isArray(modalities) && modalities.length === 1;
    if (!only1 || !['audio', 'text'].includes(String(modalities[0]))) {
      throw new Wrong(
        'invalid_value',
        `${at}.output_modalities`,
        "Must be ['audio'] or ['text'], never both.",
      );
    }
  }
  if (of.tools !== undefined) {
    if (!Array.isArray(of.tools)) throw new Wrong('invalid_type', `${at}.tools`, 'tools must be an array.');
    of.tools.forEach((one: unknown, index) => tool(one, `${at}.tools[${index}]`));
  }
  const { tool_choice: choice } = of;
  if (isFields(choice)) {
    only(choice, ['type', 'name', 'server_label'], `${at}.tool_choice`);
    oneOf(choice, 'type', `${at}.tool_choice`, ['function', 'mcp']);
  } else if (choice !== undefined) oneOf(of, 'tool_choice', at, ['auto', 'none', 'required']);
}

function tool(of: unknown, at: string): void {
  if (!isFields(of)) throw new Wrong('invalid_type', at, 'A tool must be an object.');
  oneOf(of, 'type', at, ['function']);
  only(of, ['type', 'name', 'description', 'parameters'], at);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text(of, 'name', at))) {
    throw new Wrong('invalid_value', `${at}.name`, `Invalid '${at}.name'.`);
  }
  if (of.parameters !== undefined && object(of, 'parameters', at).type !== 'object') {
    throw new Wrong(
      'invalid_function_parameters',
      `${at}.parameters`,
      'The schema must be of type "object".',
    );
  }
}

const CONTENT: Readonly<Record<string, readonly string[]>> = {
  system: ['input_text'],
  user: ['input_text', 'input_audio'],
  // Spoken items of the assistant cannot be made by a client.
  assistant: ['output_text'],
};

function item(of: Fields, at: string, mayRefer: boolean): void {
  if (of.id !== undefined) text(of, 'id', at, 64);
  switch (of.type) {
    case 'message': {
      only(of, ['id', 'object', 'type', 'status', 'role', 'content'], at);
      oneOf(of, 'role', at, Object.keys(CONTENT));
      if (!Array.isArray(of.content))
        throw new Wrong('invalid_type', `${at}.content`, 'content must be an array.');
      for (const part of of.content as unknown[]) {
        if (!isFields(part)) throw new Wrong('invalid_type', `${at}.content`, 'A part must be an object.');
        oneOf(part, 'type', `${at}.content`, CONTENT[String(of.role)] ?? []);
        only(part, ['type', part.type === 'input_audio' ? 'audio' : 'text', 'transcript'], `${at}.content`);
        if (part.type !== 'input_audio') text(part, 'text', `${at}.content`);
      }
      return;
    }
    case 'function_call':
      only(of, ['id', 'object', 'type', 'status', 'call_id', 'name', 'arguments'], at);
      text(of, 'name', at);
      text(of, 'arguments', at);
      return;
    case 'function_call_output':
      only(of, ['id', 'object', 'type', 'status', 'call_id', 'output'], at);
      text(of, 'call_id', at);
      text(of, 'output', at);
      return;
    case 'item_reference':
      if (mayRefer) return void text(of, 'id', at);
  }
  throw new Wrong('invalid_value', `${at}.type`, `Invalid value: '${String(of.type)}'.`);
}

function only(of: Fields, known: readonly string[], at: string): void {
  for (const name of Object.keys(of)) {
    const param = at === '' ? name : `${at}.${name}`;
    if (!known.includes(name)) throw new Wrong('unknown_parameter', param, `Unknown parameter: '${param}'.`);
  }
}

function object(of: Fields, name: string, at: string): Fields {
  const param = at === '' ? name : `${at}.${name}`;
  const value = of[name];
  if (value === undefined) throw new Wrong('missing_required_parameter', param, `Missing: '${param}'.`);
  if (!isFields(value)) throw new Wrong('invalid_type', param, `'${param}' must be an object.`);
  return value;
}

function text(of: Fields, name: string, at: string, max = Infinity): string {
  const param = at === '' ? name : `${at}.${name}`;
  const value = of[name];
  if (value === undefined) throw new Wrong('missing_required_parameter', param, `Missing: '${param}'.`);
  if (typeof value !== 'string') throw new Wrong('invalid_type', param, `'${param}' must be a string.`);
  if (value.length > max) throw new Wrong('string_above_max_length', param, `'${param}' is too long.`);
  return value;
}

function oneOf(of: Fields, name: string, at: string, values: readonly string[]): void {
  if (values.includes(String(of[name]))) return;
  throw new Wrong('invalid_value', `${at}.${name}`, `Invalid value: '${String(of[name])}'.`);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}
