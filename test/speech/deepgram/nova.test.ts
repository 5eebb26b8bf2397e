import { describe, expect, it } from 'vitest';
import { expecting } from '../../support/expectation.ts';
import { hear, quiet, speech } from '../../support/ear-sounds.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { frames } from '../embedded/sound.ts';
import { openEar, openLines, settle, until, type Hearing } from './support.ts';

const NOVA = { model: 'nova-3' };

async function ready(...[script, options]: Parameters<typeof openEar>): Promise<Hearing> {
  const hearing = await openEar(script, { ...NOVA, ...options });
  await until(() => hearing.of('ready').length > 0, 'it is ready');
  return hearing;
}

/** As Deepgram writes it. */
function results(
  from: number,
  to: number,
  text: string,
  flags: { final?: boolean; speech?: boolean } = {},
): object {
  return {
    type: 'Results',
    channel_index: [0, 1],
    start: from,
    duration: to - from,
    is_final: flags.final ?? false,
    speech_final: flags.speech ?? false,
    from_finalize: false,
    channel: { alternatives: [{ transcript: text, confidence: 0.98, words: [] }] },
    metadata: { request_id: 'r', model_uuid: 'u', model_info: { name: 'n', version: 'v', arch: 'nova-3' } },
  };
}

/** The double does nothing of its own: the test speaks for it. */
async function recorded(
  options: Parameters<typeof openEar>[1] = {},
): Promise<Hearing & { say(...messages: object[]): Promise<void> }> {
  const hearing = await ready({ deaf: true }, options);
  return {
    ...hearing,
    async say(...messages) {
      for (const message of messages) hearing.vendor.sessions.at(-1)!.sendRaw(JSON.stringify(message));
      await settle();
    },
  };
}

describe('the stream of Nova', () => {
  it('is asked for with everything that a telephone call needs', async () => {
    const { vendor } = await ready({}, { locale: 'en-GB' });
    expect(vendor.attempts).toEqual([
      {
        path:
          '/v1/listen?model=nova-3&encoding=mulaw&sample_rate=8000&language=en-GB&interim_results=true' +
          '&endpointing=300&utterance_end_ms=1000&vad_events=true&smart_format=true',
        authorization: 'Token dg-test-0123456789',
      },
    ]);
  });

  it('gets the audio as it is, in order, what came before it was open first', async () => {
    const hearing = await openEar({ hold: () => true }, NOVA);
    const line = frames(speech(1_000));
    for (const frame of line.slice(0, 25)) hearing.ear.hear(frame);
    await until(() => hearing.vendor.attempts.length === 1, 'the connection was asked for');
    hearing.vendor.release();
    await until(() => hearing.of('ready').length === 1, 'it is ready');
    for (const frame of line.slice(25)) hearing.ear.hear(frame);
    await until(() => hearing.vendor.sessions[0]!.audio().length === 8_000, 'all of it has come');
    expect(hearing.vendor.sessions[0]!.audio().toString('base64')).toBe(
      Buffer.concat(line.map((frame) => Buffer.from(frame, 'base64'))).toString('base64'),
    );
  });

  it('loses the oldest audio first where it takes longer than half a minute to open', async () => {
    const clock = new FakeClock();
    const hearing = await openEar({ hold: () => true, clock }, { ...NOVA, clock });
    const line = frames(speech(1_000));
    for (let second = 0; second < 40; second++) for (const frame of line) hearing.ear.hear(frame);
    await until(() => hearing.vendor.attempts.length === 1, 'the connection was asked for');
    hearing.vendor.release();
    await until(() => hearing.of('ready').length === 1, 'it is ready');
    const audio = (): Buffer => hearing.vendor.sessions[0]!.audio();
    await until(() => audio().length >= 240_000, 'what was kept has come');
    const second = Buffer.concat(line.map((frame) => Buffer.from(frame, 'base64')));
    expect(audio().equals(Buffer.concat(Array<Buffer>(30).fill(second)))).toBe(true);
  });

  it('is kept alive while the line sends nothing, and only then', async () => {
    const clock = new FakeClock();
    const { ear, vendor, told } = await ready({}, { clock });
    const [session] = vendor.sessions;
    const line = frames(quiet(20));
    for (let i = 0; i < 600; i++) {
      ear.hear(line[0]!);
      await clock.advanceAsync(20);
    }
    expect(session!.controls).toEqual([]);
    for (let second = 0; second < 60; second++) {
      await clock.advanceAsync(1_000);
      await settle(1);
    }
    expect(session!.controls.length).toBeGreaterThanOrEqual(14);
    expect(session!.controls.every((control) => control['type'] === 'KeepAlive')).toBe(true);
    expect(told()).toEqual(['ready']);
  });

  it('is closed as Deepgram wants it', async () => {
    const { ear, vendor } = await ready({}, {});
    ear.close();
    await until(() => vendor.open() === 0, 'the connection is closed');
    expect(vendor.sessions[0]!.controls).toEqual([{ type: 'CloseStream' }]);
  });
});

