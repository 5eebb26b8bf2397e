/** What the runtime says by itself, in the caller's language, where the author wrote nothing. */
export interface Words {
  stillThere: string;
  cannotHear: string;
  unclear: readonly [string, string];
  cannotUnderstand: string;
  goodbye: string;
  oneMoment: string;
  useKeys: string;
  trouble: string;
  limit: string;
  drained: string;
  /** Free talk without a model. */
  noTalk: string;
  /** A gate is closed. */
  notPossible: string;
  /** A slot without an `ask` is asked for; {name} is its name. */
  askFor: string;
  /** The day of a moment is known, its time is not. */
  askTime: string;
  readBack: string;
  whatElse: string;
  atLeast: string;
  atMost: string;
  /** {from} and {to} are the least and the greatest. */
  between: string;
  /** {value} is how many. */
  digitCount: string;
  digitRange: string;
  /** Who takes a transfer is told what is known of the caller. */
  brief: string;
  briefFrom: string;
  pairing: PairingWords;
}

/** What a caller hears whose phone is not paired; the code is said behind `unpaired` and `again`. */
export interface PairingWords {
  unpaired: string;
  again: string;
  starRepeats: string;
  paired: string;
  /** The number is withheld, or none that a phone has. */
  withheld: string;
  expired: string;
  tooMany: string;
  /** Nobody has claimed the code, and nobody on the line says anything. */
  gaveUp: string;
  /** The caller asks for the code once more: what that means, and examples. */
  asksAgain: { when: string; like: readonly string[] };
}
