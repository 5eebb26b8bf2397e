/** What a session is told about itself: once with its setup, and again when the dialogue goes on (`contextUpdate`). */
import { canMean, judgingOf } from '../../dialogue/meaning-schema.ts';
import type { Expectation, Offer } from '../../dialogue/protocol.ts';
import type { Talk } from '../speech.ts';
import type { ClientMessage, FunctionDeclaration, Setup } from './wire.ts';

/** The function that a listening model calls in place of an answer. */
export const HEARD = 'heard';
/** Half of what is kept goes when it is full: calls are short, and every turn bills all of it again. */
const COMPRESSION = { triggerTokens: '25600', slidingWindow: { targetTokens: '12800' } };
const LONGEST_NAME = 64;

/** What the model is to do just now. */
export interface Config {
  instructions: string;
  functions: FunctionDeclaration[];
}

export interface Setting {
  locale: string;
  persona: string;
  model: string;
  voice: string;
}

/** The model speaks with the caller. */
export function talkConfig({ locale }: Setting, talk: Talk): Config {
  return {
    // What a talk is told begins with the persona as it is at that moment.
    instructions: [
      `Speak the language of the locale ${locale}, unless told otherwise.`,
      'What stands in square brackets is a note for you, which the caller has not said and does not hear.',
      talk.instructions,
    ].join('\n\n'),
    functions: [...namedOffers(talk.offers)].map(([name, { about, input }]) => ({
      name,
      description: about,
      parametersJsonSchema: input,
      behavior: 'BLOCKING',
    })),
  };
}

/** The model listens in, says nothing and judges what was meant. */
export function listeningConfig({ persona }: Setting, expectation: Expectation | null): Config {
  const judging = expectation && canMean(expectation) ? judgingOf(expectation) : null;
  const told = judging && [
    judging.rules,
    `What the caller may mean now, as data: ${JSON.stringify(judging.known)}`,
  ];
  return {
    instructions: [
      persona,
      'Just now somebody else speaks with the caller for you, and you listen in, in silence.',
      `Each time the caller has said something, call the function "${HEARD}" once, at once, whatever it was, and never say a word: neither before the call nor after it.`,
      ...(told ?? []),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    functions: [
      {
        name: HEARD,
        description: 'Says what the caller meant.',
        parametersJsonSchema: judging?.schema ?? { type: 'object', properties: {} },
        behavior: 'NON_BLOCKING',
      },
    ],
  };
}

/** `handle`: of the session that this one takes up; null: it knows nothing yet. */
export function callSetup(setting: Setting, config: Config, handle: string | null): Setup {
  return {
    ...spoken(setting.model, setting.voice, config.instructions),
    tools: toolsOf(config),
    realtimeInputConfig: {
      automaticActivityDetection: { disabled: true },
      activityHandling: 'START_OF_ACTIVITY_INTERRUPTS',
      turnCoverage: 'TURN_INCLUDES_ONLY_ACTIVITY',
    },
    inputAudioTranscription: {},
    sessionResumption: handle === null ? {} : { handle },
  };
}

/** A session that only reads texts aloud: it is sent no audio. */
export function readingSetup(model: string, voice: string): Setup {
  return spoken(model, voice, 'You are a voice that reads texts aloud, word for word.');
}

/** Documented for Gemini 3.8; what comes after it goes by it. */
export function configUpdate(config: Config): ClientMessage {
  return {
    contextUpdate: {
      systemInstruction: { parts: [{ text: config.instructions }] },
      tools: { tools: toolsOf(config) },
    },
  };
}

/** The offers by the names that the model knows them by: `[A-Za-z_][A-Za-z0-9_-]*`, 64 letters at most, all different. */
export function namedOffers(offers: readonly Offer[]): Map<string, Offer> {
  const named = new Map<string, Offer>();
  for (const offer of offers) {
    const plain = offer.name.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(?![A-Za-z_])/, '_');
    let name = plain.slice(0, LONGEST_NAME);
    for (let n = 2; named.has(name) || name === HEARD; n++) name = `${plain.slice(0, LONGEST_NAME - 4)}_${n}`;
    named.set(name, offer);
  }
  return named;
}

function spoken(model: string, voice: string, instructions: string): Setup {
  return {
    model: `models/${model}`,
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } },
    },
    systemInstruction: { parts: [{ text: instructions }] },
    realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    outputAudioTranscription: {},
    contextWindowCompression: COMPRESSION,
  };
}

/** An empty list takes away the tools that there were. */
function toolsOf({ functions }: Config): { functionDeclarations: FunctionDeclaration[] }[] {
  return functions.length === 0 ? [] : [{ functionDeclarations: functions }];
}
