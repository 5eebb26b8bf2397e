/** What every ear promises, and a proof that the promises can be broken. */
import { describe, expect, it } from 'vitest';
import type { Ear, EarEvent, EarKit } from '../../runtime/speech/ear.ts';
import { checkOrder, EAR_CHECKS } from '../support/ear-checks.ts';
import { SUBJECTS, type EarSubject, type EarWorld } from '../support/ear-subjects.ts';

describe.each(SUBJECTS)('$name', (subject) => {
  const checks = EAR_CHECKS.filter(({ needs }) =>
    needs === 'vendor' ? subject.vendor !== null : needs === 'words' ? subject.tellsWords : true,
  );

  it.each(checks)('$name', async (check) => {
    await expect(check.run(subject)).resolves.toBeUndefined();
  });
});

/** A way to break an ear, and the promise that is broken by it. */
interface Fault {
  name: string;
  promise: string;
  /** What the check says of it. */
  finds: string;
  /** Changes what is told. */
  event?(event: EarEvent, tell: (event: EarEvent) => void): void;
  /** Changes what is asked of it. */
  ear?(ear: Ear, isReady: () => boolean, tell: (event: EarEvent) => void): Partial<Ear>;
  world?(world: EarWorld): Partial<EarWorld>;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'hears what nobody said',
    promise: 'it is ready once, and tells of nothing while nothing is said',
    finds: 'Silence is silent',
    event(event, tell) {
      tell(event);
      if (event.kind === 'ready') tell({ kind: 'caller-started' });
    },
  },
  {
    name: 'tells what was said before the caller began',
    promise: 'what is said is told from the first sound to the last word, one utterance after the other',
    finds: 'Nothing is said before it is over',
    event: (event, tell) => {
      if (event.kind === 'said') tell({ kind: 'caller-started' });
      if (event.kind !== 'caller-started') tell(event);
    },
  },
  {
    name: 'begins an utterance within another',
    promise: 'an utterance that follows on the heels of another does not get into it',
    finds: 'An utterance begins when the last was said',
    event(event, tell) {
      if (event.kind === 'said') tell({ kind: 'caller-started' });
      tell(event);
    },
  },
  {
    name: 'tells only the last word',
    promise: 'words are told while they are spoken, all of them each time',
    finds: 'Words add up',
    event: (event, tell) =>
      tell(event.kind === 'words' ? { kind: 'words', text: event.text.split(' ').at(-1)! } : event),
  },
  {
    name: 'takes nothing back',
    promise: 'what was likely the end is taken back where the caller goes on',
    finds: 'It is taken back',
    event(event, tell) {
      if (event.kind !== 'goes-on') tell(event);
    },
  },
  {
    name: 'hears nothing before it is ready',
    promise: 'nothing is lost of what is said before it is ready, and its order is kept',
    finds: 'that both are said',
    ear: (ear, isReady) => ({
      hear(payload) {
        if (isReady()) ear.hear(payload);
      },
    }),
  },
  {
    name: 'makes words of noise',
    promise: 'noise has no words',
    finds: 'Nothing is said',
    event: (event, tell) => tell(event.kind === 'said' ? { kind: 'said', text: 'uh' } : event),
  },
  {
    name: 'waits for a line that has faltered',
    promise: 'a line that falters in the middle of a word is a silent caller',
    finds: 'that it is said, though the line sends nothing',
    event(event, tell) {
      if (event.kind !== 'said') tell(event);
    },
  },
  {
    name: 'does not close',
    promise: 'closing leaves no connection and calls nothing back, whenever it is',
    finds: 'that no connection is left',
    ear: () => ({ close: () => {} }),
  },
  {
    name: 'tells something after it was closed',
    promise: 'closing leaves no connection and calls nothing back, whenever it is',
    finds: 'Nothing is told after it was closed',
    ear: (ear, _isReady, tell) => ({
      close() {
        ear.close();
        setTimeout(() => tell({ kind: 'goes-on' }), 10);
      },
    }),
  },
  {
    name: 'believes that a wrong key may become right',
    promise: 'a wrong key is one sentence for the operator, and is not tried again',
    finds: 'It is over',
    event: (event, tell) => tell(event.kind === 'failed' ? { ...event, recovering: true } : event),
  },
  {
    name: 'gives up at once',
    promise: 'a vendor that is out of order is tried once more',
    finds: 'It failed once',
    event: (event, tell) => tell(event.kind === 'failed' ? { ...event, recovering: false } : event),
  },
  {
    name: 'forgets what was said when the vendor died',
    promise: 'a vendor that dies in the middle of a word is replaced, and nothing of the utterance is lost',
    finds: 'It is all that was said',
    event: (event, tell) => tell(event.kind === 'said' ? { kind: 'said', text: 'for two' } : event),
  },
  {
    name: 'does not say what it knew in the end',
    promise: 'a second loss soon after is the end, and what is known of the utterance is said before it',
    finds: 'What was known is said',
    event(event, tell) {
      if (event.kind !== 'said') tell(event);
    },
  },
  {
    name: 'does not mind a deaf vendor',
    promise: 'a vendor that says nothing is found out, and so is the next one',
    finds: 'It failed twice',
    event(event, tell) {
      if (event.kind !== 'failed') tell(event);
    },
  },
  {
    name: 'falls over what is garbled',
    promise: 'what the vendor should not send changes nothing',
    finds: 'that the second is said',
    world: (world) => ({ garbage: () => world.die() }),
  },
];

