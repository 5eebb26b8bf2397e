/** Who carries an app's calls: which engine, and whose ears, mind and voice on it. */
import { Circuits, type Outcome } from '../circuit.ts';
import type { Clock } from '../clock.ts';
import { type Cast, type EngineName, isSpeechToSpeech, partsOf } from '../dialogue/engines.ts';
import type { AppFacts } from '../dialogue/program.ts';
import type { Vendors } from '../speech/vendors.ts';

/** Somebody's model or voice; `name` null: the provider's default. */
export interface Part {
  provider: string;
  name: string | null;
}

/** An engine with everybody on it chosen. Null: the engine has nobody there. */
export interface Crew {
  engine: EngineName;
  ear: Part | null;
  mind: Part | null;
  /** `model` is the synthesis model. */
  voice: (Part & { model: string | null }) | null;
}

/** Those that a key is at hand for. */
type Hands = Pick<Vendors, 'realtime' | 'ears' | 'minds' | 'voices'>;

/** So many calls in a row that a vendor failed keep the next ones away from it for a while. */
const FAILURES = 3;
/** The text model of an app that names none. */
const TEXT_MODEL = 'gpt-6-luna';

/**
 * An app has its own engine, and fallbacks behind it. A vendor that fails call after call is passed over while its
 * circuit is open.
 */
export class Casting {
  readonly #vendors: Hands;
  readonly #circuits: Circuits;

  constructor(vendors: Hands, clock: Clock) {
    this.#vendors = vendors;
    this.#circuits = new Circuits(clock, FAILURES);
  }

  /** Who may carry the app's calls: first its own engine, or the best that the keys at hand allow, then its fallbacks. */
  crews(app: AppFacts): readonly Crew[] {
    const own: Cast = {
      engine: app.engine ?? this.#best(app),
      speech: app.speech,
      model: app.model,
      voice: app.voice,
    };
    return [own, ...app.fallback].map((cast) => this.#crew(cast, app.locale));
  }

  /** Where a new call of the app begins among its crews; at its own engine where no vendor answers at present. */
  begin(app: AppFacts): number {
    const at = this.crews(app).findIndex((crew) => this.#isWell(crew));
    return Math.max(0, at);
  }

  /** As `begin`, in the words of a session's row. */
  beginning(app: AppFacts): { engine: EngineName; crew: number } {
    const crew = this.begin(app);
    return { engine: this.crews(app)[crew]!.engine, crew };
  }

  /** The crew that takes a call over from this one; null: nobody is left. */
  next(app: AppFacts, at: number): number | null {
    const crews = this.crews(app);
    const behind = crews.findIndex((crew, index) => index > at && this.#isWell(crew));
    if (behind > at) return behind;
    // All of them fail at present: the last resort is better than none.
    return at < crews.length - 1 ? crews.length - 1 : null;
  }

  /**
   * A call goes to this crew. What is given back is told, once, that it works (null) or the code of the failure that
   * ended it.
   */
  engage(crew: Crew): (failure: string | null) => void {
    const entered = partsOfCrew(crew).map(({ key, role, provider }) => ({
      names: [provider, ...(role === 'mind' ? ['model'] : [role])],
      report: this.#circuits.of(key).enter(),
    }));
    return (failure) => {
      // A code begins with the vendor's name, or with what failed: `deepgram-closed`, `voice-timeout`, `model-busy`.
      const guilty = entered.filter(({ names }) => names.some((name) => failure?.startsWith(`${name}-`)));
      for (const one of entered.splice(0)) {
        // Where it is not known who failed, nobody can be spared.
        const failed = failure !== null && (guilty.length === 0 || guilty.includes(one));
        const outcome: Outcome = failure === null ? 'answered' : failed ? 'failed' : 'given-up';
        one.report?.(outcome);
      }
    };
  }

  #isWell(crew: Crew): boolean {
    return partsOfCrew(crew).every(({ key }) => !this.#circuits.of(key).resting);
  }

  #best({ model, speech }: AppFacts): EngineName {
    const { realtime, ears, minds } = this.#vendors;
    const named = model === null ? null : partsOf(model).provider;
    const speaks = model === null || isSpeechToSpeech(model);
    if (speaks && speech === null && (named === null ? realtime.size > 0 : realtime.has(named)))
      return 'realtime';
    const hears = speech === null ? this.#ear() !== null : ears.has(partsOf(speech).provider);
    const thinks = named !== null && minds.has(named);
    if (hears && (speech !== null || (thinks && !speaks))) return 'cascade';
    return 'embedded';
  }

  #crew({ engine, speech, model, voice }: Cast, locale: string): Crew {
    const { realtime, minds } = this.#vendors;
    const named = model === null ? null : partsOf(model);
    const said = voice === null ? null : { ...partsOf(voice.use), model: voice.model };
    const text: Part | null =
      named !== null && !isSpeechToSpeech(model!)
        ? named
        : minds.has('openai')
          ? { provider: 'openai', name: TEXT_MODEL }
          : null;
    switch (engine) {
      case 'realtime': {
        const [first = 'openai'] = realtime.keys();
        const mind = named ?? { provider: first, name: null };
        return {
          engine,
          ear: null,
          mind,
          voice: said ?? { provider: mind.provider, name: null, model: null },
        };
      }
      case 'cascade': {
        const ear = speech === null ? this.#ear() : partsOf(speech);
        const none: Part = { provider: 'embedded', name: null };
        return { engine, ear: ear ?? none, mind: text, voice: said ?? this.#voice(locale) };
      }
      case 'relay':
      case 'gather':
        return { engine, ear: speech === null ? null : partsOf(speech), mind: text, voice: said };
      case 'embedded': {
        const judge = named !== null && !isSpeechToSpeech(model!) ? named : null;
        return {
          engine,
          ear: null,
          mind: judge,
          voice: said ?? { provider: 'embedded', name: null, model: null },
        };
      }
      default:
        return engine satisfies never;
    }
  }

  /** The ears of an app that names none. */
  #ear(): Part | null {
    const provider = ['deepgram', 'openai'].find((one) => this.#vendors.ears.has(one));
    return provider === undefined ? null : { provider, name: null };
  }

  /** The voice of an app that names none; Deepgram's default speaks English. */
  #voice(locale: string): Crew['voice'] {
    const { voices } = this.#vendors;
    const speaksIt = (one: string): boolean => one !== 'deepgram' || /^en\b/i.test(locale);
    const provider = ['deepgram', 'openai'].find((one) => voices.has(one) && speaksIt(one)) ?? 'embedded';
    return { provider, name: null, model: null };
  }
}

/** Who of the crew can fail, each with the name of its circuit. */
function partsOfCrew({ engine, ear, mind, voice }: Crew): { key: string; role: string; provider: string }[] {
  const parts: Record<string, Part | null> =
    engine === 'realtime' ? { realtime: mind } : engine === 'cascade' ? { ear, mind, voice } : {};
  return Object.entries(parts).flatMap(([role, part]) =>
    part === null || part.provider === 'embedded'
      ? []
      : [{ key: `${role} ${part.provider}`, role, provider: part.provider }],
  );
}
