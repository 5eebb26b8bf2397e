/** Numbers of the phone network, and those that only look like one. */

const E164 = /^\+[1-9]\d{6,14}$/;
/** What a withheld caller's line spells (ANONYMOUS, BLOCKED, UNKNOWN, RESTRICTED…): numbers that stand for none. */
const NOBODY = ['+266696687', '+2562533', '+8656696', '+7378742833', '+86282452253'];

/** The number where somebody can be reached at it (E.164); null for all else that a call may come from. */
export function reachable(number: string | null): string | null {
  return number !== null && E164.test(number) && !NOBODY.includes(number) ? number : null;
}
