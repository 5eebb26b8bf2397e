import { describe, expect, test } from 'vitest';
import { talk } from '../openai/support.ts';
import { cascade, soon } from './support.ts';

const COMPLETE = { kind: 'ended' } as const;

test('a reply goes to the voice sentence by sentence, and its first audio leaves before it is written', () => {
  const { speech, ear, mind, voice, told } = cascade();
  speech.converse(talk());
  ear.says('what is there');
  mind.writes('We have ', 'r1');
  expect(voice.streams).toHaveLength(1);
  mind.writes('soup. And ', 'r1');
  const stream = voice.streams[0]!;
  expect(stream.pieces).toEqual(['We have soup. ']);
  stream.sounds(500);
  mind.writes('bread.', 'r1');
  stream.sounds(500);
  mind.tell({ kind: 'ended', reply: 'r1', text: 'We have soup. And bread.' });
  expect(stream).toMatchObject({ text: 'We have soup. And bread.', ended: true });
  stream.sounds(700);
  stream.tell(COMPLETE);
  expect(mind.orders).toEqual(['converse t1', 'said what is there']);
  expect(told()).toEqual([
    'caller-started',
    'caller-stopped',
    'caller-said "what is there"',
    'first-token',
    'words r1 "We have soup."',
    'audio r1',
    'audio r1',
    'words r1 "We have soup. And bread."',
    'audio r1',
    'audio-ended r1 "We have soup. And bread."',
  ]);
});

test('the parts are opened with what is theirs of the options', () => {
  const { ear, mind } = cascade();
  expect(ear.options).toMatchObject({ sessionId: 's1', locale: 'en-US', model: 'nova-3' });
  expect(mind.options).toMatchObject({
    sessionId: 's1',
    locale: 'en-US',
    model: 'gpt-6-luna',
    persona: 'You are Ana.',
  });
});

test('what is used is told, whoever used it, and so is that the ear is ready', () => {
  const { ear, mind, voice, speech, events } = cascade();
  const usage = (vendor: string) => ({ kind: 'used', usage: { vendor, model: 'm', amounts: {} } }) as const;
  ear.tell({ kind: 'ready' }, usage('deepgram'));
  speech.converse(talk());
  mind.tell(usage('openai'));
  mind.writes('Yes. No.');
  voice.streams[0]!.tell(usage('cartesia'));
  expect(events.filter(({ kind }) => kind === 'used' || kind === 'ready')).toEqual([
    { kind: 'ready' },
    usage('deepgram'),
    usage('openai'),
    usage('cartesia'),
  ]);
});

test('a reply of nothing but space is not spoken, nor are the marks of written text', () => {
  const { speech, mind, voice, told } = cascade();
  speech.converse(talk());
  mind.replies(' \n');
  expect(voice.streams).toEqual([]);
  expect(told()).toEqual(['first-token']);
  mind.replies('# Soups\n- **Tomato** soup.\n* `Leek` soup.');
  expect(voice.streams[0]!.pieces).toEqual(['Soups\n', 'Tomato soup.\n', 'Leek soup.']);
});

test('two replies are spoken one after the other, also where the second has its audio first', () => {
  const { speech, mind, voice, told } = cascade();
  speech.converse(talk());
  mind.replies('Let me see.');
  mind.tell({ kind: 'called', call: 'c1', name: 'menu', input: { day: 'today' } });
  speech.respond('c1', 'soup');
  mind.replies('We have soup.');
  const [first, second] = voice.streams;
  second!.sounds(300);
  second!.tell(COMPLETE);
  first!.sounds(200);
  first!.tell(COMPLETE);
  expect(mind.orders).toEqual(['converse t1', 'respond c1: "soup"']);
  expect(told()).toEqual([
    'first-token',
    'words r1 "Let me see."',
    'model-called',
    'first-token',
    'audio r1',
    'audio-ended r1 "Let me see."',
    'words r2 "We have soup."',
    'audio r2',
    'audio-ended r2 "We have soup."',
  ]);
});

