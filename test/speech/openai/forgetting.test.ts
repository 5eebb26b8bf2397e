import { expect, test } from 'vitest';
import { expecting, readyEars, sentence, settle, until, type Ears } from './support.ts';

const secret = { ...expecting('card'), sensitive: true };
const open = { ...expecting('card'), sensitive: false };
const CARD = '4111 1111 1111 1111';

async function say(ears: Ears): Promise<void> {
  const before = ears.of('caller-said').length;
  ears.hear(sentence());
  await until(() => ears.of('caller-said').length > before, 'the words');
}

/** What the vendor's model could still read. */
const remembered = (ears: Ears, session = 0): string[] =>
  ears.vendor.sessions[session]!.items.map((item) => item.text);

test('what was said while something sensitive was expected leaves the vendor’s session, and nothing else does', async () => {
  const words = ['hello there', CARD, 'thank you'];
  const ears = await readyEars({ heard: ({ index }) => words[index] ?? null });
  ears.speech.expect(open, 'normal');
  await say(ears);
  ears.speech.expect(secret, 'normal');
  await say(ears);
  expect(remembered(ears)).toEqual(['hello there', CARD]);
  ears.speech.forget();
  await settle();
  expect(remembered(ears)).toEqual(['hello there']);
  ears.speech.expect(open, 'normal');
  await say(ears);
  ears.speech.forget();
  await settle();
  expect(remembered(ears)).toEqual(['hello there', 'thank you']);
  expect(ears.vendor.sessions[0]!.errors).toEqual([]);
});

test('nor is it told to the session that takes over when this one is lost, also where its words come late', async () => {
  const ears = await readyEars({ heard: () => ({ text: CARD, delayMs: 2_700 }) });
  ears.speech.expect(secret, 'normal');
  await say(ears);
  expect(ears.of('caller-said')).toEqual([{ kind: 'caller-said', text: '…' }]);
  ears.speech.forget();
  await settle(400);
  ears.speech.note({ role: 'agent', text: 'Thank you.' });
  ears.vendor.sessions[0]!.die();
  await until(() => ears.of('ready').length > 1, 'another session', 8_000);
  await settle();
  expect(remembered(ears, 1)).toEqual(['Thank you.']);
});

test('an utterance that is still being spoken is forgotten only when its own turn comes', async () => {
  const ears = await readyEars({ heard: () => CARD });
  ears.speech.expect(secret, 'normal');
  ears.hear(sentence().subarray(0, 2_400));
  await until(() => ears.of('caller-started').length > 0, 'the caller');
  ears.speech.forget();
  ears.hear(sentence().subarray(2_400));
  await until(() => ears.of('caller-said').length > 0, 'the words');
  expect(remembered(ears)).toEqual([CARD]);
  ears.speech.forget();
  await settle();
  expect(remembered(ears)).toEqual([]);
});
