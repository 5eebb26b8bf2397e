import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { castOn } from '../../runtime/dialogue/casts.ts';
import { degrades, degradesFor } from '../../runtime/dialogue/degrade.ts';
import { GAPS } from '../../runtime/dialogue/degrade-gaps.ts';
import { capabilityTable } from '../../runtime/dialogue/capabilities.ts';
import { type DocumentFile, mapOf } from '../../runtime/dialogue/document-file.ts';
import { ENGINES, type EngineName } from '../../runtime/dialogue/engines.ts';
import { type Problem, sortProblems } from '../../runtime/dialogue/problem.ts';
import { readSource } from '../../runtime/dialogue/read.ts';
import type { Environment } from '../../runtime/dialogue/settings.ts';
import type { Kind } from '../../runtime/dialogue/schemas.ts';
import { checkShape } from '../../runtime/dialogue/shape.ts';

function documentOf(kind: Kind, id: string, text: string): DocumentFile {
  const source = readSource(`${id}.${kind}.yaml`, text);
  const { problems, held } = checkShape(kind, source);
  expect([...source.problems, ...problems]).toEqual([]);
  return { kind, id, source, data: mapOf(source.data), held };
}

const tell = (problems: readonly Problem[]): string[] =>
  sortProblems(problems).map(
    ({ place, code, message }) => `${place.line}:${place.column} ${code} ${message}`,
  );
const codes = (problems: readonly Problem[]): string[] =>
  sortProblems(problems).map(({ place, code }) => `${place.line}:${place.column} ${code}`);

const KEY = { OPENAI_API_KEY: 'x' };
const PHONE = { ...KEY, PUBLIC_URL: 'https://example.com' };

/** What degrades of a dialogue on an engine. */
const on = (engine: EngineName, dialogue: string, env: Environment = {}, app = 'public: true\n'): Problem[] =>
  degrades([documentOf('app', 'a', app), documentOf('dialogue', 'a', dialogue)], env, engine);

describe('bistro', () => {
  const file = (kind: Kind): DocumentFile => {
    const url = new URL(`../../dialogues/bistro.${kind}.yaml`, import.meta.url);
    return documentOf(kind, 'bistro', readFileSync(url, 'utf8'));
  };
  const files = [file('app'), file('dialogue')];
  const no = (engine: string) => [
    `61:7 no-model-talk \`talk\` has no text model on the ${engine} engine, because OPENAI_API_KEY is not set: only the \`like\` and \`keys\` of its exits are understood.`,
    `64:12 no-model-when \`the caller wants to book\` cannot be understood on the ${engine} engine: it has neither \`like\` nor \`keys\`, and no text model judges it, because OPENAI_API_KEY is not set.`,
    `65:12 no-model-when \`the caller has no more questions\` cannot be understood on the ${engine} engine: it has neither \`like\` nor \`keys\`, and no text model judges it, because OPENAI_API_KEY is not set.`,
  ];

  it('is carried as it is written by a model that speaks, and by a cascade', () => {
    expect(tell(degrades(files, {}, 'realtime'))).toEqual([]);
    expect(tell(degrades(files, KEY, 'cascade'))).toEqual([]);
    expect(tell(degrades(files, KEY, 'relay'))).toEqual([]);
  });

  it('is heard reply by reply on gather', () => {
    expect(tell(degrades(files, KEY, 'gather'))).toEqual([
      '61:7 gather-talk Each reply of this `talk` is one `<Say>` on the gather engine: nothing of it is heard before the model has written all of it.',
    ]);
  });

  it.each(['cascade', 'relay', 'gather'] as const)('needs a text model on %s', (engine) => {
    expect(tell(degrades(files, {}, engine))).toEqual(no(engine));
  });

  it('has no model on the embedded engine', () => {
    expect(tell(degrades(files, KEY, 'embedded'))).toEqual([
      '61:7 embedded-talk `talk` has no model on the embedded engine: only the `like` and `keys` of its exits are understood.',
      '64:12 embedded-when `the caller wants to book` cannot be understood on the embedded engine: it has neither `like` nor `keys`.',
      '65:12 embedded-when `the caller has no more questions` cannot be understood on the embedded engine: it has neither `like` nor `keys`.',
    ]);
  });

  it('is told of each of its casts by itself', () => {
    const [app] = files as [DocumentFile, DocumentFile];
    expect(codes(degradesFor(app, files, castOn('gather', {}), KEY))).toEqual(['61:7 gather-talk']);
    expect(degradesFor(app, files, castOn('realtime', {}), KEY)).toEqual([]);
  });
});

