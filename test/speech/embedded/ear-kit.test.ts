import { describe, expect, it } from 'vitest';
import type { EarEvent } from '../../../runtime/speech/ear.ts';
import { embeddedEars } from '../../../runtime/speech/embedded/ear-kit.ts';
import { Ear } from '../../../runtime/speech/embedded/ear.ts';
import type { Recogniser } from '../../../runtime/speech/embedded/recogniser.ts';
import { EnergyVad } from '../../../runtime/speech/vad.ts';
import { hear, quiet, speech } from '../../support/ear-sounds.ts';
import { expecting } from '../../support/expectation.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the embedded ear in a cascade', () => {
  it('does not begin the next utterance while the last one is still being recognised', async () => {
    const answers: ((text: string) => void)[] = [];
    const recogniser: Recogniser = {
      recognise: () => new Promise((answer) => void answers.push(answer)),
      close: () => Promise.resolve(),
    };
    const clock = new FakeClock();
    const kit = embeddedEars({
      open: (options) =>
        new Ear({ vad: new EnergyVad(), recogniser, clock, on: (event) => options.on(event) }),
    });
    const events: EarEvent[] = [];
    const ear = kit.open({
      sessionId: 's',
      locale: 'en-US',
      model: null,
      on: (event) => void events.push(event),
    });
    ear.expect(expecting([]), 'normal');
    await hear(ear, quiet(300), speech(600), quiet(1_000), speech(600), quiet(1_000));
    const told = (): string[] =>
      events.map((event) => (event.kind === 'said' ? `"${event.text}"` : event.kind));
    expect(told()).toEqual(['ready', 'caller-started', 'caller-stopped']);
    answers[0]!('yes');
    await hear(ear, quiet(20));
    expect(told().slice(3)).toEqual(['"yes"', 'caller-started', 'caller-stopped']);
    answers[1]!('no');
    await hear(ear, quiet(20));
    expect(told().slice(6)).toEqual(['"no"']);
    await kit.close();
    expect(clock.waiting).toBe(0);
  });

  it('has the patience of the dialogue', async () => {
    const clock = new FakeClock();
    const kit = embeddedEars({
      open: (options) =>
        new Ear({ vad: new EnergyVad(), recogniser: null, clock, on: (event) => options.on(event) }),
    });
    for (const [patience, ms] of [
      ['quick', 450],
      ['normal', 700],
      ['patient', 1_250],
    ] as const) {
      const events: EarEvent[] = [];
      const ear = kit.open({
        sessionId: 's',
        locale: 'en-US',
        model: null,
        on: (event) => void events.push(event),
      });
      ear.expect(null, patience);
      ear.caption('yes');
      await hear(ear, quiet(300), speech(600), quiet(ms - 60));
      expect(events.map((event) => event.kind)).toEqual(['ready', 'caller-started']);
      await hear(ear, quiet(120));
      expect(events.at(-1)).toEqual({ kind: 'said', text: 'yes' });
    }
    await kit.close();
  });
});
