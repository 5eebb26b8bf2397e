/** Lists of phrases are written with commas between them, and are folded like everything that is heard. */
export interface Lexicon {
  /** What is written short or run together, and how it is taken apart; applied in this order. */
  expand: readonly (readonly [RegExp, string])[];
  /** Politeness and hesitation: no meaning at all. */
  fillers: string;
  /** Hardly any meaning. */
  stop: string;
  /** Some meaning: question words, everyday verbs. */
  light: string;
  /** Words that turn what follows into its opposite: the next thing or, where a wish is denied, all of it. */
  negators: string;
  /** Those of them that deny all of it by themselves: "no table", "without a table". */
  denying: string;
  wishes: string;
  /** What announces that the verb before a negator is the one that is denied: French "ne". */
  opens: string;
  /** Where a negator follows soon, something cannot be done: "ich kann mich nicht anmelden". */
  able: string;
  /** What cannot be done is still what somebody calls about: only the everyday verbs after it are turned. */
  unable: string;
  /** Words that begin another clause. */
  clauses: string;
  articles: string;
  yes: string;
  no: string;
  /** Neither yes nor no, though it may hold such a word. */
  unsure: string;
  /** Number words; a tens word takes a following unit with it. */
  numbers: { readonly [word: string]: number };
  /** Numbers only where they are all that is said: "un", "eine". */
  loneNumbers: { readonly [word: string]: number };
  /** Said around the number of a key: "press two". */
  keys: string;
  /** What means the same. `strong` ones say what somebody wants and outweigh what it is about. */
  concepts: { readonly [concept in Concept]?: string };
  /** Words of an author's `when` that tell of the caller and not of the matter. */
  telling: string;
  /** Words in a `when` that make it the yes or the no of a question. */
  agrees: string;
  refuses: string;
  /** Words are joined into one, the last of which says what it is: "Familienzimmer". */
  compounds?: true;
  /** A word without its ending. */
  stem: (word: string) => string;
}

type Concept =
  | 'appointment'
  | 'car'
  | 'child'
  | 'contract'
  | 'doctor'
  | 'film'
  | 'mail'
  | 'medicine'
  | 'money'
  | 'phone'
  | 'bill'
  | 'book'
  | 'bye'
  | 'buy'
  | 'callback'
  | 'cancel'
  | 'change'
  | 'deliver'
  | 'food'
  | 'help'
  | 'hours'
  | 'later'
  | 'login'
  | 'lose'
  | 'pay'
  | 'person'
  | 'price'
  | 'problem'
  | 'refund'
  | 'relocate'
  | 'repeat'
  | 'restart'
  | 'return'
  | 'table'
  | 'where'
  | 'course'
  | 'diet'
  | 'discount'
  | 'internet'
  | 'job'
  | 'outside'
  | 'pet'
  | 'register'
  | 'repair'
  | 'results'
  | 'room'
  | 'status'
  | 'ticket'
  | 'urgent'
  | 'collect'
  | 'ready'
  | 'wait'
  | 'rent'
  | 'extend'
  | 'pain'
  | 'sick'
  | 'injured'
  | 'stay'
  | 'arrive'
  | 'vaccinate'
  | 'leisure'
  | 'document'
  | 'clean'
  | 'insurance'
  | 'fine'
  | 'card'
  | 'account'
  | 'send'
  | 'tow'
  | 'tyre'
  | 'engine'
  | 'inspect'
  | 'tooth'
  | 'hair'
  | 'colour'
  | 'used'
  | 'delay'
  | 'reading'
  | 'stock'
  | 'bike'
  | 'learn'
  | 'exam'
  | 'takeaway'
  | 'noise'
  | 'expire'
  | 'accept'
  | 'celebrate'
  | 'group'
  | 'try'
  | 'travel'
  | 'dining'
  | 'weather'
  | 'home'
  | 'info'
  | 'confirm'
  | 'wrong'
  | 'high'
  | 'block'
  | 'activate'
  | 'install'
  | 'sell'
  | 'visit'
  | 'size'
  | 'gift'
  | 'event'
  | 'plumbing'
  | 'heating'
  | 'key'
  | 'accident'
  | 'loan'
  | 'balance'
  | 'transfer'
  | 'fraud'
  | 'absent'
  | 'beauty'
  | 'glasses'
  | 'computer'
  | 'warranty'
  | 'part'
  | 'flowers'
  | 'accessible'
  | 'language'
  | 'water'
  | 'donate'
  | 'driving';

/** What somebody wants done, which outweighs what it is done to. */
export const STRONG: ReadonlySet<string> = new Set<Concept>(['cancel', 'change']);

/** Things that a trade deals in. Where nobody here has heard of them, another trade is meant. */
export const THINGS: ReadonlySet<string> = new Set<Concept>([
  'bike',
  'car',
  'course',
  'dining',
  'doctor',
  'engine',
  'film',
  'food',
  'hair',
  'home',
  'internet',
  'job',
  'leisure',
  'medicine',
  'phone',
  'reading',
  'room',
  'table',
  'ticket',
  'tooth',
  'travel',
  'tyre',
  'vaccinate',
  'weather',
  'plumbing',
  'heating',
  'glasses',
  'computer',
  'event',
  'beauty',
  'flowers',
  'loan',
  'driving',
]);