describe('the embedded engine', () => {
  it('lacks what needs a model', () => {
    const dialogue = `inbound:
  - ask: Well?
    answers: [{ when: a, like: [b] }, { when: c, keys: "1" }, { when: d }]
  - talk: Chat.
    until: [{ when: e, keys: "2" }]
anytime: [{ when: f }]
`;
    expect(tell(on('embedded', dialogue))).toEqual([
      '3:65 embedded-when `d` cannot be understood on the embedded engine: it has neither `like` nor `keys`.',
      '4:5 embedded-talk `talk` has no model on the embedded engine: only the `like` and `keys` of its exits are understood.',
      '6:13 embedded-when `f` cannot be understood on the embedded engine: it has neither `like` nor `keys`.',
    ]);
    // A text model that the app names judges, but does not talk.
    expect(codes(on('embedded', dialogue, KEY, 'model: openai/gpt-6-luna\n'))).toEqual(['4:5 embedded-talk']);
    expect(codes(on('embedded', dialogue, {}, 'model: openai/gpt-6-luna\n'))).toHaveLength(3);
  });

  it('cannot hear every value, unless it can be pressed', () => {
    const slots = `slots:
  name: { type: name }
  pin: { type: phone, from: [speech] }
  phone: { type: phone }
  day: { type: date }
inbound: { collect: [name, pin, phone, day] }
`;
    const cannot = 'nobody can list what callers say for the type';
    expect(tell(on('embedded', slots))).toEqual([
      `2:3 embedded-slot \`name\` cannot be heard on the embedded engine: ${cannot} name, so only the captions of a simulated phone tell it.`,
      `3:3 embedded-slot \`pin\` cannot be heard on the embedded engine: ${cannot} phone, so only the captions of a simulated phone tell it.`,
    ]);
    const cascade = 'cannot be heard on the cascade engine by the recogniser of this machine';
    expect(tell(on('cascade', slots))).toEqual([
      `2:3 cascade-slot \`name\` ${cascade}: ${cannot} name, so only the captions of a simulated phone tell it.`,
      `3:3 cascade-slot \`pin\` ${cascade}: ${cannot} phone, so only the captions of a simulated phone tell it.`,
    ]);
    expect(on('cascade', slots, { DEEPGRAM_API_KEY: 'x' })).toEqual([]);
    const listens = 'speech: embedded/pocketsphinx\n';
    expect(codes(on('cascade', slots, KEY, listens))).toEqual(['2:3 cascade-slot', '3:3 cascade-slot']);
  });

  it('holds no open conversation, and speaks English', () => {
    expect(tell(on('embedded', 'persona: You are Ana.'))).toEqual([
      '1:1 embedded-open An open conversation has no model on the embedded engine: nothing follows the `intro`.',
    ]);
    const czech =
      'embedded-locale `cs-CZ`: the embedded voice speaks English only; another language is spoken by espeak-ng, where it is installed.';
    const plain = 'inbound: { hangup: true }';
    expect(tell(on('embedded', plain, {}, 'locale: cs-CZ'))).toEqual([`1:9 ${czech}`]);
    expect(on('embedded', plain, {}, 'locale: en-GB')).toEqual([]);
    const switched = `inbound: [{ set: { session.locale: "'cs-CZ'" } }, { hangup: true }]`;
    expect(tell(on('embedded', switched))).toEqual([`1:36 ${czech}`]);
    expect(on('embedded', switched.replace("'cs-CZ'", 'session.attributes.tongue'))).toEqual([]);
  });
});

