import type { PairingDesk } from '../../runtime/call/pairings.ts';

/** For calls that pair nobody: who asks for a code is told that there is none. */
export const NOBODY_PAIRS: PairingDesk = {
  open: () => Promise.reject(new Error('This test pairs nobody.')),
  paired: () => Promise.resolve(null),
};
