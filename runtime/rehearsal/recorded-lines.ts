/** What the agent said in a call that was held, as a test asks for it: no longer than it must be to be known again. */
import type { Template } from '../dialogue/expression.ts';
import type { Program } from '../dialogue/program.ts';
import { plain } from '../dialogue/test-text.ts';
import { heardOf, sayingMs } from './line.ts';

const ENOUGH = 60;
/** A shorter piece of a masked text is found anywhere. */
const TELLING = 6;

/**
 * The texts of one turn of the agent's. A line that was one of several variants becomes a pattern of all of them,
 * since another call may hear another one; a masked one becomes what is left of it.
 */
export function linesOf(texts: readonly string[], program: Program): string[] {
  const groups = variantsOf(program);
  return texts.flatMap((text) => {
    const variants = groups.find((group) => group.some((one) => matches(one, text)));
    if (variants) return [`/(?:${variants.map(patternOf).join('|')})/`];
    const pieces = plain(text)
      .split('…')
      .map((piece) => piece.replace(/^[\s.,;:!?]+/, '').trim());
    const longest = pieces.reduce((one, other) => (other.length > one.length ? other : one));
    if (pieces.length > 1 && longest.length < TELLING) return [];
    return longest === '' ? [] : [shortened(longest)];
  });
}

/**
 * How many milliseconds into a line it must be cut for `heard` to be what was heard of it: as many as in the call (`atMs`)
 * where that is so, since the time between two keys counts.
 */
export function msUntilHeard(text: string, heard: string, atMs: number): number {
  const whole = sayingMs(text);
  if (atMs >= 0 && atMs < whole && heardOf(text, whole, atMs) === heard) return atMs;
  return Math.min(whole - 1, Math.round((whole * heard.length) / text.length));
}

function shortened(text: string): string {
  if (text.length <= ENOUGH) return text;
  const cut = text.lastIndexOf(' ', ENOUGH);
  return cut <= 0 ? text.slice(0, ENOUGH) : text.slice(0, cut);
}

function variantsOf({ parts }: Program): (readonly Template[])[] {
  const steps = Object.values(parts).flatMap(({ blocks }) => Object.values(blocks).flat());
  return steps.flatMap((step) => ('variants' in step && step.variants.length > 1 ? [step.variants] : []));
}

/** A template that is nothing but a value is no way to know a line again. */
const matches = (template: Template, text: string): boolean =>
  template.source.replace(/\{\{.*?\}\}/g, '').length >= TELLING &&
  new RegExp(`^${patternOf(template)}$`, 'iu').test(plain(text));

/** What stands in {{ }} may be anything. */
function patternOf({ source }: Template): string {
  return plain(source)
    .split(/\{\{.*?\}\}/)
    .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('.*?');
}
