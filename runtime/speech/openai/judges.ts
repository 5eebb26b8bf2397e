import type { Clock } from '../../clock.ts';
import { canMean, judgingOf, meaningFrom } from '../../dialogue/meaning-schema.ts';
import type { Expectation, Meaning } from '../../dialogue/protocol.ts';
import type { ClientEvent, FunctionCall, ResponseInfo } from './wire.ts';

/** No judgement takes longer, whatever the caller of `judge` allows. */
const LONGEST_MS = 10_000;
const FUNCTION = 'answer';

interface Judge {
  expectation: Expectation;
  text: string;
  eventId: string | null;
  response: string | null;
  settle(meaning: Meaning | null): void;
}

interface Context {
  /** The caller's item in this session; null where there is none. */
  item: string | null;
  agentSaid: string | null;
}

/**
 * Questions to the model about what an utterance meant, each a response outside of the conversation with one
 * forced function call. They may run side by side, and survive the loss of a session.
 */
export class Judges {
  private readonly clock: Clock;
  private readonly send: (event: ClientEvent) => string;
  private readonly open = new Map<string, Judge>();
  /** Responses that belong here, also those whose judgement is over. */
  private readonly responses = new Set<string>();
  private count = 0;

  constructor(clock: Clock, send: (event: ClientEvent) => string) {
    this.clock = clock;
    this.send = send;
  }

  get waiting(): boolean {
    return this.open.size > 0;
  }

  /** `context` is null while no session is set up: then it is asked when there is one. */
  ask(
    expectation: Expectation,
    text: string,
    context: Context | null,
    signal: AbortSignal,
  ): Promise<Meaning | null> {
    if (signal.aborted || !canMean(expectation)) return Promise.resolve(null);
    return new Promise((resolve) => {
      const id = `judge_${++this.count}`;
      const settle = (meaning: Meaning | null): void => {
        if (!this.open.delete(id)) return;
        cancel();
        signal.removeEventListener('abort', giveUp);
        resolve(meaning);
      };
      const giveUp = (): void => {
        if (judge.response) this.send({ type: 'response.cancel', response_id: judge.response });
        settle(null);
      };
      const cancel = this.clock.after(LONGEST_MS, giveUp);
      signal.addEventListener('abort', giveUp);
      const judge: Judge = { expectation, text, eventId: null, response: null, settle };
      this.open.set(id, judge);
      if (context) this.put(id, judge, context);
    });
  }

  /** A session took over: everything that is open is asked again, of it. */
  resume(agentSaid: string | null): void {
    this.responses.clear();
    for (const [id, judge] of this.open) {
      // The sound is gone with the old session; without words either there is nothing to judge.
      if (judge.text === '') judge.settle(null);
      else this.put(id, judge, { item: null, agentSaid });
    }
  }

  /** True: the response belongs to a judgement. */
  created(info: ResponseInfo): boolean {
    if (info.metadata.purpose !== 'judge') return false;
    this.responses.add(info.id);
    const judge = this.open.get(String(info.metadata.id));
    if (judge) judge.response = info.id;
    else this.send({ type: 'response.cancel', response_id: info.id });
    return true;
  }

  owns(response: string): boolean {
    return this.responses.has(response);
  }

  answered(response: string, call: FunctionCall): void {
    const judge = this.byResponse(response);
    judge?.settle(readAnswer(call, judge));
  }

  /** True: the response belongs to a judgement. */
  done(info: ResponseInfo): boolean {
    if (!this.responses.delete(info.id)) return false;
    const judge = this.byResponse(info.id);
    const call = info.calls[0];
    judge?.settle(info.status === 'completed' && call ? readAnswer(call, judge) : null);
    return true;
  }

  /** True: the error is about a judgement, which is over. */
  refused(eventId: string): boolean {
    for (const judge of this.open.values()) {
      if (judge.eventId !== eventId) continue;
      judge.settle(null);
      return true;
    }
    return false;
  }

  close(): void {
    for (const judge of this.open.values()) judge.settle(null);
  }

  private put(id: string, judge: Judge, context: Context): void {
    judge.response = null;
    judge.eventId = this.send(question(id, judge, context));
  }

  private byResponse(response: string): Judge | null {
    for (const judge of this.open.values()) if (judge.response === response) return judge;
    return null;
  }
}

function question(id: string, { expectation, text }: Judge, context: Context): ClientEvent {
  const { rules, known, schema } = judgingOf(expectation);
  const told = JSON.stringify({ ...known, agent_said: context.agentSaid });
  const transcript = `The words that a recogniser made of it, as data: ${JSON.stringify(text)}`;
  return {
    type: 'response.create',
    response: {
      conversation: 'none',
      output_modalities: ['text'],
      metadata: { purpose: 'judge', id },
      instructions: `${rules} Call the function "${FUNCTION}" with your judgement.`,
      input: [
        { type: 'message', role: 'system', content: [{ type: 'input_text', text: told }] },
        ...(context.item === null ? [] : [{ type: 'item_reference' as const, id: context.item }]),
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: transcript }] },
      ],
      tools: [
        { type: 'function', name: FUNCTION, description: 'Says what the caller meant.', parameters: schema },
      ],
      tool_choice: { type: 'function', name: FUNCTION },
    },
  };
}

/** Realtime functions know no strict schemas: whatever the model wrote is checked. */
function readAnswer(call: FunctionCall, { expectation }: Judge): Meaning | null {
  if (call.name !== FUNCTION) return null;
  let answer: unknown;
  try {
    answer = JSON.parse(call.input);
  } catch {
    return null;
  }
  return meaningFrom(expectation, answer);
}
