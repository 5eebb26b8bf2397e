import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameWriter, parseFrame as parseText } from '../../../runtime/line/twilio/frames.ts';
import { inboundAudio } from '../../../runtime/line/twilio/media-bytes.ts';

const SID = `MZ${'0123456789abcdef'.repeat(2)}`;

const readAudio = (text: string) => inboundAudio(Buffer.from(text), Buffer.from(SID));

/** As a stream reads what comes: the usual form of the caller's audio first. */
function parseFrame(text: string): ReturnType<typeof parseText> {
  const audio = readAudio(text);
  if (!audio) return parseText(text);
  const { payload, atMs } = audio;
  return { kind: 'media', streamSid: SID, track: 'inbound', payload, atMs };
}

/** Says a media frame's meaning by JSON.parse alone. */
function byJsonParse(text: string): unknown {
  const frame = JSON.parse(text) as {
    streamSid: string;
    media: { payload: string; timestamp: string; track: string };
  };
  const { payload, timestamp, track } = frame.media;
  return { kind: 'media', streamSid: frame.streamSid, payload, atMs: Number(timestamp), track };
}

/** An object's text with its keys in the order that `order` (one sort key per field) gives. */
function shuffled(fields: Record<string, unknown>, order: readonly number[]): Record<string, unknown> {
  const entries = Object.entries(fields).map((entry, i) => ({ entry, at: order[i] ?? 0 }));
  return Object.fromEntries(entries.toSorted((a, b) => a.at - b.at).map(({ entry }) => entry));
}

const digits = fc.nat({ max: 4_000_000_000 }).map(String);
const order = fc.array(fc.nat(), { minLength: 4, maxLength: 4 });
const media = fc
  .record({
    sequenceNumber: digits,
    chunk: digits,
    timestamp: digits,
    track: fc.constantFrom('inbound', 'outbound'),
    payload: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    outer: order,
    inner: order,
    spaces: fc.constantFrom(undefined, 1),
  })
  .map(({ sequenceNumber, chunk, timestamp, track, payload, outer, inner, spaces }) =>
    JSON.stringify(
      shuffled(
        {
          event: 'media',
          sequenceNumber,
          streamSid: SID,
          media: shuffled({ track, chunk, timestamp, payload }, inner),
        },
        outer,
      ),
      null,
      spaces,
    ),
  );

