/** Whatever happens, in whatever order, a cascade keeps what `Speech` promises of its events. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { talk } from '../openai/support.ts';
import { cascade, soon } from './support.ts';

type Open = ReturnType<typeof cascade>;

/** What may happen; numbers choose among what there is. */
const HAPPENINGS: Record<string, (open: Open, n: number, replies: string[]) => void> = {
  'the caller begins': ({ ear }) => ear.tell({ kind: 'caller-started' }),
  'the caller is heard': ({ ear }, n) =>
    ear.tell({ kind: 'words', text: ['we have', 'wait', 'soup'][n % 3]! }),
  'the caller has probably done': ({ ear }) => ear.tell({ kind: 'likely-done', text: 'soup' }),
  'the caller goes on': ({ ear }) => ear.tell({ kind: 'goes-on' }),
  'the caller stops': ({ ear }) => ear.tell({ kind: 'caller-stopped' }),
  'the caller said it': ({ ear }, n) =>
    ear.tell({ kind: 'said', text: ['soup', '', 'We have soup.'][n % 3]! }),
  'the ear recovers': ({ ear }) =>
    ear.tell({ kind: 'failed', code: 'ear-gone', message: 'Gone.', recovering: true }, { kind: 'ready' }),
  'the mind recovers': ({ mind }) =>
    mind.tell({ kind: 'failed', code: 'mind-gone', message: 'Gone.', recovering: true }),
  'a reply begins': ({ mind }, _, replies) => void replies.push(mind.writes('We have ')),
  'a reply goes on': ({ mind }, n, replies) => {
    if (replies.length > 0) mind.writes('soup. And ', replies[n % replies.length]!);
  },
  'a reply ends': ({ mind }, n, replies) => {
    const [reply] = replies.splice(n % (replies.length || 1), 1);
    if (reply) mind.tell({ kind: 'ended', reply, text: '' });
  },
  'the model calls': ({ mind }) => mind.tell({ kind: 'called', call: 'c1', name: 'menu', input: {} }),
  'a voice sounds': ({ voice }, n) => voice.streams[n % (voice.streams.length || 1)]?.sounds(100),
  'a voice ends': ({ voice }, n) => {
    const stream = voice.streams[n % (voice.streams.length || 1)];
    if (stream?.ended) stream.tell({ kind: 'ended' });
  },
  'time passes': ({ frames }, n) => frames((n % 20) * 20),
  'something is cut': ({ speech, events }, n) => {
    const items = events.flatMap((event) => (event.kind === 'audio' ? [event.item] : []));
    if (items.length > 0) speech.heardOnly(items[n % items.length]!, 50, 'We');
  },
  'a talk begins': ({ speech }, n) => speech.converse(talk({ id: `t${n}`, interruptible: n % 2 === 0 })),
  'the talk ends': ({ speech }) => speech.converse(null),
  'a line is noted': ({ speech }) => speech.note({ role: 'agent', text: 'We have soup.' }),
};
/** What may happen once, at the end. */
const ENDS: Record<string, (open: Open) => void> = {
  'it is closed': ({ speech }) => speech.close(),
  'the ear is gone': ({ ear }) =>
    ear.tell({ kind: 'failed', code: 'ear-gone', message: 'Gone.', recovering: false }),
  'the voice is gone': ({ voice }) =>
    voice.streams.at(-1)?.tell({ kind: 'failed', code: 'voice-gone', message: 'Gone.' }),
};

const happening = fc.tuple(fc.constantFrom(...Object.keys(HAPPENINGS)), fc.nat({ max: 50 }));

test('items end once and behind their audio, utterances are told in order, and nothing comes after the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 60, size: 'max' }),
      fc.constantFrom(...Object.keys(ENDS)),
      fc.array(happening, { maxLength: 10, size: 'max' }),
      async (before, end, after) => {
        const open = cascade();
        open.speech.converse(talk());
        const replies: string[] = [];
        for (const [name, n] of before) {
          HAPPENINGS[name]!(open, n, replies);
          if (n % 3 === 0) await soon();
          // At most one is being said at a time, but for one that was just cut.
          const saying = new Set(open.events.flatMap((one) => (one.kind === 'audio' ? [one.item] : [])));
          for (const one of open.events) if (one.kind === 'audio-ended') saying.delete(one.item);
          if (n % 3 === 0) expect(saying.size).toBeLessThanOrEqual(1);
        }
        await soon();
        ENDS[end]!(open);
        const closed = open.ear.closed;
        const count = open.events.length;
        if (closed) {
          for (const [name, n] of after) HAPPENINGS[name]!(open, n, replies);
          await soon();
          expect(open.events).toHaveLength(count);
          for (const { cancelled, ended: isEnded } of open.voice.streams)
            expect(cancelled || isEnded).toBe(true);
        }
        const over = new Set<string>();
        const began = new Set<string>();
        let speaking = false;
        for (const event of open.events) {
          if (event.kind === 'audio' || event.kind === 'words' || event.kind === 'audio-ended') {
            expect(over).not.toContain(event.item);
            (event.kind === 'audio-ended' ? over : began).add(event.item);
          }
          if (event.kind === 'caller-stopped') expect(speaking).toBe(true);
          if (event.kind === 'caller-started') speaking = true;
          if (event.kind === 'caller-said') speaking = false;
        }
        for (const item of over) expect(began).toContain(item);
      },
    ),
    { numRuns: 400 },
  );
});
