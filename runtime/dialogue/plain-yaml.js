/** YAML without anything to say about it. Plain JavaScript, since a worker thread runs it from the sources as well. */
import { parseDocument } from 'yaml';

/** How every document is parsed. */
export const YAML_OPTIONS = { prettyErrors: false, stringKeys: true, merge: true };

/** Blanks at the beginning of a line that look like the spaces of an indentation and are none. */
export const STRANGE_BLANK = /^[ \t]*[\u00a0\u2000-\u200b\u202f\u3000]/m;

/**
 * The data of a text in which nothing is wrong and nothing refers to anything else; undefined for any other text.
 * @param {string} text
 * @returns {unknown}
 */
export function plainData(text) {
  if (text.includes('*') || text.includes('__proto__') || STRANGE_BLANK.test(text)) return undefined;
  try {
    const document = parseDocument(text, YAML_OPTIONS);
    if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
    return document.toJS() ?? undefined;
  } catch {
    // What is wrong with it is told by whoever reads it again.
    return undefined;
  }
}