describe('what Nova hears', () => {
  it('is put together as the documentation says: final segments, and the one that may still change', async () => {
    const { ear, say, told } = await recorded();
    await hear(ear, quiet(3_000));
    await say(
      { type: 'SpeechStarted', channel: [0], timestamp: 0.4 },
      results(0, 1, 'book'),
      results(0, 1.2, 'book a', { final: true }),
      results(1.2, 1.8, 'clean'),
      results(1.2, 2.4, 'cleaning', { final: true, speech: true }),
    );
    ear.expect(null, 'quick');
    await hear(ear, quiet(400));
    expect(told()).toEqual([
      'ready',
      'caller-started',
      'words "book"',
      'words "book a"',
      'words "book a clean"',
      'words "book a cleaning"',
      'likely-done "book a cleaning"',
      'caller-stopped',
      'said "book a cleaning"',
    ]);
  });

  it('is over at once for who is quick, and after a longer pause for who is not', async () => {
    for (const [patience, ms] of [
      ['quick', 0],
      // Rounded up to whole frames.
      ['normal', 260],
      ['patient', 800],
    ] as const) {
      const { ear, say, of } = await recorded();
      ear.expect(expecting([]), patience);
      await hear(ear, quiet(2_000));
      await say(results(0, 2, 'yes', { final: true, speech: true }));
      if (ms > 0) {
        await hear(ear, quiet(ms - 20));
        expect(of('said')).toEqual([]);
        await hear(ear, quiet(20));
      }
      expect(of('said'), patience).toEqual([{ kind: 'said', text: 'yes' }]);
    }
  });

  it('leaves time to who dictates a number', async () => {
    const { ear, say, of } = await recorded();
    ear.expect(expecting([], [{ name: 'phone', type: 'phone', asked: true }]), 'normal');
    await hear(ear, quiet(2_000));
    await say(results(0, 2, '555', { final: true, speech: true }));
    await hear(ear, quiet(830));
    expect(of('said')).toEqual([]);
    await say({ type: 'SpeechStarted', channel: [0], timestamp: 2.82 });
    await hear(ear, quiet(500));
    await say(results(2.8, 3.3, '0142', { final: true, speech: true }));
    await hear(ear, quiet(860));
    expect(of('said')).toEqual([{ kind: 'said', text: '555 0142' }]);
  });

  it('ends by the gap between words where noise hides the silence, and an end that comes too late counts no more', async () => {
    const { ear, say, told } = await recorded();
    ear.expect(null, 'quick');
    await hear(ear, quiet(3_500));
    await say(results(0, 2, 'a table', { final: true }), {
      type: 'UtteranceEnd',
      channel: [0, 1],
      last_word_end: 2,
    });
    const whole = ['ready', 'caller-started', 'words "a table"', 'caller-stopped', 'said "a table"'];
    expect(told()).toEqual(whole);
    await say(
      { type: 'UtteranceEnd', channel: [0, 1], last_word_end: 2 },
      results(2, 3.4, '', { final: true, speech: true }),
    );
    expect(told()).toEqual(whole);
  });

  it('ends by the gap between words with the double, too', async () => {
    const { ear, told } = await ready({ noisy: true, heard: () => 'a table' }, {});
    await hear(ear, quiet(200), speech(600), quiet(1_600));
    await until(() => told().includes('said "a table"'), 'it is said');
    expect(told()).toEqual([
      'ready',
      'caller-started',
      'words "a"',
      'words "a table"',
      'caller-stopped',
      'said "a table"',
    ]);
  });

  it('is nothing where a noise brings no words, also when nobody says that it is over', async () => {
    const { ear, say, told } = await recorded();
    await hear(ear, quiet(4_000));
    await say({ type: 'SpeechStarted', channel: [0], timestamp: 0.5 }, results(0, 2.9, ''));
    expect(told()).toEqual(['ready', 'caller-started']);
    await say(results(2.9, 3.1, ''));
    expect(told()).toEqual(['ready', 'caller-started', 'caller-stopped', 'said ""']);
  });

  it('is told though the vendor forgets to', async () => {
    const { ear, say, told } = await recorded();
    await hear(ear, quiet(1_000));
    await say(results(0, 1, 'hello'));
    await hear(ear, quiet(7_980));
    expect(told().at(-1)).toBe('words "hello"');
    await hear(ear, quiet(20));
    expect(told().at(-1)).toBe('said "hello"');
  });

  it('is not told twice when the vendor corrects what was over already', async () => {
    const { ear, say, of } = await recorded();
    ear.expect(null, 'quick');
    await hear(ear, quiet(3_000));
    await say(
      results(0, 2, 'yes', { final: true, speech: true }),
      results(0, 2, 'Yes.', { final: true, speech: true }),
    );
    expect(of('said')).toEqual([{ kind: 'said', text: 'yes' }]);
  });
});

