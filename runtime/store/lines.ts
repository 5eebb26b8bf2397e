/** What a line is used for: a call of this app, over this account of the phone network. */
export interface LineUse {
  app: string;
  /** The account's own name, as the dialogues folder has it. */
  account: string;
}

/** `app-full`, `account-full`: whose calls are as many as they may be; of both, the app. */
export type Hold = 'held' | 'app-full' | 'account-full';

/**
 * The lines that calls hold, across all processes on the store: a call in any of them is one. A line is held until its
 * own time, and beyond it for as long as the process that holds it is known to live (`Store.beat`); what a dead
 * process held frees itself.
 */
export interface Lines {
  /**
   * Takes a line for the session, where neither its app nor its account then holds more than its limit (null: none).
   * One that it has already is kept whatever the limits are, and is this process's own from now on, until `until`.
   * However many processes ask at once, never more are held than may be.
   */
  hold(
    session: string,
    use: LineUse,
    limits: { app: number | null; account: number | null },
    process: string,
    now: number,
    until: number,
  ): Promise<Hold>;
  /** The line of the session is held until then at least, where this process holds it. */
  extend(session: string, process: string, until: number): Promise<void>;
  /** Frees the line of the session; with `process` only where that one holds it. False where there was none. */
  release(session: string, process: string | null): Promise<boolean>;
  /** How many lines the app, or the account, holds. */
  count(of: { app: string } | { account: string }, now: number): Promise<number>;
}