describe('the engines of Twilio’s ears and voices', () => {
  it('hear what is sensitive, where it may be said', () => {
    const slots = `slots:
  card: { type: digits, sensitive: true }
  pin: { type: digits, sensitive: true, from: [keys] }
  born: { type: name, sensitive: true }
  party: { type: integer }
inbound: { collect: [card, pin, born, party] }
`;
    for (const engine of ['relay', 'gather'] as const) {
      const heard = `is sensitive, and what is said for it is heard by Twilio's recogniser on the ${engine} engine, out of Offhook's hands`;
      expect(tell(on(engine, slots, PHONE))).toEqual([
        `2:3 twilio-sensitive \`card\` ${heard}: let it be pressed, with \`from: [keys]\`.`,
        `4:3 twilio-sensitive \`born\` ${heard}.`,
      ]);
    }
    expect(on('cascade', slots, KEY)).toEqual([]);
  });

  it('fetch what is played, where they can', () => {
    const play = 'inbound: [{ play: ./tune.wav }, { hangup: true }]';
    expect(tell(on('relay', play, KEY))).toEqual([
      '1:19 twilio-play `./tune.wav` is fetched by Twilio on the relay engine, from PUBLIC_URL, which is not set.',
    ]);
    expect(codes(on('gather', play, KEY))).toEqual(['1:19 twilio-play']);
    expect([on('relay', play, PHONE), on('gather', play, PHONE), on('cascade', play, KEY)]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('count no words, and relay is told of one patience for the whole call', () => {
    const turns = `turn: { words: 3, patience: patient }
inbound: a
states:
  a:
    turn: { words: 1, patience: quick }
    steps:
      - confirm: "Well?"
        turn: { words: 2, interrupt: keys }
      - { confirm: "Sure?", turn: { patience: normal } }
  turn: { hangup: true }
`;
    const relay =
      'is not counted on the relay engine, where Twilio listens: short acknowledgements are passed over at most, and every other word interrupts.';
    const once =
      'of a state or a step is not looked at on the relay engine: Twilio is told once, for the whole call, how long a pause may be.';
    expect(tell(on('relay', turns, KEY))).toEqual([
      `1:9 relay-words \`words: 3\` ${relay}`,
      `5:23 relay-patience \`patience: quick\` ${once}`,
      `8:17 relay-words \`words: 2\` ${relay}`,
      `9:37 relay-patience \`patience: normal\` ${once}`,
    ]);
    const gather = 'is not counted on the gather engine: whatever the caller says stops what is being said.';
    expect(tell(on('gather', turns, KEY))).toEqual([
      `1:9 gather-words \`words: 3\` ${gather}`,
      `8:17 gather-words \`words: 2\` ${gather}`,
    ]);
    for (const engine of ['realtime', 'cascade', 'embedded'] as const)
      expect(on(engine, turns, KEY)).toEqual([]);
  });

  it('are not taken in by names of the author’s', () => {
    const dialogue = `
slots: { turn: { type: integer } }
tools: { go: { about: Goes, input: { turn: integer }, http: { url: http://127.0.0.1/ } } }
inbound: [{ do: go, with: { turn: turn } }, { set: { turn: 2 } }, { hangup: true }]
`;
    expect([on('relay', dialogue, PHONE), on('gather', dialogue, PHONE)]).toEqual([[], []]);
  });

  it('go on in the voice that the app names, whatever the language', () => {
    const switched = `inbound: [{ set: { session.locale: "'de-DE'" } }, { hangup: true }]`;
    expect(tell(on('gather', switched, PHONE, 'voice: amazon/Joanna-Neural\n'))).toEqual([
      '1:36 gather-language The voice amazon/Joanna-Neural goes on speaking in the other language on the gather engine: without `voice`, Twilio chooses one for each language.',
    ]);
    expect(on('gather', switched, PHONE)).toEqual([]);
    // A voice that gather does not know is not taken along.
    expect(on('gather', switched, PHONE, 'voice: openai/marin\n')).toEqual([]);
  });

  it('need a text model for an open conversation too', () => {
    expect(tell(on('relay', 'persona: You are Ana.'))).toEqual([
      '1:1 no-model-open An open conversation has no text model on the relay engine, because OPENAI_API_KEY is not set: nothing follows the `intro`.',
    ]);
    expect(tell(on('gather', 'persona: You are Ana.', PHONE))).toEqual([
      '1:1 gather-open Each reply of an open conversation is one `<Say>` on the gather engine: nothing of it is heard before the model has written all of it.',
    ]);
  });
});

describe('a model of Gemini’s', () => {
  it('answers what is said aside while it talks', () => {
    const dialogue = 'turn: { words: 2 }\ninbound: [{ talk: Chat. }, { hangup: true }]';
    const gemini = 'model: gemini/gemini-3.8-live\n';
    expect(tell(on('realtime', dialogue, KEY, gemini))).toEqual([
      "1:9 gemini-words `words: 2` does not hold while a model of Gemini's talks: it is not stopped by fewer, but answers them when it has finished.",
    ]);
    expect(codes(on('realtime', dialogue, { GEMINI_API_KEY: 'x' }))).toEqual(['1:9 gemini-words']);
    expect(on('realtime', dialogue, KEY)).toEqual([]);
    expect(on('realtime', 'turn: { words: 2 }\ninbound: { hangup: true }', KEY, gemini)).toEqual([]);
  });
});

describe('what degrades', () => {
  const files = [
    documentOf('app', 'a', 'engine: embedded\n'),
    documentOf('app', 'z', 'public: true\n'),
    documentOf('dialogue', 'a', 'inbound: [{ talk: A. }, { run: b }]\n'),
    documentOf('dialogue', 'b', 'inbound: [{ talk: B. }, { run: a }, { run: c }]\n'),
    documentOf('dialogue', 'c', 'inbound: { talk: C. }\n'),
    documentOf('dialogue', 'z', 'inbound: { talk: Z. }\n'),
    documentOf('dialogue', 'alone', 'inbound: { talk: Alone. }\n'),
  ];
  const told = (engine?: EngineName): string[] => degrades(files, {}, engine).map(({ place }) => place.file);

  it('is told of an app that names its engine, for its dialogue and all that it runs, each once', () => {
    expect(told().toSorted()).toEqual(['a.dialogue.yaml', 'b.dialogue.yaml', 'c.dialogue.yaml']);
    expect(degrades(files.slice(1), {})).toEqual([]);
  });

  it('is told of everything for the engine that is asked for, and of no other', () => {
    expect(told('gather')).toHaveLength(5);
    expect(told('embedded')).toHaveLength(5);
    expect(told('realtime')).toEqual([]);
  });
});

describe('the table of the engines', () => {
  const table = capabilityTable('problems.md').split('\n');

  it('has a column for each of them, and every cell is written', () => {
    const cells = table.map((row) => row.split(' | ').map((cell) => cell.replaceAll('|', '').trim()));
    for (const row of cells) expect(row).toHaveLength(ENGINES.length + 1);
    for (const row of cells.slice(2)) expect(row.filter((cell) => cell === '')).toEqual([]);
  });

  it('leads from every cell where something is lacking to its page', () => {
    for (const { code, engines } of GAPS) {
      const columns = engines.map((engine) => ENGINES.indexOf(engine) + 1);
      const rows = table.filter((row) => row.includes(`(problems.md#${code})`));
      expect(rows).toHaveLength(1);
      const cells = rows[0]!.split(' | ');
      for (const [index, cell] of cells.entries())
        expect(cell.includes(`#${code})`)).toBe(columns.includes(index));
    }
  });
});
