import { base64Bytes } from '../../audio.ts';
import type { Expectation, Patience } from '../../dialogue/protocol.ts';
import type { OffhookError } from '../../errors.ts';
import { AudioMeter } from '../audio-meter.ts';
import type { Ear, EarEvent, EarOptions } from '../ear.ts';
import { EarUtterances } from '../ear-utterances.ts';
import { isDictated, pauseMs } from '../endpointing.ts';
import { KeptAudio } from '../kept-audio.ts';
import { keytermsOf } from '../keyterms.ts';
import { SilencePad } from '../silence-pad.ts';
import { Configure } from './ear-configure.ts';
import { backOffMs, isFinal } from './ear-failure.ts';
import { FluxReader } from './ear-flux.ts';
import { isSameStream, listeningOf, type Listening } from './ear-models.ts';
import { NovaReader } from './ear-nova.ts';
import { Outflow } from './ear-outflow.ts';
import { EarSocket, type Vendor } from './ear-socket.ts';
import { pathOf, settingsOf, type Settings } from './ear-streams.ts';
import { Turn } from './ear-turn.ts';
import { readFlux, readNova, type Fields } from './ear-wire.ts';

/** Flux greets whom it hears. */
const GREETING_MS = 3_000;
/** A stream that lived this long has earned another reconnection. */
const HEALTHY_MS = 60_000;

