/** One test: its turns are taken one after another, until one does not go as it is written. */
import type { CallerAct, Expected, Test, TestTexts, TestTurn } from '../dialogue/document.ts';
import { durationMs } from '../dialogue/duration.ts';
import type { Scope, Value } from '../dialogue/protocol.ts';
import type { Path } from '../dialogue/read.ts';
import { type CallParts, RehearsedCall } from './call.ts';
import type { Line } from './line.ts';
import { agrees, findTexts, missingText } from './match.ts';

/** What did not go as it is written, and where that is written, from the test's own map on. */
export interface Miss {
  message: string;
  path: Path;
}

export interface Outcome {
  miss: Miss | null;
  /** What was said and done until then, a line each. */
  transcript: string[];
  /** How often one side or the other had its turn. */
  turns: number;
}

const INTERRUPT_AFTER = '500ms';
/** From one key to the next. */
const KEY_MS = 100;

/** Holds the conversation of a test. That it does not go as it is written is an outcome and no error. */
export async function rehearse(test: Test, parts: CallParts): Promise<Outcome> {
  const rehearsal = new Rehearsal(test, parts);
  return rehearsal.run(test.turns);
}

class Rehearsal {
  readonly #call: RehearsedCall;
  readonly #transcript: (string | Line)[] = [];
  /** What the agent has said since the caller's last turn, and what it had said before that one. */
  #said: Line[] = [];
  #before: Line[] = [];
  readonly #ever: Line[] = [];
  /** The last line that an `agent` named: instants are counted from its first sound. */
  #named: Line | null = null;
  #turns = 0;

