import { describe, expect, it } from 'vitest';
import { hear, quiet, speech } from '../../support/ear-sounds.ts';
import { expecting } from '../../support/expectation.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { frames } from '../embedded/sound.ts';
import { openEar, openLines, settle, until, type Hearing } from './support.ts';

async function ready(...[script, options]: Parameters<typeof openEar>): Promise<Hearing> {
  const hearing = await openEar(script, options);
  await until(() => hearing.of('ready').length > 0, 'it is ready');
  return hearing;
}

let sequence = 0;

/** As Deepgram writes it. */
function turnInfo(event: string, index: number, from: number, to: number, text: string): object {
  return {
    type: 'TurnInfo',
    event,
    request_id: 'r',
    sequence_id: ++sequence,
    turn_index: index,
    audio_window_start: from,
    audio_window_end: to,
    transcript: text,
    words: text === '' ? [] : text.split(' ').map((word) => ({ word, confidence: 0.99 })),
    end_of_turn_confidence: 0.55,
  };
}

/** The double does nothing of its own: the test speaks for it. */
async function recorded(
  options: Parameters<typeof openEar>[1] = {},
): Promise<Hearing & { say(...messages: object[]): Promise<void> }> {
  const hearing = await openEar({ deaf: true }, options);
  const say = async (...messages: object[]): Promise<void> => {
    for (const message of messages) hearing.vendor.sessions.at(-1)!.sendRaw(JSON.stringify(message));
    await settle();
  };
  await until(() => hearing.vendor.sessions.length === 1, 'it is connected');
  await say({ type: 'Connected', request_id: 'r', sequence_id: 0 });
  return { ...hearing, say };
}

describe('the stream of Flux', () => {
  it('is the default for English, with thresholds as patient as the dialogue', async () => {
    const { vendor } = await ready({}, {});
    expect(vendor.attempts).toEqual([
      {
        path:
          '/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000' +
          '&eot_threshold=0.7&eager_eot_threshold=0.5&eot_timeout_ms=5000',
        authorization: 'Token dg-test-0123456789',
      },
    ]);
  });

  it('is told the language where the model knows several, and a new one without a new stream', async () => {
    const { ear, vendor } = await ready({}, { model: 'flux-general-multi', locale: 'es-MX' });
    expect(vendor.attempts[0]!.path).toMatch(/model=flux-general-multi&.*&language_hint=es$/);
    ear.expect(expecting([], [], { locale: 'fr-FR' }), 'normal');
    await settle();
    expect(vendor.attempts).toHaveLength(1);
    expect(vendor.sessions[0]!.controls.at(-1)).toMatchObject({ type: 'Configure', language_hints: ['fr'] });
  });

  it('is not ready before it has greeted, and is given up where it never does', async () => {
    const clock = new FakeClock();
    const { vendor, of } = await openEar({ deaf: true, clock }, { clock });
    await until(() => vendor.sessions.length === 1, 'it is connected');
    await settle();
    expect(of('ready')).toEqual([]);
    await clock.advanceAsync(3_000);
    expect(of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'deepgram-timeout',
        message: 'Deepgram did not begin to listen within 3000 ms.',
        recovering: true,
      },
    ]);
  });

  it('gets 80 ms at a time, in order, and silence where the line sends nothing, for it knows no KeepAlive', async () => {
    const clock = new FakeClock();
    const { ear, vendor } = await ready({ clock }, { clock });
    const [session] = vendor.sessions;
    const line = frames(speech(400));
    for (const frame of line) ear.hear(frame);
    await until(() => session!.audio().length === 3_200, 'the audio has come');
    expect(session!.messages().map((piece) => piece.length)).toEqual([640, 640, 640, 640, 640]);
    for (let i = 0; i < 20; i++) {
      await clock.advanceAsync(500);
      await settle(1);
    }
    const padded = session!.audio().subarray(3_200);
    expect(padded.every((byte) => byte === 0xff)).toBe(true);
    // Ten seconds, give or take the first pause.
    expect(padded.length / 8).toBeGreaterThanOrEqual(9_000);
    expect(padded.length / 8).toBeLessThanOrEqual(11_000);
    expect(session!.controls).toEqual([]);
  });
});

