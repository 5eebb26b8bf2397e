import { describe, expect, it } from 'vitest';
import { checkCasts } from '../../runtime/dialogue/check-casts.ts';
import { mapOf } from '../../runtime/dialogue/document-file.ts';
import { ENGINES, PROVIDERS, ROLES } from '../../runtime/dialogue/engines.ts';
import { readSource } from '../../runtime/dialogue/read.ts';
import { checkShape } from '../../runtime/dialogue/shape.ts';

function told(text: string): string[] {
  const source = readSource('a.app.yaml', text);
  const { held } = checkShape('app', source);
  return checkCasts({ kind: 'app', id: 'a', source, data: mapOf(source.data), held }).map(
    ({ place, severity, code, message }) => `${place.line}:${place.column} ${severity} ${code} ${message}`,
  );
}

describe('the choices of an app', () => {
  it('are right where its engine can do with them', () => {
    for (const engine of ENGINES) {
      for (const role of ROLES) {
        for (const provider of PROVIDERS[engine][role]) {
          const name = role === 'model' && engine === 'realtime' ? 'gpt-realtime-2.1' : 'x';
          expect(told(`engine: ${engine}\n${role}: ${provider}/${name}\n`)).toEqual([]);
        }
      }
    }
  });

  it('are wrong where it cannot, with whom it can do with', () => {
    expect(told('engine: embedded\nvoice: openai/marin\n')).toEqual([
      '2:8 error bad-voice The embedded engine cannot speak with openai/marin: its voices are embedded/NAME.',
    ]);
    expect(told('engine: relay\nvoice: {use: openai/marin}\nspeech: openai/whisper\n')).toEqual([
      '3:9 error bad-speech The relay engine cannot listen with openai/whisper: its recognisers are deepgram/NAME or google/NAME.',
      '2:14 error bad-voice The relay engine cannot speak with openai/marin: its voices are elevenlabs/NAME, google/NAME or amazon/NAME.',
    ]);
    expect(told('engine: realtime\nmodel: openai/gpt-6-luna\n')).toEqual([
      '2:8 error bad-model The realtime engine cannot think with openai/gpt-6-luna: its models hear and speak by themselves, such as openai/gpt-realtime-2.1.',
    ]);
    expect(told('engine: cascade\nmodel: gemini/gemini-3.8-live\n')).toEqual([
      '2:8 error bad-model The cascade engine cannot think with gemini/gemini-3.8-live: its models are for text, openai/NAME, such as openai/gpt-6-luna.',
    ]);
  });

  it('are not looked at where the engine has nobody to choose', () => {
    expect(told('engine: realtime\nspeech: deepgram/nova-3\n')).toEqual([
      '2:1 warning unused-choice `speech` is not looked at on the realtime engine: its model listens by itself.',
    ]);
  });

  it('are held against the engine of each fallback that makes its own', () => {
    expect(
      told(`engine: realtime
model: openai/gpt-realtime-2.1
fallback:
  - cascade
  - { engine: cascade, speech: google/long, voice: { use: amazon/Joanna, model: x } }
  - { engine: gather, model: openai/gpt-realtime-2.1 }
  - { engine: realtime, speech: deepgram/nova-3 }
`),
    ).toEqual([
      '5:32 error bad-speech The cascade engine cannot listen with google/long: its recognisers are deepgram/NAME, openai/NAME or embedded/NAME.',
      '5:59 error bad-voice The cascade engine cannot speak with amazon/Joanna: its voices are cartesia/NAME, elevenlabs/NAME, deepgram/NAME, openai/NAME or embedded/NAME.',
      '6:30 error bad-model The gather engine cannot think with openai/gpt-realtime-2.1: its models are for text, openai/NAME, such as openai/gpt-6-luna.',
      '7:25 warning unused-choice `speech` is not looked at on the realtime engine: its model listens by itself.',
    ]);
  });

  it('say nothing where no engine is named: it is chosen by the keys at hand', () => {
    expect(told('voice: openai/marin\nspeech: deepgram/nova-3\nmodel: openai/gpt-6-luna\n')).toEqual([]);
  });
});

describe('a fallback', () => {
  const same = (line: number, column: number, engine: string, who: string): string =>
    `${line}:${column} warning same-fallback The fallback \`${engine}\` is the same as ${who}: what has failed there fails here as well.`;

  it('that is the engine itself helps nobody', () => {
    expect(told('engine: gather\nfallback: [gather, embedded]\n')).toEqual([
      same(2, 12, 'gather', "the app's own engine"),
    ]);
    expect(told('engine: cascade\nspeech: deepgram/nova-3\nfallback: [cascade]\n')).toEqual([
      same(3, 12, 'cascade', "the app's own engine"),
    ]);
  });

  it('that is there twice helps once', () => {
    expect(told('fallback: [gather, cascade, {engine: gather}]\n')).toEqual([
      same(1, 29, 'gather', 'a fallback before it'),
    ]);
  });

  it('on the same engine with others does help', () => {
    expect(
      told('engine: cascade\nspeech: deepgram/nova-3\nfallback: [{engine: cascade, speech: openai/live}]\n'),
    ).toEqual([]);
  });
});
