import { describe, expect, it } from 'vitest';
import { Driver, programOf } from '../support/engine-driver.ts';

const HOUSE = `
slots:
  party: {type: integer, ask: "For how many?"}
  time: {type: time, ask: "At what time?"}
  name: {type: name, ask: "Your name?"}
tools:
  find_table: {about: Finds a table, input: {party: integer, time: time}, http: {url: "http://localhost/"}}
  find_guest: {about: Finds a guest, input: {name: string}, http: {url: "http://localhost/"}}
inbound: booking
states:
  booking:
    - collect: [party, time, name]
    - {do: find_guest, with: {name: name}, save: guest}
    - {do: find_table, with: {party: party, time: time}, save: offer}
    - branch:
        - {if: offer.free, goto: agree}
        - else: [{say: "I have nothing at {{ time }}."}, {clear: time}, {goto: booking}]
  agree:
    - confirm: "A table for {{ party }} at {{ time }}, {{ name }}?"
      rejected: [{clear: time}, {goto: booking}]
    - confirm: "Shall I write to you about the {{ party }} seats?"
    - hangup: "Done."
`;

const READ_BACK = 'A table for 4 at 7 PM, Eve?';

function called({ effects }: Driver): { tool: string; input: unknown } | null {
  const order = effects.find((effect) => effect.kind === 'call-tool');
  return order?.kind === 'call-tool' ? { tool: order.tool, input: order.input } : null;
}

function answers(call: Driver, output: { free: boolean } | { known: boolean }): Driver {
  return call.send({ kind: 'tool-returned', call: `t${call.state.counts.tool}`, output });
}

/** Everything is known, and read back. */
function agreeing(): Driver {
  const call = new Driver(programOf(HOUSE)).start();
  call.gives({ party: 4, time: '19:00', name: 'Eve' });
  answers(answers(call, { known: true }), { free: true });
  expect(call.said().at(-1)).toBe(READ_BACK);
  return call;
}

describe('a correction of what is read back', () => {
  it('calls the tool anew that was called with it, and no other, before it is read back', () => {
    const call = agreeing().gives({ party: 5 });
    expect(called(call)).toEqual({ tool: 'find_table', input: { party: 5, time: '19:00' } });
    expect(call.said()).toEqual([]);
    expect(answers(call, { free: true }).said()).toEqual(['A table for 5 at 7 PM, Eve?']);
  });

  it('goes on from there as the dialogue does, where the tool answers otherwise', () => {
    const call = answers(agreeing().gives({ party: 9 }), { free: false });
    expect(call.said()).toEqual(['I have nothing at 7 PM.', 'At what time?']);
    call.gives({ time: '20:00' });
    expect(called(answers(call, { known: true }))).toEqual({
      tool: 'find_table',
      input: { party: 9, time: '20:00' },
    });
  });

  it('calls those behind it too, in their order', () => {
    const call = agreeing().gives({ name: 'Ida' });
    expect(called(call)).toEqual({ tool: 'find_guest', input: { name: 'Ida' } });
    expect(called(answers(call, { known: false }))).toMatchObject({ tool: 'find_table' });
    expect(answers(call, { free: true }).said()).toEqual(['A table for 4 at 7 PM, Ida?']);
  });

  it('may come again and again', () => {
    const call = agreeing();
    for (const party of [5, 6, 7]) {
      expect(called(call.gives({ party }))).toEqual({ tool: 'find_table', input: { party, time: '19:00' } });
      expect(answers(call, { free: true }).said()).toEqual([`A table for ${party} at 7 PM, Eve?`]);
    }
  });

  it('undoes nothing that the caller has agreed to', () => {
    const call = agreeing().says('yes');
    expect(call.said()).toEqual(['Shall I write to you about the 4 seats?']);
    expect(called(call.gives({ party: 5 }))).toBeNull();
    expect(call.said()).toEqual(['Shall I write to you about the 5 seats?']);
  });

  it('calls the tool anew also behind a yes to something else', () => {
    const between = HOUSE.replace(
      '    - confirm: "A table',
      '    - confirm: "Is it {{ name }}?"\n    - confirm: "A table',
    );
    const call = new Driver(programOf(between)).start();
    call.gives({ party: 4, time: '19:00', name: 'Eve' });
    answers(answers(call, { known: true }), { free: true });
    expect(call.says('yes').said().at(-1)).toBe(READ_BACK);
    expect(called(call.gives({ party: 5 }))).toEqual({
      tool: 'find_table',
      input: { party: 5, time: '19:00' },
    });
  });

  it('stays where it is in the steps of an anytime', () => {
    const program = programOf(
      `${HOUSE}anytime: [{when: changes the party, like: [change], confirm: "{{ party }} seats?"}]`,
    );
    const call = new Driver(program).start();
    call.gives({ party: 4, time: '19:00', name: 'Eve' });
    answers(answers(call, { known: true }), { free: true });
    call.means('changes the party');
    call.said();
    expect(called(call.gives({ party: 5 }))).toBeNull();
    expect(call.said()).toEqual(['5 seats?']);
  });
});
