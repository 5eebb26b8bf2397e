import { expect, test } from 'vitest';
import { readyEars, sentence, talk, until } from './support.ts';

test('what a reply and a transcription took is told once each, though the vendor may say it twice', async () => {
  const ears = await readyEars({
    heard: () => 'what is on the menu',
    reply: () => ({ say: [{ text: 'Soup, and nothing else.', ms: 1_000 }] }),
  });
  ears.speech.converse(talk());
  ears.hear(sentence());
  await until(() => ears.measures.filter(({ kind }) => kind === 'used').length === 2, 'both were told');
  expect(
    ears.measures.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
  ).toEqual([
    { kind: 'first-token' },
    {
      kind: 'used',
      usage: {
        vendor: 'openai',
        model: 'gpt-realtime-2.1',
        amounts: {
          inputTextTokens: 60,
          inputAudioTokens: 40,
          cachedTextTokens: 0,
          cachedAudioTokens: 0,
          outputTextTokens: 6,
          outputAudioTokens: 20,
        },
      },
    },
    { kind: 'used', usage: { vendor: 'openai', model: 'gpt-transcribe', amounts: { seconds: 1 } } },
  ]);
});
