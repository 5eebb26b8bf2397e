/** What the contract of an ear promises, as checks that throw where a promise is broken. */
import fc from 'fast-check';
import type { Ear, EarEvent } from '../../runtime/speech/ear.ts';
import { FakeClock } from './fake-clock.ts';
import { frames } from '../speech/embedded/sound.ts';
import { hear, quiet, speech } from './ear-sounds.ts';
import type { EarSubject, EarWorld } from './ear-subjects.ts';
import type { EarScript } from './scripted-ear.ts';

export interface EarCheck {
  name: string;
  /** It takes a vendor, or words that are told as they are spoken. */
  needs?: 'vendor' | 'words';
  run(subject: EarSubject): Promise<void>;
}

/** A pause in the middle of a turn, and one that ends it. */
const PAUSE_MS = 380;
const END_MS = 1_200;

interface Hearing {
  ear: Ear;
  world: EarWorld;
  events: EarEvent[];
  of<K extends EarEvent['kind']>(kind: K): Extract<EarEvent, { kind: K }>[];
  /** Waits for what comes of its own accord. */
  until(isSo: () => boolean, what: string): Promise<void>;
}

function must(isSo: boolean, promise: string, events: readonly EarEvent[] = []): asserts isSo {
  if (!isSo) throw new Error(`${promise}: ${events.map((event) => JSON.stringify(event)).join(' ')}`);
}

