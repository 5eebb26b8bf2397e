import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyParser } from '@koa/bodyparser';
import Koa from 'koa';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Desk } from '../../../runtime/line/twilio/desk.ts';
import { soundPath } from '../../../runtime/line/twilio/sounds.ts';
import { twilioWebhooks } from '../../../runtime/line/twilio/webhooks.ts';
import { silentLog } from '../../../runtime/log.ts';
import { readWav } from '../../../runtime/wav.ts';

type Answer = Awaited<ReturnType<Desk['next']>>;
type BriefAnswer = Awaited<ReturnType<Desk['brief']>>;

const CALL = { CallSid: 'CA1', CallStatus: 'in-progress' };
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';

let server: Server;
let asked: unknown[];
let answer: Answer;
let briefAnswer: BriefAnswer;
let genuine: boolean;

beforeEach(async () => {
  asked = [];
  answer = { kind: 'hang-up' };
  briefAnswer = { kind: 'hang-up' };
  genuine = true;
  const told = <T>(what: T): Promise<T> => Promise.resolve(what);
  const desk: Desk = {
    incoming: () => told(answer),
    next: (...given) => (asked.push(['next', ...given]), told(answer)),
    brief: (...given) => (asked.push(['brief', ...given]), told(briefAnswer)),
    transferred: (outcome) => (asked.push(outcome), told(answer)),
    answeredBy: (...given) => (asked.push(['answeredBy', ...given]), told(undefined)),
    status: (...given) => (asked.push(['status', ...given]), told(undefined)),
    gather: (...given) => (asked.push(['gather', ...given]), told(answer)),
    partial: (partial) => (asked.push(partial), told(undefined)),
  };
  const verdict = (): ReturnType<Parameters<typeof twilioWebhooks>[0]['verifier']['upgrade']> =>
    genuine ? { genuine: true, sids: null } : { genuine: false, reason: 'no signature' };
  const app = new Koa();
  app.silent = true;
  app.use(bodyParser({ enableTypes: ['form'] }));
  app.use(
    twilioWebhooks({
      desk,
      verifier: { webhook: verdict, upgrade: verdict },
      origin: () => 'https://voice.example.com',
      sounds: {
        list: () => ['/jingle.wav', '/srv/hold.wav'],
        read: () => Promise.resolve(new Uint8Array(80).fill(255)),
      },
      log: silentLog,
    }).routes(),
  );
  server = createServer(app.callback() as never).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => void server.close());

async function post(path: string, form: Record<string, string> = CALL): Promise<[number, string]> {
  const { port } = server.address() as AddressInfo;
  const body = new URLSearchParams(form);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body });
  return [response.status, await response.text()];
}

describe('Twilio asks', () => {
  it('what is next, and is told whom to dial, where to ask about it, and to ask again where nobody answers', async () => {
    answer = {
      kind: 'dial',
      session: 's1',
      transfer: 7,
      to: '+14155550199',
      callerId: '+14155550100',
      ringMs: 20_000,
      briefed: true,
    };
    expect(await post('/twilio/next?session=s1')).toEqual([
      200,
      `${HEAD}<Response><Dial action="https://voice.example.com/twilio/transferred?session=s1&amp;transfer=7#rc=5&amp;rp=ct,5xx" ` +
        'method="POST" timeout="20" answerOnBridge="true" callerId="+14155550100">' +
        '<Number url="https://voice.example.com/twilio/brief?session=s1&amp;transfer=7" method="POST">+14155550199</Number>' +
        '</Dial></Response>',
    ]);
    expect(asked).toEqual([['next', 's1', 'CA1']]);
    answer = { ...answer, briefed: false };
    expect((await post('/twilio/next?session=s1'))[1]).toContain('<Number>+14155550199</Number>');
  });

  it('what the other side hears, and whether it takes the call', async () => {
    briefAnswer = { kind: 'brief', session: 's1', transfer: 7, say: [{ text: 'Ana.', locale: 'en-US' }] };
    const [, brief] = await post('/twilio/brief?session=s1&transfer=7');
    expect(brief).toContain(
      'action="https://voice.example.com/twilio/brief/answer?session=s1&amp;transfer=7" method="POST"><Say language="en-US">Ana.</Say></Gather><Hangup/>',
    );
    briefAnswer = { kind: 'join' };
    const taken = await post('/twilio/brief/answer?session=s1&transfer=7', { ...CALL, Digits: '1' });
    expect(taken).toEqual([200, `${HEAD}<Response/>`]);
    briefAnswer = { kind: 'hang-up' };
    const left = await post('/twilio/brief/answer?session=s1&transfer=7', { ...CALL, Digits: '' });
    expect(left).toEqual([200, `${HEAD}<Response><Hangup/></Response>`]);
    await post('/twilio/brief?session=s1&transfer=what');
    expect(asked).toEqual([
      ['brief', 's1', 7],
      ['brief', 's1', 7, '1'],
      ['brief', 's1', 7, null],
      ['brief', 's1', Number.NaN],
    ]);
  });

  it.each([
    [{ DialCallStatus: 'completed', DialBridged: 'true' }, 'completed', true],
    [{ DialCallStatus: 'answered' }, 'completed', null],
    [{ DialCallStatus: 'completed', DialBridged: 'false' }, 'completed', false],
    [{ DialCallStatus: 'busy', DialBridged: 'false' }, 'busy', false],
    [{ DialCallStatus: 'no-answer' }, 'no-answer', null],
    [{ DialCallStatus: 'canceled' }, 'failed', null],
    [{ DialCallStatus: 'a-new-one' }, 'failed', null],
    [{}, 'failed', null],
  ] as const)('what is next behind a transfer: %j is %s', async (form, status, joined) => {
    const [code, twiml] = await post('/twilio/transferred?session=s1&transfer=7', { ...CALL, ...form });
    expect([code, twiml]).toEqual([200, `${HEAD}<Response><Hangup/></Response>`]);
    expect(asked).toEqual([
      { session: 's1', transfer: 7, callSid: 'CA1', status, joined, callerIsThere: true },
    ]);
  });

  it.each(['completed', 'busy', 'failed', 'canceled'])('that for a caller who is gone: %s', async (gone) => {
    await post('/twilio/transferred?session=s1&transfer=7', { CallSid: 'CA1', CallStatus: gone });
    expect(asked).toMatchObject([{ callerIsThere: false }]);
  });
});

