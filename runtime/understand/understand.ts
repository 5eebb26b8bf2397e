import type { Expectation, Meaning } from '../dialogue/protocol.ts';

/**
 * Takes an utterance and what is expected, and says what was meant. Null means "cannot tell", which is not
 * "none of these": a model may be asked next. Pure: no clock, no network.
 */
export type Understand = (expectation: Expectation, text: string) => Meaning | null;
