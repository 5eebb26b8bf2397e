/** What `runtime/speech/speech.ts` promises, one function a promise: it throws where the promise is broken. */
import { expect } from 'vitest';
import type { Expectation } from '../../runtime/dialogue/protocol.ts';
import { TALK, of, pause, until, type Far, type Subject } from './speech-far.ts';

export interface SpeechPromise {
  /** Only where a model carries out `converse`. */
  converses?: boolean;
  /** Only where a model can be kept from answering. */
  asked?: boolean;
  /** Only where a vendor may say that it has no words of an utterance. */
  untold?: boolean;
  keep(open: Subject['open']): Promise<void>;
}

/** Long enough for what must not come. */
const quiet = (far: Far): Promise<void> => pause(Math.min(60, far.limitMs / 2));

const LONG = 'This is a long story about soup, and it goes on for as long as anybody wants to hear of it.';

const expecting: Expectation = {
  id: 'e1',
  locale: 'en-US',
  choices: [
    { id: 'c1', when: 'wants soup', like: ['soup please'], keys: null, scope: 'step', polar: null },
    { id: 'c2', when: 'wants bread', like: ['bread please'], keys: null, scope: 'step', polar: null },
  ],
  slots: [],
  now: Date.UTC(2026, 2, 3, 9, 0),
  zone: 'UTC',
  sensitive: false,
};

async function ready(open: Subject['open']): Promise<Far> {
  const far = await open();
  await until(far, () => of(far, 'ready').length > 0, 'it is ready');
  return far;
}

/** Ready, and in the middle of a long reply. */
async function speaking(open: Subject['open']): Promise<Far & { item: string }> {
  const far = await ready(open);
  far.replies({ say: LONG, slow: true });
  far.speech.converse({ ...TALK, answerNow: true });
  await until(far, () => of(far, 'audio').length >= 2, 'some audio');
  return { ...far, item: of(far, 'audio')[0]!.item };
}

/** Every item that began has one end, behind its audio; `words` only grow. */
function expectOrder(far: Far): void {
  const ended = new Set<string>();
  for (const event of far.events) {
    if (event.kind !== 'audio' && event.kind !== 'words' && event.kind !== 'audio-ended') continue;
    expect(ended, `${event.kind} behind the end`).not.toContain(event.item);
    if (event.kind === 'audio-ended') ended.add(event.item);
  }
  const began = new Set([...of(far, 'audio'), ...of(far, 'words')].map(({ item }) => item));
  expect(ended).toEqual(began);
}