describe('behind a relay session Twilio asks', () => {
  const RELAY = {
    kind: 'relay',
    session: 's1',
    parameters: { token: 'opaque' },
    settings: { locale: 'cs-CZ', voice: null, speech: null, patience: 'normal', words: 1, hints: [] },
  } as const;

  it.each<[Record<string, string>, string | null]>([
    [{ SessionStatus: 'ended', HandoffData: '{"reason":"done"}' }, null],
    // A socket that broke may be opened again.
    [{ SessionStatus: 'failed', ErrorCode: '64105', ErrorMessage: 'WebSocket ended' }, null],
    [{ SessionStatus: 'failed', ErrorCode: '64101', ErrorMessage: 'Invalid voice' }, '64101'],
    [{ SessionStatus: 'failed' }, 'failed'],
  ])('what is next, and tells what failed: %j', async (form, failure) => {
    answer = RELAY;
    const [status, twiml] = await post('/twilio/relay?session=s1', { ...CALL, SessionId: 'VX1', ...form });
    expect(status).toBe(200);
    expect(twiml).toContain(
      '<Connect action="https://voice.example.com/twilio/relay?session=s1#rc=5&amp;rp=ct,5xx" method="POST">' +
        '<ConversationRelay url="wss://voice.example.com/relay" language="cs-CZ"',
    );
    expect(asked).toEqual([['next', 's1', 'CA1', failure]]);
  });

  it('nothing for a caller who is gone, and tells that', async () => {
    answer = RELAY;
    const gone = { CallSid: 'CA1', CallStatus: 'completed', SessionStatus: 'completed' };
    expect(await post('/twilio/relay?session=s1', gone)).toEqual([
      200,
      `${HEAD}<Response><Hangup/></Response>`,
    ]);
    expect(asked).toEqual([['status', 's1', 'CA1', 'completed']]);
  });

  it('and hangs up where nobody knows the call', async () => {
    answer = { kind: 'unknown' };
    expect(await post('/twilio/relay')).toEqual([200, `${HEAD}<Response><Hangup/></Response>`]);
    expect(asked).toEqual([['next', '', 'CA1', null]]);
  });
});