describe('a caller who interrupts', () => {
  function interrupted() {
    const open = cascade();
    const { speech, mind, voice, ear } = open;
    speech.converse(talk());
    mind.writes('A long story. And ', 'r1');
    voice.streams[0]!.sounds(400);
    ear.tell({ kind: 'caller-started' });
    speech.heardOnly('r1', 300, 'A long');
    return open;
  }

  test('stops the model and the voice at once, and the model remembers what was heard', async () => {
    const { mind, voice, told } = interrupted();
    expect(voice.streams[0]!.cancelled).toBe(true);
    expect(mind.orders.at(-1)).toBe('heard r1: A long');
    await soon();
    expect(told().slice(-2)).toEqual(['caller-started', 'audio-ended r1 "A long story."']);
    mind.writes('more of it. ', 'r1');
    mind.tell({ kind: 'ended', reply: 'r1', text: 'A long story. And more of it. ' });
    expect(voice.streams).toHaveLength(1);
    expect(told().at(-1)).toBe('audio-ended r1 "A long story."');
  });

  test('is answered', () => {
    const { ear, mind, told } = interrupted();
    ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'wait' });
    expect(mind.orders.at(-1)).toBe('said wait');
    mind.writes('Yes?', 'r2');
    expect(told().at(-1)).toBe('first-token');
  });

  test('takes what is queued behind with it, and of that nothing is remembered', async () => {
    const { speech, mind, voice, told } = cascade();
    speech.converse(talk());
    mind.replies('Let me see.');
    voice.streams[0]!.sounds(400);
    mind.replies('We have soup.');
    voice.streams[1]!.sounds(400);
    speech.heardOnly('r1', 0, '');
    expect(voice.streams.map(({ cancelled }) => cancelled)).toEqual([true, true]);
    expect(mind.orders).toEqual(['converse t1', 'heard r1: ', 'heard r2: ']);
    await soon();
    expect(told().slice(-3)).toEqual(['audio r1', 'first-token', 'audio-ended r1 "Let me see."']);
  });

  test('is believed of each of the replies that were playing, also where a key interrupts', () => {
    const { speech, mind, voice } = cascade();
    speech.converse(talk());
    mind.replies('Let me see.');
    voice.streams[0]!.sounds(400);
    voice.streams[0]!.tell(COMPLETE);
    mind.writes('We have soup. And ');
    voice.streams[1]!.sounds(400);
    speech.heardOnly('r1', 390, 'Let me');
    speech.heardOnly('r2', 0, '');
    expect(mind.orders).toEqual(['converse t1', 'heard r1: Let me', 'heard r2: ']);
  });

  test('before the first sound gets one answer, to all of it', async () => {
    const { speech, ear, mind, voice, told } = cascade();
    speech.converse(talk());
    ear.says('a table');
    mind.writes('For how many? And ', 'r1');
    ear.tell({ kind: 'caller-started' });
    voice.streams[0]!.sounds(400);
    // Nobody is talked over.
    expect(told()).not.toContain('audio r1');
    ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'for four' });
    expect(voice.streams[0]!.cancelled).toBe(true);
    expect(mind.orders.slice(-2)).toEqual(['heard r1: ', 'said for four']);
    await soon();
    expect(told().at(-1)).toBe('audio-ended r1 "For how many?"');
  });

  test('only with noise before the first sound does not lose it', () => {
    const { speech, ear, mind, voice, told } = cascade();
    speech.converse(talk());
    ear.says('a table');
    mind.replies('For how many?');
    ear.tell({ kind: 'caller-started' });
    voice.streams[0]!.sounds(400);
    voice.streams[0]!.tell(COMPLETE);
    ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: '' });
    expect(told().slice(-4)).toEqual([
      'caller-stopped',
      'caller-said ""',
      'audio r1',
      'audio-ended r1 "For how many?"',
    ]);
    expect(mind.orders.at(-1)).toBe('discard');
  });

  test('where that is not allowed stops nothing, and is answered when the reply is over', () => {
    const { speech, ear, mind, voice, told } = cascade();
    speech.converse(talk({ interruptible: false }));
    mind.replies('A long story.');
    ear.tell({ kind: 'caller-started' });
    voice.streams[0]!.sounds(400);
    expect(told().at(-1)).toBe('audio r1');
    ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'hello' });
    ear.says('hello again');
    expect(mind.orders).toEqual(['converse t1']);
    voice.streams[0]!.tell(COMPLETE);
    expect(mind.orders).toEqual(['converse t1', 'said hello hello again']);
  });

  test('too little to cut what is playing is answered when the reply is over', () => {
    const { speech, ear, mind, voice } = cascade();
    speech.converse(talk());
    mind.replies('A long story.');
    voice.streams[0]!.sounds(400);
    ear.says('right');
    expect(voice.streams[0]!.cancelled).toBe(false);
    voice.streams[0]!.tell(COMPLETE);
    expect(mind.orders).toEqual(['converse t1', 'said right']);
  });
});

describe('an end of turn that is likely', () => {
  test('has a reply prepared, which is thrown away when the caller goes on', () => {
    const { speech, ear, mind } = cascade();
    speech.converse(talk());
    ear.tell(
      { kind: 'caller-started' },
      { kind: 'words', text: 'a' },
      { kind: 'likely-done', text: 'a table' },
    );
    ear.tell({ kind: 'goes-on' }, { kind: 'likely-done', text: 'a table for four' });
    ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'a table for four' });
    expect(mind.orders).toEqual([
      'converse t1',
      'prepare a table',
      'discard',
      'prepare a table for four',
      'said a table for four',
    ]);
  });

  test('prepares nothing outside of a talk, or while the model speaks', () => {
    const { speech, ear, mind } = cascade();
    ear.tell({ kind: 'likely-done', text: 'a table' });
    speech.converse(talk());
    mind.writes('A long story.');
    ear.tell({ kind: 'likely-done', text: 'a table' });
    expect(mind.orders).toEqual(['converse t1']);
  });
});