  constructor(test: Test, parts: CallParts) {
    this.#call = new RehearsedCall(test, parts, {
      said: (line) => {
        if (this.#said.length === 0) this.#turns++;
        this.#said.push(line);
        this.#ever.push(line);
        this.#transcript.push(line);
      },
      noted: (text) => this.#transcript.push(text),
      called: (name, input) => this.#transcript.push(`tool: ${name} ${JSON.stringify(input)}`),
    });
  }

  async run(turns: readonly TestTurn[]): Promise<Outcome> {
    const call = this.#call;
    await call.settle();
    let miss: Miss | null = null;
    for (const [index, turn] of turns.entries()) {
      miss = await this.#take(turn);
      if (call.fault !== null) miss = { message: call.fault, path: [] };
      if (miss) {
        miss = { ...miss, path: ['turns', index, ...miss.path] };
        break;
      }
    }
    const transcript = this.#transcript.map((entry) => (typeof entry === 'string' ? entry : shown(entry)));
    const { over } = call;
    // Whatever the call still waits for it need not wait for: nobody asks how it goes on.
    if (over === null) await call.leave();
    return { miss, transcript, turns: this.#turns };
  }

  async #take({ agent, caller, expect, ended }: TestTurn): Promise<Miss | null> {
    if (agent !== undefined) return this.#agent(agent);
    if (typeof caller === 'string') return this.#speaks(caller);
    if (caller !== undefined) return this.#acts(caller);
    if (expect !== undefined) return this.#expect(expect);
    return ended === undefined ? null : this.#ended(ended);
  }

  async #agent(texts: TestTexts): Promise<Miss | null> {
    for (;;) {
      const found = findTexts(texts, textsOf(this.#said));
      if (found) {
        this.#named = this.#said[found.at(-1) ?? 0] ?? null;
        return null;
      }
      if (!(await this.#goOn())) break;
    }
    return this.#notSaid(texts, this.#said, ['agent'], 'The agent should say', 'said');
  }

  async #speaks(text: string): Promise<Miss | null> {
    const miss = await this.#callersTurn(true);
    if (miss) return miss;
    this.#begin(text);
    await this.#call.speak(text);
    return null;
  }

  async #acts({ keys, silence, interrupt, after, hangup, machine, claims }: CallerAct): Promise<Miss | null> {
    const call = this.#call;
    if (keys !== undefined) {
      const miss = after === undefined ? await this.#callersTurn(false) : await this.#instant(after);
      if (miss) return miss;
      this.#begin(`(presses ${keys})`);
      for (const [index, key] of [...keys].entries()) {
        if (index > 0) await call.moveTo(call.clock.now() + KEY_MS);
        await call.key(key);
      }
    } else if (silence !== undefined) {
      const miss = await this.#callersTurn(false);
      if (miss) return miss;
      this.#begin(`(is silent for ${silence})`);
      await call.moveTo(call.clock.now() + durationMs(silence));
    } else if (interrupt !== undefined) {
      const miss =
        (await this.#instant(after ?? INTERRUPT_AFTER)) ?? this.#notSpeaking(after ?? INTERRUPT_AFTER);
      if (miss) return miss;
      this.#begin(interrupt);
      await call.speak(interrupt);
    } else if (hangup) {
      const miss = after === undefined ? await this.#callersTurn(true) : await this.#instant(after);
      if (miss) return miss;
      this.#begin('(hangs up)');
      await call.leave();
    } else if (machine) {
      this.#begin('(is a machine)');
      await call.machine();
    } else if (claims) {
      const miss = after === undefined ? await this.#callersTurn(true) : await this.#instant(after);
      if (miss) return miss;
      this.#begin('(is paired)');
      if (!(await call.claim(claims))) {
        return {
          message: 'There is no code to claim: the caller was told none.',
          path: ['caller', 'claims'],
        };
      }
    }
    return null;
  }

  async #expect({ state, slots, attributes, user, tools, said, heard }: Expected): Promise<Miss | null> {
    while (await this.#goOn());
    const call = this.#call;
    // What could not be cut is still being heard.
    const open = (): boolean =>
      heard !== undefined && this.#before.some(({ heardText }) => heardText === null);
    while (open() && (await call.step()));
    if (state !== undefined && call.stateName !== state) {
      const actual = call.stateName === null ? 'none' : `\`${call.stateName}\``;
      return { message: `The state should be \`${state}\`, but is ${actual}.`, path: ['expect', 'state'] };
    }
    return (
      differing(slots, call.slots, ['expect', 'slots']) ??
      differing(attributes, call.attributes, ['expect', 'attributes']) ??
      differing(user, call.user, ['expect', 'user']) ??
      this.#differingTools(tools) ??
      this.#notSaid(said, this.#ever, ['expect', 'said'], 'The agent should have said', 'said') ??
      this.#notSaid(heard, this.#before, ['expect', 'heard'], 'The caller should have heard', 'heard')
    );
  }

  async #ended(reason: TestTurn['ended']): Promise<Miss | null> {
    while (await this.#goOn());
    const call = this.#call;
    const path = ['ended'];
    if (!call.ending) {
      const where = call.stateName === null ? '' : ` in the state \`${call.stateName}\``;
      return { message: `The call should be over, but goes on: it is the caller's turn${where}.`, path };
    }
    while (call.over === null && (await call.step()));
    if (call.over === reason) return null;
    return { message: `The call should end by \`${reason}\`, but ended by \`${call.over}\`.`, path };
  }

  /** Lets the agent do the next thing that it does by itself. False where it is the caller's turn. */
  async #goOn(): Promise<boolean> {
    return (this.#call.busy || this.#call.entering) && this.#call.step();
  }

  /** Everything was heard and the caller may speak. `keys`: those that were pressed have come to something. */
  async #callersTurn(keys: boolean): Promise<Miss | null> {
    const call = this.#call;
    while ((call.busy || (keys && call.entering)) && (await call.step()));
    await call.hearOut();
    return call.ending ? this.#tooLate() : null;
  }

  /** The instant at which the line that counts has been heard for so long. */
  async #instant(after: string): Promise<Miss | null> {
    const call = this.#call;
    const line = this.#named ?? this.#said[0];
    while (line && line.startedAt === null && line.heardText === null && (await call.step()));
    const origin = line?.startedAt ?? call.clock.now();
    await call.moveTo(origin + durationMs(after));
    return call.over === null ? null : this.#tooLate();
  }

  /** It is the caller's turn from here on. */
  #begin(does: string): void {
    this.#before = this.#said;
    this.#said = [];
    this.#named = null;
    this.#turns++;
    this.#transcript.push(`caller: ${does}`);
  }

  #tooLate(): Miss {
    return {
      message: `The caller does this, but the call is over: ${this.#call.endReason}.`,
      path: ['caller'],
    };
  }

  #notSpeaking(after: string): Miss | null {
    const { speaking, busy, entering } = this.#call;
    if (speaking || busy || entering) return null;
    const line = this.#named ?? this.#said[0];
    const what = line
      ? `"${line.shown}" is heard to its end within ${line.lastsMs} ms`
      : 'the agent says nothing';
    return { message: `There is nothing to interrupt after ${after}: ${what}.`, path: ['caller'] };
  }

  #notSaid(
    texts: TestTexts | undefined,
    lines: readonly Line[],
    path: Path,
    should: string,
    did: 'said' | 'heard',
  ): Miss | null {
    const actual = did === 'said' ? textsOf(lines) : lines.map(({ heardText }) => heardText ?? '');
    if (texts === undefined || findTexts(texts, actual)) return null;
    const { text, index } = missingText(texts, actual);
    const shown = lines.map((line, at) => (did === 'said' ? line.shown : (actual[at] ?? ''))).join(' ');
    const over = this.#call.ending ? `, and the call is over: ${this.#call.endReason}` : '';
    const message = `${should} ${quoted(text)}, but ${did} ${shown.trim() === '' ? 'nothing' : `"${shown}"`}${over}.`;
    return { message, path: Array.isArray(texts) ? [...path, index] : path };
  }

  #differingTools(wanted: Expected['tools']): Miss | null {
    const { called } = this.#call.mocks;
    if (wanted === undefined) return null;
    const same = ({ name, input }: (typeof called)[number], index: number): boolean => {
      const tool = wanted[index] ?? '';
      return typeof tool === 'string'
        ? tool === name
        : Object.entries(tool).every(([one, given]) => one === name && agrees(given as Value, input));
    };
    if (called.length === wanted.length && called.every(same)) return null;
    const calls = called.map(({ name, input }) => `${name} ${JSON.stringify(input)}`).join(', ') || 'none';
    return {
      message: `The tools called should be ${JSON.stringify(wanted)}, but are: ${calls}.`,
      path: ['expect', 'tools'],
    };
  }
}

function differing(wanted: Scope | undefined, actual: Scope, path: Path): Miss | null {
  for (const [name, value] of Object.entries(wanted ?? {})) {
    const is = actual[name] ?? null;
    if (agrees(value, is)) continue;
    const what = isMasked(is) ? 'sensitive, so that nobody can look at it' : JSON.stringify(is);
    return {
      message: `\`${name}\` should be ${JSON.stringify(value)}, but is ${what}.`,
      path: [...path, name],
    };
  }
  return null;
}

/** What stands in the place of a sensitive value wherever a call is written down. */
const isMasked = (value: Value): boolean =>
  typeof value === 'object' && value !== null && 'sensitive' in value && value.sensitive === true;

const textsOf = (lines: readonly Line[]): string[] => lines.map(({ text }) => text);

const quoted = (text: string): string => (/^\/.+\/$/s.test(text.trim()) ? text : `"${text}"`);

function shown({ text, shown: told, heardText }: Line): string {
  const cut = heardText === null || heardText === text || told !== text ? '' : ` (heard: "${heardText}")`;
  return `agent: ${told}${cut}`;
}
