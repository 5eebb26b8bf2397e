/** What an operator counts, in Prometheus' words. One registry for each process object that asks for one. */
import type { Usage } from './speech/usage.ts';
import type { Timings } from './store/store.ts';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Values that one label may take; whatever comes after them is counted as `other`. */
const MOST_VALUES = 200;

export interface Metrics {
  callStarted(app: string, direction: 'inbound' | 'outbound'): void;
  /** `reason` is the session's end reason, or what else became of the call. */
  callEnded(app: string, direction: 'inbound' | 'outbound', reason: string): void;
  /** Where the time from the end of the caller's speech to the first frame of the answer went. */
  turnTook(timings: Timings): void;
  /** A vendor was used. */
  used(usage: Usage): void;
  bargeIn(): void;
  toolCall(tool: string, outcome: 'returned' | 'failed'): void;
  speechFailure(code: string): void;
  /** A call goes on with another engine. */
  handedOver(from: string, to: string): void;
  storeWrite(seconds: number): void;
  /** Everything there is to tell, in Prometheus' text format. */
  expose(): Promise<{ type: string; text: string }>;
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const calls = new Counter({
    name: 'offhook_calls_total',
    help: 'Calls that are over.',
    labelNames: ['app', 'direction', 'end_reason'],
    registers,
  });
  const active = new Gauge({
    name: 'offhook_calls_active',
    help: 'Calls that are running.',
    labelNames: ['app', 'direction'],
    registers,
  });
  const latency = new Histogram({
    name: 'offhook_turn_latency_seconds',
    help: "From the end of the caller's speech to the first audio of the answer.",
    buckets: [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10],
    registers,
  });
  const steps = new Histogram({
    name: 'offhook_turn_step_seconds',
    help: "From the end of the caller's speech until the meaning, the model's first token, the first audio.",
    labelNames: ['until'],
    buckets: [0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5],
    registers,
  });
  const usage = new Counter({
    name: 'offhook_vendor_usage_total',
    help: 'What vendors were used for: tokens, seconds of audio, characters.',
    labelNames: ['vendor', 'model', 'unit'],
    registers,
  });
  const bargeIns = new Counter({
    name: 'offhook_barge_ins_total',
    help: 'Times a caller interrupted.',
    registers,
  });
  const tools = new Counter({
    name: 'offhook_tool_calls_total',
    help: 'Tool calls that are over.',
    labelNames: ['tool', 'outcome'],
    registers,
  });
  const speech = new Counter({
    name: 'offhook_speech_failures_total',
    help: 'Times the speech of a call failed.',
    labelNames: ['code'],
    registers,
  });
  const handOvers = new Counter({
    name: 'offhook_hand_overs_total',
    help: 'Times a call went on with another engine.',
    labelNames: ['from', 'to'],
    registers,
  });
  const writes = new Histogram({
    name: 'offhook_store_write_seconds',
    help: 'Handing a step to the store until it is kept.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });

  const app = bounded();
  const reason = bounded();
  const tool = bounded();
  const code = bounded();
  const model = bounded();
  return {
    callStarted: (name, direction) => active.inc({ app: app(name), direction }),
    callEnded(name, direction, why) {
      active.dec({ app: app(name), direction });
      calls.inc({ app: app(name), direction, end_reason: reason(why) });
    },
    turnTook({ meaning, firstToken, firstAudio, firstFrame }) {
      if (firstFrame !== null) latency.observe(firstFrame / 1000);
      for (const [name, ms] of Object.entries({ meaning, firstToken, firstAudio })) {
        if (ms !== null) steps.observe({ until: name }, ms / 1000);
      }
    },
    used({ vendor, model: name, amounts }) {
      for (const [unit, amount] of Object.entries(amounts)) {
        usage.inc({ vendor, model: model(name), unit }, amount);
      }
    },
    bargeIn: () => bargeIns.inc(),
    toolCall: (name, outcome) => tools.inc({ tool: tool(name), outcome }),
    speechFailure: (what) => speech.inc({ code: code(what) }),
    handedOver: (from, to) => handOvers.inc({ from, to }),
    storeWrite: (seconds) => writes.observe(seconds),
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** Every value of a label is a series that is kept for good, so there must be an end to them. */
function bounded(): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.size < MOST_VALUES) seen.add(value);
    return seen.has(value) ? value : 'other';
  };
}
