/** How a line that collects whole answers listens for what is expected. */
import type { Expectation, Turn, Wanted } from '../dialogue/protocol.ts';
import type { Listening } from '../line/gathering.ts';

/** What no dialogue says: a silence that nothing comes of is asked about again. */
const SILENCE_MS = 10_000;
/** Examples of choices; with more of them a recogniser expects everything, and nothing. */
const CHOICE_HINTS = 200;

/** @param silenceMs when the dialogue wants to be told of silence; null: never. */
export function listeningFor(
  expectation: Expectation,
  { interrupt, patience }: Pick<Turn, 'interrupt' | 'patience'>,
  silenceMs: number | null,
  partials: boolean,
): Listening {
  return {
    kind: 'listen',
    locale: expectation.locale,
    interrupt,
    patience,
    silenceMs: silenceMs ?? SILENCE_MS,
    ...keysOf(expectation),
    hints: hintsOf(expectation),
    // What is sensitive is told to nobody before it is whole.
    partials: partials && !expectation.sensitive,
  };
}

/** When what was pressed is whole. */
function keysOf({ choices, slots }: Expectation): Pick<Listening, 'keyCount' | 'poundEnds'> {
  const keys = choices.flatMap((choice) => choice.keys ?? []);
  const poundEnds = !keys.some((one) => one.includes('#'));
  const asked = slots.filter((slot) => slot.asked && slot.keys);
  if (asked.length === 0) {
    const single = keys.length > 0 && keys.every((one) => one.length === 1);
    return { keyCount: single ? 1 : null, poundEnds };
  }
  // A choice is shorter than the number: the caller may mean either.
  const lengths = asked.map(lengthOf);
  const [length = null] = lengths;
  const sure = keys.length === 0 && lengths.every((one) => one === length);
  return { keyCount: sure ? length : null, poundEnds };
}

function lengthOf({ type, length }: Wanted): number | null {
  return type === 'digits' && length !== null && length.min === length.max ? length.max : null;
}

/** What is asked for first, then what the caller may choose, then the rest. */
function hintsOf({ choices, slots }: Expectation): string[] {
  const wordsOf = (slot: Wanted): string[] => [
    ...slot.hints,
    ...(slot.of ?? []).flatMap(({ value, like }) => [value.replaceAll('_', ' '), ...like]),
  ];
  const asked = slots.filter((slot) => slot.asked);
  const others = slots.filter((slot) => !slot.asked);
  const own = choices.filter(({ scope }) => scope === 'step');
  const anytime = choices.filter(({ scope }) => scope === 'anytime');
  const likes = [...own, ...anytime].flatMap(({ like }) => like).slice(0, CHOICE_HINTS);
  return [...new Set([...asked.flatMap(wordsOf), ...likes, ...others.flatMap(wordsOf)])];
}
