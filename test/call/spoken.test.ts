import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sounds } from '../../runtime/call/sounds.ts';
import { Spoken } from '../../runtime/call/spoken.ts';
import type { Expectation, Interrupt, Turn } from '../../runtime/dialogue/protocol.ts';
import type { ChannelEvent } from '../../runtime/line/line.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { openPrompts } from '../../runtime/speech/prompts.ts';
import { RenderedStream } from '../../runtime/speech/rendered-stream.ts';
import type { Speech, SpeechEvent, Voice } from '../../runtime/speech/speech.ts';
import { tonesOf } from '../../runtime/tones.ts';
import { writeWav } from '../../runtime/wav.ts';
import { FakeClock } from '../support/fake-clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-spoken-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TURN: Turn = { interrupt: 'speech', patience: 'normal', words: 1 };

const expectation = (sensitive: boolean): Expectation => ({
  id: 'e1',
  locale: 'en-US',
  choices: [],
  slots: [],
  now: 0,
  zone: 'UTC',
  sensitive,
});

/** A second of speech for every text. */
const voice: Voice = {
  id: 'test',
  render: () => Promise.resolve(new Uint8Array(8_000)),
  stream: (locale, on) => new RenderedStream(voice, locale, on),
  close: () => Promise.resolve(),
};

function setUp(): {
  spoken: Spoken;
  events: ChannelEvent[];
  /** What was sent to the far end. */
  sent: Buffer[];
  /** What the model was told, and when it was told to forget. */
  told: string[];
  speech(event: SpeechEvent): void;
  /** So much of what was sent is heard. */
  pass(ms: number): Promise<void>;
  fates(): string[];
} {
  const clock = new FakeClock();
  const events: ChannelEvent[] = [];
  const sent: Buffer[] = [];
  const told: string[] = [];
  const marks: { name: string; atMs: number }[] = [];
  let sentMs = 0;
  let heardMs = 0;
  const holder: { hear?: (event: SpeechEvent) => void } = {};
  const speech: Speech = {
    judges: true,
    converses: true,
    hear: () => undefined,
    caption: () => undefined,
    expect: () => undefined,
    forget: () => told.push('forget'),
    note: ({ role, text }) => told.push(`${role}: ${text}`),
    judge: () => Promise.resolve(null),
    converse: (talk) => told.push(talk ? 'converse' : 'no more'),
    respond: () => undefined,
    reply: () => told.push('reply'),
    heardOnly: (item, ms, text) => told.push(`heard of ${item} ${ms} ms: ${text}`),
    close: () => undefined,
  };
  const spoken: Spoken = new Spoken(
    {
      line: {
        play(payload) {
          sent.push(Buffer.from(payload, 'base64'));
          sentMs += sent.at(-1)!.length / 8;
        },
        mark: (name) => marks.push({ name, atMs: sentMs }),
        clear: () => undefined,
        close: () => undefined,
      },
      open(hear) {
        holder.hear = hear;
        return speech;
      },
      prompts: openPrompts({ folder: null, memoryBytes: 1e6, log: silentLog, clock }),
      voice,
      fallback: voice,
      sounds: new Sounds(),
      locale: 'en-US',
      clock,
      log: silentLog,
      metrics: openMetrics(),
    },
    (event) => events.push(event),
  );
  return {
    spoken,
    events,
    sent,
    told,
    speech: (event) => holder.hear!(event),
    async pass(ms) {
      await clock.advanceAsync(ms);
      heardMs += ms;
      for (const { name } of marks.filter((mark) => mark.atMs <= heardMs))
        spoken.fromLine({ kind: 'mark', name });
    },
    fates: () =>
      events.flatMap((event) => {
        if (event.kind === 'heard') return [`heard ${event.utterance}`];
        return event.kind === 'interrupted' ? [`cut ${event.utterance}: ${event.heardText}`] : [];
      }),
  };
}

const play = (file: string, interrupt: Interrupt = 'speech') =>
  ({ kind: 'play', id: 'u1', file, interrupt, words: 1, state: null }) as const;

