import { describe, expect, it } from 'vitest';
import { Driver, factsOf, programOf } from '../support/engine-driver.ts';

const orders = (call: Driver, kind: string) => call.effects.filter((effect) => effect.kind === kind);

describe('run and return', () => {
  const MAIN = `
slots: {party: {type: integer, ask: "How many?"}}
inbound:
  - set: {mark: "'main'"}
  - {run: age, with: {who: "'Ana'", least: 18}, save: age}
  - say: "{{ age }} years, {{ mark }}."
  - hangup: "Bye."
anytime: [{when: asks for a person, like: [operator], hangup: "A person."}]
`;
  const AGE = `
params: {who: text, least: integer}
slots: {years: {type: integer, ask: "How old are you, {{ who }}?"}}
return: years
intro: {say: "One question."}
inbound: [{collect: years}, {branch: [{if: "years < least", return: "0"}]}]
`;

  it('holds another dialogue with names of its own and saves what it gives back', () => {
    const call = new Driver(programOf(MAIN, {}, { age: AGE })).start();
    expect(call.said()).toEqual(['One question.', 'How old are you, Ana?']);
    expect(call.state.contexts.map(({ dialogue }) => dialogue)).toEqual(['test', 'age']);
    expect(call.gives({ years: 40 }).said()).toEqual(['40 years, main.', 'Bye.']);
  });

  it('gives back early what a return says', () => {
    const call = new Driver(programOf(MAIN, {}, { age: AGE })).start();
    call.said();
    expect(call.gives({ years: 12 }).said()).toEqual(['0 years, main.', 'Bye.']);
  });

  it('keeps a goto of the inner dialogue inside of it', () => {
    const inner = `
inbound: first
states:
  first: {goto: second}
  second: {say: "Second."}
`;
    const call = new Driver(programOf('inbound: [{run: inner}, {hangup: "Bye."}]', {}, { inner })).start();
    expect(call.said()).toEqual(['Second.', 'Bye.']);
  });

  it('ends politely where dialogues run each other without an end', () => {
    const call = new Driver(
      programOf('inbound: {run: other}', {}, { other: 'inbound: {run: test}' }),
    ).start();
    expect(call.hungUp).toBe('error');
  });
});

