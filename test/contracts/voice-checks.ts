/** What every voice promises (`runtime/speech/speech.ts`), as checks that are also run on voices that are broken. */
import { OffhookError } from '../../runtime/errors.ts';
import type { Voice, VoiceEvent, VoiceStream } from '../../runtime/speech/speech.ts';
import type { Usage } from '../../runtime/speech/usage.ts';

export interface VoiceUnderCheck {
  voice: Voice;
  /** Makes the same voice, for a check that closes one. */
  another(): Voice;
  /** How the vendor counts the text, where it counts. */
  counts: 'characters' | 'tokens' | 'nothing';
  /** How long something may take before it counts as hanging. */
  patienceMs: number;
}

export type VoiceCheck = (under: VoiceUnderCheck) => Promise<void>;

const SENTENCES = ['Good morning.', 'We are open until nine tonight.', 'May I help you?'];
const never = (): AbortSignal => new AbortController().signal;

/** A stream, and all that came of it. */
class Heard {
  readonly events: VoiceEvent[] = [];
  readonly stream: VoiceStream;
  readonly #patienceMs: number;
  isMade = false;
  #look: (() => void) | null = null;

  constructor(voice: Voice, patienceMs: number) {
    this.#patienceMs = patienceMs;
    this.stream = voice.stream('en-US', (event) => {
      if (!this.isMade) throw new Broken('it called back before it had given a stream');
      this.events.push(event);
      this.#look?.();
    });
    this.isMade = true;
  }

  get audio(): Buffer {
    const payloads = this.events.flatMap((event) => (event.kind === 'audio' ? [event.payload] : []));
    return Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64')));
  }

  get last(): VoiceEvent['kind'] | undefined {
    return this.events.at(-1)?.kind;
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Broken(`it hangs: ${what}`)), this.#patienceMs);
      this.#look = () => {
        if (!isSo()) return;
        clearTimeout(late);
        resolve();
      };
    });
    this.#look = null;
  }

  async over(): Promise<void> {
    await this.until(() => this.last === 'ended' || this.last === 'failed', 'no end comes');
    await pause(60);
    const ends = this.events.filter(({ kind }) => kind === 'ended' || kind === 'failed');
    if (ends.length !== 1) throw new Broken(`it ended ${ends.length} times`);
    if (this.events.at(-1) !== ends[0]) throw new Broken('something came after the end');
  }
}

export class Broken extends Error {}

