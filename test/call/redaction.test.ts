/** What is written of a call in which something sensitive is said: nothing of it, anywhere. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { Costs } from '../../runtime/call/costs.ts';
import { Conversation, type LiveEvent } from '../../runtime/call/conversation.ts';
import { factsOf } from '../../runtime/call/facts.ts';
import { redact } from '../../runtime/call/redaction.ts';
import { NO_SECRETS } from '../../runtime/call/secrets.ts';
import { Sounds } from '../../runtime/call/sounds.ts';
import { Spoken } from '../../runtime/call/spoken.ts';
import { advance } from '../../runtime/dialogue/engine.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import type { Expectation, Meaning, Value } from '../../runtime/dialogue/protocol.ts';
import { newState, type State } from '../../runtime/dialogue/state.ts';
import { OffhookError } from '../../runtime/errors.ts';
import type { AudioLine } from '../../runtime/line/line.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { openPrompts } from '../../runtime/speech/prompts.ts';
import type { Said, Speech, SpeechEvent, Renderer } from '../../runtime/speech/speech.ts';
import { openStore } from '../../runtime/store/kysely-store.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { ToolCall } from '../../runtime/tools/tools.ts';
import { aSession } from '../store/samples.ts';
import { programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { NOBODY_PAIRS } from '../support/pairings.ts';

const SPOKEN = '4929123456781234';
const PRESSED = '5105105105105100';
const PIN = '864297';
const OTHER_PIN = '975318';

const PROGRAM = programOf(
  `
persona: You are Ana.
slots:
  party: {type: integer, ask: "For how many?"}
  card:
    type: digits
    length: 16
    ask: "The card number, please."
    sensitive: true
    check: [{if: "card != '4929123456781235'", else: "The card {{ card }} is blocked."}]
  pin: {type: digits, length: 6, ask: "The PIN, please.", sensitive: true, from: [keys]}
tools:
  charge:
    about: Charges a card
    input: {card: text, note: text}
    http: {url: "http://localhost/"}
  refuse: {about: Fails, http: {url: "http://localhost/"}}
inbound: pay
states:
  pay:
    - collect: [party, card, pin]
    - set: {copy: card, session.attributes.last: "'card ' + card"}
    - say: "I heard {{ card }}."
    - do: charge
      with: {card: card, note: "'PIN ' + pin"}
      save: receipt
    - say: "Charged {{ receipt.number }}."
    - do: refuse
      failed: [{say: "That did not work."}]
    - remember: {user.card: card, user.party: party}
    - press: "{{ card }}"
    - clear: [card]
    - collect: [card]
    - run: other
      with: {given: card}
      save: told
    - ask: "Anything else?"
      answers: [{when: repeats, like: ["repeat"], repeat: true}, {when: nothing, like: ["no"], hangup: "Bye."}]
`,
  {},
  {
    other: `
params: {given: text}
slots: {pin: {type: digits, length: 6, ask: "The PIN again.", sensitive: true, from: [keys]}}
inbound: all
states: {all: [{collect: [pin]}]}
return: "pin + given"
`,
  },
);

/** An ear that hears what the test says, and remembers what it was told. */
class TestSpeech implements Speech {
  readonly judges = false;
  readonly converses = false;
  told: Said[] = [];
  forgot = 0;
  expected: Expectation | null = null;
  readonly #on: (event: SpeechEvent) => void;
  constructor(on: (event: SpeechEvent) => void) {
    this.#on = on;
  }
  says(text: string): void {
    this.#on({ kind: 'caller-started' });
    this.#on({ kind: 'caller-stopped' });
    this.#on({ kind: 'caller-said', text });
  }
  note(said: Said): void {
    this.told.push(said);
  }
  forget(): void {
    this.forgot++;
  }
  hide(mask: (text: string) => string): void {
    this.told = this.told.map((said) => ({ ...said, text: mask(said.text) }));
  }
  expect(expectation: Expectation | null): void {
    this.expected = expectation;
  }
  judge(): Promise<Meaning | null> {
    return Promise.resolve(null);
  }
  hear(): void {}
  caption(): void {}
  converse(): void {}
  respond(): void {}
  reply(): void {}
  heardOnly(): void {}
  close(): void {}
}

