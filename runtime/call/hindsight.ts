/**
 * What was written of a call before it was known to be secret: a PIN that the caller told before anybody asked for it.
 * As soon as a sensitive slot holds it, it is masked wherever it stands already.
 */
import type { Program } from '../dialogue/program.ts';
import type { Value } from '../dialogue/protocol.ts';
import type { Masks } from '../store/store.ts';
import { keptOf, type Kept } from './kept-exchange.ts';
import { redactAgain, redactToolCall } from './redaction.ts';
import { maskFields, maskText, telling, type Secrets } from './secrets.ts';

/** Null: of what has become known, nothing could be found again. `before` was known already. */
export function masksFor(program: Program, before: Secrets, secrets: Secrets): Masks | null {
  const fresh = telling(
    secrets.filter((secret) => !before.includes(secret)),
    choicesOf(program),
  );
  if (fresh.length === 0) return null;
  return {
    text: (text) => maskText(fresh, text),
    fields: (fields) => maskFields(fresh, fields, 'shown-alone'),
    entry: (entry) => redactAgain(program, fresh, entry),
    toolCall: (row) => redactToolCall(fresh, row),
    answer: (answer) => maskAnswer(fresh, answer),
  };
}

/** The words of a choice are the author's: where they were offered, a mask would tell which it was. */
function choicesOf({ parts }: Program): readonly Value[] {
  return Object.values(parts).flatMap(({ slots }) =>
    Object.values(slots).flatMap(({ of }) => (of ?? []).map(({ value }) => value)),
  );
}

function maskAnswer(secrets: Secrets, answer: Value): Value {
  const kept = keptOf(answer);
  const { gathering, sounding } = kept;
  const masked: Kept = {
    ...kept,
    gathering: {
      ...gathering,
      sounds: gathering.sounds.map((sound) =>
        sound.kind === 'say' ? { ...sound, text: maskText(secrets, sound.text) } : sound,
      ),
    },
    sounding: sounding.map((one) => ({ ...one, shown: maskText(secrets, one.shown) })),
  };
  return masked as unknown as Value;
}