describe('a stream of Nova that breaks', () => {
  it('is replaced: what was final is kept, and only what came after it is heard again', async () => {
    const texts = ['a table', 'for two', 'for two'];
    const { ear, vendor, told } = await ready({ heard: () => texts.shift() ?? '' }, {});
    ear.expect(null, 'patient');
    await hear(ear, quiet(200), speech(700), quiet(400), speech(500));
    await until(() => told().includes('likely-done "a table"'), 'the first part is final');
    vendor.sessions[0]!.die();
    await until(() => told().includes('deepgram-closed, recovering'), 'it is lost');
    await hear(ear, speech(200), quiet(1_600));
    await until(() => told().includes('said "a table for two"'), 'all of it is said');
    expect(told().filter((one) => one === 'caller-started')).toHaveLength(1);
    // Of 200 + 700 + 300 ms the vendor had heard everything.
    const again = vendor.sessions[1]!.audio().length / 8;
    expect(again).toBeLessThan(400 - 300 + 700 + 1_600 + 100);
  });

  it('says why: its own words, without the key', async () => {
    const { vendor, of } = await ready({}, {});
    vendor.sessions[0]!.close(1011, 'NET-0001 dg-test-0123456789');
    await until(() => of('failed').length === 1, 'it failed');
    expect(of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'deepgram-closed',
        message: 'Deepgram closed the connection (code 1011, NET-0001 [hidden]).',
        recovering: true,
      },
    ]);
    await until(() => of('ready').length === 2, 'it is ready again');
  });

  it('is given up where it takes no more audio', async () => {
    const { ear, vendor, of } = await ready({}, {});
    vendor.sessions[0]!.stall();
    const second = Buffer.alloc(8_000, 0xff).toString('base64');
    // More than what the operating system holds back.
    for (let i = 0; i < 4_000 && of('failed').length === 0; i++) {
      ear.hear(second);
      if (i % 100 === 0) await settle(1);
    }
    expect(of('failed')[0]).toMatchObject({ code: 'deepgram-silent', recovering: true });
  });

  it('has earned another chance when it was well for a minute', async () => {
    const clock = new FakeClock();
    const { vendor, of } = await ready({}, { clock });
    for (const round of [1, 2, 3]) {
      for (let second = 0; second < 60; second += 3) {
        await clock.advanceAsync(3_000);
        await settle(1);
      }
      vendor.sessions.at(-1)!.die();
      await until(() => of('failed').length === round, 'it is lost');
      await clock.advanceAsync(1_000);
      await until(() => of('ready').length === round + 1, 'it is ready again');
    }
    expect(of('failed').every((failure) => failure.recovering)).toBe(true);
  });

  it('does not open within five seconds: that is told, and tried once more', async () => {
    const clock = new FakeClock();
    const { vendor, of } = await openEar({ hold: () => true, clock }, { ...NOVA, clock });
    await until(() => vendor.attempts.length === 1, 'it is asked for');
    await clock.advanceAsync(4_999);
    expect(of('failed')).toEqual([]);
    await clock.advanceAsync(1);
    await until(() => vendor.attempts.length === 2, 'it is asked for again');
    await clock.advanceAsync(5_000);
    expect(of('failed')).toEqual(
      [true, false].map((recovering) => ({
        kind: 'failed',
        code: 'deepgram-timeout',
        message: 'Deepgram did not answer the connection within 5000 ms.',
        recovering,
      })),
    );
    expect(clock.waiting).toBe(0);
  });

  it.each([
    [400, 'deepgram-refused', 1],
    [402, 'deepgram-refused', 1],
    [404, 'deepgram-refused', 1],
    [429, 'deepgram-busy', 2],
    [503, 'deepgram-unavailable', 2],
  ])('is refused with %i: %s, asked for %i times', async (status, code, times) => {
    const { vendor, of } = await openEar({ refuse: () => status }, NOVA);
    await until(() => of('failed').some((failure) => !failure.recovering), 'it is over');
    expect(vendor.attempts).toHaveLength(times);
    expect(of('failed')[0]).toMatchObject({
      code,
      message: `Deepgram refused to listen with model "nova-3" with HTTP ${status}: refused.`,
    });
  });
});

