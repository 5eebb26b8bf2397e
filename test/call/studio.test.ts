import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Casting } from '../../runtime/call/casting.ts';
import { factsOf } from '../../runtime/call/facts.ts';
import { Studio } from '../../runtime/call/studio.ts';
import type { Program } from '../../runtime/dialogue/program.ts';
import { newState } from '../../runtime/dialogue/state.ts';
import { silentLog, type Log } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { openPrompts } from '../../runtime/speech/prompts.ts';
import type { Speech, SpeechKit, SpeechOptions } from '../../runtime/speech/speech.ts';
import type { Session } from '../../runtime/store/store.ts';
import { aSession } from '../store/samples.ts';
import { programOf } from '../support/engine-driver.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { NOBODY } from '../support/switchboard.ts';

const SPEECH: Speech = {
  judges: false,
  converses: false,
  hear: () => undefined,
  caption: () => undefined,
  expect: () => undefined,
  forget: () => undefined,
  note: () => undefined,
  judge: () => Promise.resolve(null),
  converse: () => undefined,
  respond: () => undefined,
  reply: () => undefined,
  heardOnly: () => undefined,
  close: () => undefined,
};

function setUp(log: Log = silentLog): {
  studio: Studio;
  /** What was rendered, `locale: text`. */
  rendered: string[];
  opened: SpeechOptions[];
  join(program: Program, session?: Session): void;
} {
  const clock = new FakeClock();
  const rendered: string[] = [];
  const opened: SpeechOptions[] = [];
  const embedded: SpeechKit = {
    open(options) {
      opened.push(options);
      return SPEECH;
    },
    voice: () => ({
      id: 'test',
      render(text, locale) {
        rendered.push(`${locale}: ${text}`);
        return Promise.resolve(new Uint8Array(80));
      },
      stream: () => expect.fail('nobody converses here'),
      close: () => Promise.resolve(),
    }),
    close: () => Promise.resolve(),
  };
  const prompts = openPrompts({ folder: null, memoryBytes: 1e7, log, clock });
  const casting = new Casting(NOBODY, clock);
  const vendors = { ...NOBODY, embedded, cascade: () => expect.fail('nobody is there for a cascade') };
  const studio = new Studio({ vendors, casting, prompts, clock, log, metrics: openMetrics() });
  const line = {
    play: () => undefined,
    mark: () => undefined,
    clear: () => undefined,
    close: () => undefined,
  };
  return {
    studio,
    rendered,
    opened,
    join(program, session = aSession()) {
      const state = newState('v1', factsOf(session, 0), { guest: 'Bob' }, 1);
      const target = { app: program.app, program };
      const crew = casting.crews(program.app)[0]!;
      studio.join(
        {
          session,
          target,
          crew,
          state,
          turns: [],
          log,
          on: () => undefined,
          busy: () => false,
          prepare: () => undefined,
        },
        line,
      );
    },
  };
}

const PROGRAM = programOf(`
persona: You are Ana. The guest is {{ session.attributes.guest }}.
inbound: all
states: {all: [{say: "We are open."}, {hangup: "Bye, {{ user.name }}."}]}
`);

describe('what will be said', () => {
  it('is rendered ahead in the language of the app, and in that of a call in another one', async () => {
    const { studio, rendered, join: call } = setUp();
    await studio.warm({ app: PROGRAM.app, program: PROGRAM });
    expect(rendered).toContain('en-US: We are open.');
    expect(rendered).toContain('en-US: Are you still there?');
    expect(rendered.join()).not.toContain('Bye,');
    const count = rendered.length;
    call(PROGRAM);
    await studio.warm({ app: PROGRAM.app, program: PROGRAM });
    expect(rendered).toHaveLength(count);
    call(PROGRAM, aSession({ locale: 'de-DE' }));
    await expect.poll(() => rendered).toContain('de-DE: Sind Sie noch da?');
    expect(rendered).toContain('de-DE: We are open.');
  });

  it('is said of files that cannot be played, before anybody calls', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offhook-studio-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    let logged = '';
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString();
        done();
      },
    });
    const { studio } = setUp(pino({ level: 'warn' }, stream));
    writeFileSync(join(folder, 'bad.wav'), 'ID3');
    const program = programOf(`
inbound: all
states: {all: [{play: ${JSON.stringify(join(folder, 'bad.wav'))}}, {hangup: Bye.}]}
`);
    await studio.warm({ app: program.app, program });
    expect(logged).toContain('bad.wav cannot be played: The WAV file cannot be used: it is not a WAV file.');
  });
});

describe('a model', () => {
  it('is told who it is', () => {
    const { opened, join: call } = setUp();
    call(PROGRAM);
    expect(opened[0]).toMatchObject({ persona: 'You are Ana. The guest is "Bob".', locale: 'en-US' });
  });
});
