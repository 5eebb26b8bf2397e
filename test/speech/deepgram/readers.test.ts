/** Whatever the vendors say, and in whatever order: turns begin and end, and nothing breaks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FluxReader } from '../../../runtime/speech/deepgram/ear-flux.ts';
import { NovaReader } from '../../../runtime/speech/deepgram/ear-nova.ts';
import { Turn } from '../../../runtime/speech/deepgram/ear-turn.ts';
import { readFlux, readNova } from '../../../runtime/speech/deepgram/ear-wire.ts';
import type { EarEvent } from '../../../runtime/speech/ear.ts';
import { EarUtterances } from '../../../runtime/speech/ear-utterances.ts';
import { KeptAudio } from '../../../runtime/speech/kept-audio.ts';
import { checkOrder } from '../../support/ear-checks.ts';

interface Bench {
  events: EarEvent[];
  kept: KeptAudio;
  turn: Turn;
}

function bench(): Bench {
  const events: EarEvent[] = [];
  const kept = new KeptAudio();
  const turn = new Turn(new EarUtterances((event) => void events.push(event)), kept);
  turn.connected();
  return { events, kept, turn };
}

const text = fc.constantFrom('', 'a', 'a table', 'for two');
const seconds = fc.double({ min: 0, max: 60, noNaN: true });
const audio = fc.integer({ min: 1, max: 200 }).map((frames) => ({ audio: frames * 160 }));
const loss = fc.constant({ loss: true });

const nova = fc.oneof(
  fc.record({ type: fc.constant('SpeechStarted'), timestamp: seconds }),
  fc.record({ type: fc.constant('UtteranceEnd'), last_word_end: seconds }),
  fc
    .record({
      start: seconds,
      duration: seconds,
      is_final: fc.boolean(),
      speech_final: fc.boolean(),
      transcript: text,
    })
    .map(({ transcript, ...rest }) => ({
      type: 'Results',
      ...rest,
      channel: { alternatives: [{ transcript }] },
    })),
);
const flux = fc.record({
  type: fc.constant('TurnInfo'),
  event: fc.constantFrom('StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn'),
  turn_index: fc.nat(5),
  audio_window_start: seconds,
  audio_window_end: seconds,
  transcript: text,
});

/** What was told is in order, and nothing is left open. */
function checkWhole(events: readonly EarEvent[]): void {
  checkOrder([...events, { kind: 'failed', code: 'x', message: 'X.', recovering: false }]);
}

describe('the readers of Deepgram', () => {
  it('make turns of anything that Nova says', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(nova, audio, loss), { maxLength: 80 }), (steps) => {
        const { events, kept, turn } = bench();
        const reader = new NovaReader(turn, kept, () => 550);
        for (const step of steps) {
          if ('audio' in step) {
            kept.push(Buffer.alloc(step.audio));
            reader.heard(true);
          } else if ('loss' in step) {
            reader.connecting();
            turn.connected();
          } else {
            const message = readNova(step);
            if (
              message?.kind !== 'speech-started' &&
              message?.kind !== 'results' &&
              message?.kind !== 'utterance-end'
            )
              throw new Error('It was heard.');
            reader.read(message);
          }
        }
        reader.over();
        expect(() => checkWhole(events)).not.toThrow();
      }),
    );
  });

  it('make turns of anything that Flux says', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(flux, audio, loss), { maxLength: 80 }), (steps) => {
        const { events, kept, turn } = bench();
        const reader = new FluxReader(turn, kept);
        for (const step of steps) {
          if ('audio' in step) {
            kept.push(Buffer.alloc(step.audio));
            reader.heard(true);
          } else if ('loss' in step) {
            reader.connecting();
            turn.connected();
          } else {
            const message = readFlux(step);
            if (message?.kind !== 'turn') throw new Error('It was a turn.');
            reader.read(message);
          }
        }
        reader.over();
        expect(() => checkWhole(events)).not.toThrow();
      }),
    );
  });

  it('read nothing out of what is not of the documented shape, and never break', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything()),
        fc.constantFrom(
          'Results',
          'SpeechStarted',
          'UtteranceEnd',
          'TurnInfo',
          'Error',
          'Metadata',
          'Warning',
        ),
        (fields, type) => {
          const message = { ...fields, type };
          const read = [readNova(message), readFlux(message)];
          if (type !== 'Error') expect(read).toEqual([null, null]);
        },
      ),
    );
    for (const odd of [NaN, Infinity, -1, '1', null]) {
      expect(readNova({ type: 'SpeechStarted', timestamp: odd })).toBeNull();
      expect(readNova({ type: 'UtteranceEnd', last_word_end: odd })).toBeNull();
    }
  });
});
