/** A talk over a real relay socket: the simulated network at one end, a text model in the hands of the test at the other. */
import { afterEach, expect, it, vi } from 'vitest';
import { Worded } from '../../runtime/call/worded.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { ChannelEvent } from '../../runtime/line/line.ts';
import { Phone, type PhoneEvent } from '../../runtime/line/local/phone.ts';
import { connectRelay } from '../../runtime/line/twilio/relay-twiml.ts';
import { acceptRelay } from '../../runtime/line/twilio/relay.ts';
import { silentLog } from '../../runtime/log.ts';
import { openMetrics } from '../../runtime/metrics.ts';
import { scriptedMind, type ScriptedMind } from '../support/scripted-mind.ts';
import { twimlServer, type TwimlServer } from '../support/twiml-server.ts';

let server: TwimlServer;
afterEach(() => server.close());

it(
  'a reply is said word by word, prepared ahead, cut where the caller cuts it, and remembered as far as it was heard',
  { timeout: 30_000 },
  async () => {
    const events: ChannelEvent[] = [];
    const holder: { mind?: ScriptedMind; worded?: Worded } = {};
    server = await twimlServer(
      ({ url }, origin) =>
        url === '/voice'
          ? {
              body: connectRelay({
                relayUrl: `${origin.replace('http', 'ws')}/relay`,
                actionUrl: `${origin}/next`,
                parameters: { token: 'opaque' },
                settings: {
                  locale: 'en-US',
                  voice: null,
                  speech: null,
                  patience: 'normal',
                  words: 1,
                  hints: [],
                },
              }),
            }
          : '<Hangup/>',
      (socket) =>
        acceptRelay(socket, {
          admits: () => true,
          clock: systemClock,
          log: silentLog,
          soundUrl: () => expect.fail('nothing is played'),
          onSetup(line) {
            const worded = new Worded(
              {
                line,
                open: (on) => (holder.mind = scriptedMind(on)),
                sounds: { get: () => expect.fail('nothing is played') },
                locale: 'en-US',
                clock: systemClock,
                log: silentLog,
                metrics: openMetrics(),
              },
              (event) => events.push(event),
            );
            holder.worded = worded;
            return (event) => worded.fromLine(event);
          },
        }),
    );
    const heard: PhoneEvent[] = [];
    const phone = new Phone({
      clock: systemClock,
      authToken: null,
      publicUrl: null,
      serverUrl: server.origin,
      from: '+15550100',
      to: '+15550199',
      direction: 'inbound',
      on: (event) => heard.push(event),
    });
    const over = phone.call(`${server.origin}/voice`);
    const until = (holds: () => boolean): Promise<void> =>
      vi.waitFor(() => expect(holds()).toBe(true), { timeout: 8_000, interval: 10 });
    await until(() => holder.mind !== undefined);
    const { worded, mind } = holder as Required<typeof holder>;
    worded.converse({
      kind: 'converse',
      id: 't1',
      instructions: 'Answer.',
      dialogue: 'd',
      offers: [],
      expectation: {
        id: 'e1',
        locale: 'en-US',
        choices: [],
        slots: [],
        now: 0,
        zone: 'UTC',
        sensitive: false,
      },
      answerNow: false,
      turn: { interrupt: 'speech', patience: 'normal', words: 1 },
      state: null,
    });

    void phone.say(new Uint8Array(900 * 8), 'what is there today');
    await until(() => mind.told.includes('said: what is there today'));
    // The reply was begun before the network was sure that the caller had finished.
    expect(mind.told.slice(-2)).toEqual(['prepare: what is there today', 'said: what is there today']);
    const words = 'Today we have soup, and salad, and a very long list of other fine things.'.split(/(?<= )/);
    for (const text of words) mind.tell({ kind: 'words', reply: 'r1', text });
    await until(() => heard.filter(({ kind }) => kind === 'spoken').length >= 4);
    void phone.say(new Uint8Array(500 * 8), 'the soup please');
    await until(() => mind.told.includes('said: the soup please'));
    const spoken = (): string =>
      heard
        .flatMap((event) => (event.kind === 'spoken' ? [event.text] : []))
        .join('')
        .trim();
    const cut = events.find((event) => event.kind === 'interrupted');
    expect(cut!.heardText).toBe(spoken());
    expect(mind.told).toContain(`heard of r1: ${cut!.heardText}`);
    expect(events).toContainEqual({ kind: 'spoke', text: 'the soup please', answered: true, cut: true });

    mind.tell({ kind: 'words', reply: 'r2', text: 'Soup it is. ' });
    mind.tell({ kind: 'words', reply: 'r2', text: 'Goodbye.' });
    mind.tell({ kind: 'ended', reply: 'r2', text: 'Soup it is. Goodbye.' });
    worded.hangUp();
    expect(await over).toMatchObject({ reason: 'ended', problem: null });
    expect(spoken().endsWith('Soup it is. Goodbye.')).toBe(true);
    expect(events).toContainEqual({ kind: 'heard', utterance: 'r2' });
    expect(events.at(-1)).toEqual({ kind: 'closed', reason: 'closed' });
    expect(heard.filter(({ kind }) => kind === 'warning')).toEqual([]);
    expect(server.asked.at(-1)!.form).toMatchObject({
      SessionStatus: 'ended',
      HandoffData: '{"reason":"done"}',
    });
  },
);
