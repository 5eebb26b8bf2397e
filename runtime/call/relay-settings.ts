import type { Program } from '../dialogue/program.ts';
import type { RelaySettings } from './answers.ts';
import type { Crew } from './casting.ts';

/** How a line that listens and speaks by itself carries a call: it is told once, for all of the call. */
export function relaySettings(
  locale: string,
  { ear, voice }: Pick<Crew, 'ear' | 'voice'>,
  { program }: { program: Program },
): RelaySettings {
  const { patience, words } = program.parts[program.dialogue]!.dialogueTrouble.turn;
  return {
    locale,
    voice,
    speech: ear,
    patience: patience ?? 'normal',
    words: words ?? 1,
    hints: hintsOf(program),
  };
}

/** The words of all slots: what is expected at the moment cannot be told while the call runs. */
function hintsOf({ parts }: Program): string[] {
  const slots = Object.values(parts).flatMap((part) => Object.values(part.slots));
  const words = slots.flatMap(({ hints, of }) => [...hints, ...(of ?? []).map(({ value }) => value)]);
  return [...new Set(words)];
}
