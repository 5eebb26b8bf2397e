/** Values as both databases can hold them. */
import type { Value } from '../dialogue/protocol.ts';

export function json(value: Value): string {
  return JSON.stringify(value);
}

/** Only for what `json` wrote: the reader's type is the writer's. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function parse<T>(text: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(text) as T;
}

// oxlint-disable-next-line no-control-regex -- exactly the character that is meant
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** PostgreSQL's text holds neither U+0000 nor half of a surrogate pair; both databases shall keep the same. */
export function clean(text: string): string {
  return text.replace(UNSTORABLE, '\ufffd');
}

export function cleanOrNull(text: string | null): string | null {
  return text === null ? null : clean(text);
}

export function roundOrNull(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
