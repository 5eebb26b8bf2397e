/** How each engine carries the language, in words: the tables of the documents. What it does not carry, `GAPS` say. */
import { GAPS, type Use } from './degrade-gaps.ts';
import { ENGINES, type EngineName } from './engines.ts';

interface Row {
  /** Markdown, as all that is in here. */
  about: string;
  /** The gaps of these parts of the language belong to it. */
  parts: readonly Use['part'][];
  on: { readonly [engine in EngineName]: string };
}

const ROWS: readonly Row[] = [
  {
    about: 'carried by',
    parts: [],
    on: {
      realtime: 'Media Streams to a speech-to-speech model',
      cascade: 'Media Streams, recogniser, text model, voice',
      relay: 'Twilio ConversationRelay and a text model',
      gather: "Twilio's `<Gather>` and `<Say>`, webhook by webhook, and a text model",
      embedded: 'Media Streams, all on this machine',
    },
  },
  {
    about: 'needs',
    parts: [],
    on: {
      realtime: '`OPENAI_API_KEY` or `GEMINI_API_KEY`',
      cascade: 'a key for each of those it uses',
      relay: 'Twilio; `OPENAI_API_KEY` for the text model',
      gather: 'Twilio; `OPENAI_API_KEY` for the text model',
      embedded: 'nothing',
    },
  },
  {
    about: '`say`',
    parts: ['language'],
    on: {
      realtime: "rendered once in the model's own voice, compared with the text, then played from a cache",
      cascade: 'rendered once by the voice, then played from a cache',
      relay: 'text that Twilio speaks',
      gather: "`<Say>`, in pieces within Twilio's limits",
      embedded:
        'the built-in voice: flite (English); the `espeak-ng` program for other languages where it is installed',
    },
  },
  {
    about: 'hears',
    parts: ['value'],
    on: {
      realtime: 'the model',
      cascade: 'the recogniser in `speech`, told what the step expects',
      relay: "Twilio's recogniser, told once for the call what to expect",
      gather: "Twilio's recogniser, told what the step expects",
      embedded:
        'keys; speech where the pocketsphinx library and its English model are installed (told what the step expects: good for menus and tests, not for customers); on the simulated phone the words travel as captions beside the audio',
    },
  },
  {
    about: '`when`',
    parts: ['when'],
    on: {
      realtime: '`keys`, `like` and the types of slots first, then the model',
      cascade: 'the same, then the text model',
      relay: 'the same, then the text model',
      gather: 'the same, then the text model',
      embedded: '`keys` and `like` only, unless the app names a text model',
    },
  },
  {
    about: '`talk`',
    parts: ['talk', 'open'],
    on: {
      realtime: "the model speaks freely, with this step's tools and exits",
      cascade: 'the text model, sentence by sentence',
      relay: 'the text model, word by word',
      gather: 'the text model, one `<Say>` for each reply',
      embedded: "not available: only the exits' `like` and `keys` are understood",
    },
  },
  {
    about: '`play`',
    parts: ['play'],
    on: {
      realtime: 'sent with the audio',
      cascade: 'sent with the audio',
      relay: 'fetched by Twilio from `PUBLIC_URL`',
      gather: 'fetched by Twilio from `PUBLIC_URL`',
      embedded: 'sent with the audio',
    },
  },
  {
    about: '`turn.words`',
    parts: ['words'],
    on: {
      realtime:
        'by the time that the words take; in full when they are known (Gemini answers them all the same)',
      cascade: 'counted while they are said',
      relay: "Twilio's own judgement of acknowledgements",
      gather: 'not available',
      embedded: 'by the time that the words take; in full when they are known',
    },
  },
  {
    about: '`turn.patience`',
    parts: ['patience'],
    on: {
      realtime: '300, 500 or 1000 ms of silence (OpenAI), 300, 550 or 1100 ms (Gemini)',
      cascade: "the recogniser's own measure",
      relay: 'once for the call',
      gather: '1, 2 or 3 s of silence',
      embedded: '450, 700 or 1250 ms of silence',
    },
  },
];

/** The table in Markdown; `problems` is where the page of the problem codes is, from where the table stands. */
export function capabilityTable(problems: string): string {
  const link = (code: string): string => `[${code}](${problems}#${code})`;
  const gapsOf = ({ parts }: Row, engine: EngineName): string => {
    const codes = GAPS.filter(({ part, engines }) => parts.includes(part) && engines.includes(engine));
    return codes.length === 0 ? '' : ` (${codes.map(({ code }) => link(code)).join(', ')})`;
  };
  const rows = ROWS.map((row) => [
    row.about,
    ...ENGINES.map((engine) => `${row.on[engine]}${gapsOf(row, engine)}`),
  ]);
  const head = ['', ...ENGINES.map((engine) => `\`${engine}\``)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
