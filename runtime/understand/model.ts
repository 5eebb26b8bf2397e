/** Understanding with a text model, over any server that speaks OpenAI's chat completions. */
import type OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { judgingOf, meaningFrom, canMean, type Judging } from '../dialogue/meaning-schema.ts';
import type { Expectation } from '../dialogue/protocol.ts';
import { OffhookError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Usage } from '../speech/usage.ts';
import { failureOf, isRefusedRequest, mentions } from './model-failure.ts';
import type { AskModel, Context } from './understand.ts';

export interface ModelSettings {
  apiKey: string;
  /** `http(s)://…/v1`. */
  baseUrl: string;
  /** As the server calls it. */
  model: string;
  log: Log;
}

/** How the shape of the answer is asked for; not every server offers the first, or the second. */
const FORMATS = ['json_schema', 'json_object', 'text'] as const;
type Format = (typeof FORMATS)[number];

/** What a server takes of what it is offered. Learnt from its refusals, and kept. */
interface Manner {
  format: Format;
  /** Models that reason are asked to do so briefly: somebody waits on the phone. */
  brief: boolean;
}

/** No request takes longer, whatever the caller of it allows. */
const LONGEST_MS = 10_000;
const MAX_TURNS = 6;
const MAX_CHARS = 500;

/**
 * The model that an app's `model` names, where it is one for text: `openai/gpt-6-luna` is `gpt-6-luna`. Null for
 * none, for a speech-to-speech model, and for another vendor's.
 */
export function chatModelOf(model: string | null): string | null {
  const name = model?.startsWith('openai/') ? model.slice('openai/'.length) : '';
  return name === '' || /realtime|audio|transcribe|tts/.test(name) ? null : name;
}

/**
 * Gives a function that asks the model what an utterance meant: one request a turn, and another only where the
 * server refuses the form in which the answer is wanted, which is remembered. Nothing is connected, and nothing
 * loaded, before it is used.
 */
export function modelUnderstand(settings: ModelSettings): AskModel {
  const { model, log } = settings;
  let client: Promise<OpenAI> | null = null;
  let manner: Manner = { format: 'json_schema', brief: true };
  let toldOfKey = false;

  const report = (thrown: unknown, isSensitive: boolean): void => {
    const failure = failureOf(thrown, { model, server: settings.baseUrl, isSensitive });
    const { code, message, detail } = failure;
    const line = { code, problem: message, ...detail };
    if (code !== 'model-refused') log.warn(line, 'the model could not be asked what a caller meant');
    else if (!toldOfKey) log.error(line, 'the model refuses its key: callers are understood by rules');
    toldOfKey ||= code === 'model-refused';
  };

  return async (expectation, text, context, signal) => {
    if (signal.aborted || text.trim() === '' || !canMean(expectation)) return null;
    const judging = judgingOf(expectation);
    try {
      client ??= connect(settings);
      const open = await client;
      for (let tried: Manner | null = manner; tried !== null;) {
        const request = requestOf(model, judging, text, context, tried);
        try {
          const completion = await open.chat.completions.create(request, { signal });
          manner = tried;
          const usage = usageOf(model, completion);
          if (usage) context.used?.(usage);
          return understood(expectation, completion, log);
        } catch (thrown) {
          const next: Manner | null = isRefusedRequest(thrown) ? plainer(tried, thrown) : null;
          if (next === null) throw thrown;
          tried = next;
        }
      }
    } catch (thrown) {
      if (signal.aborted) log.debug({ model }, 'the model was not fast enough to say what a caller meant');
      else report(thrown, expectation.sensitive);
    }
    return null;
  };
}

/** The environment of the process is not asked: whoever configures the runtime configures this, too. */
async function connect({ apiKey, baseUrl }: ModelSettings): Promise<OpenAI> {
  const { OpenAI: Client } = await import('openai');
  return new Client({
    apiKey,
    baseURL: baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: LONGEST_MS,
    logLevel: 'off',
  });
}