describe('what Flux hears', () => {
  it('is told as the vendor decides it: begun, likely over, taken back, over', async () => {
    const { ear, say, told } = await recorded();
    await hear(ear, quiet(4_000));
    await say(
      turnInfo('Update', 0, 0, 0.25, ''),
      turnInfo('StartOfTurn', 0, 0, 0.9, 'Book'),
      turnInfo('Update', 0, 0, 1.1, 'Book'),
      turnInfo('Update', 0, 0, 1.4, 'Book a cleaning'),
      turnInfo('EagerEndOfTurn', 0, 0, 2.1, 'Book a cleaning'),
      turnInfo('TurnResumed', 0, 0, 2.4, 'Book a cleaning'),
      turnInfo('Update', 0, 0, 2.6, 'Book a cleaning for'),
      turnInfo('EagerEndOfTurn', 0, 0, 3.3, 'Book a cleaning for Tuesday'),
      { ...turnInfo('EndOfTurn', 0, 0, 3.7, 'Book a cleaning for Tuesday'), trigger: 'model' },
    );
    expect(told()).toEqual([
      'ready',
      'caller-started',
      'words "Book"',
      'words "Book a cleaning"',
      'likely-done "Book a cleaning"',
      'goes-on',
      'words "Book a cleaning for"',
      'words "Book a cleaning for Tuesday"',
      'likely-done "Book a cleaning for Tuesday"',
      'caller-stopped',
      'said "Book a cleaning for Tuesday"',
    ]);
  });

  it('is taken back where the end was another than the likely one', async () => {
    const { ear, say, told } = await recorded();
    await hear(ear, quiet(3_000));
    await say(
      turnInfo('StartOfTurn', 0, 0, 0.9, 'For'),
      turnInfo('EagerEndOfTurn', 0, 0, 1.5, 'For two'),
      turnInfo('EndOfTurn', 0, 0, 2, 'For too'),
    );
    expect(told().slice(-5)).toEqual([
      'likely-done "For two"',
      'goes-on',
      'words "For too"',
      'caller-stopped',
      'said "For too"',
    ]);
  });

  it('counts once, whatever comes twice, late or out of turn', async () => {
    const { ear, say, told } = await recorded();
    await hear(ear, quiet(5_000));
    const end = turnInfo('EndOfTurn', 0, 0, 1.5, 'Yes');
    await say(
      turnInfo('TurnResumed', 0, 0, 0.2, ''),
      turnInfo('StartOfTurn', 0, 0, 0.9, 'Yes'),
      turnInfo('StartOfTurn', 0, 0, 0.9, 'Yes'),
      end,
      end,
      turnInfo('Update', 0, 0, 1.6, 'Yes'),
      turnInfo('Nonsense', 1, 1.5, 1.8, 'What'),
      turnInfo('Update', 1, 1.5, 2.6, 'No'),
      turnInfo('EndOfTurn', 1, 1.5, 3, 'No'),
    );
    expect(told().slice(1)).toEqual([
      'caller-started',
      'words "Yes"',
      'caller-stopped',
      'said "Yes"',
      'caller-started',
      'words "No"',
      'caller-stopped',
      'said "No"',
    ]);
  });

  it('has no words where it was a noise', async () => {
    const { ear, say, told } = await recorded();
    await hear(ear, quiet(2_000));
    await say(turnInfo('StartOfTurn', 0, 0, 0.9, ''), turnInfo('EndOfTurn', 0, 0, 1.5, ''));
    expect(told().slice(1)).toEqual(['caller-started', 'caller-stopped', 'said ""']);
  });

  it('ends with an error of the vendor, and begins again', async () => {
    const { say, of } = await recorded();
    await say({ type: 'Error', sequence_id: 1, code: 'INTERNAL_SERVER_ERROR', description: 'Oh no.' });
    expect(of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'deepgram-failed',
        message: 'Deepgram gave up: INTERNAL_SERVER_ERROR: Oh no.',
        recovering: true,
      },
    ]);
  });
});

