import { onTestFinished } from 'vitest';
import { pino } from 'pino';
import { systemClock, type Clock } from '../../../runtime/clock.ts';
import { silentLog, type Log } from '../../../runtime/log.ts';
import { openDeepgramEars } from '../../../runtime/speech/deepgram/ear-kit.ts';
import type { Ear, EarEvent, EarOptions } from '../../../runtime/speech/ear.ts';
import { startDeepgram, type DeepgramDouble, type DeepgramScript } from '../../support/deepgram.ts';
import { checkOrder } from '../../support/ear-checks.ts';

export interface Hearing {
  ear: Ear;
  vendor: DeepgramDouble;
  events: EarEvent[];
  of<K extends EarEvent['kind']>(kind: K): Extract<EarEvent, { kind: K }>[];
  /** What was told, in short, without usage. */
  told(): string[];
}

/** A vendor, and one ear on it. When the test is over both are closed, what was told was in order, and nothing odd was sent. */
export async function openEar(
  script: Partial<DeepgramScript>,
  options: Partial<EarOptions> & { clock?: Clock; log?: Log },
): Promise<Hearing> {
  const { clock = systemClock, log = silentLog, ...more } = options;
  const vendor = await startDeepgram({ clock, ...script });
  const kit = openDeepgramEars({ apiKey: vendor.apiKey, baseUrl: vendor.baseUrl, clock, log });
  const events: EarEvent[] = [];
  const ear = kit.open({
    sessionId: 's1',
    locale: 'en-US',
    model: null,
    on: (event) => void events.push(event),
    ...more,
  });
  onTestFinished(async () => {
    ear.close();
    await vendor.close();
    checkOrder(events);
    if (vendor.problems().length > 0) throw new Error(vendor.problems().join('; '));
  });
  return {
    ear,
    vendor,
    events,
    of: <K extends EarEvent['kind']>(kind: K) =>
      events.filter((event): event is Extract<EarEvent, { kind: K }> => event.kind === kind),
    told: () => events.filter((event) => event.kind !== 'used').map(inShort),
  };
}

function inShort(event: EarEvent): string {
  if (event.kind === 'failed') return `${event.code}${event.recovering ? ', recovering' : ''}`;
  return 'text' in event ? `${event.kind} "${event.text}"` : event.kind;
}

/** A log whose lines can be looked at. */
export function openLines(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { lines, log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }) };
}

/** Waits for what sockets bring; real time, as short as possible. */
export async function until(isSo: () => boolean, what: string, limitMs = 4_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain: ${what}.`);
    await settle(2);
  }
}

/** Lets everything that is under way over local sockets arrive. */
export async function settle(ms = 30): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
