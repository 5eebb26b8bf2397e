/** What Gemini Live takes, and refuses with 1007: the documented shapes of the client's messages. */
export type Fields = Readonly<Record<string, unknown>>;

const SETUP = [
  'model',
  'generationConfig',
  'systemInstruction',
  'tools',
  'realtimeInputConfig',
  'sessionResumption',
  'contextWindowCompression',
  'inputAudioTranscription',
  'outputAudioTranscription',
];
const KINDS = ['setup', 'clientContent', 'realtimeInput', 'toolResponse', 'contextUpdate'];

/** Why a message is invalid; null: it is not. */
export function problemWith(message: unknown): string | null {
  if (!isFields(message)) return 'a message that is no object';
  const keys = Object.keys(message);
  if (keys.length !== 1 || !KINDS.includes(keys[0]!)) return `a message with the fields ${keys.join(', ')}`;
  const body = message[keys[0]!];
  if (!isFields(body)) return `${keys[0]} is no object`;
  switch (keys[0]) {
    case 'setup':
      return setupProblem(body);
    case 'clientContent':
      return contentProblem(body);
    case 'realtimeInput':
      return inputProblem(body);
    case 'toolResponse':
      return responseProblem(body);
    default:
      return updateProblem(body);
  }
}

function setupProblem(setup: Fields): string | null {
  const strange = Object.keys(setup).find((key) => !SETUP.includes(key));
  if (strange !== undefined) return `Unknown name "${strange}" at 'setup'`;
  if (!/^models\/[a-z0-9.-]+$/.test(str(setup.model))) return 'setup.model';
  const generation = setup.generationConfig;
  if (!isFields(generation)) return 'setup.generationConfig';
  if ('thinkingConfig' in generation) return 'thinking_level is not supported by this model';
  if (JSON.stringify(generation.responseModalities) !== '["AUDIO"]') return 'responseModalities';
  const voice = at(generation, 'speechConfig', 'voiceConfig', 'prebuiltVoiceConfig', 'voiceName');
  if (typeof voice !== 'string' || voice === '') return 'voiceName';
  const { triggerTokens } = (setup.contextWindowCompression ?? {}) as Fields;
  // A 64-bit number is a text in JSON.
  if (typeof triggerTokens !== 'string' || !/^\d+$/.test(triggerTokens)) return 'triggerTokens';
  return contentOf(setup.systemInstruction) ?? toolsProblem(setup.tools ?? []);
}

function contentOf(content: unknown): string | null {
  const parts = isFields(content) ? content.parts : null;
  if (!Array.isArray(parts) || parts.length === 0) return 'parts';
  return parts.every((part) => isFields(part) && str(part.text) !== '') ? null : 'a part without text';
}

function toolsProblem(tools: unknown): string | null {
  if (!Array.isArray(tools)) return 'tools';
  const functions = tools.flatMap((tool) => list(isFields(tool) ? tool.functionDeclarations : []));
  const names = functions.map(({ name }) => str(name));
  const bad = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(name));
  if (bad !== undefined) return `Invalid function name "${bad}"`;
  if (new Set(names).size !== names.length) return 'Duplicate function declaration';
  const isWell = functions.every(
    ({ behavior, description, parametersJsonSchema: schema }) =>
      (behavior === undefined || behavior === 'BLOCKING' || behavior === 'NON_BLOCKING') &&
      typeof description === 'string' &&
      isFields(schema) &&
      schema.type === 'object',
  );
  return isWell ? null : 'functionDeclarations';
}

function contentProblem({ turns, turnComplete, ...rest }: Fields): string | null {
  if (Object.keys(rest).length > 0 || typeof turnComplete !== 'boolean') return 'clientContent';
  if (!Array.isArray(turns) || turns.length === 0) return 'clientContent.turns';
  for (const turn of turns) {
    if (!isFields(turn) || (turn.role !== 'user' && turn.role !== 'model')) return 'a turn without a role';
    const problem = contentOf(turn);
    if (problem !== null) return problem;
  }
  return null;
}

function inputProblem(input: Fields): string | null {
  const keys = Object.keys(input);
  if (keys.length !== 1) return 'realtimeInput';
  if (keys[0] === 'activityStart' || keys[0] === 'activityEnd') {
    return isFields(input[keys[0]]) ? null : keys[0];
  }
  const { audio } = input;
  if (keys[0] !== 'audio' || !isFields(audio)) return `Unknown name "${keys[0]}" at 'realtime_input'`;
  if (audio.mimeType !== 'audio/pcm;rate=16000') return 'realtimeInput.audio.mimeType';
  const data = str(audio.data);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return 'audio that is no base64';
  return Buffer.from(data, 'base64').length % 2 === 0 ? null : 'half a sample';
}

function responseProblem({ functionResponses }: Fields): string | null {
  const responses = list(functionResponses);
  if (responses.length === 0) return 'toolResponse.functionResponses';
  const isWell = responses.every(
    ({ id, name, response }) =>
      typeof id === 'string' && id !== '' && typeof name === 'string' && isFields(response),
  );
  return isWell ? null : 'a function response without id, name or response';
}

function updateProblem({ systemInstruction, tools, ...rest }: Fields): string | null {
  if (Object.keys(rest).length > 0) return 'contextUpdate';
  return (
    (systemInstruction === undefined ? null : contentOf(systemInstruction)) ??
    (tools === undefined ? null : toolsProblem(isFields(tools) ? tools.tools : null))
  );
}

/** A JSON object, of which nothing else is known. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list. */
export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function at(from: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), from);
}
