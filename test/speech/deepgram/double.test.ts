/** The double of Deepgram is as strict as its documentation, or it would prove nothing. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  DEEPGRAM_KEY,
  startDeepgram,
  type DeepgramDouble,
  type DeepgramScript,
} from '../../support/deepgram.ts';
import { settle, until } from './support.ts';

const NOVA = '/v1/listen?model=nova-3&encoding=mulaw&sample_rate=8000';
const FLUX = '/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000';

async function connect(
  path: string,
  { key = DEEPGRAM_KEY, script = {} }: { key?: string; script?: Partial<DeepgramScript> } = {},
): Promise<{ vendor: DeepgramDouble; socket: WebSocket; came: unknown[] }> {
  const vendor = await startDeepgram(script);
  const socket = new WebSocket(`${vendor.baseUrl.replace('http', 'ws')}${path}`, {
    headers: { authorization: `Token ${key}` },
  });
  const came: unknown[] = [];
  socket.on('message', (data) => came.push(JSON.parse((data as Buffer).toString('utf8'))));
  socket.on('unexpected-response', (_request, response) => came.push(response.statusCode));
  socket.on('close', (code) => came.push(`closed ${code}`));
  socket.on('error', () => {});
  onTestFinished(async () => {
    socket.terminate();
    await vendor.close();
  });
  await until(() => came.length > 0 || socket.readyState === WebSocket.OPEN, 'it answers');
  await settle();
  return { vendor, socket, came };
}

describe('the double of Deepgram', () => {
  it.each([
    [NOVA.replace('mulaw', 'linear16'), 'the audio is not announced as mu-law of 8 kHz'],
    [`${NOVA}&utterance_end_ms=500&interim_results=true`, 'utterance_end_ms is less than 1000'],
    [`${NOVA}&utterance_end_ms=1000`, 'utterance_end_ms is of no use without interim results'],
    [`${NOVA}&eot_threshold=0.7`, 'unknown parameter eot_threshold'],
    [NOVA.replace('nova-3', 'flux-general-en'), 'nova has no model flux-general-en'],
    [`${NOVA.replace('nova-3', 'nova-2')}&keyterm=Acme`, 'nova-2 knows no keyterms'],
    [`${FLUX}&eot_threshold=0.4`, 'eot_threshold is "0.4", not 0.5 to 1'],
    [`${FLUX}&eot_threshold=0.5&eager_eot_threshold=0.6`, 'the eager threshold is above the other'],
    [`${FLUX}&language_hint=de`, 'flux-general-en takes no language hint'],
    [`${FLUX}${'&keyterm=x'.repeat(101)}`, '101 keyterms are more than 100'],
  ])('refuses %s', async (path, problem) => {
    const { vendor, came } = await connect(path);
    expect(came[0]).toBe(400);
    expect(vendor.problems()).toContain(problem);
  });

  it('lets nobody in without the key', async () => {
    expect((await connect(NOVA, { key: 'other' })).came[0]).toBe(401);
  });

  it('objects to what a stream does not know', async () => {
    const { vendor, socket } = await connect(FLUX);
    for (const message of [
      { type: 'KeepAlive' },
      { type: 'Configure', keyterms: 'Acme' },
      { type: 'Configure', speed: 1 },
      { type: 'Hello' },
    ])
      socket.send(JSON.stringify(message));
    await settle();
    expect(vendor.problems()).toEqual([
      'Flux knows no KeepAlive',
      'keyterms is no list',
      'a Configure before the last was answered',
      'Configure has no speed',
      'an unknown message Hello',
    ]);
  });

  it('closes a stream of Nova that hears nothing for ten seconds', async () => {
    const clock = new FakeClock();
    const { socket, came } = await connect(NOVA, { script: { clock } });
    await clock.advanceAsync(9_000);
    socket.send('{"type":"KeepAlive"}');
    await settle();
    await clock.advanceAsync(9_000);
    await settle();
    expect(came).toEqual([]);
    await clock.advanceAsync(1_000);
    await until(() => came.includes('closed 1011'), 'it is closed');
  });
});
