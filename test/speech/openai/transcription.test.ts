import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../../runtime/clock.ts';
import { silentLog, type Log } from '../../../runtime/log.ts';
import type { Ear, EarEvent, EarOptions } from '../../../runtime/speech/ear.ts';
import { openOpenAiEars } from '../../../runtime/speech/openai/ear-kit.ts';
import { checkOrder } from '../../support/ear-checks.ts';
import { hear, quiet, speech } from '../../support/ear-sounds.ts';
import { expecting } from '../../support/expectation.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  startOpenAiTranscription,
  type OpenAiTranscriptionDouble,
  type OpenAiTranscriptionScript,
} from '../../support/openai-transcription.ts';
import { openLines, settle, until } from '../deepgram/support.ts';

interface Hearing {
  ear: Ear;
  vendor: OpenAiTranscriptionDouble;
  events: EarEvent[];
  of<K extends EarEvent['kind']>(kind: K): Extract<EarEvent, { kind: K }>[];
  said(): string[];
}

async function ready(
  script: Partial<OpenAiTranscriptionScript>,
  options: Partial<EarOptions> & { clock?: Clock; log?: Log } = {},
): Promise<Hearing> {
  const { clock = systemClock, log = silentLog, ...more } = options;
  const vendor = await startOpenAiTranscription({ clock, ...script });
  const kit = openOpenAiEars({ apiKey: vendor.apiKey, baseUrl: vendor.baseUrl, clock, log });
  const events: EarEvent[] = [];
  const ear = kit.open({
    sessionId: 's1',
    locale: 'en-US',
    model: null,
    on: (event) => void events.push(event),
    ...more,
  });
  onTestFinished(async () => {
    await kit.close();
    await vendor.close();
    checkOrder(events);
    if (vendor.problems().length > 0) throw new Error(vendor.problems().join('; '));
  });
  const of = <K extends EarEvent['kind']>(kind: K): Extract<EarEvent, { kind: K }>[] =>
    events.filter((event): event is Extract<EarEvent, { kind: K }> => event.kind === kind);
  await until(() => of('ready').length > 0, 'it is ready');
  return { ear, vendor, events, of, said: () => of('said').map((event) => event.text) };
}

const inTurn = (...texts: string[]) => ({ heard: () => texts.shift() ?? '' });

