import { expect, test } from 'vitest';
import { talk } from '../openai/support.ts';
import { cascade } from './support.ts';

/** A cascade whose agent is in the middle of a line of two seconds. */
function speaking() {
  const open = cascade();
  open.speech.converse(talk());
  open.mind.replies('We have soup today and fresh bread.');
  open.voice.streams[0]!.sounds(2_000);
  open.voice.streams[0]!.tell({ kind: 'ended' });
  open.frames(500);
  open.events.length = 0;
  return open;
}

test('the echo of the agent is noise, the first time', () => {
  const { ear, mind, told } = speaking();
  ear.tell(
    { kind: 'caller-started' },
    { kind: 'words', text: 'we have' },
    { kind: 'likely-done', text: 'we have soup today' },
  );
  ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'We have soup today.' });
  expect(told()).toEqual(['caller-started', 'caller-stopped', 'caller-said ""']);
  expect(mind.orders).toEqual(['converse t1', 'discard']);
});

test('on a line that echoes nobody speaks over the agent before the words tell who it is', () => {
  const { ear, mind, told } = speaking();
  ear.says('We have soup today.');
  const before = told().length;
  ear.tell({ kind: 'caller-started' }, { kind: 'words', text: 'fresh bread we have' });
  expect(told().slice(before)).toEqual(['caller-started', 'caller-words "fresh bread we have"']);
  ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'fresh bread we have enough of' });
  expect(told().slice(-2)).toEqual(['caller-stopped', 'caller-said "fresh bread we have enough of"']);
  const after = told().length;
  ear.says('have soup today and fresh bread');
  expect(told().length).toBe(after);
  // Nothing but the words may tell: then it all comes at once.
  ear.says('wait');
  expect(told().slice(after)).toEqual(['caller-started', 'caller-stopped', 'caller-said "wait"']);
  expect(mind.orders.at(-1)).toBe('said wait');
});

test('who repeats a word, or begins when the agent has finished, is the caller', () => {
  const { ear, frames, told } = speaking();
  ear.says('soup');
  frames(2_000);
  ear.says('we have soup today and fresh bread');
  expect(told()).toContain('caller-said "soup"');
  expect(told()).toContain('caller-said "we have soup today and fresh bread"');
});

test('a line of the dialogue that was cut by its own echo is known by what was heard of it', () => {
  const { speech, ear, told } = cascade();
  ear.tell({ kind: 'caller-started' });
  speech.note({ role: 'agent', text: 'For how many people' });
  ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'for how many' });
  expect(told()).toEqual(['caller-started', 'caller-stopped', 'caller-said ""']);
});

test('of a cut line nothing echoes in what begins later', () => {
  const { speech, ear, told } = speaking();
  speech.heardOnly('r1', 500, 'We have soup');
  ear.says('we have soup');
  expect(told().at(-1)).toBe('caller-said "we have soup"');
});
