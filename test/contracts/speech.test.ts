/** What every speech promises, on every adapter over real sockets, and on doubles that break it. */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../support/speech-double.ts';
import { FAULTS } from '../support/speech-double.ts';
import type { Far, Subject } from './speech-far.ts';
import { PROMISES, type SpeechPromise } from './speech-promises.ts';
import { SUBJECTS, double } from './speech-subjects.ts';

/** Holds a promise against a subject; whatever was opened is closed. */
async function hold(promise: SpeechPromise, subject: Subject): Promise<void> {
  const opened: Far[] = [];
  try {
    await promise.keep(async (on) => {
      const far = await subject.open(on);
      opened.push(far);
      return far;
    });
  } finally {
    for (const far of opened) await far.close();
  }
}

describe.each(SUBJECTS)('$name', (subject) => {
  const promises = Object.entries(PROMISES).filter(
    ([, { converses, asked, untold }]) =>
      (!converses || subject.converses) && (!asked || !subject.unasked) && (!untold || subject.untold),
  );

  test('says what it can do', async () => {
    const far = await subject.open();
    expect(far.speech.converses).toBe(subject.converses);
    await far.close();
  });

  test.each(promises)('%s', async (_, promise) => {
    await expect(hold(promise, subject)).resolves.toBeUndefined();
  });
});

/** What gives each fault away. */
const FINDS: Record<Fault, keyof typeof PROMISES> = {
  'loses early audio': 'what is heard before it is ready is kept',
  'is ready twice': 'it is ready once',
  'says before it stopped':
    'of every utterance it is told that it began, that it stopped, and what was said, once and in this order',
  'speaks without a talk': 'without a talk nothing is spoken',
  'answers what was said aside':
    'where it takes some words to interrupt, the caller is answered when that is asked for, and only then',
  'ignores that a reply is wanted':
    'where it takes some words to interrupt, the caller is answered when that is asked for, and only then',
  'ends twice': 'in a talk the caller is answered, and every item that began ends once, behind its audio',
  'ends before its audio':
    'in a talk the caller is answered, and every item that began ends once, behind its audio',
  'never ends': 'in a talk the caller is answered, and every item that began ends once, behind its audio',
  'forgets an early talk': 'a talk that was begun before it is ready is carried out',
  'ignores answerNow': 'a talk that wants an answer now gets one',
  'goes on after an interruption':
    'an interruption stops what is being made: nothing of it comes any more but its end',
  'is deaf after an interruption': 'after an interruption the caller is answered',
  'goes on after the talk':
    'the end of a talk silences: nothing more comes of what was being made, and nobody is answered',
  'loses the output':
    'a function that the model calls is told with its input, and with the output the model goes on',
  'calls twice':
    'a function that the model calls is told with its input, and with the output the model goes on',
  'goes on without a talk': 'what a function gave that nobody waits for any more is not told',
  'is never ready again':
    'a vendor that fails once is said to recover, then to be ready, and the caller is answered',
  'speaks after its end': 'a vendor that is gone for good is told of last',
  'speaks after close':
    'after close nothing is called back, whatever is asked of it, and no connection is left',
  'leaves a connection': 'closed in the middle of a reply, nothing of it comes any more',
  'judges what was not offered':
    'a judgement is one of what was offered, or none, and one that is given up comes to its end',
  'judges when closed':
    'after close nothing is called back, whatever is asked of it, and no connection is left',
  'cannot be given up':
    'a judgement is one of what was offered, or none, and one that is given up comes to its end',
};

/** A promise is broken, not the suite itself. */
const BROKEN = /expected|Waited in vain/;

describe('the suite fails on a double that', () => {
  test.each(FAULTS)('%s', async (fault) => {
    const promise = PROMISES[FINDS[fault]]!;
    await expect(hold(promise, double(fault, 200))).rejects.toThrow(BROKEN);
    // It is the fault that is found: without it the promise is kept, in the same time.
    await hold(promise, double(null, 200));
  });
});