describe('what Nova is told to listen for', () => {
  const named = (...hints: string[]) => expecting([], [{ name: 'who', type: 'name', asked: true, hints }]);

  it('changes with the step, and is sent only when it does', async () => {
    const { ear, vendor } = await ready({}, {});
    ear.expect(named('Acme', 'Jane Roe'), 'normal');
    ear.expect(named('Acme', 'Jane Roe'), 'patient');
    ear.expect(null, 'normal');
    await settle();
    expect(vendor.sessions[0]!.controls).toEqual([{ type: 'Configure', keyterms: ['Acme', 'Jane Roe'] }]);
    ear.expect(expecting([]), 'normal');
    await settle();
    expect(vendor.sessions[0]!.controls.slice(1)).toEqual([{ type: 'Configure', keyterms: [] }]);
  });

  it('is in the address where it is known before, and after a loss', async () => {
    const { ear, vendor, of } = await ready({}, {});
    ear.expect(named('Acme', 'Jane Roe'), 'normal');
    await settle();
    vendor.sessions[0]!.die();
    await until(() => of('ready').length === 2, 'it is ready again');
    expect(vendor.attempts[1]!.path).toMatch(/&keyterm=Acme&keyterm=Jane%20Roe$/);
    await settle();
    expect(vendor.sessions[1]!.controls).toEqual([]);
  });

  it.each(['failure', 'error'] as const)(
    'is not tried again where the host does not know it (%s)',
    async (answer) => {
      const { log, lines } = openLines();
      const { ear, vendor, told } = await ready({ configure: () => answer, heard: () => 'hello' }, { log });
      ear.expect(named('Acme'), 'normal');
      await settle();
      ear.expect(named('Bemco'), 'normal');
      await hear(ear, quiet(200), speech(600), quiet(1_000));
      await until(() => told().includes('said "hello"'), 'it hears on');
      expect(vendor.sessions).toHaveLength(1);
      expect(vendor.sessions[0]!.controls).toEqual([{ type: 'Configure', keyterms: ['Acme'] }]);
      expect(lines).toHaveLength(1);
    },
  );

  it('is not asked for again where the stream died of it', async () => {
    const { ear, vendor, of } = await ready({ configure: () => 'nothing' }, {});
    ear.expect(named('Acme'), 'normal');
    await settle();
    vendor.sessions[0]!.close(1011, 'NET-0000');
    await until(() => of('ready').length === 2, 'it is ready again');
    ear.expect(named('Bemco'), 'normal');
    await settle();
    expect(vendor.attempts[1]!.path).toMatch(/&keyterm=Acme$/);
    expect(vendor.sessions[1]!.controls).toEqual([]);
  });

  it('is nothing for its elders, which know no such thing', async () => {
    const { ear, vendor } = await ready({}, { model: 'nova-2' });
    ear.expect(named('Acme'), 'normal');
    await settle();
    expect(vendor.sessions[0]!.controls).toEqual([]);
  });

  it('leaves no trace in the log, least of all where it is sensitive', async () => {
    const { log, lines } = openLines();
    const { ear, vendor, of } = await ready(
      { configure: () => 'failure', heard: () => 'my pin is secret' },
      { log },
    );
    ear.expect(
      expecting([], [{ name: 'pin', type: 'digits', asked: true, hints: ['Hush'] }], { sensitive: true }),
      'quick',
    );
    await hear(ear, quiet(200), speech(900), quiet(2_000));
    await until(() => of('said').length === 1, 'it is said');
    vendor.sessions[0]!.die();
    await until(() => of('ready').length === 2, 'it is ready again');
    expect(lines.join('')).not.toMatch(/Hush|secret|pin|dg-test/);
  });
});

