/**
 * The yardstick: a bare relay between Twilio's Media Streams and OpenAI's realtime socket, written with ws alone.
 * It keeps no transcript, no journal and no ledger; it only passes frames on and clears when the caller speaks.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

interface TwilioFrame {
  event: string;
  streamSid: string;
  media: { payload: string };
}
interface ModelEvent {
  type: string;
  delta: string;
}

/** Gives the port that it listens on. */
export async function startRelay(modelUrl: string): Promise<number> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (caller) => {
    const model = new WebSocket(`${modelUrl}/realtime?model=gpt-realtime-2.1`, {
      headers: { authorization: 'Bearer bench' },
      perMessageDeflate: false,
    });
    let streamSid = '';
    model.on('open', () => {
      const format = { type: 'audio/pcmu' };
      const session = {
        type: 'realtime',
        output_modalities: ['audio'],
        audio: { input: { format }, output: { format } },
      };
      model.send(JSON.stringify({ type: 'session.update', session }));
    });
    model.on('message', (data) => {
      const event = JSON.parse((data as Buffer).toString()) as ModelEvent;
      if (event.type === 'response.output_audio.delta') {
        caller.send(JSON.stringify({ event: 'media', streamSid, media: { payload: event.delta } }));
      } else if (event.type === 'input_audio_buffer.speech_started') {
        caller.send(JSON.stringify({ event: 'clear', streamSid }));
      }
    });
    caller.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as TwilioFrame;
      if (frame.event === 'media') {
        if (model.readyState !== WebSocket.OPEN) return;
        model.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: frame.media.payload }));
      } else if (frame.event === 'start') {
        streamSid = frame.streamSid;
      }
    });
    caller.on('close', () => model.close());
    model.on('close', () => caller.close());
    model.on('error', () => caller.close());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
