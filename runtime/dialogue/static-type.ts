/** What is known of a value before a call: the types of expressions. */
import type { SlotType } from './protocol.ts';

/**
 * A slot's type; `value` for whatever is not known; `{of}` for a text that is one of these; `{is}` for exactly this
 * number, boolean or null; `{members}` for an object, which may have others where it is `open`. Anything but what
 * a literal or a function gives may also be null.
 */
export type StaticType =
  | SlotType
  | 'value'
  | 'list'
  | {
      readonly of: readonly string[];
      /** What is said of it in the place of the whole list: "the English name of a weekday". */
      readonly called?: string;
    }
  | { readonly is: number | boolean | null }
  | { readonly members: { readonly [name: string]: StaticType }; readonly open: boolean };

/** What a function takes: any value, or only what it can work on. */
export type Takes =
  | 'any'
  | 'text'
  | 'number'
  | 'text or number'
  | 'text or list'
  | 'text, list or object'
  | 'date'
  | 'time'
  | 'date or moment'
  | 'date, time or moment'
  | 'duration or days';