describe('a caller of another language', () => {
  it('gets another stream when it is asked for, without a word about it', async () => {
    const texts = ['hello', 'dobry den'];
    const { ear, vendor, told } = await ready(
      { heard: () => texts.shift() ?? '' },
      { model: null, locale: 'cs-CZ' },
    );
    expect(vendor.attempts[0]!.path).toMatch(/^\/v1\/listen\?model=nova-3&.*&language=cs&/);
    ear.expect(expecting([], [], { locale: 'pt-BR' }), 'normal');
    await until(() => vendor.sessions.length === 2, 'there is another stream');
    expect(vendor.attempts[1]!.path).toMatch(/&language=pt-BR&/);
    await hear(ear, quiet(200), speech(600), quiet(1_000));
    await until(() => told().includes('said "hello"'), 'it hears');
    expect(told().slice(0, 2)).toEqual(['ready', 'caller-started']);
    await until(() => vendor.open() === 1, 'the old stream is closed');
  });

  it('is heard by another model where this one knows only English', async () => {
    const { ear, vendor } = await openEar({}, {});
    await until(() => vendor.sessions.length === 1, 'there is a stream');
    ear.expect(expecting([], [], { locale: 'cs-CZ' }), 'normal');
    await until(() => vendor.sessions.length === 2, 'there is another stream');
    expect(vendor.attempts[1]!.path).toMatch(/^\/v1\/listen\?model=nova-3&.*&language=cs&/);
    ear.expect(expecting([], [], { locale: 'en-US' }), 'normal');
    await until(() => vendor.sessions.length === 3, 'there is a third stream');
    expect(vendor.attempts[2]!.path).toMatch(/^\/v2\/listen\?model=flux-general-en&/);
  });

  it('is heard to the end first', async () => {
    const { ear, vendor, told, of } = await ready({ heard: () => 'dobry den' }, { locale: 'cs-CZ' });
    await hear(ear, quiet(200), speech(600));
    await until(() => of('caller-started').length === 1, 'the caller speaks');
    ear.expect(expecting([], [], { locale: 'en-US' }), 'normal');
    await settle();
    expect(vendor.attempts).toHaveLength(1);
    await hear(ear, quiet(1_000));
    await until(() => told().includes('said "dobry den"'), 'it is said');
    await until(() => vendor.sessions.length === 2, 'there is another stream');
  });
});

describe('what Nova is used for', () => {
  it('is told by the second, every ten seconds and when something was said', async () => {
    const { ear, of } = await ready({ heard: () => 'hello' }, {});
    await hear(ear, quiet(25_000));
    expect(of('used').map((event) => event.usage)).toEqual([
      { vendor: 'deepgram', model: 'nova-3', amounts: { seconds: 10 } },
      { vendor: 'deepgram', model: 'nova-3', amounts: { seconds: 10 } },
    ]);
    await hear(ear, speech(600), quiet(1_000));
    await until(() => of('said').length === 1, 'it is said');
    const seconds = of('used').map((event) => event.usage.amounts.seconds!);
    expect(seconds).toHaveLength(3);
    expect(seconds[2]).toBeGreaterThan(5.8);
    expect(seconds[2]).toBeLessThan(6.6);
  });
});