describe('an anytime of a dialogue further out', () => {
  const OUTER = `
inbound: first
states:
  first: [{set: {who: "'Ana'"}}, {run: age, save: age}, {say: "{{ age }} years."}, {hangup: "Bye."}]
  person: {hangup: "A person for {{ who }}."}
anytime:
  - {when: asks who speaks, like: [who are you], keys: "9", say: "I am {{ who }}."}
  - {when: asks for a person, like: [operator], keys: "0", goto: person}
  - {when: asks for the hours, like: [hours], then: [{ask: "Today or tomorrow?", answers: [{when: today, like: [today], say: "Until six."}]}]}
  - {when: gives up, like: [stop], return: "1"}
`;
  const AGE = `
slots: {years: {type: integer, ask: "How old are you?"}}
return: years
inbound: [{set: {who: "'Bill'"}}, {collect: years}, {ask: "Sure, {{ who }}?", answers: [{when: agrees, like: [sure]}]}]
anytime: [{when: asks why, like: [why], keys: "9", say: "The law."}]
`;
  const UNCLEAR = 'Sorry, I did not understand that.';
  const begun = (outer = OUTER, inner = AGE): Driver => {
    const call = new Driver(programOf(outer, {}, { age: inner })).start();
    call.said();
    return call;
  };
  const offered = (call: Driver) =>
    call.expectation!.choices.map(({ id, when, keys }) => `${id} ${when} ${keys}`);

  it('holds while another is run, behind those of that one, which keep their keys', () => {
    expect(offered(begun())).toEqual([
      'a0 asks why 9',
      'a1 asks who speaks null',
      'a2 asks for a person 0',
      'a3 asks for the hours null',
      'a4 gives up null',
    ]);
  });

  it('is not offered where the inner one has it too', () => {
    const call = begun(
      OUTER,
      `${AGE.trimEnd().slice(0, -1)}, {when: Asks for a person, hangup: "Nobody."}]\n`,
    );
    expect(offered(call).filter((one) => one.includes('person'))).toEqual(['a1 Asks for a person null']);
    call.gives({ years: 40 }).said();
    expect(call.press('0').said()).toEqual([UNCLEAR]);
    expect(call.means('Asks for a person').said()).toEqual(['Nobody.']);
  });

  it('is carried out with the names of its own dialogue, and the inner one goes on where it was', () => {
    const call = begun();
    expect(call.means('asks who speaks').said()).toEqual(['I am Ana.', 'How old are you?']);
    expect(call.state.contexts).toHaveLength(2);
    expect(call.gives({ years: 40 }).said()).toEqual(['Sure, Bill?']);
    expect(call.means('asks who speaks').said()).toEqual(['I am Ana.', 'Sure, Bill?']);
    expect(call.means('agrees').said()).toEqual(['40 years.', 'Bye.']);
  });

  it('leaves the inner dialogue by goto, spoken or pressed', () => {
    const said = begun();
    expect(said.means('asks for a person').said()).toEqual(['A person for Ana.']);
    expect(said.state.contexts).toHaveLength(1);
    const pressed = begun();
    // What the step wants comes first: 0 is an age.
    expect(pressed.press('0').said()).toEqual(['Sure, Bill?']);
    expect(pressed.press('0').said()).toEqual(['A person for Ana.']);
  });

  it('ends its own dialogue by return', () => {
    const call = begun();
    expect(call.means('gives up').said()).toEqual(['Goodbye.']);
    expect(call.hungUp).toBe('agent-hung-up');
    const main = 'inbound: [{run: outer, save: got}, {say: "Got {{ got }}."}]';
    const nested = new Driver(programOf(main, {}, { outer: OUTER, age: AGE })).start();
    nested.said();
    expect(nested.means('gives up').said()).toEqual(['Got 1.', 'Goodbye.']);
    expect(nested.state.contexts).toHaveLength(1);
  });

  it('may ask something itself: only what belongs to it and to those further out holds meanwhile', () => {
    const call = begun();
    expect(call.means('asks for the hours').said()).toEqual(['Today or tomorrow?']);
    expect(offered(call)).toEqual([
      's0 today null',
      'a0 asks who speaks 9',
      'a1 asks for a person 0',
      'a2 asks for the hours null',
      'a3 gives up null',
    ]);
    expect(call.means('asks who speaks').said()).toEqual(['I am Ana.', 'Today or tomorrow?']);
    expect(call.means('today').said()).toEqual(['Until six.', 'How old are you?']);
    expect(call.gives({ years: 4 }).means('agrees').said()).toEqual(['Sure, Bill?', '4 years.', 'Bye.']);
  });

  it('may run a dialogue itself, which is not asked what the interrupted one may be', () => {
    const outer = OUTER.replace('{ask: "Today or tomorrow?"', '{run: age}, {ask: "Today or tomorrow?"');
    const call = begun(outer);
    expect(call.means('asks for the hours').said()).toEqual(['How old are you?']);
    expect(call.state.contexts.map(({ dialogue }) => dialogue)).toEqual(['test', 'age', 'test', 'age']);
    expect(offered(call)).toEqual(offered(begun()));
    expect(call.means('asks for a person').said()).toEqual(['A person for Ana.']);
    expect(call.state.contexts).toHaveLength(1);
  });

  it('is offered to a model that talks, and taken when it calls it', () => {
    const call = begun(OUTER, 'inbound: [{talk: Chat., until: [{when: is done, hangup: "Done."}]}]');
    const order = call.effects.find(({ kind }) => kind === 'converse');
    expect(order?.kind === 'converse' && order.offers.map(({ name }) => name)).toEqual([
      'exit_s0',
      'exit_a0',
      'exit_a1',
      'exit_a2',
      'exit_a3',
    ]);
    const called = call.send({ kind: 'model-called', call: 'c1', name: 'exit_a1', input: {} });
    expect(called.said()).toEqual(['A person for Ana.']);
  });

  it('is bounded like any other: three times that lead nowhere are enough', () => {
    const call = begun();
    call.means('asks who speaks').means('asks who speaks').means('asks who speaks').said();
    expect(call.means('asks who speaks').said()).toEqual([UNCLEAR]);
  });
});

