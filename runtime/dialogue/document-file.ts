/** A document between the phases, and how the checks report on it. */
import { durationMs } from './duration.ts';
import type { Slip } from './names.ts';
import type { Problem } from './problem.ts';
import type { Path, Source } from './read.ts';
import { type Environment, slipsInSetting } from './settings.ts';
import type { Kind } from './schemas.ts';
import type { Held } from './shape.ts';

/** A document whose shape was checked; it may be wrong all the same. */
export interface DocumentFile {
  kind: Kind;
  id: string;
  source: Source;
  data: { readonly [key: string]: unknown };
  held: readonly Held[];
}

export const problem = (
  source: Source,
  path: Path,
  code: string,
  message: string,
  more: { severity?: Problem['severity']; which?: 'key' | 'value' } = {},
): Problem => ({
  severity: more.severity ?? 'error',
  code,
  message,
  place: source.placeOf(path, more.which),
});

export const problemIn = (source: Source, path: Path, { code, message, offset }: Slip): Problem => ({
  severity: 'error',
  code,
  message,
  place: source.placeIn(path, offset),
});

/** `${NAME}` in the settings of an app or a tool. */
export function checkSettings({ source, held }: DocumentFile, env: Environment): Problem[] {
  return held.flatMap(({ holds, path, value }) => {
    if (holds !== 'setting' || typeof value !== 'string') return [];
    return slipsInSetting(value, env).map((slip) => ({
      ...problemIn(source, path, slip),
      severity: slip.severity,
    }));
  });
}

/** Beyond it no call lasts, and timers no longer hold. */
const LONGEST = '24h';

/** Durations that are longer than any call. */
export function checkDurations({ source, held }: DocumentFile): Problem[] {
  return held.flatMap(({ holds, path, value }) => {
    if (holds !== 'duration' || typeof value !== 'string' || !isTooLong(value)) return [];
    const message = `\`${String(path.at(-1))}\` is ${value}, but may be ${LONGEST} at most.`;
    return [problem(source, path, 'bad-duration', message)];
  });
}

function isTooLong(duration: string): boolean {
  try {
    return durationMs(duration) > durationMs(LONGEST);
  } catch {
    // That it is no duration is told by the schema.
    return false;
  }
}

/** A map, or an empty one for anything else. */
export function mapOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { [key: string]: unknown })
    : {};
}
