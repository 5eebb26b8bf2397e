/** A server that speaks OpenAI's chat completions, as far as it does. */
import type OpenAI from 'openai';
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { isRefusedRequest, mentions } from './chat-failure.ts';

export interface ChatRequest {
  messages: ChatCompletionMessageParam[];
  tools: ChatCompletionFunctionTool[];
}

/** Something said on the phone is a few sentences; what a model thinks before is counted, too. */
const MAX_TOKENS = 2_048;
/** The client's own deadline lies behind all of ours. */
const CLIENT_MS = 60_000;

/** What a server takes of what it is offered. Learnt from its refusals, and kept. */
interface Manner {
  /** It tells what a reply took. */
  usage: boolean;
  /** Models that reason are asked to do so briefly: somebody waits on the phone. */
  brief: boolean;
  limit: 'max_completion_tokens' | 'max_tokens' | null;
}

const FULL: Manner = { usage: true, brief: true, limit: 'max_completion_tokens' };

export class ChatServer {
  readonly baseUrl: string;
  readonly #apiKey: string;
  readonly #manners = new Map<string, Manner>();
  #client: Promise<OpenAI> | null = null;

  constructor(settings: { apiKey: string; baseUrl: string }) {
    this.baseUrl = settings.baseUrl;
    this.#apiKey = settings.apiKey;
  }

  /**
   * Asks for a reply, whose chunks come as they are. One request, and another only where the server refuses a
   * setting, which is remembered. Throws what the SDK throws.
   */
  async stream(model: string, request: ChatRequest, signal: AbortSignal): Promise<AsyncIterable<unknown>> {
    const client = await this.load();
    for (let tried = this.#manners.get(model) ?? FULL; ;) {
      try {
        const stream = await client.chat.completions.create(paramsOf(model, request, tried), { signal });
        this.#manners.set(model, tried);
        return stream;
      } catch (thrown) {
        const next = isRefusedRequest(thrown) ? plainer(tried, thrown) : null;
        if (next === null) throw thrown;
        tried = next;
      }
    }
  }

  /** Loads what is needed to ask, so that the first caller does not wait for it. */
  load(): Promise<OpenAI> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** The environment of the process is not asked: whoever configures the runtime configures this, too. */
  async #connect(): Promise<OpenAI> {
    const { OpenAI: Client } = await import('openai');
    return new Client({
      apiKey: this.#apiKey,
      baseURL: this.baseUrl,
      organization: null,
      project: null,
      maxRetries: 0,
      timeout: CLIENT_MS,
      logLevel: 'off',
    });
  }
}

/** The next thing to do without after a refusal; null where nothing is left that could be to blame. */
function plainer(manner: Manner, refusal: unknown): Manner | null {
  const isAbout = (...words: string[]): boolean => words.some((word) => mentions(refusal, word));
  const without: [boolean, string[], Manner][] = [
    [manner.brief, ['reasoning'], { ...manner, brief: false }],
    [manner.usage, ['stream_options', 'include_usage'], { ...manner, usage: false }],
    [
      manner.limit !== null,
      ['max_completion_tokens', 'max_tokens'],
      { ...manner, limit: manner.limit === 'max_tokens' ? null : 'max_tokens' },
    ],
  ];
  const open = without.filter(([has]) => has);
  const named = open.find(([, words]) => isAbout(...words));
  return (named ?? open[0])?.[2] ?? null;
}

function paramsOf(
  model: string,
  { messages, tools }: ChatRequest,
  { usage, brief, limit }: Manner,
): ChatCompletionCreateParamsStreaming {
  return {
    model,
    messages,
    stream: true,
    ...(usage ? { stream_options: { include_usage: true } } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(brief ? { reasoning_effort: 'low' } : {}),
    ...(limit === null ? {} : { [limit]: MAX_TOKENS }),
  };
}
