/** The turns of a call that was held, taken from its journal as a test writes them. */
import type { CallerAct, TestTurn } from '../dialogue/document.ts';
import type { Program } from '../dialogue/program.ts';
import { WAITING, type Effect, type Event, type Scope, type Value } from '../dialogue/protocol.ts';
import type { State } from '../dialogue/state.ts';
import type { SessionDetail, Turn } from '../store/store.ts';
import { linesOf, msUntilHeard } from './recorded-lines.ts';
import { isAgentsTurn } from './whose-turn.ts';

type Act = Omit<CallerAct, 'claims'> & { claims?: Scope };

export interface WrittenTurn {
  turn: { readonly [key in keyof TestTurn]: unknown };
  /** What whoever reads the test should know of it. */
  comment: string | null;
}

/** Something the agent said since the caller's last turn. */
interface Said {
  text: string;
  /** The transcript's turn of it; null where it has none. */
  turn: Turn | null;
}

const HIDDEN = '…';
const HIDDEN_KEY = '•';
const MASKED = 'What was said here is masked: write a value that fits.';

/** True of what stands where something sensitive was. */
export function isHidden(value: Value): boolean {
  if (typeof value === 'string') return value.includes(HIDDEN);
  if (typeof value !== 'object' || value === null) return false;
  return 'sensitive' in value || Object.values(value).some((inner) => isHidden(inner as Value));
}

/** What the journal tells, turn by turn; `notes` are about the whole call. */
export function turnsOf(session: SessionDetail, program: Program): { turns: WrittenTurn[]; notes: string[] } {
  const reader = new Reader(session, program);
  for (const { event, effects, state } of session.journal) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
    const step = { event, effects, state } as unknown as { event: Event; effects: Effect[]; state: State };
    reader.read(step.event, step.effects);
    reader.state = step.state;
  }
  reader.end();
  return reader;
}

class Reader {
  readonly turns: WrittenTurn[] = [];
  readonly notes: string[] = [];
  /** The conversation before what is read next. */
  state: State | null = null;
  readonly #program: Program;
  /** The transcript's turns of the agent that are still to be met in the journal. */
  readonly #spoken: Turn[];
  readonly #wakes = new Map<string, number>();
  #said: Said[] = [];
  /** Keys pressed one after another, and when the first of them was. */
  #keys: { text: string; at: number; after: string | null } | null = null;
  #ending = false;
  /** Keys were pressed that could still become more. */
  #entering = false;
  /** When the caller last did something. */
  #since = 0;

  constructor({ turns, startedAt, createdAt }: SessionDetail, program: Program) {
    this.#program = program;
    this.#spoken = turns.filter(({ role }) => role === 'agent');
    this.#since = startedAt ?? createdAt;
  }

  read(event: Event, effects: readonly Effect[]): void {
    const repeatsItself = this.#happened(event);
    this.#entering = effects.some((effect) => effect.kind === 'wake' && effect.id.startsWith('keys:'));
    for (const effect of effects) {
      if (effect.kind === 'wake') this.#wakes.set(effect.id, effect.afterMs);
      if (effect.kind === 'hang-up') this.#ending = true;
      if (effect.kind !== 'say') continue;
      const turn = this.#turnOf(effect.text);
      if (!repeatsItself) {
        this.#pressed();
        this.#said.push({ text: effect.text, turn });
      }
    }
  }

  end(): void {
    this.#pressed();
    this.#agent(this.#said);
  }

