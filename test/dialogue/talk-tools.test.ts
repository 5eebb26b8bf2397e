import { describe, expect, it } from 'vitest';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import type { Offer, Value } from '../../runtime/dialogue/protocol.ts';
import { Driver, programOf } from '../support/engine-driver.ts';

const ALL = 'hang_up, transfer, press, remember, clock';

function talk(tools: string, app: Partial<AppFacts> = {}, more = ''): Driver {
  const program = programOf(
    `
inbound: chat
states:
  chat:
    - talk: Help.
      tools: [${tools}]
    - hangup: "Enough."
  keep:
    - remember: {user.vip: "true"}
    - hangup: "Kept."
${more}`,
    app,
  );
  return new Driver(program).start();
}

function offers(call: Driver): readonly Offer[] {
  const order = call.effects.find(({ kind }) => kind === 'converse');
  return order?.kind === 'converse' ? order.offers : [];
}

const use = (call: Driver, name: string, input: Value = {}): Driver =>
  call.send({ kind: 'model-called', call: 'c1', name, input });

describe('the built-in tools of a talk', () => {
  it('are offered where the step names them, and only those', () => {
    expect(offers(talk(ALL)).map(({ name }) => name)).toEqual(ALL.split(', '));
    expect(offers(talk('clock')).map(({ name }) => name)).toEqual(['clock']);
    expect(offers(talk(''))).toEqual([]);
  });

  it.each(ALL.split(', '))('are refused where the step does not name them (%s)', (name) => {
    const call = use(talk(''), name, { to: 'manager', keys: '1', name: 'x', value: 1 });
    expect(call.effects).toEqual([{ kind: 'answer-model', call: 'c1', output: { error: 'not-available' } }]);
    expect(call.state.phase).toBe('running');
  });

  it('give way to a tool of the dialogue with the same name', () => {
    const own = 'tools: {clock: {about: The clock on the wall, http: {url: "http://localhost/"}}}';
    const call = talk('clock', {}, own);
    expect(offers(call)).toMatchObject([{ name: 'clock', about: 'The clock on the wall' }]);
    expect(use(call, 'clock').effects).toMatchObject([
      { kind: 'call-tool', tool: 'clock' },
      { kind: 'wake' },
    ]);
  });
});

describe('hang_up', () => {
  it('says goodbye and ends the call', () => {
    const call = use(talk(ALL), 'hang_up', { goodbye: ' See you on Friday. ' });
    expect(call.effects).toMatchObject([
      { kind: 'say', text: 'See you on Friday.', interrupt: 'never' },
      { kind: 'hang-up', reason: 'agent-hung-up' },
    ]);
    expect(call.state.phase).toBe('ending');
  });

  it.each([[{}], [null], [{ goodbye: '  ' }], [{ goodbye: 7 }]])(
    'has a goodbye of its own for %j',
    (input) => {
      expect(use(talk(ALL), 'hang_up', input).said()).toEqual(['Goodbye.']);
    },
  );

  it('does not speak for ever', () => {
    expect(use(talk(ALL), 'hang_up', { goodbye: 'x'.repeat(9000) }).said()).toEqual(['x'.repeat(500)]);
  });
});

describe('transfer', () => {
  it('offers the names of the app, and nothing where it has none', () => {
    const input = offers(talk('transfer'))[0]?.input;
    expect(input).toEqual({
      type: 'object',
      properties: { to: { type: 'string', enum: ['manager'] } },
      required: ['to'],
      additionalProperties: false,
    });
    expect(offers(talk('transfer', { transfers: {} }))).toEqual([]);
  });

  it('puts the caller through to a number of the app', () => {
    const call = use(talk(ALL), 'transfer', { to: 'manager' });
    expect(call.effects).toEqual([{ kind: 'transfer', to: '+14155550199', brief: null, ringMs: 25_000 }]);
    expect(call.state).toMatchObject({
      phase: 'transferring',
      transfer: { to: '+14155550199', brief: null, ringMs: 25_000 },
    });
  });

  it.each([['+14155550166'], ['toString'], [''], [null]])('never dials anything else (%j)', (to) => {
    const call = use(talk(ALL), 'transfer', { to });
    expect(call.effects[0]).toEqual({
      kind: 'answer-model',
      call: 'c1',
      output: { error: 'not-available', available: ['manager'] },
    });
    expect(call.state.phase).toBe('running');
  });

  it.each(['busy', 'no-answer', 'declined', 'failed'] as const)(
    'that comes to nothing (%s) lets the talk go on, and the model tells the caller',
    (reason) => {
      const call = use(talk(ALL), 'transfer', { to: 'manager' });
      call.send({ kind: 'transfer-failed', reason });
      expect(call.effects[0]).toMatchObject({
        kind: 'converse',
        instructions: `Help.\n\nThe transfer did not come about (${reason}): tell the caller, and go on.`,
        answerNow: true,
      });
      expect(call.state).toMatchObject({ phase: 'running', transfer: null });
    },
  );

  it('lets go of the tools that the model waited for', () => {
    const menu = 'tools: {menu: {about: The menu, http: {url: "http://localhost/"}}}';
    const call = talk('menu, transfer', {}, menu);
    call.send({ kind: 'model-called', call: 'c0', name: 'menu', input: {} });
    use(call, 'transfer', { to: 'manager' }).send({ kind: 'transfer-failed', reason: 'busy' });
    call.send({ kind: 'tool-returned', call: 'c0', output: 'soup' });
    expect(call.effects).toEqual([]);
    expect(call.wake('silence').said()).toEqual(['Are you still there?']);
  });
});