describe('a media frame', () => {
  it('is read as Twilio documents it', () => {
    const text = `{"event":"media","sequenceNumber":"2","streamSid":"${SID}","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"/3//"}}`;
    expect(parseFrame(text)).toEqual({
      kind: 'media',
      streamSid: SID,
      payload: '/3//',
      atMs: 5,
      track: 'inbound',
    });
  });

  it('is read off its bytes where it is audio of the caller, in both documented forms', () => {
    const media = '"media":{"track":"inbound","chunk":"1","timestamp":"25","payload":"/38="}';
    const audio = { kind: 'audio', payload: '/38=', atMs: 25 };
    const before = `{"event":"media","sequenceNumber":"2","streamSid":"${SID}",${media}}`;
    const behind = `{"event":"media","sequenceNumber":"2",${media},"streamSid":"${SID}"}`;
    expect([readAudio(before), readAudio(behind)]).toEqual([audio, audio]);
    expect(readAudio(before.replace('inbound', 'outbound'))).toBeNull();
    expect(readAudio(behind.replace(SID, `${SID}0`))).toBeNull();
    expect(readAudio(`${behind.slice(0, -1)},"streamSid":"${SID}"}`)).toBeNull();
  });

  it('means what JSON.parse says it means, with its keys in any order and with or without spaces', () => {
    fc.assert(
      fc.property(media, (text) => {
        expect(parseFrame(text)).toEqual(byJsonParse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('means what JSON.parse says it means where one character of it was changed', () => {
    const canonical = `{"event":"media","sequenceNumber":"21","media":{"track":"inbound","chunk":"17","timestamp":"340","payload":"AAECAwQFBgc="},"streamSid":"${SID}"}`;
    fc.assert(
      fc.property(
        fc.nat({ max: canonical.length - 1 }),
        fc.oneof(
          fc.constantFrom('"', '\\', '{', '}', ',', ':', ' ', '\n', '=', ''),
          fc.string({ maxLength: 2 }),
        ),
        (at, put) => {
          const text = canonical.slice(0, at) + put + canonical.slice(at + 1);
          const frame = parseFrame(text);
          expect(frame).toEqual(frame.kind === 'media' ? byJsonParse(text) : frame);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('takes the last of two like keys, as JSON.parse does', () => {
    const text = `{"event":"media","sequenceNumber":"2","streamSid":"MZa","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"AAAA"},"streamSid":"MZb"}`;
    expect(parseFrame(text)).toMatchObject({ kind: 'media', streamSid: 'MZb' });
  });

  it('may have its slashes escaped and its timestamp as a number', () => {
    const text = `{"event":"media","streamSid":"${SID}","media":{"track":"inbound","timestamp":40,"payload":"\\/\\/\\/\\/"}}`;
    expect(parseFrame(text)).toMatchObject({ kind: 'media', payload: '////', atMs: 40 });
  });

  it.each([
    ['"payload":"AA A"', 'media whose payload is not base64'],
    ['"payload":"AAA"', 'media whose payload is not base64'],
    ['"payload":"A==="', 'media whose payload is not base64'],
    ['"payload":"AA=A"', 'media whose payload is not base64'],
    ['"payload":"AA-_"', 'media whose payload is not base64'],
    ['"payload":"\u00e9\u00e9\u00e9\u00e9"', 'media whose payload is not base64'],
    ['"payload":7', 'media whose payload is not base64'],
    ['"other":1', 'media whose payload is not base64'],
  ])('with %s is refused', (payload, reason) => {
    const text = `{"event":"media","sequenceNumber":"2","streamSid":"${SID}","media":{"track":"inbound","chunk":"1","timestamp":"5",${payload}}}`;
    expect(parseFrame(text)).toEqual({ kind: 'bad', reason });
  });

  it.each(['"-1"', '"1e3"', '""', '"1.5"', '1.5', '-1', 'null'])(
    'with the timestamp %s is refused',
    (timestamp) => {
      const text = `{"event":"media","streamSid":"${SID}","media":{"track":"inbound","timestamp":${timestamp},"payload":""}}`;
      expect(parseFrame(text)).toEqual({ kind: 'bad', reason: 'media without a timestamp' });
    },
  );
});

describe('the other frames', () => {
  it('are read as Twilio documents them', () => {
    expect(parseFrame('{"event":"connected","protocol":"Call","version":"1.0.0"}')).toEqual({
      kind: 'connected',
    });
    expect(
      parseFrame(
        '{"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","accountSid":"AC1","callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"token":"opaque"}}}',
      ),
    ).toEqual({
      kind: 'start',
      streamSid: 'MZ1',
      accountSid: 'AC1',
      callSid: 'CA1',
      tracks: ['inbound'],
      format: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      parameters: { token: 'opaque' },
    });
    expect(
      parseFrame(
        '{"event":"dtmf","sequenceNumber":"9","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"#"}}',
      ),
    ).toEqual({ kind: 'dtmf', streamSid: 'MZ1', digit: '#' });
    expect(
      parseFrame('{"event":"mark","sequenceNumber":"12","streamSid":"MZ1","mark":{"name":"u3:end"}}'),
    ).toEqual({ kind: 'mark', streamSid: 'MZ1', name: 'u3:end' });
    expect(
      parseFrame(
        '{"event":"stop","sequenceNumber":"99","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}',
      ),
    ).toEqual({ kind: 'stop', streamSid: 'MZ1' });
    expect(parseFrame('{"event":"caption","streamSid":"MZ1","caption":{"text":"Grüß Gott"}}')).toEqual({
      kind: 'caption',
      streamSid: 'MZ1',
      text: 'Grüß Gott',
    });
    expect(parseFrame('{"event":"tomorrow","streamSid":"MZ1"}')).toEqual({
      kind: 'other',
      event: 'tomorrow',
    });
  });

  it('keep a parameter called __proto__ a parameter', () => {
    const frame = parseFrame(
      '{"event":"start","streamSid":"MZ1","start":{"accountSid":"AC1","callSid":"CA1","tracks":[],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"__proto__":"x"}}}',
    );
    expect(frame.kind === 'start' && Object.keys(frame.parameters)).toEqual(['__proto__']);
    expect(frame.kind === 'start' && 'toString' in frame.parameters).toBe(false);
  });

  it.each([
    ['', 'not JSON'],
    ['\u0000\u0001', 'not JSON'],
    ['[]', 'not an object'],
    ['null', 'not an object'],
    ['"start"', 'not an object'],
    ['{}', 'no event'],
    ['{"event":7}', 'no event'],
    ['{"event":"start"}', 'start without a streamSid'],
    ['{"event":"start","streamSid":"MZ1"}', 'start without its start object'],
    ['{"event":"start","streamSid":"MZ1","start":[]}', 'start without its start object'],
    ['{"event":"start","streamSid":"MZ1","start":{}}', 'start without accountSid and callSid'],
    ['{"event":"start","streamSid":"MZ1","start":{"accountSid":"A","callSid":"C"}}', 'start without tracks'],
    [
      '{"event":"start","streamSid":"MZ1","start":{"accountSid":"A","callSid":"C","tracks":[]}}',
      'start without a mediaFormat',
    ],
    [
      '{"event":"start","streamSid":"MZ1","start":{"accountSid":"A","callSid":"C","tracks":[],"mediaFormat":{"encoding":"x","sampleRate":1,"channels":1},"customParameters":{"a":1}}}',
      'start with a parameter that is not text',
    ],
    ['{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"12"}}', 'dtmf without a digit'],
    ['{"event":"mark","streamSid":"MZ1","mark":{}}', 'mark without a name'],
    ['{"event":"stop"}', 'stop without a streamSid'],
    ['{"event":"caption","streamSid":"MZ1","caption":{"text":""}}', 'caption without text'],
  ])('when it is %s: refused', (text, reason) => {
    expect(parseFrame(text)).toEqual({ kind: 'bad', reason });
  });

  it('never throw, whatever comes', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc
        .tuple(
          fc.constantFrom('connected', 'start', 'media', 'dtmf', 'mark', 'stop', 'caption', '__proto__'),
          fc.jsonValue(),
          fc.jsonValue(),
        )
        .map(([event, body, streamSid]) => JSON.stringify({ event, streamSid, [event]: body })),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const frame = parseFrame(text);
        expect(frame.kind === 'media' ? frame.payload : '').toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the frame writer', () => {
  const write = frameWriter(SID);

  it('writes exactly the keys that Twilio documents', () => {
    expect(write.media('/3//')).toBe(`{"event":"media","streamSid":"${SID}","media":{"payload":"/3//"}}`);
    expect(write.mark('u3:end')).toBe(`{"event":"mark","streamSid":"${SID}","mark":{"name":"u3:end"}}`);
    expect(write.clear).toBe(`{"event":"clear","streamSid":"${SID}"}`);
  });

  it('writes what JSON.parse gives back, whatever the names are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (sid, name) => {
        expect(JSON.parse(frameWriter(sid).mark(name))).toEqual({
          event: 'mark',
          streamSid: sid,
          mark: { name },
        });
        expect(JSON.parse(frameWriter(sid).media('AAAA'))).toEqual({
          event: 'media',
          streamSid: sid,
          media: { payload: 'AAAA' },
        });
      }),
    );
  });
});
