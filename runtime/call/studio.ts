/** Joins a line with those who listen, think and speak for an app; renders ahead what will be said. */
import type { Clock } from '../clock.ts';
import { constantLines } from '../dialogue/constant-lines.ts';
import type { Program } from '../dialogue/program.ts';
import type { State } from '../dialogue/state.ts';
import { messageOf } from '../errors.ts';
import type {
  AudioLine,
  AudioLineEvent,
  Channel,
  ChannelEvent,
  WordLine,
  WordLineEvent,
} from '../line/line.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Mind, MindOptions } from '../speech/mind.ts';
import type { Prompts } from '../speech/prompts.ts';
import type { Speech, SpeechEvent, SpeechKit, SpeechOptions, Voice, VoiceKit } from '../speech/speech.ts';
import type { Vendors } from '../speech/vendors.ts';
import type { Session, Turn } from '../store/store.ts';
import type { Target } from './admissions.ts';
import type { Casting, Crew } from './casting.ts';
import { Gathered } from './gathered.ts';
import { personaOf } from './scope.ts';
import { Sounds } from './sounds.ts';
import { Spoken } from './spoken.ts';
import { Worded } from './worded.ts';

export interface StudioParts {
  vendors: Vendors;
  casting: Casting;
  prompts: Prompts;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** A call that is to be joined with a line: as it stands, and who hears of what comes over the line. */
export interface Joining {
  session: Session;
  target: Target;
  /** Who carries it. */
  crew: Crew;
  state: State;
  /** What was said so far. */
  turns: readonly Turn[];
  log: Log;
  on(event: ChannelEvent): void;
  /** Something is still being understood, or is still to be ordered. */
  busy(): boolean;
  /** The caller has probably said this, and goes on. */
  prepare(text: string): void;
}

/** A line that was joined: the conversation's side of it, and where what comes over it goes. */
export interface Joined<E> {
  channel: Channel;
  receive: (event: E) => void;
}

/** Renderings at a time while warming: calls come first. */
const WARMING = 2;

export class Studio {
  readonly #parts: StudioParts;
  readonly #voices = new Map<string, Voice>();
  readonly #sounds = new Sounds();
  /** What was rendered ahead, or is being: by program, the locales of each voice. */
  readonly #warmed = new WeakMap<Program, Set<string>>();

  constructor(parts: StudioParts) {
    this.#parts = parts;
  }