/** Opens one ear, and closes everything when `act` is done. What was told by then is in the right order. */
async function listening(
  subject: EarSubject,
  script: Partial<EarScript>,
  act: (hearing: Hearing) => Promise<void>,
): Promise<void> {
  const world = await subject.start(script);
  const events: EarEvent[] = [];
  const ear = world.kit.open({
    sessionId: 's1',
    locale: 'en-US',
    model: subject.model,
    on: (event) => void events.push(event),
  });
  try {
    await act({
      ear,
      world,
      events,
      of: <K extends EarEvent['kind']>(kind: K) =>
        events.filter((event): event is Extract<EarEvent, { kind: K }> => event.kind === kind),
      until: async (isSo, what) => {
        const end = performance.now() + subject.limitMs;
        while (!isSo()) {
          must(
            performance.now() < end,
            `It did not happen within ${subject.limitMs} ms that ${what}`,
            events,
          );
          await wait(2);
        }
      },
    });
    checkOrder(events);
    must(world.problems().length === 0, `The vendor objects to nothing: ${world.problems().join('; ')}`);
  } finally {
    await world.kit.close();
    await world.close();
  }
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** An utterance begins, has words, is over; only then does the next begin. Throws where that is not so. */
export function checkOrder(events: readonly EarEvent[]): void {
  let utterance: { words: string; likely: string | null; stopped: boolean } | null = null;
  let over = false;
  for (const event of events) {
    must(!over, 'Nothing is told after the end', events);
    switch (event.kind) {
      case 'ready':
      case 'used':
        break;
      case 'failed':
        over = !event.recovering;
        must(!over || utterance === null, 'What is being said when the ear is over is said first', events);
        break;
      case 'caller-started':
        must(utterance === null, 'An utterance begins when the last was said', events);
        utterance = { words: '', likely: null, stopped: false };
        break;
      case 'words':
        must(utterance !== null, 'Words belong to an utterance', events);
        must(utterance.likely === null, 'Who says more goes on first', events);
        utterance.words = event.text;
        break;
      case 'likely-done':
        must(utterance !== null && utterance.likely === null, 'It is likely done once', events);
        must(event.text === utterance.words, 'It is likely done with the words so far', events);
        utterance.likely = event.text;
        break;
      case 'goes-on':
        must(
          utterance !== null && utterance.likely !== null,
          'It goes on from where it was likely done',
          events,
        );
        utterance.likely = null;
        break;
      case 'caller-stopped':
        must(utterance !== null && !utterance.stopped, 'The caller stops once', events);
        utterance.stopped = true;
        break;
      case 'said':
        must(
          utterance !== null && utterance.stopped,
          'The caller has stopped before something is said',
          events,
        );
        must(
          utterance.likely === null || utterance.likely === event.text,
          'What was likely is what was said',
          events,
        );
        utterance = null;
    }
  }
}

const texts = (events: readonly { text: string }[]): string => events.map((event) => event.text).join(' | ');

export const EAR_CHECKS: readonly EarCheck[] = [
  {
    name: 'it is ready once, and tells of nothing while nothing is said',
    run: (subject) =>
      listening(subject, {}, async ({ ear, events, of, until }) => {
        await until(() => of('ready').length > 0, 'it is ready');
        await hear(ear, quiet(2_000));
        const told = events.filter((event) => event.kind !== 'used');
        must(told.length === 1, 'Silence is silent', events);
      }),
  },
  {
    name: 'what is said is told from the first sound to the last word, one utterance after the other',
    run: (subject) =>
      listening(subject, { texts: ['a table for two', 'at seven'] }, async ({ ear, events, of, until }) => {
        await until(() => of('ready').length > 0, 'it is ready');
        await hear(ear, quiet(300), speech(900));
        await until(() => of('caller-started').length === 1, 'it is told that the caller began');
        must(of('said').length === 0, 'Nothing is said before it is over', events);
        await hear(ear, quiet(END_MS));
        await until(() => of('said').length === 1, 'it is said');
        await hear(ear, speech(600), quiet(END_MS));
        await until(() => of('said').length === 2, 'the second is said');
        must(texts(of('said')) === 'a table for two | at seven', 'It is what was said', events);
        must(of('caller-started').length === 2, 'Each begins once', events);
      }),
  },
  {
    name: 'an utterance that follows on the heels of another does not get into it',
    run: (subject) =>
      listening(subject, { texts: ['yes', 'a table for two'] }, async ({ ear, events, of, until }) => {
        await until(() => of('ready').length > 0, 'it is ready');
        for (const frame of [quiet(300), speech(500), quiet(900), speech(900), quiet(END_MS)].flatMap(frames))
          ear.hear(frame);
        await until(() => of('said').length === 2, 'both are said');
        must(texts(of('said')) === 'yes | a table for two', 'It is what was said', events);
      }),
  },
  {
    name: 'words are told while they are spoken, all of them each time',
    needs: 'words',
    run: (subject) =>
      listening(subject, { texts: ['a table for two please'] }, async ({ ear, events, of, until }) => {
        await until(() => of('ready').length > 0, 'it is ready');
        await hear(ear, quiet(300), speech(1_500), quiet(END_MS));
        await until(() => of('said').length === 1, 'it is said');
        const words = of('words').map((event) => event.text);
        must(words.length >= 2, 'There are words before the end', events);
        for (const [i, text] of words.slice(1).entries())
          must(text.startsWith(words[i]!), 'Words add up', events);
        must(words.at(-1) === 'a table for two please', 'In the end they are all there', events);
      }),
  },
  {
    name: 'what was likely the end is taken back where the caller goes on',
    needs: 'words',
    run: (subject) =>
      listening(subject, { texts: ['a table', 'for two'] }, async ({ ear, events, of, until }) => {
        await until(() => of('ready').length > 0, 'it is ready');
        await hear(ear, quiet(300), speech(700), quiet(PAUSE_MS), speech(700), quiet(END_MS));
        await until(() => of('said').length > 0, 'it is said');
        must(texts(of('said')) === 'a table for two', 'All of it is said', events);
        must(of('likely-done')[0]?.text === 'a table', 'The first part was likely all', events);
        must(of('goes-on').length > 0, 'It is taken back', events);
        must(of('caller-started').length === 1, 'It is one utterance', events);
      }),
  },
  {
    name: 'nothing is lost of what is said before it is ready, and its order is kept',
    run: (subject) =>
      listening(
        subject,
        { hold: true, texts: ['first', 'then second'] },
        async ({ ear, world, events, of, until }) => {
          await hear(ear, quiet(200), speech(500), quiet(END_MS), speech(800), quiet(END_MS));
          if (subject.vendor !== null)
            must(of('ready').length === 0, 'It is not ready without a vendor', events);
          world.release();
          await until(() => of('ready').length === 1, 'it is ready');
          await until(() => of('said').length === 2, 'both are said');
          must(texts(of('said')) === 'first | then second', 'They are said in order', events);
        },
      ),
  },
  {
    name: 'noise has no words',
    run: (subject) =>
      listening(subject, { texts: [''] }, async ({ ear, events, of, until }) => {
        await until(() => of('ready').length > 0, 'it is ready');
        await hear(ear, quiet(300), speech(600), quiet(3_500));
        await until(() => of('said').length === of('caller-started').length, 'what began is over');
        must(of('words').length === 0 && of('likely-done').length === 0, 'There are no words', events);
        must(
          of('said').every((event) => event.text === ''),
          'Nothing is said',
          events,
        );
      }),
  },
  {
    name: 'a line that falters in the middle of a word is a silent caller',
    run: (subject) =>
      listening(subject, { texts: ['a table'] }, async ({ ear, events, of, until }) => {
        await until(() => of('ready').length > 0, 'it is ready');
        await hear(ear, quiet(300), speech(600));
        await until(() => of('caller-started').length === 1, 'it is told that the caller began');
        await until(() => of('said').length === 1, 'it is said, though the line sends nothing');
        must(texts(of('said')) === 'a table', 'It is what was said', events);
      }),
  },
  {
    name: 'closing leaves no connection and calls nothing back, whenever it is',
    run: async (subject) => {
      for (const when of ['at once', 'when it is ready', 'in the middle of a word']) {
        await listening(
          subject,
          { texts: ['a table', 'a table'] },
          async ({ ear, world, events, of, until }) => {
            if (when !== 'at once') await until(() => of('ready').length > 0, 'it is ready');
            if (when === 'in the middle of a word') await hear(ear, quiet(300), speech(600));
            ear.close();
            const told = events.length;
            await until(() => world.sockets() === 0, 'no connection is left');
            await hear(ear, speech(300), quiet(END_MS));
            ear.caption('hello');
            ear.expect(null, 'quick');
            ear.close();
            await wait(50);
            must(events.length === told, `Nothing is told after it was closed ${when}`, events);
          },
        );
      }
    },
  },
  {
    name: 'a wrong key is one sentence for the operator, and is not tried again',
    needs: 'vendor',
    run: async (subject) => {
      for (const status of [401, 403]) {
        await listening(subject, { refuse: () => status }, async ({ ear, world, events, of, until }) => {
          await until(() => of('failed').length > 0, 'it failed');
          await hear(ear, speech(600), quiet(END_MS));
          const [failure] = of('failed');
          must(failure?.code === `${subject.vendor}-refused`, 'It was refused', events);
          must(!failure.recovering && events.length === 1, 'It is over', events);
          must(failure.message.includes(subject.keyName), 'It says what to check', events);
          must(/^[^.]+[^.\s]\.$/.test(failure.message.replace(/\d\.\d/g, '')), 'It is one sentence', events);
          must(!failure.message.includes(subject.key), 'It keeps the key to itself', events);
          must(world.attempts() === 1, 'It is tried once');
          await until(
            () => world.sockets() === (subject.vendor === 'scripted' ? 1 : 0),
            'no connection is left',
          );
        });
      }
    },
  },
  {
    name: 'a vendor that is out of order is tried once more',
    needs: 'vendor',
    run: (subject) =>
      listening(
        subject,
        { refuse: (attempt) => (attempt === 0 ? 503 : null), texts: ['a table'] },
        async ({ ear, world, events, of, until }) => {
          await hear(ear, quiet(300), speech(600), quiet(END_MS));
          await until(() => of('said').length === 1, 'what was said in the meantime is told');
          must(of('failed').length === 1 && of('failed')[0]!.recovering, 'It failed once', events);
          must(texts(of('said')) === 'a table' && world.attempts() === 2, 'It was tried again', events);
        },
      ),
  },
  {
    name: 'a vendor that dies in the middle of a word is replaced, and nothing of the utterance is lost',
    needs: 'vendor',
    run: (subject) =>
      listening(
        subject,
        { texts: ['a table for two', 'a table for two'] },
        async ({ ear, world, events, of, until }) => {
          await until(() => of('ready').length > 0, 'it is ready');
          await hear(ear, quiet(300), speech(900));
          await until(() => of('caller-started').length === 1, 'it is told that the caller began');
          world.die();
          await until(() => of('failed').length === 1, 'it is told that the vendor was lost');
          await hear(ear, speech(300), quiet(END_MS));
          await until(() => of('said').length === 1, 'it is said');
          must(of('failed')[0]!.recovering, 'It recovers', events);
          must(of('ready').length === 2, 'It is ready again', events);
          must(texts(of('said')) === 'a table for two', 'It is all that was said', events);
          must(of('caller-started').length === 1, 'It is the same utterance', events);
        },
      ),
  },
  {
    name: 'a second loss soon after is the end, and what is known of the utterance is said before it',
    needs: 'vendor',
    run: (subject) =>
      listening(
        subject,
        { texts: ['a table for two', 'a table for two'] },
        async ({ ear, world, events, of, until }) => {
          await until(() => of('ready').length > 0, 'it is ready');
          world.die();
          await until(() => of('ready').length === 2, 'it is ready again');
          await hear(ear, quiet(300), speech(1_100));
          await until(() => of('words').length > 0, 'there are words');
          const known = of('words').at(-1)!.text;
          world.die();
          await until(() => of('failed').length === 2, 'it failed again');
          must(!of('failed')[1]!.recovering, 'It is over', events);
          must(of('said')[0]?.text === known, `What was known is said: ${known}`, events);
          must(events.at(-1)?.kind === 'failed', 'The failure is the last that is told', events);
          await hear(ear, speech(500), quiet(END_MS));
          must(events.at(-1)?.kind === 'failed', 'Nothing comes after it', events);
        },
      ),
  },
  {
    name: 'a vendor that says nothing is found out, and so is the next one',
    needs: 'vendor',
    run: (subject) => {
      const clock = new FakeClock();
      return listening(subject, { deaf: true, clock }, async ({ ear, events, of }) => {
        const line = frames(Int16Array.from([...quiet(300), ...speech(700), ...quiet(1_000)]));
        // A minute of a caller who talks and is not heard.
        for (let i = 0; i < 3_000 && of('failed').length < 2; i++) {
          ear.hear(line[i % line.length]!);
          await clock.advanceAsync(20);
        }
        must(of('failed').length === 2, 'It failed twice', events);
        must(of('failed')[0]!.recovering && !of('failed')[1]!.recovering, 'The second time for good', events);
        must(
          of('failed').every((one) => /-(silent|timeout)$/.test(one.code)),
          'It says why',
          events,
        );
        must(clock.waiting <= 1, 'No timer is left but that of a closing connection', events);
      });
    },
  },
  {
    name: 'what the vendor should not send changes nothing',
    needs: 'vendor',
    run: (subject) =>
      listening(
        subject,
        { texts: ['a table for two', 'at seven'] },
        async ({ ear, world, events, of, until }) => {
          await until(() => of('ready').length > 0, 'it is ready');
          await hear(ear, quiet(300), speech(900));
          for (const data of fc.sample(garbage, { numRuns: 300, seed: 7 })) world.garbage(data);
          await hear(ear, quiet(END_MS));
          await until(() => of('said').length === 1, 'it is said');
          for (const data of fc.sample(garbage, { numRuns: 300, seed: 8 })) world.garbage(data);
          await hear(ear, quiet(300), speech(600), quiet(END_MS));
          await until(() => of('said').length === 2, 'the second is said');
          must(texts(of('said')) === 'a table for two | at seven', 'It is what was said', events);
          must(of('failed').length === 0, 'Nothing failed', events);
        },
      ),
  },
];

const TYPES = [
  'Results',
  'SpeechStarted',
  'UtteranceEnd',
  'Connected',
  'TurnInfo',
  'ConfigureSuccess',
  'Metadata',
  'conversation.item.input_audio_transcription.delta',
  'conversation.item.input_audio_transcription.completed',
  'input_audio_buffer.committed',
  'session.updated',
  'response.done',
];

/** Bytes, texts, JSON of any shape, and messages of known types that lack what they need. */
const garbage: fc.Arbitrary<string | Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 50 }),
  fc.json({ maxDepth: 3 }),
  fc
    .record({ type: fc.constantFrom(...TYPES), more: fc.object({ maxDepth: 2 }) })
    .map(({ type, more }) => JSON.stringify({ ...more, type })),
);
