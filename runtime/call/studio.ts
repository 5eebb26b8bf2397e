/** Chooses, for an app, who listens, thinks and speaks; joins them with a line; warms what will be said. */
import type { Clock } from '../clock.ts';
import { constantLines } from '../dialogue/constant-lines.ts';
import type { AppFacts, Program } from '../dialogue/program.ts';
import type { State } from '../dialogue/state.ts';
import { messageOf } from '../errors.ts';
import type { AudioLine, ChannelEvent } from '../line/line.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Prompts } from '../speech/prompts.ts';
import type { SpeechKit, Voice } from '../speech/speech.ts';
import type { Session, Turn } from '../store/store.ts';
import { personaOf } from './scope.ts';
import { Sounds } from './sounds.ts';
import { Spoken } from './spoken.ts';

export interface StudioParts {
  /** Null where there is no key for it. */
  realtime: SpeechKit | null;
  embedded: SpeechKit;
  prompts: Prompts;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** Renderings at a time while warming: calls come first. */
const WARMING = 2;

export class Studio {
  readonly #parts: StudioParts;
  readonly #voices = new Map<string, Voice>();
  readonly #sounds = new Sounds();
  /** What was rendered ahead, or is being: by program, the locales. */
  readonly #warmed = new WeakMap<Program, Set<string>>();

  constructor(parts: StudioParts) {
    this.#parts = parts;
  }

  /** The engine that carries the app's calls: its own choice, else the best that the keys at hand allow. */
  engineOf(app: AppFacts): 'realtime' | 'embedded' {
    if (!this.#parts.realtime || app.engine === 'embedded') return 'embedded';
    // A model for text only judges what callers mean; it neither hears nor speaks.
    const speaks = app.model === null || app.model.includes('realtime');
    return app.engine === 'realtime' || speaks ? 'realtime' : 'embedded';
  }

  join(
    session: Session,
    { app, program }: { app: AppFacts; program: Program },
    state: State,
    turns: readonly Turn[],
    line: AudioLine,
    log: Log,
    on: (event: ChannelEvent) => void,
  ): Spoken {
    const { prompts, clock, metrics, embedded } = this.#parts;
    const kit = this.#kitOf(app);
    // A call in another language than the app's: whoever calls next in it does not wait for the lines.
    void this.warm({ app, program }, session.locale);
    return new Spoken(
      {
        line,
        open: (hear) => {
          const speech = kit.open({
            sessionId: session.id,
            locale: session.locale,
            model: nameOf(app.model),
            voice: app.voice?.use.startsWith('openai/') ? nameOf(app.voice.use) : null,
            persona: personaOf(program, state, clock.now()) ?? '',
            on: hear,
          });
          for (const turn of turns) speech.note({ role: turn.role, text: turn.heardText ?? turn.text });
          return speech;
        },
        prompts,
        voice: this.#voiceOf(app),
        fallback: this.#voice('embedded', embedded, null, null),
        sounds: this.#sounds,
        locale: session.locale,
        clock,
        log,
        metrics,
      },
      on,
    );
  }

  /**
   * Renders every constant line of the program ahead of its first call, and reads the files that it plays; once for
   * each locale (BCP 47).
   */
  async warm(
    { app, program }: { app: AppFacts; program: Program },
    locale: string = app.locale,
  ): Promise<void> {
    const { prompts, log } = this.#parts;
    const locales = this.#warmed.get(program) ?? new Set();
    if (locales.has(locale)) return;
    this.#warmed.set(program, locales.add(locale));
    const lines = constantLines(program, locale).map((text) => ({ text, locale }));
    try {
      const { rendered, failed } = await prompts.warm(this.#voiceOf(app), lines, WARMING);
      if (rendered + failed > 0) log.info({ app: app.id, locale, rendered, failed }, 'lines rendered ahead');
    } catch (thrown) {
      log.warn({ app: app.id, locale, problem: messageOf(thrown) }, 'lines could not be rendered ahead');
    }
    for (const file of filesOf(program)) {
      await this.#sounds.get(file).catch((thrown: unknown) => {
        log.warn({ app: app.id, problem: messageOf(thrown) }, 'a file could not be read ahead');
      });
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#voices.values()].map((voice) => voice.close()));
    this.#voices.clear();
  }

  #kitOf(app: AppFacts): SpeechKit {
    return this.engineOf(app) === 'realtime' ? this.#parts.realtime! : this.#parts.embedded;
  }

  #voiceOf(app: AppFacts): Voice {
    const { realtime, embedded } = this.#parts;
    const vendor =
      app.voice?.use.split('/')[0] ?? (this.engineOf(app) === 'realtime' ? 'openai' : 'embedded');
    if (vendor === 'openai' && realtime)
      return this.#voice('openai', realtime, nameOf(app.voice?.use ?? null), nameOf(app.model));
    return this.#voice(
      'embedded',
      embedded,
      vendor === 'embedded' ? nameOf(app.voice?.use ?? null) : null,
      null,
    );
  }

  /** One voice serves all calls that sound like it. */
  #voice(vendor: string, kit: SpeechKit, name: string | null, model: string | null): Voice {
    const key = `${vendor}/${model}/${name}`;
    const voice = this.#voices.get(key) ?? kit.voice(name, model);
    this.#voices.set(key, voice);
    return voice;
  }
}

/** `marin` of `openai/marin`. */
function nameOf(reference: string | null): string | null {
  return reference === null ? null : reference.slice(reference.indexOf('/') + 1);
}

/** The files that the program plays. */
function filesOf(program: Program): Set<string> {
  const steps = Object.values(program.parts).flatMap((part) => Object.values(part.blocks).flat());
  return new Set(steps.flatMap((step) => (step.verb === 'play' ? [step.file] : [])));
}