describe('gates', () => {
  const GATED = `
inbound: secret
states:
  secret:
    requires: user.paired
    else: {hangup: "First we must know you."}
    steps: [{hangup: "The secret."}]
`;

  it('turn away whom they are closed for', () => {
    expect(new Driver(programOf(GATED)).start().said()).toEqual(['First we must know you.']);
  });

  it('let in whom they are open for', () => {
    const facts = { ...factsOf(), user: { paired: true, anonymous: false, name: 'Ana' } };
    expect(new Driver(programOf(GATED), facts).start().said()).toEqual(['The secret.']);
  });

  it('say that it is not possible where nothing else is written', () => {
    const program = programOf('inbound: a\nstates: {a: {requires: "false", steps: [{say: "In."}]}}');
    const call = new Driver(program).start();
    expect(call.said()).toEqual(['I am sorry, that is not possible. Goodbye.']);
    expect(call.hungUp).toBe('agent-hung-up');
  });

  it('keep a tool from being called, and from being shown to a model', () => {
    const program = programOf(`
tools: {erase: {about: Erases, http: {url: "http://localhost/"}, requires: user.paired, else: {say: "Not you."}}}
inbound: [{do: erase}, {talk: Help., tools: [erase]}]
`);
    const call = new Driver(program).start();
    expect(call.said()).toEqual(['Not you.']);
    expect(orders(call, 'converse')).toMatchObject([{ offers: [] }]);
  });
});

describe('transfer', () => {
  const program = programOf(`
slots: {party: {type: integer, ask: "How many?"}, card: {type: digits, ask: "Card?", sensitive: true}}
inbound:
  - {set: {party: 4, card: "'1234'"}}
  - say: "I put you through."
  - {transfer: manager, brief: true, ring: 20s, failed: ["Once more.", {say: "Nobody is free."}, {hangup: "Bye."}]}
`);

  it('closes the line behind what was said, with what the other side is told', () => {
    const call = new Driver(program).start();
    expect(call.said()).toEqual(['I put you through.']);
    expect(orders(call, 'transfer')).toEqual([
      {
        kind: 'transfer',
        to: '+14155550199',
        ringMs: 20_000,
        brief: expect.stringMatching(/^There is a caller for you\. The number is .*party: 4\.$/),
      },
    ]);
    expect(call.state).toMatchObject({ phase: 'transferring', transfer: { to: '+14155550199' } });
    expect(JSON.stringify(orders(call, 'transfer'))).not.toContain('1234');
  });

  it('is tried again after a text of `failed`, and goes on with its steps the next time', () => {
    const call = new Driver(program).start();
    call.said();
    call.send({ kind: 'transfer-failed', reason: 'busy' });
    expect(call.said()).toEqual(['Once more.']);
    expect(call.state.phase).toBe('transferring');
    call.send({ kind: 'transfer-failed', reason: 'no-answer' });
    expect(call.said()).toEqual(['Nobody is free.', 'Bye.']);
  });

  it('is over when the line is closed for good', () => {
    const call = new Driver(program).start();
    call.send({ kind: 'line-closed', reason: 'transferred' });
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'transferred' });
  });

  it('hears nothing of the caller meanwhile', () => {
    const call = new Driver(program).start();
    call.said();
    expect(call.send({ kind: 'key-pressed', key: '1' }).effects).toEqual([]);
  });

  it('fails where what it names is no number', () => {
    const call = new Driver(
      programOf('inbound: {transfer: "{{ session.attributes.boss }}", failed: {hangup: "No boss."}}'),
    ).start();
    expect(call.said()).toEqual(['No boss.']);
  });
});

