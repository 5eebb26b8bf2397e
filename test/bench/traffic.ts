/** Calls of one subject, driven for as long as is asked: so two subjects can take turns within one run. */
import type { BenchModel } from './model.ts';
import { BenchPhone, stampOf, stamped } from './phone.ts';
import type { Subject } from './subject.ts';

/** Every caller says something, and is answered, this often. */
const TURN_MS = 4_000;
const TICK_MS = 5;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let callsSoFar = 0;

export class Traffic {
  readonly phones: BenchPhone[] = [];
  /** Milliseconds from phone to model and back again. */
  readonly up: number[] = [];
  readonly down: number[] = [];
  /** Pieces of the model's audio that were sent, and that reached the phones. */
  said = 0;
  heard = 0;
  cpuMs = 0;
  drivenMs = 0;
  readonly #subject: Subject;
  readonly #model: BenchModel;
  #measuring = false;
  #turn = 0;

  constructor(subject: Subject, model: BenchModel) {
    this.#subject = subject;
    this.#model = model;
    model.calls = [];
    model.onAppend = (_call, text) => {
      if (!this.#measuring) return;
      const start = text.indexOf('"audio":"') + 9;
      this.up.push(performance.now() - stampOf(text.slice(start, start + 12)));
    };
  }

  /** Opens calls one after another, so that the model's calls are in the order of the phones. */
  async open(count: number, hooks: (index: number) => { cleared?(): void } = () => ({})): Promise<void> {
    for (let index = 0; index < count; index++) {
      const phone = new BenchPhone(++callsSoFar, {
        ...hooks(index),
        media: (payload) => {
          this.heard++;
          if (this.#measuring) this.down.push(performance.now() - stampOf(payload));
        },
      });
      const { url, parameters } = await this.#subject.admit(phone.callSid);
      await phone.open(url, parameters);
      this.phones.push(phone);
      const until = performance.now() + 5_000;
      while (this.#model.calls.length <= index && performance.now() < until) await sleep(1);
      if (this.#model.calls.length <= index) {
        throw new Error(`${this.#subject.name}: call ${index} did not reach the model.`);
      }
    }
  }

  /** 50 frames a second up from every call, and an answer of two seconds down every four. */
  async drive(ms: number, measuring: boolean): Promise<void> {
    const { phones } = this;
    const count = phones.length;
    const piece = Buffer.alloc(800, 0x55);
    const from = performance.now();
    const cpuFrom = this.#subject.cpuMs();
    this.#measuring = measuring;
    let tick = 0;
    let answered = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const passed = performance.now() - from;
        // Four groups of calls, so that no more than a quarter of them speak in the same instant.
        for (; tick < Math.floor(Math.min(passed, ms) / TICK_MS); tick++) {
          for (let index = tick % 4; index < count; index += 4) phones[index]!.speak();
        }
        for (; answered < Math.floor((Math.min(passed, ms) * count) / TURN_MS); answered++) {
          this.#model.calls[this.#turn++ % count]!.answer(() => {
            this.said++;
            return stamped(performance.now(), piece);
          });
        }
        if (passed < ms) return;
        clearInterval(timer);
        resolve();
      }, TICK_MS);
    });
    await sleep(100);
    this.#measuring = false;
    if (!measuring) return;
    this.cpuMs += this.#subject.cpuMs() - cpuFrom;
    this.drivenMs += ms;
  }

  /** Processor time per call and second. */
  get cost(): number {
    return this.cpuMs / this.phones.length / (this.drivenMs / 1000);
  }

  /** Frames of the callers that did not reach the model. */
  get lost(): number {
    const sent = this.phones.reduce((sum, phone) => sum + phone.sent, 0);
    return sent - this.#model.calls.reduce((sum, call) => sum + call.appended, 0);
  }

  async close(): Promise<void> {
    for (const phone of this.phones) phone.hangUp();
    await sleep(1_000);
  }
}
