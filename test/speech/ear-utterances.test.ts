import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EarEvent } from '../../runtime/speech/ear.ts';
import { EarUtterances } from '../../runtime/speech/ear-utterances.ts';
import { checkOrder } from '../support/ear-checks.ts';

describe('the utterances of an ear', () => {
  it('are told one after the other, whichever was known first', () => {
    const events: EarEvent[] = [];
    const utterances = new EarUtterances((event) => void events.push(event));
    const first = utterances.begin();
    first.stopped();
    const second = utterances.begin();
    second.words('t');
    second.words('two');
    second.stopped();
    second.said('two');
    const third = utterances.begin();
    expect(events.map((event) => event.kind)).toEqual(['caller-started', 'caller-stopped']);
    first.said('one');
    expect(events).toEqual([
      { kind: 'caller-started' },
      { kind: 'caller-stopped' },
      { kind: 'said', text: 'one' },
      { kind: 'caller-started' },
      { kind: 'words', text: 'two' },
      { kind: 'caller-stopped' },
      { kind: 'said', text: 'two' },
      { kind: 'caller-started' },
    ]);
    third.said('');
    expect(events.slice(-2)).toEqual([{ kind: 'caller-stopped' }, { kind: 'said', text: '' }]);
  });

  it('are in order, whatever is done to them', () => {
    const step = fc.record({
      at: fc.nat(3),
      act: fc.constantFrom('begin', 'words', 'likely', 'goes-on', 'stopped', 'said'),
      text: fc.constantFrom('', 'a', 'a b'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const events: EarEvent[] = [];
        const utterances = new EarUtterances((event) => void events.push(event));
        const open = [utterances.begin()];
        for (const { at, act, text } of steps) {
          const utterance = open[at % open.length]!;
          if (act === 'begin') open.push(utterances.begin());
          else if (act === 'words') utterance.words(text);
          else if (act === 'likely') utterance.likelyDone();
          else if (act === 'goes-on') utterance.goesOn();
          else if (act === 'stopped') utterance.stopped();
          else utterance.said(text);
        }
        for (const utterance of open) utterance.said('x');
        checkOrder(events);
        expect(events.filter((event) => event.kind === 'said')).toHaveLength(open.length);
      }),
    );
  });

  it('may be ended by whoever is told of them', () => {
    const events: EarEvent[] = [];
    const utterances = new EarUtterances((event) => {
      events.push(event);
      if (event.kind === 'words') utterance.said(event.text);
    });
    const utterance = utterances.begin();
    utterance.words('yes');
    utterance.words('yes please');
    expect(events.map((event) => event.kind)).toEqual(['caller-started', 'words', 'caller-stopped', 'said']);
  });
});
