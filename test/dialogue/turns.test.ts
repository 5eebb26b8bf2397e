import { describe, expect, it } from 'vitest';
import type { Effect, Expectation, Turn } from '../../runtime/dialogue/protocol.ts';
import { Driver, programOf } from '../support/engine-driver.ts';

const turnsOf = (effects: readonly Effect[]): (Turn | null)[] =>
  effects.flatMap((effect) => (effect.kind === 'listen' || effect.kind === 'converse' ? effect.turn : []));

/** The turn of the first thing that the dialogue listens for. */
function firstTurn(yaml: string): Turn | null | undefined {
  return turnsOf(new Driver(programOf(yaml)).start().effects).at(-1);
}

describe('how the caller takes turns', () => {
  it('is by speech, at a normal pace, with any sound, where nothing is written', () => {
    expect(firstTurn('inbound: [{confirm: "Really?"}]')).toEqual({
      interrupt: 'speech',
      patience: 'normal',
      words: 1,
    });
  });

  it('is the word of the step, else of its state, else of the dialogue: each key by itself', () => {
    const yaml = `
turn: {interrupt: keys, patience: quick, words: 4}
inbound: first
states:
  first:
    turn: {patience: patient, words: 3}
    steps:
      - confirm: "Really?"
        turn: {words: 2}
`;
    expect(firstTurn(yaml)).toEqual({ interrupt: 'keys', patience: 'patient', words: 2 });
  });

  it('goes with all that is said and played', () => {
    const call = new Driver(
      programOf(`
turn: {words: 3}
intro: {say: "Hello."}
inbound: [{say: "One.", turn: {words: 2, interrupt: keys}}, {confirm: "Really?"}]
`),
    ).start();
    const said = call.effects.flatMap((one) =>
      one.kind === 'say' ? [[one.text, one.interrupt, one.words]] : [],
    );
    expect(said).toEqual([
      ['Hello.', 'speech', 3],
      ['One.', 'keys', 2],
      ['Really?', 'speech', 3],
    ]);
  });
});

describe('what is said aside', () => {
  it('changes nothing: no question again, no silence counted anew', () => {
    const call = new Driver(programOf('inbound: [{confirm: "Really?"}, {hangup: "Bye."}]')).start();
    const before = JSON.stringify(call.state);
    const { effects } = call.send({
      kind: 'caller-spoke',
      text: 'uh-huh',
      meaning: null,
      expectation: call.expectation!.id,
      answered: false,
      aside: true,
    });
    expect(effects).toEqual([]);
    expect(JSON.stringify(call.state)).toBe(before);
  });
});

describe('session.locale', () => {
  const program = programOf(`
inbound:
  - set: {session.locale: "'de_de'"}
  - say: "{{ session.locale }} {{ 3.5 }}"
  - set: {session.locale: "'no language'"}
  - confirm: "Wirklich?"
`);

  it('changes the language of what is said and heard from then on', () => {
    const { effects, state } = new Driver(program).start();
    expect(effects.map(({ kind }) => kind)).toEqual(['change-language', 'say', 'say', 'listen', 'wake']);
    expect(effects[0]).toEqual({ kind: 'change-language', locale: 'de-DE' });
    expect(effects[1]).toMatchObject({ text: 'de-DE 3,5' });
    expect((effects[3] as { expectation: Expectation }).expectation.locale).toBe('de-DE');
    expect(state.facts.session.locale).toBe('de-DE');
  });

  it('says the runtime’s own words in the new language', () => {
    const call = new Driver(program).start();
    call.send({ kind: 'limit-reached', limit: 'duration' });
    const [end] = call.effects.filter((one) => one.kind === 'say');
    expect(end?.kind === 'say' && end.text).toMatch(/Zeit|leider|Wiederhören/i);
  });
});
