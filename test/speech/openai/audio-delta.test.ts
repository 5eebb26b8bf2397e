import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAudioDelta, scanAudioDelta } from '../../../runtime/speech/openai/audio-delta.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{0,24}$/);
const payload = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const spaces = fc.stringMatching(/^[ \n\t]{0,3}$/);

/** The documented fields of a `response.output_audio.delta`. */
const delta = fc.record({
  type: fc.constant('response.output_audio.delta'),
  event_id: id,
  response_id: id,
  item_id: id,
  output_index: fc.nat(9),
  content_index: fc.nat(9),
  delta: payload,
});

/** What a vendor may add: fields of any kind, with any name. */
const more = fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });

/** The same object, its keys in any order, written with white space where JSON allows it. */
function written(event: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<string> {
  return event.chain((fields) =>
    fc
      .tuple(
        fc.shuffledSubarray(Object.keys(fields), { minLength: Object.keys(fields).length }),
        spaces,
        spaces,
      )
      .map(([keys, before, after]) => {
        const parts = keys.map(
          (key) => `${JSON.stringify(key)}${after}:${before}${JSON.stringify(fields[key])}`,
        );
        return `${before}{${before}${parts.join(`${before},${after}`)}${after}}${before}`;
      }),
  );
}

test('scanning an audio delta gives what parsing it gives, in whatever order its keys stand', () => {
  fc.assert(
    fc.property(written(delta), (text) => {
      expect(scanAudioDelta(text)).toEqual(readAudioDelta(JSON.parse(text)));
      expect(scanAudioDelta(text)).not.toBeNull();
    }),
  );
});

test('scanning either gives what parsing gives, or leaves it to parsing', () => {
  const event = fc.tuple(more, delta).map(([rest, known]) => ({ ...rest, ...known }));
  fc.assert(
    fc.property(written(event), (text) => {
      const parsed = readAudioDelta(JSON.parse(text));
      expect([parsed, null]).toContainEqual(scanAudioDelta(text));
    }),
  );
});

test('no other event is taken for an audio delta', () => {
  const type = fc.constantFrom(
    'response.output_audio_transcript.delta',
    'response.output_audio.done',
    'response.output_text.delta',
    'error',
    '',
  );
  const event = fc.tuple(delta, type).map(([known, other]) => ({ ...known, type: other }));
  fc.assert(
    fc.property(written(event), (text) => {
      expect(scanAudioDelta(text)).toBeNull();
      expect(readAudioDelta(JSON.parse(text))).toBeNull();
    }),
  );
});

test('an event that speaks of audio deltas in one of its texts is not one', () => {
  const text = JSON.stringify({
    type: 'response.output_audio_transcript.delta',
    delta: '"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"AAAA"',
  });
  expect(scanAudioDelta(text)).toBeNull();
  expect(readAudioDelta(JSON.parse(text))).toBeNull();
});

test.each([
  ['nothing', ''],
  ['a bare word', 'null'],
  ['a list', '["response.output_audio.delta"]'],
  [
    'an object without an end',
    '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"AAAA"',
  ],
  [
    'something behind the end',
    '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":""} {}',
  ],
  ['a missing item', '{"type":"response.output_audio.delta","response_id":"r","delta":"AAAA"}'],
  [
    'a delta that is no text',
    '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":7}',
  ],
  [
    'a text without an end',
    '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"AAAA',
  ],
  ['no value', '{"type":"response.output_audio.delta","response_id":,"item_id":"i","delta":"AAAA"}'],
  ['an escape', '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"AA\\/A"}'],
])('%s is left to parsing', (_, text) => {
  expect(scanAudioDelta(text)).toBeNull();
});

test('an escaped slash, which some servers write in base64, is read by parsing', () => {
  const text = '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"AA\\/A"}';
  expect(readAudioDelta(JSON.parse(text))).toEqual({ response: 'r', item: 'i', payload: 'AA/A' });
});
