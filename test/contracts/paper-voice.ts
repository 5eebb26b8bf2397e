import { OffhookError } from '../../runtime/errors.ts';
import type { Voice, VoiceEvent, VoiceStream } from '../../runtime/speech/speech.ts';
import type { Usage } from '../../runtime/speech/usage.ts';
import { audioOf } from '../support/voice-double.ts';
import { pause } from './voice-checks.ts';

/** What can be wrong with a voice, and the promise that it breaks. */
export const FLAWS = {
  'renders with a header': 'renders a text, and says what it took',
  'does not count what it renders': 'renders a text, and says what it took',
  'counts twice': 'speaks the pieces of a text in their order, all of it, and then ends',
  'ends before all audio is there': 'speaks the pieces of a text in their order, all of it, and then ends',
  'ends twice': 'speaks the pieces of a text in their order, all of it, and then ends',
  'speaks the pieces out of order': 'speaks the pieces of a text in their order, all of it, and then ends',
  'loses a chunk': 'speaks the pieces of a text in their order, all of it, and then ends',
  'never ends': 'speaks the pieces of a text in their order, all of it, and then ends',
  'stops in the middle': 'speaks the pieces of a text in their order, all of it, and then ends',
  'calls back too early': 'speaks the pieces of a text in their order, all of it, and then ends',
  'waits for the whole text': 'is heard before the text is complete',
  'goes on after a cancel': 'says nothing once it was cancelled, and is as good as before',
  'says late what was cancelled in the next text':
    'says nothing once it was cancelled, and is as good as before',
  'says that a cancelled text has ended': 'says nothing where it was cancelled before anything was heard',
  'hisses where there is nothing to say': 'ends where there is nothing to say',
  'never ends where there is nothing to say': 'ends where there is nothing to say',
  'speaks on after the end': 'takes no more text after the end',
  'mixes texts': 'speaks several texts at once without mixing them',
  'renders what nobody waits for': 'gives up a rendering that nobody waits for',
  'hangs when it is closed': 'says no more once it is closed',
  'renders when it is closed': 'says no more once it is closed',
} as const;

interface Turn {
  on(event: VoiceEvent): void;
  plan: (() => void)[];
  ended: boolean;
  over: boolean;
  said: number;
}

/** A voice on paper: it keeps its promises but for one flaw, by name. It does a thing every two milliseconds. */
export class PaperVoice implements Voice {
  readonly id = 'paper';
  readonly #flaw: string | null;
  readonly #turns = new Set<Turn>();
  #closed = false;
  #late: VoiceEvent[] = [];

  constructor(flaw: string | null) {
    this.#flaw = flaw;
  }

  async render(
    text: string,
    _locale: string,
    signal: AbortSignal,
    used?: (usage: Usage) => void,
  ): Promise<Uint8Array> {
    await pause(5);
    if (signal.aborted && this.#flaw !== 'renders what nobody waits for') throw wasClosed();
    if (this.#closed && this.#flaw !== 'renders when it is closed') throw wasClosed();
    if (this.#flaw !== 'does not count what it renders') used?.(usageOf(text));
    const audio = repeated(text);
    return this.#flaw === 'renders with a header' ? Buffer.concat([Buffer.from('RIFF'), audio]) : audio;
  }

  stream(_locale: string, on: (event: VoiceEvent) => void): VoiceStream {
    const turn: Turn = { on, plan: [], ended: false, over: false, said: 0 };
    this.#turns.add(turn);
    if (this.#flaw === 'calls back too early') on({ kind: 'used', usage: usageOf('') });
    if (this.#flaw !== 'waits for the whole text') void this.#run(turn);
    return {
      say: (text) => this.#say(turn, text),
      end: () => this.#end(turn),
      cancel: () => this.#cancel(turn),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#flaw === 'hangs when it is closed') {
      for (const turn of this.#turns) turn.over = true;
      return;
    }
    for (const turn of this.#turns) {
      if (turn.over) continue;
      turn.over = true;
      turn.on({ kind: 'failed', code: 'voice-failed', message: 'The voice was closed.' });
    }
  }

  #say(turn: Turn, text: string): void {
    const mayGoOn = this.#flaw === 'speaks on after the end' && !turn.over;
    if ((turn.over || turn.ended) && !mayGoOn) return;
    if (text.trim() === '') {
      if (this.#flaw === 'hisses where there is nothing to say') this.#audio(turn, Buffer.alloc(160));
      return;
    }
    const first = turn.said++ === 0;
    const audio = repeated(text);
    const half = Math.floor(audio.length / 2);
    const acts = [
      () => turn.on({ kind: 'used', usage: usageOf(text) }),
      () => this.#audio(turn, audio.subarray(0, half)),
      () => this.#audio(turn, audio.subarray(half)),
    ];
    if (this.#flaw === 'counts twice') acts.push(acts[0]!);
    if (this.#flaw === 'loses a chunk') acts.pop();
    if (this.#flaw === 'stops in the middle' && !first) acts.length = 0;
    if (this.#flaw === 'speaks the pieces out of order' && !first) turn.plan.unshift(...acts);
    else turn.plan.push(...acts);
  }

  #end(turn: Turn): void {
    if (turn.over || turn.ended) return;
    turn.ended = true;
    const end = (): void => turn.on({ kind: 'ended' });
    if (this.#flaw === 'never ends' || this.#flaw === 'stops in the middle') return;
    if (this.#flaw === 'never ends where there is nothing to say' && turn.said === 0) return;
    if (this.#flaw === 'ends before all audio is there') turn.plan.splice(1, 0, end);
    else turn.plan.push(end);
    if (this.#flaw === 'ends twice') turn.plan.push(end);
    if (this.#flaw === 'waits for the whole text') void this.#run(turn);
  }

  #cancel(turn: Turn): void {
    if (this.#flaw === 'goes on after a cancel') return;
    if (this.#flaw === 'says that a cancelled text has ended' && !turn.over) turn.on({ kind: 'ended' });
    if (this.#flaw === 'says late what was cancelled in the next text' && turn.said > 0) {
      this.#late = [{ kind: 'audio', payload: Buffer.alloc(160).toString('base64') }];
    }
    turn.over = true;
  }

  #audio(turn: Turn, bytes: Buffer): void {
    const others = [...this.#turns].filter((one) => !one.over && one !== turn);
    const to = this.#flaw === 'mixes texts' ? (others[0] ?? turn) : turn;
    for (const late of this.#late.splice(0)) to.on(late);
    to.on({ kind: 'audio', payload: bytes.toString('base64') });
  }

  async #run(turn: Turn): Promise<void> {
    for (let idle = 0; !turn.over && idle < 400; idle++) {
      await pause(2);
      if (turn.over) return;
      const act = turn.plan.shift();
      act?.();
      if (act) idle = 0;
    }
  }
}

/** Long enough to be speech. */
function repeated(text: string): Buffer {
  return Buffer.concat([audioOf(text), audioOf(text)]);
}

function usageOf(text: string): Usage {
  return { vendor: 'paper', model: 'one', amounts: { characters: text.length } };
}

function wasClosed(): OffhookError {
  return new OffhookError('voice-failed', 'The voice was closed.');
}