describe('a step that fails', () => {
  const failing = (more: string) =>
    new Driver(programOf(`tools: {x: {about: X, http: {url: "http://localhost/"}}}\n${more}`)).start();

  it('goes by the ladder of its state, then of the dialogue', () => {
    const call = failing(`
inbound: a
failed: {hangup: "Dialogue."}
states:
  a: {steps: [{do: x}], failed: {goto: b}}
  b: {do: x}
`);
    call.send({ kind: 'tool-failed', call: 't1', code: 'x', message: '' });
    call.send({ kind: 'tool-failed', call: 't2', code: 'x', message: '' });
    expect(call.said()).toEqual(['Dialogue.']);
  });

  it('ends the call politely where nothing is written, and where trying again never helps', () => {
    const plain = failing('inbound: {do: x}');
    plain.send({ kind: 'tool-failed', call: 't1', code: 'x', message: '' });
    expect(plain.hungUp).toBe('error');
    const stubborn = failing('inbound: {do: x, failed: "Again."}');
    for (let count = 1; count <= 4; count++)
      stubborn.send({ kind: 'tool-failed', call: `t${count}`, code: 'x', message: '' });
    expect(stubborn.said()).toEqual([
      'Again.',
      'Again.',
      'Again.',
      'I am sorry, something went wrong on our side. Please call again later. Goodbye.',
    ]);
  });

  it('says again and again that it takes a moment, however long it takes', () => {
    const call = failing('inbound: {do: x}');
    expect(call.wake('breath').said()).toEqual(['One moment, please.']);
    expect(call.effects.at(-1)).toEqual({ kind: 'wake', id: 'breath:t1', afterMs: 5000, since: 'heard' });
    expect(call.wake('breath').said()).toEqual(['One moment, please.']);
  });

  it('waits for the tool when speech is lost meanwhile, and goes on where keys are enough', () => {
    const call = failing('inbound: [{do: x}, {ask: "Press one.", answers: [{when: one, keys: "1"}]}]');
    call.send({ kind: 'speech-failed', code: 'x' });
    expect(call.hungUp).toBeNull();
    call.send({ kind: 'tool-returned', call: 't1', output: null });
    expect(call.said()).toEqual(['Press one.']);
  });

  it('says the tool’s own words while it takes long', () => {
    const call = new Driver(
      programOf(
        'tools: {x: {about: X, http: {url: "http://localhost/"}, meanwhile: "Looking it up."}}\ninbound: {do: x}',
      ),
    ).start();
    expect(call.wake('breath').said()).toEqual(['Looking it up.']);
  });
});

describe('keys while a tool is at work', () => {
  const working = (keys: string): Driver => {
    const call = new Driver(
      programOf(`
tools: {x: {about: X, http: {url: "http://localhost/"}}}
inbound: work
states:
  work: [{do: x, save: got}, {ask: "{{ got }}?", answers: [{when: one, keys: "1", hangup: "One."}]}]
  person: {hangup: "To a person."}
anytime:
  - {when: asks for a person, keys: "0", goto: person}
  - {when: asks for hours, keys: "99", say: "Nine to five."}
`),
    ).start();
    return call.press(keys);
  };
  const returned = (call: Driver): string[] =>
    call.send({ kind: 'tool-returned', call: 't1', output: 'Ready' }).said();

  it('lead to a person at once, and what the tool gives is let go', () => {
    const call = working('0');
    expect(call.said()).toEqual(['To a person.']);
    expect(call.effects).toContainEqual({ kind: 'cancel-wake', id: 'lost:t1' });
    expect(returned(call)).toEqual([]);
  });

  it('do what comes back when the tool has answered, and go on behind it', () => {
    const call = working('99');
    expect(call.said()).toEqual([]);
    expect(returned(call)).toEqual(['Nine to five.', 'Ready?']);
  });

  it('answer no question that was not asked yet', () => {
    expect(returned(working('1'))).toEqual(['Ready?']);
    expect(working('10').said()).toEqual(['To a person.']);
  });
});

describe('a machine that answers', () => {
  it('hears the voicemail, whatever was being asked', () => {
    const call = new Driver(
      programOf(
        'outbound: {ask: "Are you there?", answers: [{when: x}]}\nvoicemail: {hangup: "Call us back."}',
      ),
      factsOf({ isInitiated: true }),
    ).start();
    call.said();
    expect(call.send({ kind: 'machine-answered' }).said()).toEqual(['Call us back.']);
    expect(call.hungUp).toBe('machine');
  });

  it('hears its message though its greeting was taken for a caller nobody understands', () => {
    const call = new Driver(
      programOf('outbound: {ask: "?", answers: [{when: x}]}\nvoicemail: {hangup: "Call us back."}'),
      factsOf({ isInitiated: true }),
    ).start();
    for (let round = 0; round < 3; round++) call.means(null);
    expect(call.hungUp).toBe('agent-hung-up');
    call.said();
    expect(call.send({ kind: 'machine-answered' }).said()).toEqual(['Call us back.']);
    expect(call.state.endReason).toBe('machine');
  });

  it('hears nothing where there is no message', () => {
    const call = new Driver(
      programOf('outbound: {ask: "?", answers: [{when: x}]}'),
      factsOf({ isInitiated: true }),
    );
    call.start().said();
    expect(call.send({ kind: 'machine-answered' }).said()).toEqual([]);
    expect(call.hungUp).toBe('machine');
  });
});