/** The next thing to do without after a refusal; null where nothing is left that could be to blame. */
function plainer(manner: Manner, refusal: unknown): Manner | null {
  if (manner.brief && mentions(refusal, 'reasoning')) return { ...manner, brief: false };
  const format = FORMATS[FORMATS.indexOf(manner.format) + 1];
  if (format !== undefined) return { ...manner, format };
  return manner.brief ? { ...manner, brief: false } : null;
}

function requestOf(
  model: string,
  { rules, known, schema }: Judging,
  text: string,
  context: Context,
  { format, brief }: Manner,
): ChatCompletionCreateParamsNonStreaming {
  const asJson =
    format === 'json_schema'
      ? 'The answer is one JSON object.'
      : `The answer is one JSON object and nothing else, of this JSON Schema: ${JSON.stringify(schema)}`;
  const expected = { ...known, ...(context.persona === null ? {} : { agent: context.persona }) };
  const recent = context.recent
    .slice(-MAX_TURNS)
    .map((turn) => ({ role: turn.role, text: turn.text.slice(0, MAX_CHARS) }));
  const said = { recent, caller_said: text };
  return {
    model,
    messages: [
      { role: 'system', content: `${rules} ${asJson}\n\nWhat is expected: ${JSON.stringify(expected)}` },
      {
        role: 'user',
        content: `The last turns of the call, and what the caller said then, as data: ${JSON.stringify(said)}`,
      },
    ],
    ...(brief ? { reasoning_effort: 'low' } : {}),
    ...(format === 'text' ? {} : { response_format: responseFormat(format, schema) }),
  };
}

const responseFormat = (
  format: Exclude<Format, 'text'>,
  schema: Judging['schema'],
): ChatCompletionCreateParamsNonStreaming['response_format'] =>
  format === 'json_object'
    ? { type: 'json_object' }
    : { type: 'json_schema', json_schema: { name: 'meaning', strict: true, schema: { ...schema } } };

/** @throws OffhookError `model-answer` where the answer is none that was offered. */
function understood(expectation: Expectation, completion: unknown, log: Log) {
  const content = contentOf(completion);
  if ('refusal' in content) {
    log.info('the model refused to say what a caller meant');
    return null;
  }
  const meaning = meaningFrom(expectation, parsed(content.text));
  if (meaning === null) {
    throw new OffhookError('model-answer', 'The answer of the model is none of those that it was offered.');
  }
  return meaning;
}

/** Compatible servers are not all careful: what came is looked at, whatever its type says. */
function contentOf(completion: unknown): { text: string } | { refusal: true } {
  const [choice] = list(field(completion, 'choices'));
  const message = field(choice, 'message');
  if (typeof field(message, 'refusal') === 'string' || field(choice, 'finish_reason') === 'content_filter') {
    return { refusal: true };
  }
  const text = field(message, 'content');
  if (typeof text !== 'string') {
    throw new OffhookError('model-answer', 'The answer of the model holds no text.');
  }
  return { text };
}

/** The object in an answer that may be wrapped in a few words, where no format was promised. */
function parsed(text: string): unknown {
  const object = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  try {
    return JSON.parse(object);
  } catch {
    throw new OffhookError('model-answer', 'The answer of the model is no JSON.');
  }
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

/** What the request took, of servers that say so. Source: the `usage` of a chat completion. */
function usageOf(model: string, completion: unknown): Usage | null {
  const usage = field(completion, 'usage');
  if (typeof usage !== 'object' || usage === null) return null;
  const cachedTextTokens = count(field(field(usage, 'prompt_tokens_details'), 'cached_tokens'));
  const amounts = {
    inputTextTokens: Math.max(0, count(field(usage, 'prompt_tokens')) - cachedTextTokens),
    cachedTextTokens,
    outputTextTokens: count(field(usage, 'completion_tokens')),
  };
  return { vendor: 'openai', model, amounts };
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