  /** True where what the agent says for it is not said in a test: it only passed the time, or came of a noise. */
  #happened(event: Event): boolean {
    switch (event.kind) {
      case 'caller-spoke':
        if (event.answered)
          this.#note('A model replied by itself in this call: without one the test goes another way.');
        if (event.text === '') return true;
        if (this.#isHeard()) this.#spoke(event.text, event.at, event.aside === true);
        return false;
      case 'key-pressed':
        if (!this.#isHeard()) return false;
        this.#keys ??= { text: '', at: event.at, after: this.#outOfTurn(event.at) };
        this.#keys.text += event.key;
        return false;
      case 'time-passed':
        if (event.wake.startsWith('keys:')) this.#pressed();
        if (event.wake.startsWith('silence:')) this.#silent(event.wake, event.at);
        return event.wake === WAITING || event.wake.startsWith('breath:');
      case 'machine-answered':
        this.#pressed();
        this.#act({ machine: true }, event.at);
        return false;
      case 'paired': {
        this.#pressed();
        const { paired: _paired, anonymous: _anonymous, ...claims } = event.user;
        const after = this.#outOfTurn(event.at);
        this.#act({ claims, ...(after !== null && { after }) }, event.at);
        return false;
      }
      case 'line-closed':
        if (event.reason === 'caller-hung-up' && !this.#ending) this.#hungUp(event.at);
        return false;
      case 'limit-reached':
      case 'drain':
        this.#note('The call was ended from outside, which a test does not bring about.');
        return true;
      case 'speech-lost':
      case 'speech-failed':
      case 'line-resumed':
        this.#note('The line or the speech was lost for a while, which a test does not bring about.');
        return true;
      default:
        return false;
    }
  }

  /** `aside`: the agent spoke on, so that nothing was cut by it. */
  #spoke(text: string, at: number, aside: boolean): void {
    this.#pressed();
    const comment = isHidden(text) ? MASKED : null;
    const after = aside ? `${this.#sinceSaid(at)}ms` : this.#outOfTurn(at);
    this.#act(after === null ? text : { interrupt: text, after }, at, comment);
  }

  #silent(wake: string, at: number): void {
    this.#pressed();
    const ms = this.#wakes.get(wake);
    if (ms !== undefined) this.#act({ silence: `${ms / 1000}s` }, at);
  }

  #hungUp(at: number): void {
    this.#pressed();
    const after = this.#outOfTurn(at);
    this.#act({ hangup: true, ...(after !== null && { after }) }, at);
  }

  /** Keys that were pressed one after another are one turn. */
  #pressed(): void {
    if (this.#keys === null) return;
    const { text, at, after } = this.#keys;
    this.#keys = null;
    const hidden = text.includes(HIDDEN_KEY);
    this.#act(
      { keys: hidden ? '0'.repeat(text.length) : text, ...(after !== null && { after }) },
      at,
      hidden ? 'The keys pressed here are masked: write some that fit.' : null,
    );
  }

  #act(caller: Act | string, at: number, comment: string | null = null): void {
    this.#agent(this.#said);
    this.#said = [];
    this.#since = at;
    this.turns.push({ turn: { caller }, comment });
  }

  /** A conversation that is over, or elsewhere, takes no notice. */
  #isHeard(): boolean {
    return this.state?.phase === 'running';
  }

  /**
   * When the caller did something that did not wait for the caller's turn; null where it did. Where nothing was cut,
   * but something was being done, it is the time that counts.
   */
  #outOfTurn(at: number): string | null {
    const cut = this.#cutAt(at);
    const busy = this.#entering || (this.state !== null && isAgentsTurn(this.#program, this.state));
    return cut ?? (busy ? `${this.#sinceSaid(at)}ms` : null);
  }

  /** Milliseconds since the agent began its last line, else since the caller last did something. */
  #sinceSaid(at: number): number {
    return Math.max(0, at - (this.#said.at(-1)?.turn?.startedAt ?? this.#since));
  }

  /** When the agent was cut, counted from the first sound of the line that was; only lines up to it were heard. */
  #cutAt(at: number): string | null {
    const index = this.#said.findIndex(({ turn }) => turn?.interrupted);
    const line = this.#said[index];
    if (!line?.turn) return null;
    this.#said = this.#said.slice(0, index + 1);
    return `${msUntilHeard(line.text, line.turn.heardText ?? '', at - line.turn.startedAt)}ms`;
  }

  #agent(said: readonly Said[]): void {
    const texts = linesOf(
      said.map(({ text }) => text),
      this.#program,
    );
    if (texts.length === 0) return;
    this.turns.push({ turn: { agent: texts.length === 1 ? texts[0] : texts }, comment: null });
  }

  #turnOf(text: string): Turn | null {
    const index = this.#spoken.findIndex((turn) => turn.text === text);
    return index < 0 ? null : (this.#spoken.splice(index, 1)[0] ?? null);
  }

  #note(note: string): void {
    if (!this.notes.includes(note)) this.notes.push(note);
  }
}
