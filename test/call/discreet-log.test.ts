import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { discreet } from '../../runtime/call/discreet-log.ts';

function noting(): { log: ReturnType<typeof discreet>; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log: discreet(log, (text) => text.replaceAll('4111', '…')), lines };
}

describe('a log that keeps secrets', () => {
  it('hides them in the message, in fields however deep, and in numbers', () => {
    const { log, lines } = noting();
    log.warn({ problem: 'card 4111', deep: { list: ['4111', 4111, 5] }, count: 3 }, 'for %s', '4111');
    expect(lines[0]).toMatchObject({
      level: 40,
      msg: 'for …',
      problem: 'card …',
      deep: { list: ['…', '…', 5] },
      count: 3,
    });
  });

  it('hides them in an error, its stack and its cause', () => {
    const { log, lines } = noting();
    const cause = new Error('4111 is blocked');
    const err = Object.assign(new Error('no 4111', { cause }), { code: 'x', detail: { card: '4111' } });
    log.error({ err }, 'the call broke');
    expect(JSON.stringify(lines)).not.toContain('4111');
    expect(lines[0]).toMatchObject({ err: { message: 'no …: … is blocked', type: 'Error', code: 'x' } });
  });

  it('keeps them in what is made of it too, and says whatever else is said as it is', () => {
    const { log, lines } = noting();
    log.child({ session: 's1' }).info('4111 is known');
    log.debug({ session: null, ok: true }, 'fine');
    expect(lines).toMatchObject([
      { session: 's1', msg: '… is known' },
      { session: null, ok: true, msg: 'fine' },
    ]);
    expect(log.level).toBe('debug');
    expect(log.isLevelEnabled('trace')).toBe(false);
  });
});
