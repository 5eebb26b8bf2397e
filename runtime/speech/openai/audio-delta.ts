import { isFields } from './wire.ts';

/** One piece of the model's speech. `payload` is base64 mu-law, as it came. */
export interface AudioDelta {
  response: string;
  item: string;
  payload: string;
}

const TYPE = 'response.output_audio.delta';

/**
 * Reads a `response.output_audio.delta` out of its text without parsing the JSON: at some ten a second and call
 * this is nearly all that a vendor sends. Keys may stand in any order. Null: the text is something else, or is
 * not plainly flat (escapes, nested values); then it has to be parsed, which is always right.
 *
 * Without a backslash in the text every quotation mark delimits a string, so that a flat object can be walked by
 * looking for the next mark.
 */
export function scanAudioDelta(text: string): AudioDelta | null {
  let type: string | null = null;
  let response: string | null = null;
  let item: string | null = null;
  let payload: string | null = null;

  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN) return null;
  at++;
  for (;;) {
    at = skipSpace(text, at);
    if (text.charCodeAt(at) !== QUOTE) return null;
    const keyEnd = text.indexOf('"', at + 1);
    if (keyEnd < 0) return null;
    const key = text.slice(at + 1, keyEnd);
    at = skipSpace(text, keyEnd + 1);
    if (text.charCodeAt(at) !== COLON) return null;
    at = skipSpace(text, at + 1);

    if (text.charCodeAt(at) === QUOTE) {
      const end = text.indexOf('"', at + 1);
      if (end < 0) return null;
      const value = text.slice(at + 1, end);
      at = end + 1;
      if (key === 'type') {
        // Most other messages begin with their type and are given up here.
        if (value !== TYPE) return null;
        type = value;
      } else if (key === 'response_id') response = value;
      else if (key === 'item_id') item = value;
      else if (key === 'delta') payload = value;
    } else {
      const from = at;
      while (isScalar(text.charCodeAt(at))) at++;
      if (at === from || key === 'type' || key === 'response_id' || key === 'item_id' || key === 'delta')
        return null;
    }

    at = skipSpace(text, at);
    const next = text.charCodeAt(at);
    if (next === COMMA) at++;
    else if (next === CLOSE) break;
    else return null;
  }
  if (skipSpace(text, at + 1) !== text.length) return null;
  if (type === null || response === null || item === null || payload === null) return null;
  return text.includes('\\') ? null : { response, item, payload };
}

/** The same out of a parsed message: for texts that `scanAudioDelta` gives up on. */
export function readAudioDelta(message: unknown): AudioDelta | null {
  if (!isFields(message)) return null;
  const { type, response_id: response, item_id: item, delta: payload } = message;
  if (type !== TYPE || typeof response !== 'string' || typeof item !== 'string') return null;
  return typeof payload === 'string' ? { response, item, payload } : null;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 9 && code <= 13); code = text.charCodeAt(at))
    at++;
  return at;
}

/** A character of a number or of `true`, `false`, `null`. */
function isScalar(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x2e ||
    code === 0x45
  );
}