export const PROMISES: Record<string, SpeechPromise> = {
  'what is heard before it is ready is kept': {
    async keep(open) {
      const far = await open();
      far.callerSays('hello');
      await until(far, () => of(far, 'caller-said').length > 0, 'the words');
      expect(of(far, 'caller-said')).toEqual([{ kind: 'caller-said', text: 'hello' }]);
    },
  },

  'it is ready once': {
    async keep(open) {
      const far = await ready(open);
      far.callerSays('hello');
      await until(far, () => of(far, 'caller-said').length > 0, 'the words');
      await quiet(far);
      expect(of(far, 'ready')).toHaveLength(1);
      expect(far.problems()).toEqual([]);
    },
  },

  'of every utterance it is told that it began, that it stopped, and what was said, once and in this order': {
    async keep(open) {
      const far = await ready(open);
      for (const [index, text] of ['hello', 'soup please'].entries()) {
        far.callerSays(text);
        await until(far, () => of(far, 'caller-said').length > index, 'the words');
      }
      await quiet(far);
      const told = far.events.flatMap((event) => {
        if (event.kind === 'caller-said') return [event.text];
        return event.kind === 'caller-started' || event.kind === 'caller-stopped' ? [event.kind] : [];
      });
      const each = ['caller-started', 'caller-stopped'];
      expect(told).toEqual([...each, 'hello', ...each, 'soup please']);
    },
  },

  'an utterance that the vendor has no words of is told at once as not understood, however short it was': {
    untold: true,
    async keep(open) {
      const far = await ready(open);
      far.callerIsNotTranscribed!();
      await until({ limitMs: 1_000 }, () => of(far, 'caller-said').length > 0, 'the report');
      expect(of(far, 'caller-said')).toEqual([{ kind: 'caller-said', text: '…' }]);
    },
  },

  'without a talk nothing is spoken': {
    async keep(open) {
      const far = await ready(open);
      far.callerSays('hello');
      await until(far, () => of(far, 'caller-said').length > 0, 'the words');
      await quiet(far);
      expect(of(far, 'audio')).toEqual([]);
      expect(of(far, 'audio-ended')).toEqual([]);
    },
  },

  'in a talk the caller is answered, and every item that began ends once, behind its audio': {
    converses: true,
    async keep(open) {
      const far = await ready(open);
      far.replies({ say: 'We have soup.' }, { say: 'You are welcome.' });
      far.speech.converse(TALK);
      for (const [index, text] of ['what is there', 'thank you'].entries()) {
        far.callerSays(text);
        await until(far, () => of(far, 'audio-ended').length > index, 'the answer');
      }
      await quiet(far);
      expectOrder(far);
      expect(of(far, 'audio-ended').map(({ text }) => text)).toEqual(['We have soup.', 'You are welcome.']);
      for (const { item } of of(far, 'audio-ended'))
        expect(of(far, 'audio').some((one) => one.item === item)).toBe(true);
      expect(far.problems()).toEqual([]);
    },
  },

  'where it takes some words to interrupt, the caller is answered when that is asked for, and only then': {
    converses: true,
    asked: true,
    async keep(open) {
      const holder: { far?: Far } = {};
      let asks = false;
      const far = (holder.far = await open((event) => {
        if (asks && event.kind === 'caller-stopped') holder.far?.speech.reply();
      }));
      await until(far, () => of(far, 'ready').length > 0, 'it is ready');
      far.replies({ say: 'We have soup.' });
      far.speech.converse({ ...TALK, words: 2 });
      far.callerSays('mhm');
      await until(far, () => of(far, 'caller-said').length === 1, 'what was said aside');
      await quiet(far);
      expect(of(far, 'audio')).toEqual([]);
      asks = true;
      far.callerSays('what is there');
      await until(far, () => of(far, 'audio-ended').length > 0, 'the answer');
      expect(of(far, 'audio-ended').map(({ text }) => text)).toEqual(['We have soup.']);
      expect(far.problems()).toEqual([]);
    },
  },

  'a talk that wants an answer now gets one': {
    converses: true,
    async keep(open) {
      const far = await ready(open);
      far.replies({ say: 'Good evening.' });
      far.speech.converse({ ...TALK, answerNow: true });
      await until(far, () => of(far, 'audio-ended').length > 0, 'the answer');
      expect(of(far, 'audio-ended')[0]!.text).toBe('Good evening.');
    },
  },

  'a talk that was begun before it is ready is carried out': {
    converses: true,
    async keep(open) {
      const far = await open();
      far.replies({ say: 'Good evening.' });
      far.speech.converse({ ...TALK, answerNow: true });
      await until(far, () => of(far, 'audio-ended').length > 0, 'the answer');
      expectOrder(far);
    },
  },

  'an interruption stops what is being made: nothing of it comes any more but its end': {
    converses: true,
    async keep(open) {
      const far = await speaking(open);
      far.speech.heardOnly(far.item, 100, 'This');
      const passed = of(far, 'audio').length;
      await until(far, () => of(far, 'audio-ended').length > 0, 'its end');
      await quiet(far);
      expect(of(far, 'audio')).toHaveLength(passed);
      expectOrder(far);
      await until(far, () => far.generating() === 0, 'nothing is being made');
      expect(far.problems()).toEqual([]);
    },
  },

  'after an interruption the caller is answered': {
    converses: true,
    async keep(open) {
      const far = await speaking(open);
      far.replies({ say: 'Yes?' });
      far.speech.heardOnly(far.item, 100, 'This');
      far.callerSays('wait');
      await until(far, () => of(far, 'audio-ended').length > 1, 'the answer');
      expect(of(far, 'audio-ended').at(-1)!.text).toBe('Yes?');
      expectOrder(far);
    },
  },

  'the end of a talk silences: nothing more comes of what was being made, and nobody is answered': {
    converses: true,
    async keep(open) {
      const far = await speaking(open);
      far.speech.converse(null);
      const passed = of(far, 'audio').length;
      await until(far, () => of(far, 'audio-ended').length > 0, 'its end');
      far.callerSays('hello');
      await until(far, () => of(far, 'caller-said').length > 0, 'the words');
      await quiet(far);
      expect(of(far, 'audio')).toHaveLength(passed);
      expectOrder(far);
      await until(far, () => far.generating() === 0, 'nothing is being made');
    },
  },

  'a function that the model calls is told with its input, and with the output the model goes on': {
    converses: true,
    async keep(open) {
      const far = await ready(open);
      far.replies({ calls: [{ name: 'menu', input: { day: 'today' } }] }, { say: 'We have soup.' });
      far.speech.converse(TALK);
      far.callerSays('what is there');
      await until(far, () => of(far, 'model-called').length > 0, 'the call');
      const [call] = of(far, 'model-called');
      expect(call).toMatchObject({ name: 'menu', input: { day: 'today' } });
      await quiet(far);
      expect(of(far, 'audio')).toEqual([]);
      far.speech.respond(call!.call, { dishes: ['soup'] });
      await until(far, () => of(far, 'audio-ended').length > 0, 'the answer');
      expect(of(far, 'model-called')).toHaveLength(1);
      expect(far.outputs()).toEqual(['{"dishes":["soup"]}']);
      expect(of(far, 'audio-ended')[0]!.text).toBe('We have soup.');
      expect(far.problems()).toEqual([]);
    },
  },

  'what a function gave that nobody waits for any more is not told': {
    converses: true,
    async keep(open) {
      const far = await ready(open);
      far.replies({ calls: [{ name: 'menu', input: { day: 'today' } }] });
      far.speech.converse(TALK);
      far.callerSays('what is there');
      await until(far, () => of(far, 'model-called').length > 0, 'the call');
      far.speech.converse(null);
      far.speech.respond(of(far, 'model-called')[0]!.call, 'soup');
      far.speech.respond('never made', 'soup');
      await quiet(far);
      expect(of(far, 'audio')).toEqual([]);
      expect(far.problems()).toEqual([]);
    },
  },

  'a vendor that fails once is said to recover, then to be ready, and the caller is answered': {
    converses: true,
    async keep(open) {
      const far = await ready(open);
      far.replies({ say: 'We have soup.' });
      far.speech.converse(TALK);
      await far.breaks();
      far.callerSays('what is there');
      await until(far, () => of(far, 'audio-ended').length > 0, 'the answer');
      const told = far.events.filter(({ kind }) => kind === 'failed' || kind === 'ready');
      expect(told.map((event) => (event.kind === 'failed' ? event.recovering : event.kind))).toEqual([
        'ready',
        true,
        'ready',
      ]);
      expect(of(far, 'failed')[0]!.code).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(of(far, 'audio-ended')[0]!.text).toBe('We have soup.');
    },
  },

  'a vendor that is gone for good is told of last': {
    converses: true,
    async keep(open) {
      const far = await ready(open);
      far.speech.converse(TALK);
      await far.dies();
      far.callerSays('what is there');
      const isLast = (): boolean => of(far, 'failed').some(({ recovering }) => !recovering);
      await until(far, isLast, 'the failure');
      far.callerSays('hello');
      far.speech.converse({ ...TALK, id: 't2', answerNow: true });
      far.speech.note({ role: 'agent', text: 'Hello.' });
      far.speech.heardOnly('none', 0, '');
      far.speech.respond('none', null);
      await quiet(far);
      expect(far.events.at(-1)).toMatchObject({ kind: 'failed', recovering: false });
      await until(far, () => far.open() === 0, 'no connection');
    },
  },

  'after close nothing is called back, whatever is asked of it, and no connection is left': {
    async keep(open) {
      const far = await ready(open);
      far.callerSays('hello');
      far.speech.close();
      const told = far.events.length;
      far.callerSays('hello');
      far.speech.caption('hello');
      far.speech.expect(expecting, 'normal');
      far.speech.note({ role: 'agent', text: 'Hello.' });
      far.speech.converse({ ...TALK, answerNow: true });
      far.speech.heardOnly('none', 0, '');
      far.speech.respond('none', null);
      far.speech.forget();
      far.speech.close();
      expect(await far.speech.judge(expecting, 'soup please', new AbortController().signal)).toBe(null);
      await until(far, () => far.open() === 0, 'no connection');
      await quiet(far);
      expect(far.events).toHaveLength(told);
    },
  },

  'closed in the middle of a reply, nothing of it comes any more': {
    converses: true,
    async keep(open) {
      const far = await speaking(open);
      far.speech.close();
      const told = far.events.length;
      await until(far, () => far.open() === 0, 'no connection');
      await quiet(far);
      expect(far.events).toHaveLength(told);
      expect(far.generating()).toBe(0);
    },
  },

  'who is told something may close it there and then': {
    async keep(open) {
      let closed = false;
      const far = await open((event) => {
        if (event.kind !== 'caller-started') return;
        closed = true;
        far.speech.close();
      });
      far.callerSays('hello');
      await until(far, () => closed, 'it is closed');
      await quiet(far);
      expect(far.events.at(-1)).toEqual({ kind: 'caller-started' });
      await until(far, () => far.open() === 0, 'no connection');
    },
  },

  'a judgement is one of what was offered, or none, and one that is given up comes to its end': {
    async keep(open) {
      const far = await ready(open);
      far.callerSays('soup please');
      await until(far, () => of(far, 'caller-said').length > 0, 'the words');
      const meaning = await far.speech.judge(expecting, 'soup please', new AbortController().signal);
      expect(['c1', 'c2', null]).toContain(meaning?.choice ?? null);
      if (!far.speech.judges) expect(meaning).toBe(null);
      const abort = new AbortController();
      const given = far.speech.judge(expecting, 'soup please', abort.signal);
      abort.abort();
      expect(await given).toBe(null);
    },
  },
};