function demand(isSo: boolean, sentence: string): void {
  if (!isSo) throw new Broken(sentence);
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function rendered(voice: Voice, text: string): Promise<Buffer> {
  return Buffer.from(await voice.render(text, 'en-US', never()));
}

async function renderedAll(voice: Voice, texts: readonly string[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const text of texts) parts.push(await rendered(voice, text));
  return Buffer.concat(parts);
}

function checkUsage(
  usages: readonly Usage[],
  texts: readonly string[],
  counts: VoiceUnderCheck['counts'],
): void {
  const sum = (unit: keyof Usage['amounts']): number =>
    usages.reduce((all, { amounts }) => all + (amounts[unit] ?? 0), 0);
  if (counts === 'nothing') return demand(usages.length === 0, 'it counts what nobody bills');
  demand(usages.length > 0, 'it does not say what it took');
  demand(
    usages.every(({ vendor, model }) => vendor !== '' && model !== ''),
    'it does not say who counts',
  );
  if (counts === 'tokens') return demand(sum('outputAudioTokens') > 0, 'it counts no tokens');
  const characters = texts.join('').length;
  demand(sum('characters') === characters, `it counts ${sum('characters')} characters, not ${characters}`);
}

export const VOICE_CHECKS: Record<string, VoiceCheck> = {
  async 'renders a text, and says what it took'({ voice, counts }) {
    const usages: Usage[] = [];
    const text = 'Good morning.';
    const audio = await voice.render(text, 'en-US', never(), (usage) => usages.push(usage));
    demand(audio.length > 400, 'it renders next to nothing');
    demand(!Buffer.from(audio).subarray(0, 4).equals(Buffer.from('RIFF')), 'it has a header');
    checkUsage(usages, [text], counts);
  },

  async 'speaks the pieces of a text in their order, all of it, and then ends'({
    voice,
    counts,
    patienceMs,
  }) {
    const expected = await renderedAll(voice, SENTENCES);
    const heard = new Heard(voice, patienceMs);
    for (const sentence of SENTENCES) heard.stream.say(sentence);
    heard.stream.end();
    await heard.over();
    demand(heard.last === 'ended', `it failed: ${JSON.stringify(heard.events.at(-1))}`);
    demand(heard.audio.equals(expected), 'it does not say the pieces in their order and whole');
    const usages = heard.events.flatMap((event) => (event.kind === 'used' ? [event.usage] : []));
    checkUsage(usages, SENTENCES, counts);
  },

  async 'is heard before the text is complete'({ voice, patienceMs }) {
    const heard = new Heard(voice, patienceMs);
    heard.stream.say('Good morning.');
    await heard.until(() => heard.audio.length > 0, 'nothing is heard of the first sentence');
    demand(!heard.events.some(({ kind }) => kind === 'ended'), 'it ended before the text did');
    await pause(30);
    heard.stream.say('May I help you?');
    heard.stream.end();
    await heard.over();
    const expected = await renderedAll(voice, ['Good morning.', 'May I help you?']);
    demand(heard.audio.equals(expected), 'it does not say what came later');
  },

  async 'says nothing once it was cancelled, and is as good as before'({ voice, patienceMs }) {
    const heard = new Heard(voice, patienceMs);
    heard.stream.say('We are open until nine tonight, and the kitchen closes at eight.');
    heard.stream.say('May I help you?');
    await heard.until(() => heard.audio.length > 0, 'nothing is heard');
    heard.stream.cancel();
    const count = heard.events.length;
    heard.stream.say('Hello?');
    heard.stream.end();
    heard.stream.cancel();
    await pause(120);
    demand(heard.events.length === count, `it went on after the cancel: ${heard.last}`);

    const next = new Heard(voice, patienceMs);
    next.stream.say('Good morning.');
    next.stream.end();
    await next.over();
    demand(
      next.audio.equals(await rendered(voice, 'Good morning.')),
      'the next text is not what it should be',
    );
  },

  async 'says nothing where it was cancelled before anything was heard'({ voice, patienceMs }) {
    const heard = new Heard(voice, patienceMs);
    heard.stream.say('Good morning.');
    heard.stream.end();
    heard.stream.cancel();
    const empty = new Heard(voice, patienceMs);
    empty.stream.cancel();
    await pause(120);
    demand(heard.events.length + empty.events.length === 0, 'it speaks though it was cancelled');
  },

  async 'ends where there is nothing to say'({ voice, patienceMs }) {
    const heard = new Heard(voice, patienceMs);
    heard.stream.say('');
    heard.stream.say(' \n');
    heard.stream.end();
    await heard.over();
    demand(heard.events.map(({ kind }) => kind).join() === 'ended', 'silence is more than an end');
  },

  async 'takes no more text after the end'({ voice, patienceMs }) {
    const heard = new Heard(voice, patienceMs);
    heard.stream.say('Good morning.');
    heard.stream.end();
    heard.stream.say('May I help you?');
    heard.stream.end();
    await heard.over();
    demand(heard.audio.equals(await rendered(voice, 'Good morning.')), 'it says what came after the end');
  },

  async 'speaks several texts at once without mixing them'({ voice, patienceMs }) {
    const texts = Array.from({ length: 7 }, (_, index) => ['Good morning.', `This is number ${index}.`]);
    const streams = texts.map((pieces) => {
      const heard = new Heard(voice, patienceMs);
      for (const piece of pieces) heard.stream.say(piece);
      heard.stream.end();
      return heard;
    });
    await Promise.all(streams.map((heard) => heard.over()));
    for (const [index, heard] of streams.entries()) {
      const expected = await renderedAll(voice, texts[index]!);
      demand(heard.audio.equals(expected), 'one text is heard in another');
    }
  },

  async 'gives up a rendering that nobody waits for'({ voice, patienceMs }) {
    const abort = new AbortController();
    const rendering = voice.render('We are open until nine tonight.', 'en-US', abort.signal);
    abort.abort();
    const thrown: unknown = await Promise.race([
      rendering.then(
        () => null,
        (error: unknown) => error,
      ),
      pause(patienceMs).then(() => new Broken('it hangs: the rendering is not given up')),
    ]);
    if (thrown instanceof Broken) throw thrown;
    demand(
      thrown instanceof OffhookError && /^(voice|thread)-/.test(thrown.code),
      `it threw ${String(thrown)}`,
    );
    demand((await rendered(voice, 'Good morning.')).length > 400, 'it renders nothing afterwards');
  },

  async 'says no more once it is closed'({ another, patienceMs }) {
    const voice = another();
    const heard = new Heard(voice, patienceMs);
    heard.stream.say('We are open until nine tonight, and the kitchen closes at eight.');
    await voice.close();
    await heard.over();
    demand(heard.last === 'failed', 'what is being said when it is closed does not fail');
    const thrown: unknown = await voice
      .render('Good morning.', 'en-US', never())
      .catch((error: unknown) => error);
    demand(thrown instanceof OffhookError, 'a voice that is closed still renders');
  },
};
