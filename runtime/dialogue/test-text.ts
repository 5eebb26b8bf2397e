/** What a test says of the agent's words: a text that must be contained, or a `/pattern/`. */
import { messageOf, OffhookError } from '../errors.ts';

/**
 * The pattern that a text of a test stands for: whatever the case and the white space, quotes and dashes in
 * whatever style. `/…/` is a regular expression of JavaScript's, in which a space is any white space.
 * @throws OffhookError `bad-pattern`.
 */
export function patternOf(text: string): RegExp {
  const written = /^\/(.+)\/$/s.exec(text.trim())?.[1];
  if (written === undefined) return new RegExp(escaped(plain(text)).replace(/ /g, '\\s+'), 'iu');
  try {
    return new RegExp(written, 'iu');
  } catch (thrown) {
    const why = messageOf(thrown).replace(/^.*: /, '');
    throw new OffhookError('bad-pattern', `"${text}" is no pattern: ${why}.`);
  }
}

/** A text as it is compared: single spaces, straight quotes. */
export function plain(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/\s+/g, ' ').trim();
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