describe('a talk that ends', () => {
  test('in the middle of a reply has nothing more made, and the model remembers what was passed on', async () => {
    const { speech, mind, voice, told } = cascade();
    speech.converse(talk());
    mind.writes('We have soup. And bread. ', 'r1');
    voice.streams[0]!.sounds(400);
    speech.converse(null);
    expect(voice.streams[0]!.cancelled).toBe(true);
    // Whoever plays it breaks it off first.
    expect(told().at(-1)).toBe('audio r1');
    await soon();
    expect(told().at(-1)).toBe('audio-ended r1 "We have soup."');
    expect(mind.orders).toEqual(['converse t1', 'heard r1: We have soup.', 'converse null']);
  });

  test('lets what was passed on play to its end without disturbing the next talk', async () => {
    const { speech, ear, mind, voice } = cascade();
    speech.converse(talk());
    mind.writes('We have soup. And ', 'r1');
    voice.streams[0]!.sounds(400);
    speech.converse(null);
    await soon();
    speech.converse(talk({ id: 't2', answerNow: true }));
    mind.writes('Now then. And ', 'r2');
    // It has come to its end, which is not that of its words.
    speech.heardOnly('r1', 400, 'We have');
    expect(voice.streams[1]!.cancelled).toBe(false);
    expect(mind.orders.at(-1)).toBe('converse t2');
    // A caller who interrupts it stops everything.
    ear.tell({ kind: 'caller-started' });
    speech.heardOnly('r1', 100, 'We');
    expect(voice.streams[1]!.cancelled).toBe(true);
    expect(mind.orders.slice(-2)).toEqual(['heard r1: We', 'heard r2: ']);
  });

  test('leaves what the caller said over it to the memory', () => {
    const { speech, ear, mind } = cascade();
    speech.converse(talk({ interruptible: false }));
    mind.writes('A long story.');
    ear.says('hello');
    speech.converse(null);
    expect(mind.orders.slice(1)).toEqual(['heard r1: ', 'note caller: hello', 'converse null']);
  });
});

test('what is said outside of a talk is remembered, and a talk that begins before the words are there does not answer', () => {
  const { speech, ear, mind } = cascade();
  ear.says('hello');
  ear.tell({ kind: 'caller-started' }, { kind: 'caller-stopped' });
  speech.converse(talk());
  ear.tell({ kind: 'said', text: 'a table' });
  speech.note({ role: 'agent', text: 'At what time?' });
  expect(mind.orders.filter((order) => order !== 'discard')).toEqual([
    'note caller: hello',
    'converse t1',
    'note caller: a table',
    'note agent: At what time?',
  ]);
});

test('what is sensitive is not told to the model, or leaves its memory where it had to be answered', () => {
  const { speech, ear, mind } = cascade();
  const about = { id: 'e1', locale: 'en-US', choices: [], slots: [], now: 0, zone: 'UTC' };
  speech.expect({ ...about, sensitive: true }, 'normal');
  ear.says('four one four');
  speech.forget();
  expect(mind.orders).toEqual(['discard']);
  speech.converse(talk());
  ear.tell({ kind: 'caller-started' });
  speech.expect({ ...about, sensitive: false }, 'normal');
  ear.tell({ kind: 'caller-stopped' }, { kind: 'said', text: 'four one five' });
  speech.forget();
  speech.forget();
  expect(mind.orders.slice(1)).toEqual(['converse t1', 'said four one five', 'forget']);
  ear.says('hello');
  speech.forget();
  expect(mind.orders.at(-1)).toBe('said hello');
});

test('what the line brings goes to the ear', () => {
  const { speech, ear } = cascade();
  speech.hear('AAAA');
  speech.caption('hello');
  speech.expect(null, 'patient');
  expect(ear).toMatchObject({
    heard: ['AAAA'],
    captions: ['hello'],
    expected: { expectation: null, patience: 'patient' },
  });
});

test('without a mind it only hears', async () => {
  const { speech, ear, told } = cascade({ mindless: true });
  expect(speech.converses).toBe(false);
  expect(speech.judges).toBe(false);
  speech.converse(talk({ answerNow: true }));
  ear.says('hello');
  speech.note({ role: 'agent', text: 'Hello.' });
  speech.respond('c1', null);
  speech.heardOnly('r1', 0, '');
  speech.forget();
  expect(await speech.judge({} as never, 'hello', new AbortController().signal)).toBe(null);
  expect(told()).toEqual(['caller-started', 'caller-stopped', 'caller-said "hello"']);
});