/** A line that plays everything at once. */
class TestLine implements AudioLine {
  spoken: Spoken | null = null;
  played = 0;
  play(payload: string): void {
    this.played += payload.length;
  }
  mark(name: string): void {
    queueMicrotask(() => this.spoken?.fromLine({ kind: 'mark', name }));
  }
  clear(): void {}
  close(): void {
    queueMicrotask(() => this.spoken?.fromLine({ kind: 'closed', reason: 'closed' }));
  }
}

class TestVoice implements Renderer {
  readonly id = 'test';
  readonly rendered: string[] = [];
  /** Texts that it cannot say. */
  fails: ((text: string) => boolean) | null = null;
  render(text: string): Promise<Uint8Array> {
    this.rendered.push(text);
    if (this.fails?.(text))
      return Promise.reject(new OffhookError('voice-failed', `I cannot say "${text}".`));
    // The audio tells what is said, as real audio does.
    return Promise.resolve(new TextEncoder().encode(text));
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const means = (slots: Meaning['slots']): Meaning => ({
  choice: null,
  slots,
  unsure: [],
  confidence: 1,
  by: 'type',
});

interface Written {
  folder: string;
  logged(): string;
  live: LiveEvent[];
  store: Store;
  session: string;
  speech: TestSpeech;
  voice: TestVoice;
  tools: ToolCall[];
  state(): Promise<State>;
  says(text: string): Promise<void>;
  press(keys: string): Promise<void>;
  close(): Promise<void>;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function begin(more: { meaning?: boolean; program?: Program } = {}): Promise<Written> {
  const { program = PROGRAM } = more;
  const folder = mkdtempSync(join(tmpdir(), 'offhook-secret-'));
  folders.push(folder);
  let logged = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  const log = pino({ level: 'trace' }, stream);
  const clock = new FakeClock();
  const store = await openStore({ kind: 'sqlite', path: join(folder, 'calls.db') }, log);
  const { id: user } = await store.people.meet('+420777123456', {}, clock.now());
  const session = aSession({ from: '+420777123456', user });
  await store.addSession(session);
  const prompts = openPrompts({ folder: join(folder, 'prompts'), memoryBytes: 1e6, log, clock });
  const voice = new TestVoice();
  const line = new TestLine();
  const live: LiveEvent[] = [];
  const calls: ToolCall[] = [];
  const holder: { speech?: TestSpeech } = {};
  let over = false;
  const conversation = new Conversation(
    {
      store,
      clock,
      log,
      metrics: openMetrics(),
      model: null,
      understand(expectation, text) {
        const choice = expectation.choices.find((one) => one.like.includes(text));
        const asked = expectation.slots.find((slot) => slot.asked);
        if (asked?.type === 'text' || asked?.type === 'choice') return means({ [asked.name]: text });
        if (choice) return { choice: choice.id, slots: {}, unsure: [], confidence: 1, by: 'like' };
        const digits = text.replace(/\D/g, '');
        if (!asked || digits === '' || more.meaning === false) return null;
        return means({ [asked.name]: asked.type === 'integer' ? Number(digits) : digits });
      },
      pairing: NOBODY_PAIRS,
      tools: {
        call(call) {
          calls.push(call);
          const { card } = call.input;
          const number = typeof card === 'string' ? card.replace(/(\d{4})(?=\d)/g, '$1 ') : null;
          if (call.tool === 'charge') return Promise.resolve({ number, card: Number(card) });
          return Promise.reject(new OffhookError('tool-refused', `No charge to ${SPOKEN} with ${PIN}.`));
        },
        offer: () => null,
        close: () => Promise.resolve(),
      },
    },
    {
      session,
      program,
      state: newState(program.version, factsOf(session, clock.now()), {}, 1),
      sequence: 0,
      firstTurn: 0,
      live: (event) => live.push(JSON.parse(JSON.stringify(event)) as LiveEvent),
      costs: new Costs(new Map(), []),
      handOver: () => Promise.resolve(false),
      callBack: () => undefined,
      ended: () => (over = true),
      channel(on) {
        line.spoken = new Spoken(
          {
            line,
            prompts,
            voice,
            fallback: voice,
            sounds: new Sounds(),
            locale: 'en-US',
            clock,
            log,
            metrics: openMetrics(),
            open: (hear) => (holder.speech = new TestSpeech(hear)),
          },
          on,
        );
        return line.spoken;
      },
    },
  );
  const tick = async (): Promise<void> => {
    // Steps are written, and prompts read, in real time: until nothing more is told.
    for (let told = -1; told < live.length;) {
      told = live.length;
      await clock.advanceAsync(0);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
  };
  conversation.begin();
  await tick();
  return {
    folder,
    logged: () => logged,
    live,
    store,
    session: session.id,
    speech: holder.speech!,
    voice,
    tools: calls,
    state: async () => (await store.lastEntry(session.id))!.state as unknown as State,
    async says(text) {
      holder.speech!.says(text);
      await tick();
    },
    async press(keys) {
      for (const key of keys) line.spoken!.fromLine({ kind: 'key', key });
      await tick();
    },
    async close() {
      if (!over) conversation.close();
      await tick();
      await prompts.close();
      await store.close();
    },
  };
}

/** Every byte below the folder and everything logged and told, by where it was found. */
function everything(call: Written): Map<string, string> {
  const found = new Map([
    ['log', call.logged()],
    ['live', JSON.stringify(call.live)],
    ['told to the model', JSON.stringify(call.speech.told)],
  ]);
  for (const name of readdirSync(call.folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(call.folder, name);
    found.set(name, name);
    if (statSync(path).isFile()) found.set(name, `${name} ${readFileSync(path).toString('latin1')}`);
  }
  return found;
}

/** Where the number is, with anything but letters and digits between its digits. */
function placesOf(number: string, call: Written): string[] {
  const pattern = new RegExp(number.split('').join('[^0-9A-Za-z]{0,4}'));
  return [...everything(call)].filter(([, text]) => pattern.test(text)).map(([name]) => name);
}

describe('a call in which a card number is said and pressed', () => {
  it('leaves it nowhere: not in the database, the log, the prompts, what is told live or to a model', async () => {
    const call = await begin();
    await call.says('for 4');
    await call.says('it is 4929 1234 5678 1234');
    await call.press(PIN);
    await call.press(PRESSED);
    // The last key ends the dialogue that asked for it, and what it returns holds the number.
    await call.press(OTHER_PIN);
    expect((await call.state()).contexts[0]?.vars['told']).toBe('……');
    await call.says('repeat');
    await call.says(`was it ${PRESSED.replace(/(....)/g, '$1-')} or not`);
    await call.says('no');
    await call.close();

    // The call went its way with the real values.
    expect(call.tools.map(({ tool, input }) => [tool, input])).toEqual([
      ['charge', { card: SPOKEN, note: `PIN ${PIN}` }],
      ['refuse', {}],
    ]);
    expect(call.voice.rendered.join(' ').replace(/\D/g, '')).toContain(SPOKEN);
    expect(call.voice.rendered).toContain('Anything else?');

    for (const number of [SPOKEN, PRESSED, PIN, OTHER_PIN])
      expect([number, placesOf(number, call)]).toEqual([number, []]);
  });

  it('leaves it out of what the caller says before it is asked for', async () => {
    const call = await begin();
    const before = await call.state();
    await call.close();
    const said = (text: string): unknown => {
      const event = {
        kind: 'caller-spoke',
        text,
        meaning: null,
        expectation: null,
        answered: true,
        at: 0,
      } as const;
      return redact(PROGRAM, NO_SECRETS, false, { before, event, state: before, effects: [] }).event;
    };
    expect(said('my card is 4929 1234 5678 1234, for 2026-03-04')).toMatchObject({
      text: 'my card is …, for 2026-03-04',
    });
    expect(said('and the PIN is eight six four two nine seven')).toMatchObject({ text: 'and the PIN is …' });
  });

  it('is still told for what it was', async () => {
    const call = await begin();
    await call.says('for 4');
    await call.says(SPOKEN);
    await call.press(PIN);
    const detail = await call.store.sessionDetail(call.session);
    expect(detail?.turns.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'agent: For how many?',
      'caller: for 4',
      'agent: The card number, please.',
      'caller: …',
      'agent: The PIN, please.',
      'agent: I heard ….',
      'agent: Charged ….',
      'agent: That did not work.',
      'agent: [keys …]',
      'agent: The card number, please.',
    ]);
    expect(detail?.slots).toEqual({ party: 4, card: null, pin: '…' });
    expect(detail?.attributes).toEqual({ last: 'card …' });
    expect(detail?.toolCalls).toMatchObject([
      { name: 'charge', input: { card: '…', note: '…' }, output: { number: '…', card: '…' } },
      { name: 'refuse', error: { code: 'tool-refused', message: 'No charge to … with ….' } },
    ]);
    const kinds = detail?.journal.map(({ event }) => event as Record<string, Value>);
    expect(kinds?.find((event) => event['kind'] === 'caller-spoke' && event['text'] === '…')).toMatchObject({
      meaning: { slots: { card: '…' } },
    });
    expect(kinds?.filter((event) => event['kind'] === 'key-pressed').map((event) => event['key'])).toEqual(
      Array.from({ length: 6 }, () => '•'),
    );
    // A marker stands for the value: whoever takes the call up asks again.
    const state = await call.state();
    expect(state.contexts[0]).toMatchObject({
      slots: { party: 4, card: null, pin: { sensitive: true } },
      before: { card: { sensitive: true } },
      vars: { copy: '…' },
    });
    // What is remembered beyond the call is what may be.
    expect(await call.store.people.byPhone('+420777123456', 0)).toMatchObject({ values: { party: 4 } });
    expect(call.logged()).toContain('a sensitive value is not remembered beyond the call');
    await call.close();
  });

  it('tells a model neither the keys nor what was said, and lets it forget the rest', async () => {
    const call = await begin();
    await call.says('for 4');
    expect(call.speech.forgot).toBe(0);
    await call.says(SPOKEN);
    expect(call.speech.forgot).toBe(1);
    await call.press(PIN.slice(0, 2));
    await call.press(PIN.slice(2));
    await call.close();
    expect(call.speech.told.filter((said) => said.role === 'caller')).toEqual([]);
    expect(call.speech.told.map((said) => said.text)).toContain('I heard ….');
  });

  it('does not tell it where it was not understood, refused by a check, or half pressed', async () => {
    const call = await begin({ meaning: false });
    await call.press('4');
    await call.press('#');
    await call.says('it is 4929 1234 5678 1235');
    expect(placesOf('4929123456781235', call)).toEqual([]);
    await call.close();

    const checked = await begin();
    await checked.says('for 4');
    await checked.says('it is 4929 1234 5678 1235');
    expect(checked.voice.rendered.join(' ').replace(/\D/g, '')).toContain('4929123456781235');
    await checked.press('49291');
    expect(JSON.stringify(await checked.state())).not.toContain('49291');
    await checked.close();
    expect(placesOf('4929123456781235', checked)).toEqual([]);
    expect(placesOf('49291', checked)).toEqual([]);
  });

  it('does not tell it in the log when a voice fails with the text in its mouth', async () => {
    const call = await begin();
    call.voice.fails = (text) => text.startsWith('I heard');
    await call.says('for 4');
    await call.says(SPOKEN);
    await call.press(PIN);
    await call.close();
    expect(call.logged()).toContain('a line could not be rendered');
    expect(placesOf(SPOKEN, call)).toEqual([]);
  });

  it('is asked for again by a process that takes the call up without knowing it', async () => {
    const call = await begin();
    await call.says('for 4');
    await call.says(SPOKEN);
    const written = await call.state();
    await call.close();
    expect(written.contexts[0]?.slots).toEqual({ party: 4, card: { sensitive: true } });
    const { state, effects } = advance(PROGRAM, written, { kind: 'line-resumed', at: 0 });
    expect(effects.find((effect) => effect.kind === 'say')).toMatchObject({
      text: 'The card number, please.',
    });
    expect(state.contexts[0]?.slots['card']).toBeNull();
  });
});

const EARLY = programOf(`
slots:
  wish: {type: text, ask: "What do you want?"}
  code: {type: digits, length: 4, ask: "The code?", sensitive: true}
  who: {type: text, ask: "Your name?", sensitive: true}
  illness: {type: choice, of: {asthma: [asthma], diabetes: [diabetes]}, ask: "Asthma or diabetes?", sensitive: true}
tools:
  note: {about: Notes a wish, input: {wish: text}, http: {url: "http://localhost/"}}
inbound: all
states:
  all:
    - collect: [wish]
    - set: {session.attributes.wish: wish}
    - remember: {user.wish: wish}
    - do: note
      with: {wish: wish}
      failed: [{say: "Not noted."}]
    - say: "You said: {{ wish }}."
    - collect: [code, who, illness]
    - ask: "Anything else?"
      answers: [{when: nothing, like: ["no"], hangup: "Bye."}]
`);

describe('a call in which something is told before it is asked for', () => {
  /** Where it is, but for what was told to others while nobody knew. */
  const leftIn = (pattern: RegExp, call: Written): string[] =>
    [...everything(call)]
      .filter(([name, text]) => name !== 'live' && pattern.test(text))
      .map(([name]) => name);

  it.each([
    ['hi, 4711 and Joan Smithers here', /4711/],
    ['hi, 4 7 1-1 and JOAN  SMITHERS here', /4 7 1-1/],
    ['hi, four seven one one and joan smithers here', /four seven one one/],
    ['hi, forty-seven eleven and Joan smithers here', /forty-seven eleven/],
  ])('leaves it nowhere, as soon as it is known to be sensitive: %s', async (words, code) => {
    const call = await begin({ program: EARLY });
    await call.says(words);
    // Nobody could know.
    expect((await call.store.sessionDetail(call.session))?.turns[1]?.text).toBe(words);
    await call.says('4711');
    await call.says('Joan Smithers');
    await call.says('no');
    const detail = await call.store.sessionDetail(call.session);
    const texts = detail?.turns.map(({ role, heardText }) => `${role}: ${heardText}`);
    expect(texts?.slice(0, 8)).toEqual([
      'agent: What do you want?',
      'caller: hi, … and … here',
      'agent: Not noted.',
      'agent: You said: hi, … and … here.',
      'agent: The code?',
      'caller: …',
      'agent: Your name?',
      'caller: …',
    ]);
    expect(detail?.attributes).toEqual({ wish: 'hi, … and … here' });
    expect(detail?.slots).toMatchObject({ wish: 'hi, … and … here', code: '…', who: '…' });
    expect(detail?.toolCalls[0]?.input).toEqual({ wish: 'hi, … and … here' });
    expect((await call.store.people.byPhone('+420777123456', 0))?.values).toEqual({});
    // Who follows the call is told how the turn stands now.
    const told = call.live.filter((event) => event.kind === 'turn' && event.turn.index === 1);
    expect(told.at(-1)).toMatchObject({ turn: { text: 'hi, … and … here', heardText: 'hi, … and … here' } });
    await call.close();
    expect(leftIn(code, call)).toEqual([]);
    expect(leftIn(/joan\s+smithers/i, call)).toEqual([]);
  });

  it('leaves the words of a choice where they were offered: their absence would tell which it was', async () => {
    const call = await begin({ program: EARLY });
    await call.says('a table');
    await call.says('4711');
    await call.says('Joan Smithers');
    await call.says('diabetes');
    const detail = await call.store.sessionDetail(call.session);
    expect(detail?.turns.slice(-3).map(({ text }) => text)).toEqual([
      'Asthma or diabetes?',
      '…',
      'Anything else?',
    ]);
    expect(detail?.attributes).toEqual({ wish: 'a table' });
    expect((await call.store.people.byPhone('+420777123456', 0))?.values).toEqual({ wish: 'a table' });
    await call.close();
  });

  it('leaves a short number out at once where the caller says what it is', async () => {
    const call = await begin({ program: EARLY });
    const before = await call.state();
    await call.close();
    const said = (text: string): unknown => {
      const event = {
        kind: 'caller-spoke',
        text,
        meaning: null,
        expectation: null,
        answered: true,
        at: 0,
      } as const;
      return redact(EARLY, NO_SECRETS, false, { before, event, state: before, effects: [] }).event;
    };
    expect(said('my Code is 4 7 1 1, for 12')).toMatchObject({ text: 'my Code is …, for 12' });
    expect(said('the code: four seven one one')).toMatchObject({ text: 'the code: …' });
    expect(said('the coder has room 4711')).toMatchObject({ text: 'the coder has room 4711' });
  });
});
