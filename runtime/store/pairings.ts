/** A code that was told to a caller, of which only the hash is kept. It goes with its session. */
export interface Pairing {
  session: string;
  /** E.164. */
  phone: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Somebody whose tries are counted, and how many they may have. */
export interface Tally {
  subject: string;
  most: number;
}

/**
 * The codes that callers wait with. Any number of processes open and take them; each method is one transaction, or
 * holds when it is done at once by several.
 */
export interface Pairings {
  /** What every process hashes the codes of this store with; made once, with the store. */
  salt(): Promise<string>;
  /** Keeps the hash of a code. False where another one that is open has it: another code has to be drawn. */
  open(hash: string, pairing: Pairing, now: number): Promise<boolean>;
  /** Gives the pairing of this hash once; null where there is none, where it was taken, or has expired. */
  take(hash: string, now: number): Promise<Pairing | null>;
  /**
   * Counts one try for each of these within the window that begins at `since`, in their order, until one has had as many
   * as it may: false then, and it and those behind it are not counted.
   */
  count(tallies: readonly Tally[], since: number): Promise<boolean>;
  /** Takes back a try that was counted for each of these. */
  discount(subjects: readonly string[], since: number): Promise<void>;
}
