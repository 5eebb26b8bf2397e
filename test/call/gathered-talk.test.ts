import { afterEach, describe, expect, it } from 'vitest';
import type { Meaning } from '../../runtime/dialogue/protocol.ts';
import type { MindEvent, MindKit } from '../../runtime/speech/mind.ts';
import {
  AGAIN,
  meant,
  NOTHING,
  openOffice,
  saidIn,
  spoke,
  type Office,
  type OfficeParts,
} from '../support/gathering.ts';

const TALK = `
persona: You are Ana.
intro: {say: "Hello."}
inbound: talk
tools: {menu: {about: The menu, http: {url: "http://localhost/"}}}
states:
  talk:
    - talk: Answer questions about the menu.
      tools: [menu]
      until:
        - {when: is done, like: ["that is all"], keys: "9", goto: bye}
        - {when: wants a table, goto: table}
  table:
    ask: "For how many?"
    answers: [{when: says a number, like: [four], hangup: "Booked."}]
  bye: {hangup: "Goodbye."}
`;
const APP = { model: 'openai/a-text-model' };

/** A model in the hands of the test: what it was told, and a way to let it speak. */
class Model implements MindKit {
  readonly told: string[] = [];
  on: (event: MindEvent) => void = () => undefined;
  /** Called when the caller has said something in a talk. */
  answers: (text: string) => void = () => undefined;

  open({ on }: Parameters<MindKit['open']>[0]): ReturnType<MindKit['open']> {
    this.on = on;
    const { told } = this;
    return {
      note: ({ role, text }) => void told.push(`${role}: ${text}`),
      converse: (talk) => void told.push(talk ? `converse ${talk.answerNow ? 'now' : 'later'}` : 'no more'),
      prepare: (text) => void told.push(`prepare ${text}`),
      discard: () => void told.push('discard'),
      said: (text) => {
        told.push(`said ${text}`);
        this.answers(text);
      },
      respond: (call, output) => {
        told.push(`respond ${call} ${JSON.stringify(output)}`);
        this.answers('');
      },
      heardOnly: (reply, text) => void told.push(`heard of ${reply}: ${text}`),
      forget: () => void told.push('forget'),
      hide: (mask) => void told.push(`hide ${mask('4711')}`),
      close: () => void told.push('close'),
    };
  }