function broken(subject: EarSubject, fault: Fault): EarSubject {
  return {
    ...subject,
    async start(script) {
      const world = await subject.start(script);
      const kit: EarKit = {
        open(options) {
          let isReady = false;
          const ear = world.kit.open({
            ...options,
            on(event) {
              isReady ||= event.kind === 'ready';
              if (fault.event) fault.event(event, options.on);
              else options.on(event);
            },
          });
          const whole: Ear = {
            hear: (payload) => ear.hear(payload),
            caption: (text) => ear.caption(text),
            expect: (...what) => ear.expect(...what),
            close: () => ear.close(),
          };
          return { ...whole, ...fault.ear?.(ear, () => isReady, options.on) };
        },
        close: () => world.kit.close(),
      };
      return { ...world, ...fault.world?.(world), kit };
    },
  };
}

describe('the suite', () => {
  it.each(FAULTS)('fails an ear that $name', async (fault) => {
    const check = EAR_CHECKS.find((one) => one.name === fault.promise);
    await expect(check!.run(broken(SUBJECTS[0]!, fault))).rejects.toThrow(fault.finds);
  });

  it('has a broken ear for every promise', () => {
    const proven = new Set(FAULTS.map((fault) => fault.promise));
    expect(EAR_CHECKS.map((check) => check.name).filter((name) => !proven.has(name))).toEqual([]);
  });

  it.each<{ what: string; why: string; events: EarEvent[] }>([
    { what: 'words of nobody', why: 'Words belong to an utterance', events: [{ kind: 'words', text: 'a' }] },
    {
      what: 'something said by who has not stopped',
      why: 'The caller has stopped before something is said',
      events: [{ kind: 'caller-started' }, { kind: 'said', text: 'a' }],
    },
    {
      what: 'words after a likely end that was not taken back',
      why: 'Who says more goes on first',
      events: [
        { kind: 'caller-started' },
        { kind: 'words', text: 'a' },
        { kind: 'likely-done', text: 'a' },
        { kind: 'words', text: 'a b' },
      ],
    },
    {
      what: 'something else than was likely',
      why: 'What was likely is what was said',
      events: [
        { kind: 'caller-started' },
        { kind: 'words', text: 'a' },
        { kind: 'likely-done', text: 'a' },
        { kind: 'caller-stopped' },
        { kind: 'said', text: 'b' },
      ],
    },
    {
      what: 'an utterance that is open at the end',
      why: 'What is being said when the ear is over is said first',
      events: [{ kind: 'caller-started' }, { kind: 'failed', code: 'x', message: 'X.', recovering: false }],
    },
  ])('does not let $what pass', ({ events, why }) => {
    expect(() => checkOrder(events)).toThrow(why);
  });
});
