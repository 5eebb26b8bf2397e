/**
 * Where an engine carries a part of the language otherwise than the file says, or not at all. The report of
 * `offhook check --engine` and the table in the documents are made of this list.
 */
import { BY_KEYS } from './compile-slots.ts';
import { type Cast, type EngineName, partsOf } from './engines.ts';
import type { SlotType } from './protocol.ts';
import type { Environment } from './settings.ts';

/** An engine for a certain app, with the keys at hand. */
export interface Stage {
  engine: EngineName;
  /** A text model answers, or judges what callers mean. */
  thinks: boolean;
  /** Whoever listens is told what to expect, and hears nothing else. */
  listed: boolean;
  /** Who thinks on the engine realtime. */
  mind: string;
  /** The voice that was chosen, as `provider/name`. */
  voice: string | null;
  isPublic: boolean;
}

/** A part of the language that stands somewhere in a file. `name`: what it is of, as the author wrote it. */
export type Use =
  | { part: 'open'; name: string }
  | { part: 'talk'; name: string }
  | { part: 'when'; name: string }
  /** A slot. */
  | { part: 'value'; name: string; type: string; from: readonly string[] | null; sensitive: boolean }
  | { part: 'play'; name: string }
  /** `talks`: somewhere in the file a model speaks. */
  | { part: 'words'; name: string; talks: boolean }
  /** `inner`: of a state or a step. */
  | { part: 'patience'; name: string; inner: boolean }
  /** The language of an app, or one that a `set` changes to; null: only the call can tell. */
  | { part: 'language'; name: string; locale: string | null; changes: boolean };

export interface Gap<U extends Use = Use> {
  code: string;
  part: U['part'];
  engines: readonly EngineName[];
  /** Whether it is so there. */
  holds(use: U, stage: Stage): boolean;
  says(use: U, stage: Stage): string;
}

/** The app on an engine, as it would be carried with this environment. */
export function stageOf({ engine, speech, model, voice }: Cast, env: Environment): Stage {
  const has = (name: string): boolean => (env[name] ?? '') !== '';
  const ears = has('DEEPGRAM_API_KEY') || has('OPENAI_API_KEY');
  const byModel = engine === 'embedded' ? model !== null : engine !== 'realtime';
  const realtime = has('OPENAI_API_KEY') || !has('GEMINI_API_KEY') ? 'openai' : 'gemini';
  return {
    engine,
    thinks: byModel && has('OPENAI_API_KEY'),
    listed:
      engine === 'embedded' ||
      (engine === 'cascade' && (speech === null ? !ears : partsOf(speech).provider === 'embedded')),
    mind: model === null ? realtime : partsOf(model).provider,
    voice: voice?.use ?? null,
    isPublic: has('PUBLIC_URL'),
  };
}

/** Types whose values a recogniser that is told what to expect can be told. */
const LISTED: ReadonlySet<string> = new Set(['boolean', 'choice', 'integer', 'digits', 'date', 'time']);

const isPressed = ({ type, from }: UseOf<'value'>): boolean =>
  BY_KEYS.has(type as SlotType) && (from === null || from.includes('keys'));
const isUnlisted = (use: UseOf<'value'>): boolean => !LISTED.has(use.type) && !isPressed(use);
const unlisted = (use: UseOf<'value'>, where: string): string =>
  `\`${use.name}\` cannot be heard on the ${where}: nobody can list what callers say for the type ${use.type}, so only the captions of a simulated phone tell it.`;

const isForeign = ({ locale }: UseOf<'language'>): boolean => locale !== null && !/^en([-_]|$)/i.test(locale);
const always = (): boolean => true;
const thoughtless = (_: Use, { thinks }: Stage): boolean => !thinks;
const NO_KEY = 'OPENAI_API_KEY is not set';
const WITH_TEXT: readonly EngineName[] = ['cascade', 'relay', 'gather'];

type UseOf<P extends Use['part']> = Extract<Use, { part: P }>;
const gap = <P extends Use['part']>(one: Gap<UseOf<P>> & { part: P }): Gap =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is only given uses of its part
  one as unknown as Gap;