describe('how Flux is set up', () => {
  const thresholds = {
    quick: { eot_threshold: 0.6, eager_eot_threshold: 0.4, eot_timeout_ms: 3_000 },
    patient: { eot_threshold: 0.8, eager_eot_threshold: 0.6, eot_timeout_ms: 7_000 },
    dictated: { eot_threshold: 0.85, eager_eot_threshold: 0.7, eot_timeout_ms: 8_000 },
  };

  it('follows the dialogue: patience, what is dictated and the words to expect', async () => {
    const { ear, vendor } = await ready({}, {});
    ear.expect(expecting([{ like: ['a table at Chez Panisse'] }]), 'quick');
    await settle();
    ear.expect(expecting([], [{ name: 'phone', type: 'phone', asked: true }]), 'quick');
    await settle();
    ear.expect(expecting([]), 'patient');
    await settle();
    expect(vendor.sessions[0]!.controls).toEqual([
      { type: 'Configure', thresholds: thresholds.quick, keyterms: ['Chez Panisse'] },
      { type: 'Configure', thresholds: thresholds.dictated, keyterms: [] },
      { type: 'Configure', thresholds: thresholds.patient, keyterms: [] },
    ]);
  });

  it('is changed one step at a time, the newest after the last was answered', async () => {
    const { ear, vendor } = await ready({}, {});
    ear.expect(expecting([]), 'quick');
    for (const name of ['Acme', 'Bemco', 'Cadmus'])
      ear.expect(expecting([], [{ name: 'who', type: 'name', hints: [name] }]), 'normal');
    await settle();
    expect(vendor.sessions[0]!.controls.map((control) => control['keyterms'])).toEqual([[], ['Cadmus']]);
  });

  it('stays as it was where a change is refused, which is not asked for again', async () => {
    const { log, lines } = openLines();
    const { ear, vendor, told } = await ready({ configure: () => 'failure', heard: () => 'hello' }, { log });
    ear.expect(expecting([]), 'quick');
    await settle();
    ear.expect(expecting([]), 'quick');
    await hear(ear, quiet(200), speech(600), quiet(1_000));
    await until(() => told().includes('said "hello"'), 'it hears on');
    expect(vendor.sessions[0]!.controls).toHaveLength(1);
    expect(lines).toHaveLength(1);
    vendor.script.configure = () => 'success';
    ear.expect(expecting([]), 'patient');
    await settle();
    expect(vendor.sessions[0]!.controls).toHaveLength(2);
  });

  it('does not wait for an answer for ever', async () => {
    const clock = new FakeClock();
    const { ear, vendor } = await ready({ configure: () => 'nothing', clock }, { clock });
    ear.expect(expecting([]), 'quick');
    await settle();
    vendor.sessions[0]!.forgive();
    ear.expect(expecting([]), 'patient');
    await clock.advanceAsync(4_900);
    await settle();
    expect(vendor.sessions[0]!.controls).toHaveLength(1);
    await clock.advanceAsync(100);
    await settle();
    expect(vendor.sessions[0]!.controls).toHaveLength(2);
  });
});

describe('a stream of Flux that breaks', () => {
  it('is given the whole turn again, and the words stay those of one turn', async () => {
    const texts = ['a table', 'for', 'a table', 'for two'];
    const { ear, vendor, told, of } = await ready({ heard: () => texts.shift() ?? '' }, {});
    await hear(ear, quiet(400), speech(700), quiet(340), speech(300));
    await until(() => of('words').length > 0, 'there are words');
    vendor.sessions[0]!.die();
    await until(() => of('failed').length === 1, 'it is lost');
    await hear(ear, speech(500), quiet(1_000));
    await until(() => of('said').length > 0, 'it is said');
    expect(of('said')).toEqual([{ kind: 'said', text: 'a table for two' }]);
    expect(told().filter((one) => one === 'caller-started')).toHaveLength(1);
    expect(vendor.sessions[1]!.audio().length / 8).toBeGreaterThan(700 + 340 + 300 + 500);
  });

  it('does not say again what was said before it broke', async () => {
    const { ear, vendor, of } = await ready({ heard: () => 'yes' }, {});
    await hear(ear, quiet(400), speech(500), quiet(800));
    await until(() => of('said').length === 1, 'it is said');
    vendor.sessions[0]!.die();
    await until(() => of('ready').length === 2, 'it is ready again');
    await hear(ear, quiet(2_000));
    await settle();
    expect(of('said')).toHaveLength(1);
    expect(of('caller-started')).toHaveLength(1);
  });

  it('goes on from the words that are known where the turn was longer than what is kept', async () => {
    const hearing = await recorded();
    const { ear, vendor, say, of } = hearing;
    await hear(ear, quiet(1_000));
    await say(turnInfo('StartOfTurn', 0, 0, 0.9, 'So'));
    for (let i = 0; i < 4; i++) {
      await hear(ear, quiet(9_000));
      await say(turnInfo('Update', 0, 0, 10 + i * 9, `So ${'blah '.repeat(i + 1)}`));
    }
    vendor.sessions[0]!.die();
    await until(() => vendor.sessions.length === 2, 'there is another stream');
    await say({ type: 'Connected', request_id: 'r', sequence_id: 0 });
    await say(turnInfo('StartOfTurn', 0, 0, 0.9, 'and'), turnInfo('EndOfTurn', 0, 0, 1.5, 'and so on'));
    expect(of('said')).toEqual([{ kind: 'said', text: 'So blah blah blah blah and so on' }]);
    // All that had come was known of already.
    expect(vendor.sessions[1]!.audio()).toHaveLength(0);
    expect(of('caller-started')).toHaveLength(1);
  });

  it('leaves no turn open that the next one does not hear', async () => {
    const texts = ['a table for two', ''];
    const { ear, vendor, of } = await ready({ heard: () => texts.shift() ?? '' }, {});
    await hear(ear, quiet(400), speech(900));
    await until(() => of('words').length > 0, 'there are words');
    const known = of('words').at(-1)!.text;
    vendor.sessions[0]!.die();
    await until(() => of('ready').length === 2, 'it is ready again');
    await hear(ear, quiet(2_400));
    expect(of('said')).toEqual([]);
    await hear(ear, quiet(200));
    expect(of('said')).toEqual([{ kind: 'said', text: known }]);
  });
});