describe("a session of OpenAI's live transcription", () => {
  it('is opened for hearing only, and told its model with the rest', async () => {
    const { vendor } = await ready({}, { locale: 'cs-CZ' });
    expect(vendor.attempts).toEqual([
      { path: '/v1/realtime?intent=transcription', authorization: 'Bearer sk-test-0123456789' },
    ]);
    expect(vendor.sessions[0]!.received).toEqual([
      {
        type: 'session.update',
        event_id: 'offhook_1',
        session: {
          type: 'transcription',
          audio: {
            input: {
              format: { type: 'audio/pcm', rate: 24_000 },
              noise_reduction: { type: 'near_field' },
              transcription: { model: 'gpt-live-transcribe', languages: ['cs'], keywords: [] },
              turn_detection: null,
            },
          },
        },
      },
    ]);
  });

  it('is told one language and no words where the model takes no more', async () => {
    const { ear, vendor } = await ready({}, { model: 'gpt-realtime-whisper' });
    ear.expect(expecting([], [{ name: 'who', type: 'name', hints: ['Acme'] }]), 'normal');
    await settle();
    expect(vendor.sessions[0]!.received).toHaveLength(1);
    expect(vendor.sessions[0]!.config).toMatchObject({
      audio: { input: { transcription: { model: 'gpt-realtime-whisper', language: 'en' } } },
    });
  });

  it('is told of another language and other words as the dialogue goes on, and only then', async () => {
    const { ear, vendor } = await ready({});
    ear.expect(expecting([], [{ name: 'who', type: 'name', hints: ['Acme'] }]), 'normal');
    ear.expect(expecting([], [{ name: 'who', type: 'name', hints: ['Acme'] }]), 'quick');
    ear.expect(null, 'quick');
    ear.expect(expecting([], [], { locale: 'de-DE' }), 'quick');
    await settle();
    const told = vendor.sessions[0]!.received.slice(1).map((event) => event['session']);
    expect(told).toMatchObject([
      { audio: { input: { transcription: { languages: ['en'], keywords: ['Acme'] } } } },
      { audio: { input: { transcription: { languages: ['de'], keywords: [] } } } },
    ]);
    expect(told).toHaveLength(2);
  });

  it('hears utterances and nothing else, each from just before its first sound', async () => {
    const { ear, vendor, said } = await ready(inTurn('yes', 'a table'));
    await hear(ear, quiet(5_000), speech(600), quiet(5_000), speech(1_000), quiet(1_500));
    await until(() => said().length === 2, 'both are said');
    const ms = vendor.sessions[0]!.items.map((item) => item.length / 48);
    // The lead, less what the detector took to be sure; the utterance; the pause that ended it.
    for (const [i, spokenMs] of [600, 1_000].entries()) {
      expect(ms[i]).toBeGreaterThan(300 + spokenMs + 500);
      expect(ms[i]).toBeLessThan(400 + spokenMs + 600);
    }
  });

  it('has told words before the caller has finished, and what is likely all of them', async () => {
    const { ear, events, said } = await ready(inTurn('a table for two'));
    await hear(ear, quiet(300), speech(1_200), quiet(1_000));
    await until(() => said().length === 1, 'it is said');
    const kinds = events.filter((event) => event.kind !== 'used').map((event) => event.kind);
    expect(kinds.filter((kind, i) => kind !== kinds[i - 1])).toEqual([
      'ready',
      'caller-started',
      'words',
      'likely-done',
      'caller-stopped',
      'said',
    ]);
  });

  it('tells what it took: as the vendor counts it', async () => {
    const { ear, of, said } = await ready(inTurn('yes'));
    await hear(ear, quiet(300), speech(600), quiet(1_000));
    await until(() => said().length === 1, 'it is said');
    const [used] = of('used');
    expect(used!.usage).toMatchObject({ vendor: 'openai', model: 'gpt-live-transcribe' });
    expect(used!.usage.amounts.seconds).toBeGreaterThan(1.4);
    expect(used!.usage.amounts.seconds).toBeLessThan(1.7);
  });
});

describe("when a caller's turn is over for OpenAI's live transcription", () => {
  it.each([
    ['quick', 300],
    ['normal', 550],
    ['patient', 1_100],
  ] as const)('is decided here: %s waits %i ms', async (patience, pauseMs) => {
    const { ear, of, vendor } = await ready(inTurn('yes'));
    ear.expect(expecting([]), patience);
    await hear(ear, quiet(300), speech(600), quiet(pauseMs - 80));
    expect(of('caller-stopped')).toEqual([]);
    await hear(ear, quiet(160));
    expect(of('caller-stopped')).toHaveLength(1);
    await until(() => of('said').length === 1, 'it is said');
    expect(vendor.sessions[0]!.received.at(-1)!['type']).toBe('input_audio_buffer.commit');
  });

  it('is told at once, though the words take their time', async () => {
    const clock = new FakeClock();
    const { ear, of } = await ready({ ...inTurn('yes'), delayMs: () => 1_500, clock }, { clock });
    await hear(ear, quiet(300), speech(600), quiet(800));
    expect(of('caller-stopped')).toHaveLength(1);
    await settle();
    expect(of('said')).toEqual([]);
    await clock.advanceAsync(1_500);
    await until(() => of('said').length === 1, 'it is said');
  });
});

