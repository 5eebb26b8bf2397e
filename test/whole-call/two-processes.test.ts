/** Two real servers on one store, behind a load balancer: to callers and to the phone network they are one. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { systemClock } from '../../runtime/clock.ts';
import { signed } from '../../runtime/line/local/ask.ts';
import { PLACES, type Place } from '../store/places.ts';
import { Balancer } from '../support/balancer.ts';
import { API_TOKEN, Caller, type SessionView } from '../support/house.ts';
import { aFreePort, expectSoon, serve, type Serving } from '../support/serving.ts';
import { TwilioApi, makeAccountSid } from '../support/twilio-api.ts';

const PUBLIC_URL = 'https://voice.example.com';
const AUTH_TOKEN = 'the-auth-token';
const ACCOUNT = makeAccountSid();
const FILES = {
  'desk.dialogue.yaml': `
inbound:
  - {ask: "First?", answers: [{when: one, keys: "1"}], silence: ["Hello?", "Hello?", "Hello?", "Hello?"]}
  - {ask: "Second?", answers: [{when: two, keys: "2", hangup: "Bye."}], silence: ["Hello?", "Hello?", "Hello?"]}
outbound: {hangup: "Your table is ready. Bye."}
`,
  // Three at a time; whoever comes then is told so.
  'desk.app.yaml': `
public: true
engine: embedded
limits: {calls: 3}
properties: {lines: three}
busy: "All {{ app.lines }} lines are busy."
`,
  // One at a time; whoever comes then hears the busy tone.
  'booth.app.yaml': `
public: true
engine: embedded
dialogue: desk
numbers: ["+14155550100"]
limits: {calls: 1}
`,
  // Nobody is known here before they are paired.
  'club.app.yaml': 'engine: gather\n',
  'club.dialogue.yaml': 'inbound: {hangup: "Welcome, {{ user.name }}."}\n',
  'wire.app.yaml': 'public: true\nengine: gather\ndialogue: desk\nlimits: {calls: 1}\n',
};

for (const { name, skipped, make } of PLACES) {
  describe.skipIf(skipped)(`two processes on ${name}`, () => {
    let place: Place;
    let folder: string;
    let twilio: TwilioApi;
    let balancer: Balancer;
    let one: Serving;
    let two: Serving;
    /** How long whom we call lets it ring. */
    let ringsMs = 0;
    const callers: Caller[] = [];

    beforeAll(async () => {
      place = await make();
      folder = await mkdtemp(join(tmpdir(), 'offhook-two-'));
      await mkdir(join(folder, 'dialogues'));
      for (const [file, text] of Object.entries(FILES)) {
        await writeFile(join(folder, 'dialogues', file), text);
      }
      const free = [await aFreePort(), await aFreePort()];
      for (const { holder } of free) holder.close();
      const [first, second] = free.map(({ port }) => port) as [number, number];
      balancer = await Balancer.start([first, second]);
      twilio = await TwilioApi.start({
        accountSid: ACCOUNT,
        authToken: AUTH_TOKEN,
        clock: systemClock,
        publicUrl: PUBLIC_URL,
        serverUrl: balancer.origin,
        callee: () => ({ answers: true, ringsMs }),
      });
      // Both at once, on an empty database.
      one = start(first);
      two = start(second);
      await Promise.all([one, two].map(ready));
    }, 120_000);

    afterEach(async () => {
      for (const { phone } of callers.splice(0)) phone.hangUp();
      ringsMs = 0;
      balancer.route = () => null;
      await allOver();
      balancer.passed.splice(0);
    }, 60_000);

    afterAll(async () => {
      await twilio.close();
      balancer.close();
      await Promise.all([one.kill(), two.kill()]);
      await place.drop();
      await rm(folder, { recursive: true, force: true });
    });

    function start(port: number): Serving {
      const { database } = place;
      return serve(port, {
        PUBLIC_URL,
        OFFHOOK_DIALOGUES: join(folder, 'dialogues'),
        DATABASE_URL: database.kind === 'sqlite' ? `sqlite:${database.path}` : database.url,
        OFFHOOK_API_TOKEN: API_TOKEN,
        TWILIO_ACCOUNT_SID: ACCOUNT,
        TWILIO_AUTH_TOKEN: AUTH_TOKEN,
        TWILIO_API_URL: twilio.url,
        LOG_FORMAT: 'json',
      });
    }

    const ready = (each: Serving): Promise<void> =>
      expectSoon(
        () => each.isReady(),
        110_000,
        () => each.errors(),
      );

    const request = (path: string, init: RequestInit = {}, at = balancer.origin): Promise<Response> =>
      fetch(`${at}${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${API_TOKEN}`,
          'content-type': 'application/json',
          ...(init.headers as Record<string, string>),
        },
      });
    const get = async (path: string): Promise<unknown> => (await request(path)).json();

    /** Somebody who calls the app; the balancer sends each request where the test says. */
    function call(app: string): Caller {
      const caller = new Caller(PUBLIC_URL, get, {
        accountSid: ACCOUNT,
        authToken: AUTH_TOKEN,
        publicUrl: PUBLIC_URL,
        serverUrl: balancer.origin,
        charactersPerS: 60,
      });
      callers.push(caller);
      return caller.dial(`/initiations/call/${app}`);
    }

    /** Asks that somebody is called. */
    const callOut = async (
      at: Serving,
      more: object = {},
      headers: Record<string, string> = {},
    ): Promise<{ status: number; body: Record<string, unknown> }> => {
      const body = JSON.stringify({ key: 'booth', to: '+14155550199', ...more });
      const answer = await request('/initiations', { method: 'POST', body, headers }, at.origin);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };

    /** Where paths go that begin so; any other goes to either in turn. */
    function route(routes: Record<string, Serving>): void {
      balancer.route = (path) =>
        Object.entries(routes).find(([begin]) => path.startsWith(begin))?.[1].port ?? null;
    }

    /** Every call is over, and its line free: nobody waits for that to be written down. */
    async function allOver(): Promise<void> {
      const left = async (): Promise<SessionView[]> => {
        const { items } = (await get('/api/sessions?limit=200')) as { items: SessionView[] };
        return items.filter(({ status }) => ['queued', 'ringing', 'in-progress'].includes(status));
      };
      await expectSoon(async () => (await left()).length === 0, 40_000, left);
      await expectSoon(
        async () => ((await place.dump())['lines'] ?? []).length === 0,
        5_000,
        () => place.dump(),
      );
    }

    const answersOf = ({ events }: Caller): string =>
      events.map((event) => (event.kind === 'asked' ? event.twiml : '')).join('\n');

    it('hold one call: its webhook at one, its stream at the other, what is next at the first', async () => {
      route({ '/initiations/call/': one, '/call/': two, '/twilio/next': one });
      const caller = call('booth');
      await caller.hears('First?');
      caller.phone.press('1');
      await caller.hears('Second?');
      // Who calls the one meanwhile finds the line taken, though it does not carry the call.
      expect(await call('booth').over).toMatchObject({ reason: 'busy' });
      caller.phone.press('2');
      expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
      expect(balancer.servers('/initiations/call/')).toEqual([one.port, one.port]);
      expect(balancer.servers('/call/')).toEqual([two.port]);
      expect(balancer.servers('/twilio/next')).toEqual([one.port]);
      expect(await caller.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
    }, 60_000);

    it('let in as many calls as the app may have, of all that come at once to both', async () => {
      const all = Array.from({ length: 10 }, () => call('desk'));
      await expectSoon(() => all.every((caller) => answersOf(caller) !== ''));
      const inside = all.filter((caller) => answersOf(caller).includes('<Stream'));
      const told = all.filter((caller) => !inside.includes(caller));
      expect(inside).toHaveLength(3);
      for (const caller of told) {
        expect(answersOf(caller)).toContain('<Say language="en-US">All three lines are busy.</Say><Hangup/>');
        expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
        expect(await caller.session()).toMatchObject({ status: 'completed', endReason: 'limit' });
      }
      expect(new Set(balancer.servers('/initiations/call/'))).toEqual(new Set([one.port, two.port]));
      // One hangs up, and one more gets in, wherever it asks.
      for (const caller of inside) await caller.hears('First?', 20_000);
      inside[0]!.phone.hangUp();
      await expectSoon(async () => ((await place.dump())['lines'] ?? []).length === 2);
      const [next, late] = [call('desk'), call('desk')];
      await expectSoon(() => [next, late].every((caller) => answersOf(caller) !== ''));
      const more = [next, late].filter((caller) => answersOf(caller).includes('<Stream'));
      expect(more).toHaveLength(1);
      await more[0]!.hears('First?', 20_000);
    }, 60_000);

    it('carry out the exchanges of one call in turn', async () => {
      const caller = call('wire');
      await caller.isTold('First?');
      expect(await call('wire').over).toMatchObject({ reason: 'busy' });
      caller.phone.press('1');
      await caller.isTold('Second?', 20_000);
      caller.phone.press('2');
      expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
      const asked = balancer.servers('/twilio/gather');
      expect(asked.length).toBeGreaterThanOrEqual(2);
      expect(await caller.session()).toMatchObject({ status: 'completed', endReason: 'agent-hung-up' });
      const { turns } = await caller.session();
      expect(turns.map(({ text }) => text)).toEqual(['First?', 'Second?', 'Bye.']);
    }, 60_000);

    it('take a token once, though both are shown it at the same moment', async () => {
      const callSid = `CA${'b'.repeat(32)}`;
      const url = `${PUBLIC_URL}/initiations/call/booth`;
      const form = {
        CallSid: callSid,
        AccountSid: ACCOUNT,
        From: '+14155550123',
        To: '+14155550100',
        Direction: 'inbound',
      };
      const route = {
        authToken: AUTH_TOKEN,
        publicUrl: PUBLIC_URL,
        serverUrl: one.origin,
        clock: systemClock,
      };
      const answer = await fetch(`${one.origin}/initiations/call/booth`, {
        method: 'POST',
        headers: signed(route, url, form),
        body: new URLSearchParams(form),
      });
      const token = /name="token" value="([^"]+)"/.exec(await answer.text())?.[1];
      const open = [one, two].map(async ({ origin }, index) => {
        const socket = new WebSocket(`${origin.replace('http', 'ws')}/call/`, {
          headers: signed(route, `${PUBLIC_URL.replace('https', 'wss')}/call/`, {}),
        });
        const streamSid = `MZ${String(index).repeat(32)}`;
        const told: { closed: boolean; media: boolean } = { closed: false, media: false };
        socket.on('close', () => (told.closed = true));
        socket.on('message', (data: Buffer) => (told.media ||= data.toString().includes('"media"')));
        await new Promise((resolve) => socket.once('open', resolve));
        return { socket, told, streamSid };
      });
      const sockets = await Promise.all(open);
      for (const { socket, streamSid } of sockets) {
        const start = {
          streamSid,
          accountSid: ACCOUNT,
          callSid,
          tracks: ['inbound'],
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
          customParameters: { token, appKey: 'booth' },
        };
        socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
        socket.send(JSON.stringify({ event: 'start', sequenceNumber: '1', streamSid, start }));
      }
      await expectSoon(
        () => sockets.some(({ told }) => told.media) && sockets.some(({ told }) => told.closed),
      );
      expect(sockets.filter(({ told }) => told.closed)).toHaveLength(1);
      expect(sockets.filter(({ told }) => told.media)).toHaveLength(1);
      expect(sockets.some(({ told }) => told.closed && told.media)).toBe(false);
      for (const { socket, told, streamSid } of sockets) {
        if (!told.closed) {
          const stop = { accountSid: ACCOUNT, callSid };
          socket.send(JSON.stringify({ event: 'stop', sequenceNumber: '2', streamSid, stop }));
        }
        socket.close();
      }
    }, 60_000);

    it('pair a caller who waits at one by a code that is claimed at the other', async () => {
      route({ '/initiations/': one, '/twilio/': one });
      const caller = call('club');
      const said = (): string[] =>
        caller.events.flatMap((event) => (event.kind === 'says' ? [event.text.trim()] : []));
      let code = '';
      await expectSoon(() => {
        code =
          said()
            .find((text) => /^\d(, \d){5}\.$/.test(text))
            ?.replace(/\D/g, '') ?? '';
        return code !== '';
      });
      const body = JSON.stringify({ code, user: { name: 'Ana' } });
      const claim = (): Promise<Response> =>
        request('/api/pairings/claim', { method: 'POST', body }, two.origin);
      expect((await claim()).status).toBe(200);
      expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
      expect((await caller.session()).turns.at(-1)).toMatchObject({ text: 'Welcome, Ana.' });
      expect(new Set(balancer.servers('/twilio/gather'))).toEqual(new Set([one.port]));
      // It is good once, whomever it is shown; the next call is known at the other one too.
      expect((await claim()).status).toBe(404);
      route({ '/initiations/': two, '/twilio/': two });
      const again = call('club');
      expect(await again.over).toMatchObject({ reason: 'ended', problem: null });
      expect((await again.session()).turns.map(({ text }) => text)).toEqual(['Welcome, Ana.']);
    }, 60_000);

    it('place a call that both are asked for with one Idempotency-Key once', async () => {
      const before = twilio.calls.length;
      const key = { 'idempotency-key': `key-${name}` };
      const answers = await Promise.all([one, two, one, two].map((at) => callOut(at, {}, key)));
      // Whoever asks while it is being placed is told so.
      expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
      expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
      expect(twilio.calls.length - before).toBe(1);
      const again = await callOut(two, {}, key);
      expect(again).toEqual(answers.find(({ status }) => status === 201));
      expect(twilio.calls.length - before).toBe(1);
    }, 60_000);

    it('refuse a call out over the limit, whichever places the one that rings', async () => {
      ringsMs = 4_000;
      expect((await callOut(one)).status).toBe(201);
      const refused = await callOut(two, { to: '+14155550198' });
      expect(refused).toMatchObject({ status: 409, body: { code: 'limit-reached' } });
      expect(await call('booth').over).toMatchObject({ reason: 'busy' });
      await allOver();
      expect((await callOut(two, { to: '+14155550198' })).status).toBe(201);
    }, 60_000);

    // The last one: it leaves one of them dead.
    it('go on with one call, with its line and with the schedule when one of them is killed', async () => {
      route({ '/initiations/call/': one, '/call/': one });
      const caller = call('booth');
      await caller.hears('First?');
      caller.phone.press('1');
      await caller.hears('Second?');
      const before = twilio.calls.length;
      const at = new Date(Date.now() + 3_000).toISOString();
      expect((await callOut(one, { key: 'desk', from: '+14155550100', at })).status).toBe(202);

      await one.kill();
      balancer.passed.splice(0);
      // The network asks what is next, of the one that is left, which opens the stream anew where the call was.
      await caller.until(({ turns }) => turns.filter(({ text }) => text === 'Second?').length === 2, 20_000);
      expect(new Set(balancer.servers('/'))).toEqual(new Set([two.port]));
      // It is one call, and holds one line.
      expect(await call('booth').over).toMatchObject({ reason: 'busy' });
      caller.phone.press('2');
      expect(await caller.over).toMatchObject({ reason: 'ended', problem: null });
      const { turns, status, endReason } = await caller.session();
      expect([status, endReason]).toEqual(['completed', 'agent-hung-up']);
      expect(turns.map(({ text }) => text)).toEqual(['First?', 'Second?', 'Second?', 'Bye.']);
      // What the dead one had promised is done by the other.
      await expectSoon(() => twilio.calls.length > before, 30_000);
      await allOver();
      expect(twilio.calls.length - before).toBe(1);
    }, 90_000);
  });
}