  /** Joins a line with audio. */
  join({ session, target, crew, state, turns, log, on }: Joining, line: AudioLine): Joined<AudioLineEvent> {
    const { prompts, clock, metrics, vendors } = this.#parts;
    // A call in another language than the app's: whoever calls next in it does not wait for the lines.
    void this.warm(target, session.locale);
    const spoken = new Spoken(
      {
        line,
        open: (hear) => {
          const speech = this.#open(crew, {
            sessionId: session.id,
            locale: session.locale,
            model: crew.mind?.name ?? null,
            voice: crew.voice?.name ?? null,
            persona: personaOf(target.program, state, clock.now()) ?? '',
            on: hear,
          });
          for (const turn of turns) speech.note({ role: turn.role, text: turn.heardText ?? turn.text });
          return speech;
        },
        prompts,
        voice: this.#voiceOf(crew),
        fallback: this.#voice('embedded', vendors.embedded, null, null),
        sounds: this.#sounds,
        locale: session.locale,
        clock,
        log,
        metrics,
      },
      on,
    );
    return { channel: spoken, receive: (event) => spoken.fromLine(event) };
  }

  /** Joins a line that listens and speaks by itself. */
  joinWords(
    { session, target, crew, state, turns, log, on }: Joining,
    line: WordLine,
  ): Joined<WordLineEvent> {
    const { clock, metrics } = this.#parts;
    const worded = new Worded(
      {
        line,
        open: (hear) => {
          const mind = this.#mindOf(crew, {
            sessionId: session.id,
            locale: session.locale,
            persona: personaOf(target.program, state, clock.now()) ?? '',
            on: hear,
          });
          for (const turn of turns) mind?.note({ role: turn.role, text: turn.heardText ?? turn.text });
          return mind;
        },
        sounds: this.#sounds,
        locale: session.locale,
        clock,
        log,
        metrics,
      },
      on,
    );
    return { channel: worded, receive: (event) => worded.fromLine(event) };
  }

  /** Joins a line that listens and speaks by itself, and asks again and again; talks are carried out by a text model. */
  gather({ session, target, crew, state, turns, on, busy, prepare }: Joining): Gathered {
    const { clock } = this.#parts;
    const { locale } = session;
    const open = (hear: MindOptions['on']): Mind | null => {
      const persona = personaOf(target.program, state, clock.now()) ?? '';
      const mind = this.#mindOf(crew, { sessionId: session.id, locale, persona, on: hear });
      // What is still being said is told when it was heard.
      for (const { role, heardText } of turns) if (heardText) mind?.note({ role, text: heardText });
      return mind;
    };
    return new Gathered({ clock, locale, open, busy, prepare, partials: crew.mind !== null }, on);
  }

  /** The audio of a file that is played, mu-law; for a line that fetches it. */
  async sound(file: string): Promise<Uint8Array> {
    const { payloads } = await this.#sounds.get(file);
    return Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64')));
  }

  /**
   * Renders every constant line of the program ahead of its first call, in the voice that a call would begin with, and
   * reads the files that it plays; once for each locale (BCP 47).
   */
  async warm({ app, program }: Target, locale: string = app.locale): Promise<void> {
    const { prompts, log, casting } = this.#parts;
    const crew = casting.crews(app)[casting.begin(app)]!;
    for (const file of filesOf(program)) {
      await this.#sounds.get(file).catch((thrown: unknown) => {
        log.warn({ app: app.id, problem: messageOf(thrown) }, 'a file could not be read ahead');
      });
    }
    // Who has no voice of ours has its lines said by the line's own.
    if (crew.engine === 'relay' || crew.engine === 'gather') return;
    const voice = this.#voiceOf(crew);
    const locales = this.#warmed.get(program) ?? new Set();
    const key = `${locale} ${voice.id}`;
    if (locales.has(key)) return;
    this.#warmed.set(program, locales.add(key));
    const lines = constantLines(program, locale).map((text) => ({ text, locale }));
    try {
      const { rendered, failed } = await prompts.warm(voice, lines, WARMING);
      if (rendered + failed > 0) log.info({ app: app.id, locale, rendered, failed }, 'lines rendered ahead');
    } catch (thrown) {
      log.warn({ app: app.id, locale, problem: messageOf(thrown) }, 'lines could not be rendered ahead');
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#voices.values()].map((voice) => voice.close()));
    this.#voices.clear();
  }

  #mindOf({ mind }: Crew, options: Omit<MindOptions, 'model'>): Mind | null {
    if (mind?.name == null) return null;
    return this.#parts.vendors.minds.get(mind.provider)?.open({ ...options, model: mind.name }) ?? null;
  }

  /** Opens what listens and thinks. A vendor that is lost counts against it, one that works for it. */
  #open(crew: Crew, options: SpeechOptions): Speech {
    const tell = this.#parts.casting.engage(crew);
    const on = (event: SpeechEvent): void => {
      if (event.kind === 'ready') tell(null);
      else if (event.kind === 'failed' && !event.recovering) tell(event.code);
      options.on(event);
    };
    return this.#speechOf(crew, { ...options, on });
  }

  #speechOf({ engine, ear, mind, ...crew }: Crew, options: SpeechOptions): Speech {
    const { realtime, ears, minds, embedded, cascade } = this.#parts.vendors;
    const vendor = engine === 'realtime' && mind ? realtime.get(mind.provider) : undefined;
    if (vendor) return vendor.open(options);
    const listens = engine === 'cascade' && ear ? ears.get(ear.provider) : undefined;
    if (!listens || !ear) return embedded.open(options);
    const thinks = mind?.name == null ? undefined : minds.get(mind.provider);
    const voice = this.#voiceOf({ engine, ear, mind, ...crew });
    return cascade(
      {
        ear: listens,
        earModel: ear.name,
        mind: thinks && mind?.name != null ? { kit: thinks, model: mind.name } : null,
        voice,
      },
      options,
    );
  }

  #voiceOf({ engine, mind, voice }: Crew): Voice {
    const { realtime, voices, embedded } = this.#parts.vendors;
    if (engine === 'realtime' && voice) {
      const kit = realtime.get(voice.provider);
      if (kit) return this.#voice(voice.provider, kit, voice.name, mind?.name ?? null);
    }
    const kit = voice && voice.provider !== 'embedded' ? voices.get(voice.provider) : undefined;
    if (voice && kit) return this.#voice(voice.provider, kit, voice.name, voice.model);
    return this.#voice('embedded', embedded, voice?.provider === 'embedded' ? voice.name : null, null);
  }

  /** One voice serves all calls that sound like it. */
  #voice(vendor: string, kit: SpeechKit | VoiceKit, name: string | null, model: string | null): Voice {
    const key = `${vendor}/${model}/${name}`;
    const voice = this.#voices.get(key) ?? kit.voice(name, model);
    this.#voices.set(key, voice);
    return voice;
  }
}

/** The files that the program plays. */
export function filesOf(program: Program): Set<string> {
  const steps = Object.values(program.parts).flatMap((part) => Object.values(part.blocks).flat());
  return new Set(steps.flatMap((step) => (step.verb === 'play' ? [step.file] : [])));
}