describe('words of OpenAI that are late', () => {
  it('keep their order: what was said later is told later, and begins later', async () => {
    const clock = new FakeClock();
    const delays = [1_000, 0];
    const script = { ...inTurn('first', 'then second'), delayMs: (commit: number) => delays[commit]!, clock };
    const { ear, events, said } = await ready(script, { clock });
    await hear(ear, quiet(300), speech(500), quiet(800), speech(800), quiet(800));
    await settle();
    expect(said()).toEqual([]);
    expect(events.filter((event) => event.kind === 'caller-started')).toHaveLength(1);
    await clock.advanceAsync(1_000);
    await until(() => said().length === 2, 'both are said');
    expect(said()).toEqual(['first', 'then second']);
  });

  it('are those that came so far after three seconds', async () => {
    const clock = new FakeClock();
    const { ear, of, said } = await ready({ ...inTurn('a table'), delayMs: () => 60_000, clock }, { clock });
    await hear(ear, quiet(300), speech(900), quiet(800));
    await clock.advanceAsync(2_999);
    expect(said()).toEqual([]);
    await clock.advanceAsync(1);
    await until(() => said().length === 1, 'it is said');
    expect(said()).toEqual(['a table']);
    expect(of('failed')).toEqual([]);
  });

  it('are those that came so far where the vendor fails to write them down', async () => {
    const { ear, said, of } = await ready({ ...inTurn('a table', 'yes'), fails: (commit) => commit === 0 });
    await hear(ear, quiet(300), speech(900), quiet(1_000), speech(500), quiet(1_000));
    await until(() => said().length === 2, 'both are said');
    expect(said()).toEqual(['a table', 'yes']);
    expect(of('failed')).toEqual([]);
  });

  it('are not understood where the vendor fails before any came', async () => {
    const { ear, said, of } = await ready({ ...inTurn(''), fails: () => true });
    await hear(ear, quiet(300), speech(500), quiet(1_000));
    await until(() => said().length === 1, 'it is said');
    expect(said()).toEqual(['…']);
    expect(of('failed')).toEqual([]);
  });

  it('mean a dead vendor where none come at all', async () => {
    const clock = new FakeClock();
    const { ear, vendor, of, said } = await ready({ ...inTurn('yes', 'yes'), deaf: true, clock }, { clock });
    await hear(ear, quiet(300), speech(900), quiet(800));
    vendor.script.deaf = false;
    await clock.advanceAsync(3_000);
    await until(() => of('ready').length === 2, 'it is ready again');
    await until(() => said().length === 1, 'it is said');
    expect(of('failed')).toEqual([
      {
        kind: 'failed',
        code: 'openai-timeout',
        message: 'OpenAI gave no words of what was said within 3000 ms.',
        recovering: true,
      },
    ]);
    expect(said()).toEqual(['yes']);
  });
});

describe('a session of live transcription that is lost', () => {
  it('is replaced, and hears again all that was not written down: what was over, and what is not', async () => {
    const clock = new FakeClock();
    const script = { ...inTurn('first', 'then', 'first', 'then second'), delayMs: () => 60_000, clock };
    const { ear, vendor, said, of } = await ready(script, { clock });
    await hear(ear, quiet(300), speech(500), quiet(800), speech(300));
    await settle();
    vendor.script.delayMs = () => 0;
    vendor.sessions[0]!.die();
    await until(() => of('failed').length === 1, 'it is lost');
    await hear(ear, speech(500), quiet(800));
    await clock.advanceAsync(10);
    await until(() => said().length === 2, 'both are said');
    expect(said()).toEqual(['first', 'then second']);
    expect(vendor.sessions[1]!.items).toHaveLength(2);
  });

  it('is replaced before it expires, between two utterances and without a word', async () => {
    const clock = new FakeClock();
    const { ear, vendor, said, events } = await ready({ ...inTurn('yes', 'no'), clock }, { clock });
    for (let minute = 0; minute < 50; minute++) {
      for (let second = 0; second < 60; second += 3) await clock.advanceAsync(3_000);
    }
    await until(() => vendor.sessions.length === 2, 'there is another session');
    await settle();
    await hear(ear, quiet(300), speech(500), quiet(800));
    await until(() => said().length === 1, 'it is said');
    expect(events.filter((event) => event.kind === 'ready' || event.kind === 'failed')).toHaveLength(1);
    await until(() => vendor.open() === 1, 'the old one is closed');
  });
});

describe('the log of live transcription', () => {
  it('holds nothing of what was said or expected', async () => {
    const { log, lines } = openLines();
    const { ear, vendor, of } = await ready({ ...inTurn('my pin is secret'), fails: () => true }, { log });
    ear.expect(
      expecting([], [{ name: 'pin', type: 'digits', hints: ['Hush'] }], { sensitive: true }),
      'quick',
    );
    await hear(ear, quiet(300), speech(900), quiet(1_000));
    await until(() => of('said').length === 1, 'it is said');
    vendor.sessions[0]!.send('error', { error: { type: 'x', code: 'odd', message: 'Hush is no keyword.' } });
    await settle();
    vendor.sessions[0]!.die();
    await until(() => of('ready').length === 2, 'it is ready again');
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.join('')).not.toMatch(/Hush|secret|pin|sk-test/);
  });
});