describe('press', () => {
  it('sends tones and tells the model so', () => {
    expect(use(talk(ALL), 'press', { keys: '1w*23#' }).effects).toMatchObject([
      { kind: 'press', id: 'u1', keys: '1w*23#', state: 'chat' },
      { kind: 'answer-model', output: { pressed: '1w*23#' } },
      { kind: 'wake' },
    ]);
  });

  it.each([['1 2'], ['one'], [''], [12], ['1'.repeat(41)]])('presses nothing that is no key (%j)', (keys) => {
    const call = use(talk(ALL), 'press', { keys });
    expect(call.effects[0]).toEqual({ kind: 'answer-model', call: 'c1', output: { error: 'no-such-keys' } });
    expect(call.effects.some(({ kind }) => kind === 'press')).toBe(false);
  });
});

describe('remember', () => {
  it('keeps twenty names of one call and no more, but changes those that are there', () => {
    const call = talk(ALL);
    for (let name = 0; name < 20; name++) use(call, 'remember', { name: `n${name}`, value: name });
    use(call, 'remember', { name: 'one_more', value: 1 });
    expect(call.effects[0]).toEqual({
      kind: 'answer-model',
      call: 'c1',
      output: { error: 'too-many-names' },
    });
    use(call, 'remember', { name: 'n3', value: 33 });
    expect(call.state.remembered['n3']).toBe(33);
  });

  it('keeps a value of the caller’s, which the dialogue knows at once', () => {
    const call = use(talk(ALL), 'remember', { name: 'favorite_table', value: 'by the window' });
    expect(call.effects).toMatchObject([
      { kind: 'remember', name: 'favorite_table', value: 'by the window', forMs: null },
      { kind: 'answer-model', output: { remembered: 'favorite_table' } },
      { kind: 'wake' },
    ]);
    expect(call.state.remembered).toEqual({ favorite_table: 'by the window' });
  });

  it.each([
    ['paired', 'a person is not paired by a model'],
    ['anonymous', 'nor made known'],
    ['vip', 'what the dialogue remembers by itself may open a gate'],
    ['__proto__', 'no such name'],
    ['Two words', 'no such name'],
    ['', 'no such name'],
  ])('leaves %j alone: %s', (name) => {
    const call = use(talk(ALL), 'remember', { name, value: true });
    expect(call.effects[0]).toEqual({ kind: 'answer-model', call: 'c1', output: { error: 'no-such-name' } });
    expect(call.state.remembered).toEqual({});
  });

  it.each([[null], [['a']], [{ a: 1 }], ['x'.repeat(501)]])('keeps simple values only (%j)', (value) => {
    const call = use(talk(ALL), 'remember', { name: 'note', value });
    expect(call.effects[0]).toEqual({ kind: 'answer-model', call: 'c1', output: { error: 'no-such-value' } });
    expect(call.state.remembered).toEqual({});
  });
});

describe('clock', () => {
  it('tells the day and the time where the caller is', () => {
    expect(use(talk(ALL), 'clock').effects[0]).toEqual({
      kind: 'answer-model',
      call: 'c1',
      output: { date: '2026-03-03', weekday: 'tuesday', time: '11:00', zone: 'Europe/Prague' },
    });
  });
});

describe('a tool that takes longer than a breath in a talk', () => {
  const tools = `
tools:
  menu: {about: The menu, http: {url: "http://localhost/"}, meanwhile: "I am looking at the menu."}
  wine: {about: The wines, http: {url: "http://localhost/"}}
`;
  const begin = (): Driver => {
    const call = talk('menu, wine', {}, tools);
    call.send({ kind: 'model-called', call: 'a:1', name: 'menu', input: {} });
    return call.send({ kind: 'model-called', call: 'a:2', name: 'wine', input: {} });
  };

  it('has its own words said', () => {
    const call = begin();
    expect(call.send({ kind: 'time-passed', wake: 'breath:a:1' }).said()).toEqual([
      'I am looking at the menu.',
    ]);
    expect(call.send({ kind: 'time-passed', wake: 'breath:a:2' }).said()).toEqual(['One moment, please.']);
  });

  it('is answered once, and announced no more', () => {
    const call = begin();
    call.send({ kind: 'tool-returned', call: 'a:1', output: 'soup' });
    expect(call.effects).toContainEqual({ kind: 'cancel-wake', id: 'breath:a:1' });
    expect(call.effects).toContainEqual({ kind: 'answer-model', call: 'a:1', output: 'soup' });
    call.send({ kind: 'tool-returned', call: 'a:1', output: 'soup' });
    expect(call.effects).toEqual([]);
  });

  it('that was called wrongly tells the model how, and any other failure only its code', () => {
    const call = begin();
    const message = 'The input of menu is not what it takes: "day" must be string.';
    call.send({ kind: 'tool-failed', call: 'a:1', code: 'tool-bad-input', message });
    const output = { error: 'tool-bad-input', problem: message };
    expect(call.effects).toContainEqual({ kind: 'answer-model', call: 'a:1', output });
    call.send({ kind: 'tool-failed', call: 'a:2', code: 'tool-refused', message: 'wine answered with 500.' });
    expect(call.effects).toContainEqual({
      kind: 'answer-model',
      call: 'a:2',
      output: { error: 'tool-refused' },
    });
  });

  it('is forgotten with the line that broke: the silence is the caller’s again', () => {
    const call = begin().send({ kind: 'line-resumed' });
    expect(call.effects[0]).toMatchObject({ kind: 'converse' });
    expect(call.wake('silence').said()).toEqual(['Are you still there?']);
  });
});