/** Deepgram hears one call. A lost connection is replaced once, and given again what it had not understood yet. */
export class DeepgramEar implements Ear {
  readonly #vendor: Vendor;
  readonly #options: EarOptions;
  readonly #closed: () => void;
  readonly #utterances = new EarUtterances((event) => this.#tell(event));
  readonly #kept = new KeptAudio();
  readonly #turn = new Turn(this.#utterances, this.#kept);
  readonly #meter = new AudioMeter((amounts) =>
    this.#tell({ kind: 'used', usage: { vendor: 'deepgram', model: this.#listening.model, amounts } }),
  );
  readonly #configure: Configure;
  readonly #outflow: Outflow;
  readonly #pad: SilencePad;
  readonly #leaving = new Set<Promise<void>>();
  #listening: Listening;
  #reader: NovaReader | FluxReader;
  #expectation: Expectation | null = null;
  #patience: Patience = 'normal';
  #keyterms: readonly string[] = [];
  #state: 'connecting' | 'ready' | 'over' | 'closed' = 'connecting';
  #socket: EarSocket | null = null;
  #upAt = 0;
  #spent = false;
  /** Nova lets keyterms be changed on some of its hosts only. */
  #isConfigurable = true;
  #isPadding = false;
  /** The next connection only hears another language: nobody needs to know. */
  #isSwitching = false;
  #cancelRetry: () => void = () => {};
  #cancelGreeting: () => void = () => {};

  constructor(vendor: Vendor, options: EarOptions, closed: () => void) {
    this.#vendor = vendor;
    this.#options = options;
    this.#closed = closed;
    this.#listening = listeningOf(options.model, options.locale);
    this.#reader = this.#newReader();
    this.#pad = new SilencePad(vendor.clock, (payload) => this.#advance(Buffer.from(payload, 'base64')));
    this.#configure = new Configure(
      vendor.clock,
      (settings) => this.#socket?.send({ type: 'Configure', ...settings }),
      (why) => this.#notConfigured(why),
    );
    this.#outflow = new Outflow(vendor.clock, {
      audio: (bytes) => {
        this.#socket?.audio(bytes);
        this.#meter.add(bytes.length);
      },
      keepAlive: () => this.#socket?.send({ type: 'KeepAlive' }),
      silent: (limitMs) =>
        this.#socket?.fail('deepgram-silent', `Deepgram said nothing of ${limitMs} ms of audio.`),
    });
    this.#connect();
  }

  hear(payload: string): void {
    if (this.#isOver || base64Bytes(payload) === 0) return;
    this.#pad.heard();
    this.#advance(Buffer.from(payload, 'base64'));
  }

  /** Deepgram hears for itself. */
  caption(): void {}

  expect(expectation: Expectation | null, patience: Patience): void {
    if (this.#isOver) return;
    this.#expectation = expectation;
    this.#patience = patience;
    // While nothing is expected, what was expected last is as good a guess as any.
    if (expectation) this.#keyterms = keytermsOf(expectation);
    if (this.#mayConfigure) this.#configure.want(this.#settings(this.#listening));
    this.#follow();
  }

  close(): void {
    void this.end();
  }

  /** As `close`; settles when no connection is left. */
  async end(): Promise<void> {
    if (this.#state !== 'closed') {
      this.#stop();
      this.#state = 'closed';
    }
    await Promise.all(this.#leaving);
    this.#closed();
  }

  get #isOver(): boolean {
    return this.#state === 'over' || this.#state === 'closed';
  }

  get #mayConfigure(): boolean {
    return this.#listening.api === 'flux' || this.#isConfigurable;
  }

  #newReader(): NovaReader | FluxReader {
    if (this.#listening.api === 'flux') return new FluxReader(this.#turn, this.#kept);
    return new NovaReader(this.#turn, this.#kept, () => pauseMs(this.#expectation, this.#patience));
  }

  /** What a stream is to be like at the moment. */
  #settings(listening: Listening): Settings {
    return settingsOf(listening, {
      keyterms: this.#keyterms,
      patience: this.#patience,
      dictated: isDictated(this.#expectation),
    });
  }

  #connect(): void {
    const settings = this.#settings(this.#listening);
    const { api, model } = this.#listening;
    const socket = new EarSocket(this.#vendor, pathOf(this.#listening, settings), model, {
      opened: () => {
        if (api === 'nova') return this.#ready(settings);
        this.#cancelGreeting = this.#vendor.clock.after(GREETING_MS, () =>
          socket.fail('deepgram-timeout', `Deepgram did not begin to listen within ${GREETING_MS} ms.`),
        );
      },
      message: (fields) => this.#read(fields, socket, settings),
      down: (error) => this.#lose(error),
    });
    this.#socket = socket;
    this.#leaving.add(socket.gone);
    void socket.gone.then(() => this.#leaving.delete(socket.gone));
  }

  /** The stream hears from now on, and first of all what was kept. */
  #ready(settings: Settings): void {
    this.#cancelGreeting();
    this.#state = 'ready';
    this.#upAt = this.#vendor.clock.elapsed();
    this.#reader.connecting();
    this.#turn.connected();
    this.#outflow.opened(this.#listening.api, this.#kept.all());
    if (this.#mayConfigure) this.#configure.opened(settings, this.#settings(this.#listening));
    const isNews = !this.#isSwitching;
    this.#isSwitching = false;
    if (isNews) this.#tell({ kind: 'ready' });
    this.#follow();
  }

  #read(fields: Fields, socket: EarSocket, settings: Settings): void {
    this.#outflow.news();
    const message = this.#listening.api === 'flux' ? readFlux(fields) : readNova(fields);
    if (!message) return;
    switch (message.kind) {
      case 'connected':
        if (this.#state === 'connecting') this.#ready(settings);
        return;
      case 'configured':
        return this.#configure.answered(null);
      case 'not-configured':
        return this.#configure.answered(message.why);
      case 'error':
        // Nova says so of a `Configure` that it cannot carry out, and listens on.
        if (this.#configure.isWaiting && this.#listening.api === 'nova')
          return this.#configure.answered(message.message);
        return socket.fail('deepgram-failed', `Deepgram gave up: ${message.code}: ${message.message}`);
      case 'turn':
        if (this.#state === 'ready' && this.#reader instanceof FluxReader) this.#reader.read(message);
        break;
      default:
        if (this.#reader instanceof NovaReader) this.#reader.read(message);
    }
    this.#follow();
  }

  #advance(bytes: Buffer): void {
    this.#kept.push(bytes);
    this.#outflow.push(bytes);
    if (!this.#turn.open) return;
    this.#reader.heard(this.#state === 'ready');
    if (!this.#turn.open) this.#follow();
  }

  /** What depends on whether somebody speaks, and what waited for them to have finished. */
  #follow(): void {
    if (this.#isOver) return;
    const inTurn = this.#turn.open !== null;
    this.#socket?.watch(inTurn);
    // Flux knows no other way to be kept alive than audio.
    const pads = inTurn || (this.#listening.api === 'flux' && this.#state === 'ready');
    if (pads !== this.#isPadding) {
      this.#isPadding = pads;
      if (pads) this.#pad.start();
      else this.#pad.stop();
    }
    if (!inTurn && this.#state === 'ready') this.#switch();
  }

  /** Another language may need another model, or at least another stream. */
  #switch(): void {
    const locale = this.#expectation?.locale;
    if (locale === undefined) return;
    const wanted = listeningOf(this.#options.model, locale);
    if (isSameStream(wanted, this.#listening)) {
      if (wanted.language === this.#listening.language) return;
      this.#listening = wanted;
      if (this.#mayConfigure) this.#configure.want(this.#settings(wanted));
      return;
    }
    this.#disconnect();
    this.#meter.flush();
    this.#listening = wanted;
    this.#reader = this.#newReader();
    this.#isSwitching = true;
    this.#state = 'connecting';
    this.#connect();
  }

  #notConfigured(why: string): void {
    if (this.#listening.api === 'nova') this.#isConfigurable = false;
    // The reason may quote what was asked for.
    const reason = this.#expectation?.sensitive ? '[hidden]' : why;
    this.#vendor.log.warn(
      { session: this.#options.sessionId, model: this.#listening.model, why: reason },
      'deepgram did not take what it should listen for',
    );
  }

  #lose(error: OffhookError): void {
    const { clock } = this.#vendor;
    const wasHealthy = this.#state === 'ready' && clock.elapsed() - this.#upAt >= HEALTHY_MS;
    // It may have died of what it was asked last.
    if (this.#configure.isWaiting && this.#listening.api === 'nova') this.#isConfigurable = false;
    this.#disconnect();
    if (wasHealthy) this.#spent = false;
    const recovering = !this.#spent && !isFinal(error);
    this.#spent = true;
    this.#meter.flush();
    if (recovering) {
      this.#state = 'connecting';
      this.#isSwitching = false;
      this.#cancelRetry = clock.after(backOffMs(error), () => this.#connect());
    } else {
      // The words that are known are not lost with the vendor.
      this.#reader.over();
      if (this.#isOver) return;
      this.#stop();
      this.#state = 'over';
    }
    this.#tell({ kind: 'failed', code: error.code, message: error.message, recovering });
  }

  #disconnect(): void {
    this.#cancelGreeting();
    this.#outflow.closed();
    this.#configure.closed();
    this.#socket?.close();
    this.#socket = null;
  }

  #stop(): void {
    this.#cancelRetry();
    this.#pad.stop();
    this.#disconnect();
  }

  #tell(event: EarEvent): void {
    if (this.#state === 'closed') return;
    this.#options.on(event);
    if (event.kind === 'said') this.#meter.flush();
  }
}