export const GAPS: readonly Gap[] = [
  gap({
    code: 'embedded-open',
    part: 'open',
    engines: ['embedded'],
    holds: always,
    says: () => 'An open conversation has no model on the embedded engine: nothing follows the `intro`.',
  }),
  gap({
    code: 'embedded-talk',
    part: 'talk',
    engines: ['embedded'],
    holds: always,
    says: () =>
      '`talk` has no model on the embedded engine: only the `like` and `keys` of its exits are understood.',
  }),
  gap({
    code: 'embedded-when',
    part: 'when',
    engines: ['embedded'],
    holds: thoughtless,
    says: ({ name }) =>
      `\`${name}\` cannot be understood on the embedded engine: it has neither \`like\` nor \`keys\`.`,
  }),
  gap({
    code: 'embedded-slot',
    part: 'value',
    engines: ['embedded'],
    holds: isUnlisted,
    says: (use) => unlisted(use, 'embedded engine'),
  }),
  gap({
    code: 'embedded-locale',
    part: 'language',
    engines: ['embedded'],
    holds: isForeign,
    says: ({ locale }) =>
      `\`${locale}\`: the embedded voice speaks English only; another language is spoken by espeak-ng, where it is installed.`,
  }),
  gap({
    code: 'no-model-open',
    part: 'open',
    engines: WITH_TEXT,
    holds: thoughtless,
    says: (_, { engine }) =>
      `An open conversation has no text model on the ${engine} engine, because ${NO_KEY}: nothing follows the \`intro\`.`,
  }),
  gap({
    code: 'no-model-talk',
    part: 'talk',
    engines: WITH_TEXT,
    holds: thoughtless,
    says: (_, { engine }) =>
      `\`talk\` has no text model on the ${engine} engine, because ${NO_KEY}: only the \`like\` and \`keys\` of its exits are understood.`,
  }),
  gap({
    code: 'no-model-when',
    part: 'when',
    engines: WITH_TEXT,
    holds: thoughtless,
    says: ({ name }, { engine }) =>
      `\`${name}\` cannot be understood on the ${engine} engine: it has neither \`like\` nor \`keys\`, and no text model judges it, because ${NO_KEY}.`,
  }),
  gap({
    code: 'cascade-slot',
    part: 'value',
    engines: ['cascade'],
    holds: (use, { listed }) => listed && isUnlisted(use),
    says: (use) => unlisted(use, 'cascade engine by the recogniser of this machine'),
  }),
  gap({
    code: 'gather-talk',
    part: 'talk',
    engines: ['gather'],
    holds: (_, { thinks }) => thinks,
    says: () =>
      'Each reply of this `talk` is one `<Say>` on the gather engine: nothing of it is heard before the model has written all of it.',
  }),
  gap({
    code: 'gather-open',
    part: 'open',
    engines: ['gather'],
    holds: (_, { thinks }) => thinks,
    says: () =>
      'Each reply of an open conversation is one `<Say>` on the gather engine: nothing of it is heard before the model has written all of it.',
  }),
  gap({
    code: 'twilio-sensitive',
    part: 'value',
    engines: ['relay', 'gather'],
    holds: ({ sensitive, from }) => sensitive && (from === null || from.includes('speech')),
    says: ({ name, type }, { engine }) =>
      `\`${name}\` is sensitive, and what is said for it is heard by Twilio's recogniser on the ${engine} engine, out of Offhook's hands${BY_KEYS.has(type as SlotType) ? ': let it be pressed, with `from: [keys]`.' : '.'}`,
  }),
  gap({
    code: 'twilio-play',
    part: 'play',
    engines: ['relay', 'gather'],
    holds: (_, { isPublic }) => !isPublic,
    says: ({ name }, { engine }) =>
      `\`${name}\` is fetched by Twilio on the ${engine} engine, from PUBLIC_URL, which is not set.`,
  }),
  gap({
    code: 'relay-words',
    part: 'words',
    engines: ['relay'],
    holds: always,
    says: ({ name }) =>
      `\`words: ${name}\` is not counted on the relay engine, where Twilio listens: short acknowledgements are passed over at most, and every other word interrupts.`,
  }),
  gap({
    code: 'relay-patience',
    part: 'patience',
    engines: ['relay'],
    holds: ({ inner }) => inner,
    says: ({ name }) =>
      `\`patience: ${name}\` of a state or a step is not looked at on the relay engine: Twilio is told once, for the whole call, how long a pause may be.`,
  }),
  gap({
    code: 'gather-words',
    part: 'words',
    engines: ['gather'],
    holds: always,
    says: ({ name }) =>
      `\`words: ${name}\` is not counted on the gather engine: whatever the caller says stops what is being said.`,
  }),
  gap({
    code: 'gather-language',
    part: 'language',
    engines: ['gather'],
    holds: ({ changes }, { voice }) => changes && voice !== null,
    says: (_, { voice }) =>
      `The voice ${voice} goes on speaking in the other language on the gather engine: without \`voice\`, Twilio chooses one for each language.`,
  }),
  gap({
    code: 'gemini-words',
    part: 'words',
    engines: ['realtime'],
    holds: ({ talks }, { mind }) => talks && mind === 'gemini',
    says: ({ name }) =>
      `\`words: ${name}\` does not hold while a model of Gemini's talks: it is not stopped by fewer, but answers them when it has finished.`,
  }),
];
