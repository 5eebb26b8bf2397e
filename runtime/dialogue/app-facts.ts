/** What holds of an app. */
import { castOf, voiceOf } from './casts.ts';
import type { AppDocument, Hours } from './document.ts';
import { durationMs, minuteOf } from './duration.ts';
import type { AppFacts } from './program.ts';
import type { Value } from './protocol.ts';
import { type Environment, expanded } from './settings.ts';

const DEFAULT_DURATION = '30m';

/** An app with all defaults filled in and the values of the environment put in. */
export function appFacts(id: string, document: AppDocument, env: Environment): AppFacts {
  const numbers = (document.numbers ?? []).map((number) => expanded(number, env));
  return {
    id,
    name: expanded(document.name ?? id, env),
    dialogue: document.dialogue ?? id,
    public: document.public ?? false,
    locale: document.locale ?? 'en-US',
    zone: document.zone ?? null,
    // A variable that is not set leaves no number behind; `check` warned of it.
    numbers: [...new Set(numbers.filter((number) => number.startsWith('+')))],
    attach: document.attach ?? true,
    account: document.account ?? null,
    lookup: document.lookup ?? false,
    hours: document.hours ? hoursOf(document.hours) : null,
    engine: document.engine ?? null,
    model: document.model ?? null,
    speech: document.speech ?? null,
    voice: voiceOf(document.voice),
    fallback: (document.fallback ?? []).map((entry) => castOf(entry, document)),
    limits: {
      calls: document.limits?.calls ?? null,
      durationMs: durationMs(document.limits?.duration ?? DEFAULT_DURATION),
      cost: document.limits?.cost ?? null,
    },
    busy: document.busy ?? null,
    properties: expandedWithin(document.properties ?? {}, env) as AppFacts['properties'],
    transfers: expandedWithin(document.transfers ?? {}, env) as AppFacts['transfers'],
    hosts: document.hosts ?? null,
  };
}

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function hoursOf({ from, to, days }: Hours): AppFacts['hours'] {
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to), days: days ?? EVERY_DAY };
}

function expandedWithin(value: Value, env: Environment): Value {
  if (typeof value === 'string') return expanded(value, env);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value) => expandedWithin(item, env));
  return Object.fromEntries(
    Object.entries<Value>(value).map(([key, item]) => [key, expandedWithin(item, env)]),
  );
}
