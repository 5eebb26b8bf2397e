/** What is read out of the server's messages, and what nobody could read. */
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, it, describe, test } from 'vitest';
import { Downward, Upward } from '../../../runtime/speech/gemini/pcm.ts';
import { namedOffers } from '../../../runtime/speech/gemini/setup.ts';
import { readServerMessage, type Counts, type ServerEvent } from '../../../runtime/speech/gemini/wire.ts';
import { openKit, sentence, settle, startVendor, until, frames } from './support.ts';

const read = (message: unknown): { events: ServerEvent[]; problems: string[] } => {
  const problems: string[] = [];
  return { events: readServerMessage(message, (what) => problems.push(what)), problems };
};
const sound = (data: string, mimeType = 'audio/pcm;rate=24000'): unknown => ({
  inlineData: { mimeType, data },
});

describe('a message', () => {
  it('may hold everything at once, and is read in the order in which it counts', () => {
    const { events, problems } = read({
      usageMetadata: { promptTokenCount: 10 },
      goAway: { timeLeft: '9.5s' },
      sessionResumptionUpdate: { newHandle: 'h2', resumable: true },
      toolCall: {
        functionCalls: [
          { id: 'f1', name: 'book', args: { iso: '2026-12-01' } },
          { id: 'f2', name: 'ask' },
        ],
      },
      toolCallCancellation: { ids: ['f0', 7] },
      serverContent: {
        turnComplete: true,
        generationComplete: true,
        outputTranscription: { text: 'Sure, ' },
        inputTranscription: { text: 'tomorrow', finished: true },
        modelTurn: { parts: [{ text: 'Hm', thought: true }, sound('AAAA'), sound('BBBB')] },
      },
    });
    expect(problems).toEqual([]);
    expect(events).toEqual([
      { kind: 'heard', text: 'tomorrow', finished: true },
      { kind: 'thinking' },
      { kind: 'audio', data: 'AAAA' },
      { kind: 'audio', data: 'BBBB' },
      { kind: 'words', text: 'Sure, ' },
      {
        kind: 'calls',
        calls: [
          { id: 'f1', name: 'book', args: { iso: '2026-12-01' } },
          { id: 'f2', name: 'ask', args: {} },
        ],
      },
      { kind: 'cancelled', ids: ['f0'] },
      { kind: 'generated' },
      { kind: 'turn-over' },
      {
        kind: 'used',
        tokens: {
          prompt: { text: 10, audio: 0 },
          cached: { text: 0, audio: 0 },
          response: { text: 0, audio: 0 },
        },
      },
      { kind: 'handle', handle: 'h2' },
      { kind: 'going', leftMs: 9_500 },
    ]);
  });

  it('that tells of an interruption gives nothing of what was interrupted', () => {
    const serverContent = {
      interrupted: true,
      turnComplete: true,
      outputTranscription: { text: 'old' },
      modelTurn: { parts: [sound('AAAA')] },
    };
    expect(read({ serverContent }).events).toEqual([{ kind: 'interrupted' }, { kind: 'turn-over' }]);
  });

  it.each([
    [{ setupComplete: {} }, [{ kind: 'set-up' }]],
    [{ sessionResumptionUpdate: { newHandle: '', resumable: false } }, [{ kind: 'handle', handle: null }]],
    [{ sessionResumptionUpdate: { newHandle: 'h', resumable: false } }, [{ kind: 'handle', handle: null }]],
    [{ goAway: { timeLeft: 'soon' } }, [{ kind: 'going', leftMs: 0 }]],
    [{ goAway: {} }, [{ kind: 'going', leftMs: 0 }]],
    [{ serverContent: {} }, []],
    [{ serverContent: { outputTranscription: {} } }, []],
    [{ voiceActivity: { type: 'ACTIVITY_START' } }, []],
    [{}, []],
  ])('%j is read as %j', (message, events) => {
    expect(read(message)).toEqual({ events, problems: [] });
  });

  it.each([
    [[], 'a message that is no object'],
    [{ toolCall: { functionCalls: [{ name: 'book' }] } }, 'a function call without an id or a name'],
    [
      { serverContent: { modelTurn: { parts: [sound('AA', 'audio/pcm;rate=16000')] } } },
      'data of type audio/pcm;rate=16000',
    ],
    [{ serverContent: { modelTurn: { parts: [{ inlineData: {} }] } } }, 'data of type unknown'],
  ])('%j is not of the documented shape', (message, problem) => {
    expect(read(message).problems).toEqual([problem]);
  });

  it('of any shape whatever is read without a throw', () => {
    const names = [
      'setupComplete',
      'serverContent',
      'toolCall',
      'toolCallCancellation',
      'usageMetadata',
      'sessionResumptionUpdate',
      'goAway',
      'modelTurn',
      'parts',
      'inlineData',
      'mimeType',
      'data',
      'inputTranscription',
      'outputTranscription',
      'text',
      'interrupted',
      'turnComplete',
      'generationComplete',
      'functionCalls',
      'id',
      'name',
      'args',
      'ids',
      'newHandle',
      'resumable',
      'timeLeft',
      'promptTokenCount',
      'promptTokensDetails',
      'modality',
      'tokenCount',
    ];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, false, 0, -1, Infinity, '', 'audio/pcm;rate=24000', 'AUDIO', '3s'),
        fc.string(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (message) => {
        for (const event of read(message).events) {
          if (event.kind === 'audio') expect(typeof event.data).toBe('string');
          if (event.kind === 'going') expect(event.leftMs).toBeGreaterThanOrEqual(0);
          if (event.kind === 'used') {
            for (const counts of Object.values(event.tokens) as Counts[])
              expect([counts.text, counts.audio].every((count) => Number.isFinite(count) && count >= 0)).toBe(
                true,
              );
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test('a session outlives what it cannot read, and says so once', async () => {
  const vendor = await startVendor({ heard: () => 'still here' });
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  const said: string[] = [];
  const speech = openKit(vendor, undefined, log).open({
    sessionId: 's1',
    locale: 'en',
    model: null,
    voice: null,
    persona: '',
    on: (event) => said.push(event.kind),
  });
  await until(() => said.includes('ready'), 'the session');
  const [session] = vendor.sessions;
  for (const odd of [
    null,
    7,
    [],
    'text',
    { serverContent: 7 },
    { serverContent: { modelTurn: [] } },
    { setupComplete: {} },
  ])
    session!.send(odd);
  session!.send({ serverContent: { modelTurn: { parts: [sound('AAA='), sound('!!'), sound('')] } } });
  session!.send({ serverContent: { turnComplete: true } });
  await settle();
  for (const frame of frames(sentence())) speech.hear(frame);
  await until(() => said.includes('caller-said'), 'the words');
  expect(said).not.toContain('failed');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('gemini sent something unreadable');
});

describe('samples', () => {
  it('cut anywhere, even within one, come out the same', () => {
    const bytes = Buffer.alloc(9_600);
    for (let i = 0; i < 4_800; i++) bytes.writeInt16LE(Math.round(8_000 * Math.sin(i / 9)), 2 * i);
    const whole = new Downward();
    const all = Buffer.concat(
      [whole.push(bytes.toString('base64')), whole.flush()].map((one) => Buffer.from(one, 'base64')),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9_600 }), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), 9_600];
        const down = new Downward();
        const parts = places
          .slice(1)
          .map((to, i) => down.push(bytes.subarray(places[i], to).toString('base64')));
        const joined = Buffer.concat([...parts, down.flush()].map((one) => Buffer.from(one, 'base64')));
        expect(joined.equals(all)).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(all.length).toBe(1_600 + 18);
  });

  it('of a frame of 160 bytes are 320, each of two bytes', () => {
    const up = new Upward();
    expect(Buffer.from(up.push(Buffer.alloc(160, 0xff).toString('base64')), 'base64')).toEqual(
      Buffer.alloc(640),
    );
  });
});

test('functions have names that the vendor takes, all different, whatever the offers are called', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 90 }), { maxLength: 12 }), (names) => {
      const named = namedOffers(names.map((name) => ({ name, about: '', input: {} })));
      expect([...named.values()].map(({ name }) => name)).toEqual(names);
      for (const name of named.keys()) expect(name).toMatch(/^(?!heard$)[A-Za-z_][A-Za-z0-9_-]{0,63}$/);
    }),
  );
});
