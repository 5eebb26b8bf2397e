/** What the browser phone needs at the phone network, remembered once for every account. Times are ms since the epoch. */

/** The means of an account: an application that leads here, and a key that signs tokens. */
export interface PhoneMeans {
  applicationSid: string;
  /** Where the application leads. */
  voiceUrl: string;
  keySid: string;
  /** The key's secret, sealed by whoever keeps it: the store cannot read it. */
  sealedSecret: string;
}

export interface KeptMeans extends PhoneMeans {
  /** How often they were made: grows with every `keep`. */
  edition: number;
}

/** Any number of processes may make the means of an account; each time one of them does. */
export interface BrowserPhones {
  /** What is remembered of the account (its SID); null: nothing was ever made. */
  find(account: string): Promise<KeptMeans | null>;
  /**
   * True: this process makes them now, and then keeps them or gives up; until `until` nobody else does. False where
   * another one is at it, or where they are of another edition than `edition` by now (0: never made).
   */
  claim(account: string, process: string, edition: number, now: number, until: number): Promise<boolean>;
  /** Keeps what was made. False where the claim has run out and is another's: nobody will use these. */
  keep(account: string, process: string, means: PhoneMeans): Promise<boolean>;
  /** They were not made; somebody else may try. */
  giveUp(account: string, process: string): Promise<void>;
}
