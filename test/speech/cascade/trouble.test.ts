import { expect, test } from 'vitest';
import { talk } from '../openai/support.ts';
import { cascade, soon } from './support.ts';

const lost = (code: string, recovering: boolean) =>
  ({ kind: 'failed', code, message: 'It is gone.', recovering }) as const;

test('a voice that fails ends it, with the code of the voice, behind the end of what was being said', () => {
  const { speech, ear, mind, voice, told, events } = cascade();
  speech.converse(talk());
  mind.writes('We have soup. And ');
  voice.streams[0]!.sounds(200);
  voice.streams[0]!.tell({ kind: 'failed', code: 'cartesia-unavailable', message: 'It is gone.' });
  expect(told().slice(-2)).toEqual(['audio-ended r1 "We have soup."', 'cartesia-unavailable']);
  expect(events.at(-1)).toEqual(lost('cartesia-unavailable', false));
  expect([ear.closed, mind.closed]).toEqual([true, true]);
  ear.says('hello');
  mind.writes('Yes?');
  speech.hear('AAAA');
  speech.converse(null);
  expect(events.at(-1)).toEqual(lost('cartesia-unavailable', false));
  expect(ear.heard).toEqual([]);
});

test.each(['ear', 'mind'] as const)('an %s that fails for good ends it', async (part) => {
  const open = cascade();
  open.speech.converse(talk());
  open.mind.writes('We have soup. And ');
  open.voice.streams[0]!.sounds(200);
  open[part].tell(lost('vendor-refused', false));
  await soon();
  expect(open.told().slice(-2)).toEqual(['audio-ended r1 "We have soup."', 'vendor-refused']);
  expect([open.ear.closed, open.mind.closed]).toEqual([true, true]);
  expect(open.voice.streams[0]!.cancelled).toBe(true);
});

test('an ear that recovers is told of, then that it is ready, and the call goes on', () => {
  const { speech, ear, mind, voice, told } = cascade();
  ear.tell({ kind: 'ready' });
  speech.converse(talk());
  mind.writes('We have soup. And ');
  voice.streams[0]!.sounds(200);
  ear.tell({ kind: 'caller-started' }, lost('deepgram-unavailable', true), { kind: 'ready' });
  expect(told().slice(-4)).toEqual([
    'caller-started',
    'audio-ended r1 "We have soup."',
    'deepgram-unavailable, recovering',
    'ready',
  ]);
  expect(mind.orders.at(-1)).toBe('heard r1: We have soup.');
  ear.says('hello');
  expect(mind.orders.at(-1)).toBe('said hello');
  // Nobody is taken to be speaking still.
  mind.replies('Yes?');
  voice.streams[1]!.sounds(100);
  expect(told().at(-1)).toBe('audio r2');
});

test('a mind that recovers is told of, and is ready with its first words', () => {
  const { speech, mind, voice, told } = cascade();
  speech.converse(talk());
  mind.writes('We have soup. And br', 'r1');
  voice.streams[0]!.sounds(200);
  mind.tell({ kind: 'ended', reply: 'r1', text: 'We have soup. And br' }, lost('model-timeout', true));
  expect(voice.streams[0]!.cancelled).toBe(true);
  expect(told().at(-1)).toBe('model-timeout, recovering');
  mind.writes('Bread, too. ', 'r2');
  expect(told().slice(-2)).toEqual(['ready', 'first-token']);
  // What was broken off has come to its end: the second try goes on.
  speech.heardOnly('r1', 200, 'We have');
  expect(voice.streams[1]!.cancelled).toBe(false);
});

test('after close nothing is told, and no part is left open', async () => {
  const { speech, ear, mind, voice, events } = cascade();
  speech.converse(talk());
  mind.writes('We have soup. And ');
  voice.streams[0]!.sounds(200);
  const count = events.length;
  speech.close();
  speech.close();
  ear.says('hello');
  mind.writes('more. ', 'r1');
  speech.converse(talk({ id: 't2' }));
  speech.note({ role: 'agent', text: 'Hello.' });
  speech.heardOnly('r1', 0, '');
  speech.respond('c1', null);
  speech.expect(null, 'normal');
  speech.caption('hello');
  speech.forget();
  await soon();
  expect(events).toHaveLength(count);
  expect(voice.streams[0]!.cancelled).toBe(true);
  expect([ear.closed, mind.closed]).toEqual([true, true]);
  expect(mind.orders).toEqual(['converse t1']);
});