describe('Twilio fetches', () => {
  it('a file that a dialogue plays, signed or not, and no other', async () => {
    genuine = false;
    const { port } = server.address() as AddressInfo;
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    const found = await get(soundPath('/jingle.wav'));
    expect([found.status, found.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(
      Buffer.from(await found.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('RIFF');
    expect((await get(soundPath('/etc/passwd'))).status).toBe(404);
    expect((await get('/twilio/sounds/jingle.wav')).status).toBe(404);
  });
});

describe('Twilio reports', () => {
  it('who has answered', async () => {
    const form = { CallSid: 'CA1', AnsweredBy: 'machine_end_beep', MachineDetectionDuration: '2300' };
    expect(await post('/twilio/machine?session=s1', form)).toEqual([204, '']);
    expect(await post('/twilio/machine?session=s1', { CallSid: 'CA1' })).toEqual([204, '']);
    expect(asked).toEqual([['answeredBy', 's1', 'CA1', 'machine_end_beep']]);
  });
});

it.each([
  '/twilio/next',
  '/twilio/relay',
  '/twilio/brief',
  '/twilio/brief/answer',
  '/twilio/transferred',
  '/twilio/machine',
  '/twilio/status',
])('%s is told nothing, and tells nothing, without Twilio’s signature', async (path) => {
  genuine = false;
  const [status, body] = await post(`${path}?session=s1&transfer=7`);
  expect([status, body.includes('Response')]).toEqual([403, false]);
  expect(asked).toEqual([]);
});

describe('Twilio tells of a <Gather>', () => {
  const gather = (form: Record<string, string>, more = ''): Promise<[number, string]> =>
    post(`/twilio/gather?session=s1&turn=3${more}`, { ...CALL, ...form });

  it.each([
    [
      { SpeechResult: ' a table ', Confidence: '0.9' },
      { kind: 'spoke', text: 'a table' },
    ],
    [{ SpeechResult: 'a table' }, { kind: 'spoke', text: 'a table' }],
    [{ Digits: '12*' }, { kind: 'pressed', keys: '12*' }],
    [
      { Digits: '1', SpeechResult: 'one' },
      { kind: 'pressed', keys: '1' },
    ],
    [
      { Digits: '', SpeechResult: 'one' },
      { kind: 'spoke', text: 'one' },
    ],
    [{ Digits: 'hangup' }, { kind: 'nothing' }],
    [{ SpeechResult: '', Confidence: '0.0' }, { kind: 'nothing' }],
    [{}, { kind: 'nothing' }],
  ])('%j', async (form, told) => {
    expect(await gather(form)).toEqual([200, `${HEAD}<Response><Hangup/></Response>`]);
    expect(asked).toEqual([['gather', 's1', 'CA1', 3, told]]);
  });

  it('when it asks again as it was told to', async () => {
    await gather({ Digits: '1' }, '&again=1');
    expect(asked).toEqual([['gather', 's1', 'CA1', 3, { kind: 'asks-again' }]]);
  });

  it('and is answered with the next one', async () => {
    answer = {
      kind: 'gather',
      session: 's1',
      turn: 4,
      speech: null,
      voice: null,
      sounds: [
        { kind: 'say', text: 'Well?', locale: 'en-US', interrupt: 'speech' },
        { kind: 'play', file: '/srv/hold.wav', interrupt: 'speech' },
      ],
      next: {
        kind: 'listen',
        locale: 'en-US',
        interrupt: 'speech',
        patience: 'normal',
        silenceMs: 7000,
        keyCount: null,
        poundEnds: true,
        hints: [],
        partials: true,
      },
    };
    const [status, twiml] = await gather({ SpeechResult: 'yes' });
    expect(status).toBe(200);
    expect(twiml).toContain(
      '<Gather action="https://voice.example.com/twilio/gather?session=s1&amp;turn=4#rc=5&amp;rp=ct,5xx" method="POST"',
    );
    expect(twiml).toContain(
      'partialResultCallback="https://voice.example.com/twilio/gather/partial?session=s1&amp;turn=4"',
    );
    const path = /<Play>https:\/\/voice\.example\.com(\/twilio\/sounds\/[\w-]{43}\.wav)<\/Play>/.exec(
      twiml,
    )?.[1];
    // Twilio fetches it without a signature.
    genuine = false;
    const { port } = server.address() as AddressInfo;
    const sound = await fetch(`http://127.0.0.1:${port}${path}`);
    expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(readWav(new Uint8Array(await sound.arrayBuffer()))).toEqual(new Uint8Array(80).fill(255));
    expect((await fetch(`http://127.0.0.1:${port}/twilio/sounds/another.wav`)).status).not.toBe(200);
    expect((await gather({}))[0]).not.toBe(200);
  });

  it('though the caller has hung up', async () => {
    answer = { kind: 'busy' };
    expect((await gather({ SpeechResult: 'bye', CallStatus: 'completed' }))[1]).toContain('<Hangup/>');
    expect(asked).toEqual([['status', 's1', 'CA1', 'completed']]);
  });

  it('while the caller speaks', async () => {
    const partial = (form: Record<string, string>): Promise<[number, string]> =>
      post('/twilio/gather/partial?session=s1&turn=3', { ...CALL, ...form });
    const forms: Record<string, string>[] = [
      { StableSpeechResult: 'a table', UnstableSpeechResult: 'for', SequenceNumber: '2' },
      { UnstableSpeechResult: 'for', SequenceNumber: '3' },
      { StableSpeechResult: 'a table' },
      { StableSpeechResult: 'a table', SequenceNumber: 'three' },
    ];
    for (const form of forms) expect((await partial(form))[0]).toBe(204);
    expect(asked).toEqual([{ session: 's1', callSid: 'CA1', turn: 3, sequence: 2, text: 'a table' }]);
  });

  it('in whatever form: it is answered, and what is passed on is bounded', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.oneof(
            fc.constantFrom('Digits', 'SpeechResult', 'CallSid', 'CallStatus', 'session', 'turn', 'again'),
            text,
          ),
          text,
        ),
        async (form) => {
          asked = [];
          answer = { kind: 'unknown' };
          expect((await post('/twilio/gather', form))[0]).toBe(200);
          for (const [, , , turn, told] of asked as [
            string,
            string,
            string,
            number,
            Record<string, string>,
          ][]) {
            expect(typeof turn).toBe('number');
            expect(['spoke', 'pressed', 'nothing', 'asks-again']).toContain(told['kind']);
            if (told['kind'] === 'pressed') expect(told['keys']).toMatch(/^[0-9*#]{1,100}$/);
          }
        },
      ),
      { numRuns: 60 },
    );
    await gather({ SpeechResult: 'x'.repeat(20_000) });
    expect((asked.at(-1) as [string, string, string, number, { text: string }])[4].text).toHaveLength(5_000);
  });
});
