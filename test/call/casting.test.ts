import { describe, expect, it } from 'vitest';
import { Casting, type Crew } from '../../runtime/call/casting.ts';
import type { Cast } from '../../runtime/dialogue/engines.ts';
import type { AppFacts } from '../../runtime/dialogue/program.ts';
import { APP } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';

type Hands = ConstructorParameters<typeof Casting>[0];

/** Kits that nobody opens here: it is only asked who is there. */
const kits = (...names: string[]): Map<string, never> => new Map(names.map((name) => [name, null as never]));

const EVERYBODY: Hands = {
  realtime: kits('openai', 'gemini'),
  ears: kits('deepgram', 'openai', 'embedded'),
  minds: kits('openai'),
  voices: kits('cartesia', 'deepgram', 'openai'),
};
const NOBODY: Hands = { realtime: kits(), ears: kits('embedded'), minds: kits(), voices: kits() };

const app = (more: Partial<AppFacts> = {}): AppFacts => ({ ...APP, ...more });
const cast = (engine: Cast['engine'], more: Partial<Cast> = {}): Cast => ({
  engine,
  speech: null,
  model: null,
  voice: null,
  ...more,
});
const engines = (crews: readonly Crew[]): string[] => crews.map(({ engine }) => engine);

describe('an app that names no engine', () => {
  const own = (more: Partial<AppFacts>, hands: Hands = EVERYBODY): string =>
    new Casting(hands, new FakeClock()).crews(app(more))[0]!.engine;

  it('is carried by the best that the keys at hand allow', () => {
    expect(own({})).toBe('realtime');
    expect(own({}, NOBODY)).toBe('embedded');
    expect(own({ model: 'gemini/gemini-3.8-live' })).toBe('realtime');
    expect(own({ model: 'gemini/gemini-3.8-live' }, { ...EVERYBODY, realtime: kits('openai') })).toBe(
      'embedded',
    );
    expect(own({ model: 'openai/gpt-6-luna' })).toBe('cascade');
    expect(own({ model: 'openai/gpt-6-luna' }, { ...EVERYBODY, ears: kits('embedded') })).toBe('embedded');
    expect(own({ speech: 'deepgram/nova-3' })).toBe('cascade');
  });
});

describe('a crew', () => {
  const crewsOf = (more: Partial<AppFacts>, hands: Hands = EVERYBODY): readonly Crew[] =>
    new Casting(hands, new FakeClock()).crews(app(more));

  it('is what the app chose', () => {
    const voice = { use: 'cartesia/ana', model: 'sonic-3.5' };
    const [crew] = crewsOf({ engine: 'cascade', speech: 'deepgram/nova-3', model: 'openai/gpt-9', voice });
    expect(crew).toEqual({
      engine: 'cascade',
      ear: { provider: 'deepgram', name: 'nova-3' },
      mind: { provider: 'openai', name: 'gpt-9' },
      voice: { provider: 'cartesia', name: 'ana', model: 'sonic-3.5' },
    });
  });

  it('has the defaults of the keys at hand where the app chose nobody', () => {
    expect(crewsOf({ engine: 'cascade' })).toEqual([
      {
        engine: 'cascade',
        ear: { provider: 'deepgram', name: null },
        mind: { provider: 'openai', name: 'gpt-6-luna' },
        voice: { provider: 'deepgram', name: null, model: null },
      },
    ]);
    expect(crewsOf({ engine: 'cascade', locale: 'cs-CZ' })[0]!.voice!.provider).toBe('openai');
    expect(crewsOf({ engine: 'cascade' }, NOBODY)).toEqual([
      {
        engine: 'cascade',
        ear: { provider: 'embedded', name: null },
        mind: null,
        voice: { provider: 'embedded', name: null, model: null },
      },
    ]);
  });

  it('of the realtime engine speaks with the voice of its own model', () => {
    expect(crewsOf({ engine: 'realtime', model: 'gemini/gemini-3.8-live' })[0]).toEqual({
      engine: 'realtime',
      ear: null,
      mind: { provider: 'gemini', name: 'gemini-3.8-live' },
      voice: { provider: 'gemini', name: null, model: null },
    });
  });

  it('of relay and gather thinks in text, whatever speaks on the app’s own engine', () => {
    const crews = crewsOf({ model: 'openai/gpt-realtime-2.1', fallback: [cast('relay'), cast('gather')] });
    expect(engines(crews)).toEqual(['realtime', 'relay', 'gather']);
    expect(crews[1]).toEqual({
      engine: 'relay',
      ear: null,
      mind: { provider: 'openai', name: 'gpt-6-luna' },
      voice: null,
    });
  });
});

describe('a vendor that fails', () => {
  const APP_WITH_FALLBACKS = app({ engine: 'realtime', fallback: [cast('cascade'), cast('gather')] });

  it('is passed over after three calls in a row, and tried again after ten seconds', () => {
    const clock = new FakeClock();
    const casting = new Casting(EVERYBODY, clock);
    const own = casting.crews(APP_WITH_FALLBACKS)[0]!;
    for (let call = 0; call < 3; call++) {
      expect(casting.begin(APP_WITH_FALLBACKS)).toBe(0);
      casting.engage(own)('openai-refused');
    }
    expect(casting.begin(APP_WITH_FALLBACKS)).toBe(1);
    clock.advance(10_000);
    expect(casting.begin(APP_WITH_FALLBACKS)).toBe(0);
    casting.engage(own)(null);
    clock.advance(1);
    expect(casting.begin(APP_WITH_FALLBACKS)).toBe(0);
  });

  it('is the only one that its failure counts against', () => {
    const casting = new Casting(EVERYBODY, new FakeClock());
    const cascade = casting.crews(APP_WITH_FALLBACKS)[1]!;
    for (let call = 0; call < 3; call++) casting.engage(cascade)('deepgram-closed');
    expect(casting.next(APP_WITH_FALLBACKS, 0)).toBe(2);
    const otherEar = app({
      engine: 'cascade',
      speech: 'openai/gpt-live-transcribe',
      voice: { use: 'openai/marin', model: null },
    });
    expect(casting.begin(otherEar)).toBe(0);
  });

  it('is told once of each call, whatever comes after', () => {
    const casting = new Casting(EVERYBODY, new FakeClock());
    const tell = casting.engage(casting.crews(APP_WITH_FALLBACKS)[0]!);
    for (let time = 0; time < 5; time++) tell('openai-closed');
    expect(casting.begin(APP_WITH_FALLBACKS)).toBe(0);
  });
});

describe('a call that is to be taken over', () => {
  const three = app({ engine: 'realtime', fallback: [cast('cascade'), cast('gather')] });

  it('goes to the next crew, and from the last one to nobody', () => {
    const casting = new Casting(EVERYBODY, new FakeClock());
    expect([casting.next(three, 0), casting.next(three, 1), casting.next(three, 2)]).toEqual([1, 2, null]);
    expect(casting.next(app({ engine: 'realtime' }), 0)).toBeNull();
  });

  it('goes to the last one where all that are left fail at present', () => {
    const casting = new Casting(EVERYBODY, new FakeClock());
    const two = app({ engine: 'realtime', fallback: [cast('cascade')] });
    for (let call = 0; call < 3; call++) casting.engage(casting.crews(two)[1]!)('deepgram-closed');
    expect(casting.next(two, 0)).toBe(1);
  });
});