describe('small verbs', () => {
  it('remember keeps a value of the caller’s, and expressions see it at once', () => {
    const call = new Driver(
      programOf('inbound: [{remember: {user.size: 4}, for: 365d}, {hangup: "{{ user.size }}"}]'),
    ).start();
    expect(orders(call, 'remember')).toEqual([
      { kind: 'remember', name: 'size', value: 4, forMs: 31_536_000_000 },
    ]);
    expect(call.said()).toEqual(['4']);
  });

  it('play and press take their turn', () => {
    const call = new Driver(
      programOf(
        'inbound: [{play: ./hello.wav}, {set: {pin: "\'12 34\'"}}, {press: "{{ pin }}w#"}, {hangup: "Bye."}]',
      ),
    ).start();
    expect(call.effects.map(({ kind }) => kind)).toEqual(['play', 'press', 'say', 'hang-up']);
    expect(orders(call, 'play')).toMatchObject([
      { id: 'u1', file: expect.stringMatching(/dialogues\/hello\.wav$/) },
    ]);
    expect(orders(call, 'press')).toEqual([{ kind: 'press', id: 'u2', keys: '1234w#', state: null }]);
  });

  it('wait lets time pass, and an anytime still holds', () => {
    const program = programOf(`
inbound: [{wait: 2s}, {hangup: "Bye."}]
anytime: [{when: asks for a person, like: [operator], hangup: "A person."}]
`);
    const call = new Driver(program).start();
    // Counted from the end of what is being said; noise after it does not make it longer.
    expect(call.effects.at(-1)).toEqual({ kind: 'wake', id: 'heard:e1', afterMs: 0, since: 'heard' });
    call.wake('heard');
    expect(call.effects).toEqual([{ kind: 'wake', id: 'wait:e1', afterMs: 2000, since: 'now' }]);
    expect(call.means(null).said()).toEqual([]);
    expect(call.wake('wait').said()).toEqual(['Bye.']);
    expect(new Driver(program).start().means('asks for a person').said()).toEqual(['A person.']);
  });

  it('wait outlasts the loss of speech: the next question decides', () => {
    const call = new Driver(
      programOf('inbound: [{wait: 5s}, {ask: "Press one.", answers: [{when: one, keys: "1"}]}]'),
    ).start();
    call.send({ kind: 'speech-failed', code: 'x' });
    expect(call.hungUp).toBeNull();
    call.wake('heard').wake('wait');
    expect(call.said()).toEqual(['Press one.']);
  });

  it('hangup says goodbye in other words where its own are nothing', () => {
    const program = programOf('inbound: {hangup: "{{ session.attributes.bye }}"}');
    expect(new Driver(program, factsOf(), { bye: 'See you.' }).start().said()).toEqual(['See you.']);
    expect(new Driver(program, factsOf(), { bye: {} }).start().said()).toEqual(['Goodbye.']);
    expect(new Driver(programOf('inbound: {hangup: true}')).start().said()).toEqual([]);
  });

  it('callback calls back at a moment or after a while, and fails for a caller without a number', () => {
    const at = (text: string, facts = factsOf()) =>
      new Driver(
        programOf(`inbound: [{callback: "${text}", failed: {hangup: "No."}}, {hangup: "Yes."}]`),
        facts,
      ).start();
    expect(orders(at("'PT2H'"), 'call-back')).toEqual([
      { kind: 'call-back', id: 'c1', at: Date.UTC(2026, 2, 3, 12) },
    ]);
    expect(orders(at("'2026-03-04T09:00:00+01:00'"), 'call-back')).toMatchObject([
      { at: Date.UTC(2026, 2, 4, 8) },
    ]);
    expect(at("'2026-03-01T09:00:00+01:00'").said()).toEqual(['No.']);
    expect(at('null').said()).toEqual(['No.']);
    const withheld = { ...factsOf(), caller: { phone: null } };
    expect(at("'PT2H'", withheld).said()).toEqual(['No.']);
  });

  it('parameters of the first dialogue come from the app and the call', () => {
    const call = new Driver(
      programOf('params: {city: text, name: text, more: text}\ninbound: {hangup: "{{ city }} {{ name }}"}'),
      factsOf(),
      { name: 'Ana' },
    ).start();
    expect(call.said()).toEqual(['Prague Ana']);
    expect(call.state.contexts[0]!.vars).toEqual({ city: 'Prague', name: 'Ana', more: null });
  });
});