/** Files are read in real time. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 400) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a file that is played', () => {
  it('is heard to its end, in its turn, and told to the model', async () => {
    const { spoken, sent, told, pass, fates } = setUp();
    const path = join(folder, 'jingle.wav');
    const audio = new Uint8Array(4_000).fill(0x30);
    writeFileSync(path, writeWav(audio));
    spoken.play(play(path), '[jingle.wav]');
    spoken.press({ kind: 'press', id: 'u2', keys: '1', state: null }, '[keys 1]');
    await until(() => sent.length > 0);
    await pass(500);
    expect(Buffer.concat(sent)).toEqual(Buffer.concat([audio, tonesOf('1')]));
    await pass(200);
    expect(fates()).toEqual(['heard u1', 'heard u2']);
    expect(told).toEqual(['agent: [jingle.wav]', 'agent: [keys 1]']);
  });

  it('can be interrupted, and half of it is called by its name', async () => {
    const { spoken, sent, speech, pass, fates } = setUp();
    const path = join(folder, 'a long jingle.wav');
    writeFileSync(path, writeWav(new Uint8Array(8_000)));
    spoken.play(play(path), '[a long jingle.wav]');
    spoken.play({ ...play(path), id: 'u2' }, '[a long jingle.wav]');
    await until(() => sent.length > 1);
    await pass(400);
    speech({ kind: 'caller-started' });
    expect(fates()).toEqual(['cut u1: [a long jingle.wav]', 'cut u2: ']);
  });

  it('that is gone is left out, and the call goes on', async () => {
    const { spoken, sent, fates } = setUp();
    spoken.play(play(join(folder, 'gone.wav')), '[gone.wav]');
    spoken.press({ kind: 'press', id: 'u2', keys: '12', state: null }, '[keys 1 2]');
    await until(() => sent.length > 0);
    expect(fates()).toEqual(['cut u1: ']);
    expect(Buffer.concat(sent)).toEqual(tonesOf('12'));
  });
});

describe('keys that are pressed', () => {
  it('are not interrupted, by nothing', async () => {
    const { spoken, speech, pass, fates } = setUp();
    spoken.press({ kind: 'press', id: 'u1', keys: '123', state: null }, '[keys 1 2 3]');
    await pass(100);
    speech({ kind: 'caller-started' });
    spoken.fromLine({ kind: 'key', key: '1' });
    expect(fates()).toEqual([]);
    await pass(440);
    expect(fates()).toEqual(['heard u1']);
  });

  it('that are none are left out, and the call goes on', () => {
    const { spoken, sent, fates } = setUp();
    spoken.press({ kind: 'press', id: 'u1', keys: 'x', state: null }, '[keys x]');
    expect(sent).toEqual([]);
    expect(fates()).toEqual(['cut u1: ']);
  });
});

describe('what is sensitive', () => {
  it('is told to no model: not the keys, not what is said', async () => {
    const { spoken, told, pass, fates } = setUp();
    const listen = (sensitive: boolean): void =>
      spoken.listen({ kind: 'listen', expectation: expectation(sensitive), turn: TURN });
    listen(false);
    spoken.fromLine({ kind: 'key', key: '1' });
    listen(true);
    spoken.fromLine({ kind: 'key', key: '4' });
    spoken.say({
      kind: 'say',
      id: 'u1',
      text: 'I heard 4 1 1 1.',
      masked: 'I heard ….',
      interrupt: 'speech',
      words: 1,
      state: null,
    });
    await pass(0);
    await pass(1_000);
    expect(fates()).toEqual(['heard u1']);
    spoken.forget();
    listen(false);
    spoken.fromLine({ kind: 'key', key: '2' });
    expect(told).toEqual([
      'caller: (pressed the key 1)',
      'agent: I heard ….',
      'forget',
      'caller: (pressed the key 2)',
    ]);
  });
});

describe('keys that come before their question', () => {
  it('are told to no model: they may be of anything', () => {
    const { spoken, told } = setUp();
    const key = (digit: string): void => spoken.fromLine({ kind: 'key', key: digit });
    key('1');
    spoken.listen({ kind: 'listen', expectation: expectation(false), turn: TURN });
    spoken.settled(true);
    key('2');
    // A tool is at work now, and then the next question is asked.
    spoken.settled(false);
    key('3');
    spoken.listen({ kind: 'listen', expectation: expectation(false), turn: TURN });
    key('4');
    expect(told).toEqual(['caller: (pressed the key 2)', 'caller: (pressed the key 4)']);
  });
});

describe('a talk that is left while the model is speaking', () => {
  it('keeps of its words only what the audio could hold', async () => {
    const { spoken, told, speech, pass, fates, events } = setUp();
    spoken.converse({
      kind: 'converse',
      id: 't1',
      instructions: 'Talk.',
      dialogue: 'test',
      offers: [],
      expectation: expectation(false),
      answerNow: true,
      turn: TURN,
      state: null,
    });
    speech({
      kind: 'words',
      item: 'i1',
      text: 'We have soup and bread, and cheese from the farm next door.',
    });
    speech({ kind: 'audio', item: 'i1', payload: Buffer.alloc(8_000).toString('base64') });
    await pass(300);
    spoken.hangUp();
    speech({ kind: 'audio', item: 'i1', payload: Buffer.alloc(8_000).toString('base64') });
    await pass(700);
    expect(fates()).toEqual(['cut i1: We have soup and']);
    expect(told).toEqual(['converse', 'no more', 'heard of i1 1000 ms: We have soup and']);
    expect(events.filter((event) => event.kind === 'model-says' && event.complete)).toEqual([]);
  });
});

describe('where it takes two words to interrupt', () => {
  const words: Turn = { ...TURN, words: 2 };
  const talk = {
    kind: 'converse',
    id: 't1',
    instructions: 'Talk.',
    dialogue: 'test',
    offers: [],
    expectation: expectation(false),
    answerNow: true,
    state: null,
  } as const;

  /** A model that is speaking, a second of it already sent. */
  async function talking(turn: Turn): Promise<ReturnType<typeof setUp>> {
    const call = setUp();
    call.spoken.converse({ ...talk, turn });
    call.speech({ kind: 'words', item: 'i1', text: 'We have soup and bread.' });
    call.speech({ kind: 'audio', item: 'i1', payload: Buffer.alloc(8_000).toString('base64') });
    await call.pass(300);
    call.told.length = 0;
    call.events.length = 0;
    return call;
  }
  const says = ({ speech }: ReturnType<typeof setUp>, text: string): void => {
    speech({ kind: 'caller-started' });
    speech({ kind: 'caller-stopped' });
    speech({ kind: 'caller-said', text });
  };

  it('a hum neither stops a model that talks nor is answered by it', async () => {
    const call = await talking(words);
    says(call, 'mhm');
    expect([call.fates(), call.told]).toEqual([[], []]);
    expect(call.events.slice(1)).toEqual([
      { kind: 'caller-finished', startedAt: expect.any(Number), aside: true },
      { kind: 'spoke', text: 'mhm', answered: false, cut: false, aside: true },
    ]);
  });

  it('two words stop it, though they are known late, and are answered', async () => {
    const call = await talking(words);
    says(call, 'no, wait');
    expect(call.fates()).toEqual(['cut i1: We']);
    expect(call.told).toEqual(['heard of i1 300 ms: We', 'reply']);
    expect(call.events.at(-1)).toEqual({ kind: 'spoke', text: 'no, wait', answered: true, cut: true });
  });

  it('two words stop it as soon as they are known, and are answered when the caller has stopped', async () => {
    const call = await talking(words);
    call.speech({ kind: 'caller-started' });
    call.speech({ kind: 'caller-words', text: 'no' });
    expect(call.fates()).toEqual([]);
    call.speech({ kind: 'caller-words', text: 'no wait' });
    expect(call.fates()).toEqual(['cut i1: We']);
    call.speech({ kind: 'caller-stopped' });
    call.speech({ kind: 'caller-said', text: 'no wait' });
    expect(call.told).toEqual(['heard of i1 300 ms: We', 'reply']);
  });

  it('what is said when the model is silent is answered once, before its words are known', async () => {
    const call = setUp();
    call.spoken.converse({ ...talk, turn: words });
    call.told.length = 0;
    call.speech({ kind: 'caller-started' });
    call.speech({ kind: 'caller-stopped' });
    expect(call.told).toEqual(['reply']);
    call.speech({ kind: 'caller-said', text: 'soup' });
    expect(call.told).toEqual(['reply']);
  });

  it('an answer that is said aside may end what is being said', async () => {
    const call = await talking(words);
    says(call, 'yes');
    call.spoken.giveWay();
    expect(call.fates()).toEqual(['cut i1: We']);
  });

  it('with one word nothing of this is so: a hum interrupts, and the model answers by itself', async () => {
    const call = await talking(TURN);
    says(call, 'mhm');
    expect(call.fates()).toEqual(['cut i1: We']);
    expect(call.told).toEqual(['heard of i1 300 ms: We']);
    expect(call.events).toContainEqual({ kind: 'spoke', text: 'mhm', answered: true, cut: true });
  });
});