  says(reply: string, text: string): void {
    this.on({ kind: 'words', reply, text });
    this.on({ kind: 'ended', reply, text });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

let office: Office;
afterEach(() => office.close());

async function open(parts: OfficeParts = {}, dialogue = TALK): Promise<Model> {
  const model = new Model();
  office = await openOffice(dialogue, { app: APP, mind: model, ...parts });
  return model;
}

const turns = async (): Promise<string[]> =>
  (await office.session()).turns.map(({ role, text, interrupted, heardText }) =>
    interrupted ? `${role}: ${heardText} —` : `${role}: ${text}`,
  );

describe('a talk that is held exchange by exchange', () => {
  it('is one answer a turn, whole, and the model knows what was said before', async () => {
    const model = await open();
    const one = office.process();
    const first = await one.call();
    expect([saidIn(first), first.next]).toMatchObject([['Hello.'], { kind: 'listen', partials: true }]);
    expect(model.told).toEqual(['agent: Hello.', 'converse later']);
    model.answers = () => {
      model.on({ kind: 'words', reply: 'r1', text: 'We have ' });
      office.clock.after(900, () => {
        model.on({ kind: 'words', reply: 'r1', text: 'soup.' });
        model.on({ kind: 'ended', reply: 'r1', text: 'We have soup.' });
      });
    };
    await office.pass(5_000);
    const second = await one.tell(first, spoke('what is on the menu'));
    expect([saidIn(second), second.next.kind]).toEqual([['We have soup.'], 'listen']);
    expect(await turns()).toEqual(['agent: Hello.', 'caller: what is on the menu', 'agent: We have soup.']);
  });

  it('has the tools of the step, and leaves by an exit that the model takes', async () => {
    const model = await open({ tool: () => Promise.resolve({ dishes: ['soup'] }) });
    const one = office.process();
    const first = await one.call();
    model.answers = (text) => {
      if (text !== '') model.on({ kind: 'called', call: 'c1', name: 'menu', input: {} });
      else model.says('r1', 'Soup it is.');
    };
    await office.pass(5_000);
    const second = await one.tell(first, spoke('what is on the menu'));
    expect(saidIn(second)).toEqual(['Soup it is.']);
    expect(model.told).toContain('respond c1 {"dishes":["soup"]}');
    model.answers = () => model.on({ kind: 'called', call: 'c2', name: 'exit_s1', input: {} });
    await office.pass(5_000);
    const third = await one.tell(second, spoke('a table please'));
    expect(saidIn(third)).toEqual(['For how many?']);
    expect(model.told.at(-1)).toBe('no more');
  });

  it('tells the model what was heard of its words, and what else was said', async () => {
    const model = await open();
    const one = office.process();
    const first = await one.call();
    model.answers = () => model.says('r1', 'Today we have soup and bread and cheese.');
    await office.pass(5_000);
    const second = await one.tell(first, spoke('what is on the menu'));
    // "stop": a quarter of a second, and two until the line was sure.
    await office.pass(4_000);
    await one.tell(second, spoke('stop'));
    expect(model.told).toContain('heard of r1: Today we have soup and');
    await office.pass(500);
    expect((await turns())[2]).toBe('agent: Today we have soup and —');
  });

  it('is remembered by the process that goes on with it', async () => {
    const model = await open();
    model.answers = () => model.says('r1', 'Soup.');
    const first = await office.process().call();
    await office.pass(5_000);
    const second = await office.process().tell(first, spoke('what is there'));
    model.told.length = 0;
    await office.pass(5_000);
    model.answers = () => model.says('r2', 'And bread.');
    const third = await office.process().tell(second, spoke('and what else'));
    expect(saidIn(third)).toEqual(['And bread.']);
    expect(model.told).toEqual([
      'agent: Hello.',
      'caller: what is there',
      'agent: Soup.',
      'converse later',
      'said and what else',
    ]);
  });

  it('begins to answer while the caller still speaks, whatever comes late or twice', async () => {
    const model = await open();
    const one = office.process();
    const { session, turn } = await one.call();
    const callSid = `CA${'b'.repeat(32)}`;
    const partial = async (sequence: number, text: string, about: object = {}): Promise<void> => {
      await one.switchboard.partial({ session, callSid, turn, sequence, text, ...about });
    };
    await partial(1, 'what is');
    await partial(0, 'what');
    await partial(1, 'what is');
    await partial(2, 'what is on the menu');
    await partial(3, 'another call', { callSid: 'CA1' });
    await partial(3, 'another turn', { turn: turn + 1 });
    await partial(3, 'another session', { session: 'nobody' });
    expect(model.told.filter((line) => line.startsWith('prepare'))).toEqual([
      'prepare what is',
      'prepare what is on the menu',
    ]);
  });

  it('goes on with examples and keys where the model is lost', async () => {
    const model = await open();
    const one = office.process();
    const first = await one.call();
    model.answers = () =>
      model.on({ kind: 'failed', code: 'openai-unreachable', message: 'It is gone.', recovering: false });
    await office.pass(5_000);
    const second = await one.tell(first, spoke('what is on the menu'));
    expect(saidIn(second)).toHaveLength(1);
    expect(second.next.kind).toBe('listen');
    await office.pass(6_000);
    const last = await one.tell(second, spoke('that is all'));
    expect([saidIn(last), last.next.kind]).toEqual([['Goodbye.'], 'hang-up']);
  });

  it('is listened to again where the model gives neither words nor an end', async () => {
    await open();
    const one = office.process();
    const first = await one.call();
    await office.pass(5_000);
    let answer = await one.tell(first, spoke('what is on the menu'));
    expect(answer.next.kind).toBe('ask-again');
    for (let tries = 0; answer.next.kind === 'ask-again' && tries < 5; tries++)
      answer = await one.tell(answer, AGAIN);
    expect(answer.next.kind).toBe('listen');
    expect(saidIn(await one.tell(answer, NOTHING))).toEqual(['Are you still there?']);
  });
});

describe('what a model judges', () => {
  it('is asked before the caller has finished, and once where the words stay the same', async () => {
    const asked: string[] = [];
    const aborted: string[] = [];
    let answer: (meaning: Meaning | null) => void = () => undefined;
    await open(
      {
        judge: (_expectation, text, _context, signal) => {
          asked.push(text);
          signal.addEventListener('abort', () => aborted.push(text));
          return new Promise((resolve) => (answer = resolve));
        },
      },
      `
inbound: ask
states:
  ask:
    ask: "What is it?"
    answers:
      - {when: is unhappy, hangup: "I am sorry."}
      - {when: is happy, hangup: "I am glad."}
`,
    );
    const one = office.process();
    const first = await one.call();
    const { session, turn } = first;
    const told = { session, turn, callSid: `CA${'b'.repeat(32)}` };
    await one.switchboard.partial({ ...told, sequence: 0, text: 'I am really' });
    await one.switchboard.partial({ ...told, sequence: 1, text: 'I am really not amused' });
    expect([asked, aborted]).toEqual([['I am really', 'I am really not amused'], ['I am really']]);
    answer(meant('s0'));
    const { value: last, ms } = await office.until(one.tell(first, spoke('I am really not amused.')));
    expect(saidIn(last)).toEqual(['I am sorry.']);
    expect(ms).toBeLessThan(200);
    expect(asked).toHaveLength(2);
  });
});
