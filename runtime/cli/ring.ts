import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { Value } from '../dialogue/protocol.ts';
import { OffhookError, messageOf } from '../errors.ts';
import type { PhoneEvent, PhoneOptions } from '../line/local/phone.ts';
import { readWav, writeWav } from '../wav.ts';
import { readAttributes } from './attributes.ts';
import { followCall } from './follow.ts';
import { RingCaller, type RingPhone } from './ring-caller.ts';
import { RingWords } from './ring-words.ts';

export interface RingOptions {
  /** A WAV file that the caller plays from the start of the call. */
  caller?: string;
  /** One utterance a turn. `#1` presses keys, an empty one is a turn of silence. */
  say?: readonly string[];
  /** Where what was heard is written, as WAV. */
  record?: string;
  outbound?: boolean;
  /** What a call that we placed is given, as JSON. */
  attributes?: string;
  from?: string;
  to?: string;
  /** The caller hangs up when everything was said, instead of staying silent. */
  hangup?: boolean;
}

export interface RingDeps {
  /** The origin that Twilio would be told, where the phone rings. */
  publicUrl: string;
  /** Where the HTTP API is reached, and its token; null: the agent's words are not shown. */
  serverUrl: string;
  apiToken: string | null;
  clock: Clock;
  /** A line of the conversation, and a line about it. */
  out: (line: string) => void;
  err: (line: string) => void;
  /** What the caller says where it is not in the options; null: nothing. */
  lines: AsyncIterable<string> | null;
  openPhone: (call: Pick<PhoneOptions, 'from' | 'to' | 'direction' | 'on'>) => RingPhone;
  /** The caller's voice: mu-law. */
  synthesize: (text: string) => Promise<Uint8Array>;
  /** Writes down a call that the phone then receives as if Twilio had placed it. */
  placeOutbound: (call: {
    key: string;
    to: string;
    from: string | null;
    attributes: { readonly [name: string]: Value };
  }) => Promise<{ url: string; from: string }>;
  /** Settles when the user wants to stop. */
  ending: Promise<void>;
}

/** Numbers that belong to nobody. */
const CALLER = '+15550100';
const CALLED = '+15550199';

/**
 * `offhook ring`: a call over the running server's webhook and socket, with real audio. The conversation is printed
 * as it happens. Gives 0 when the call was held, 1 when it could not be.
 */
export async function ring(key: string, options: RingOptions, deps: RingDeps): Promise<number> {
  if (options.caller !== undefined && options.say !== undefined) {
    throw new OffhookError('bad-setting', 'The caller speaks from --caller or from --say, not from both.');
  }
  if (options.record !== undefined) await mayWrite(options.record);
  const recorded = options.caller === undefined ? null : await readSound(options.caller);
  const call = await whereTo(key, options, deps);
  const words = new RingWords(deps.out);
  const caller = new RingCaller({
    script: (recorded ? null : (options.say ?? deps.lines)) ?? [],
    words,
    hangsUp: options.hangup === true,
    ...deps,
  });
  const over = new AbortController();
  let followed = null as Promise<void> | null;
  let relayed = false;
  let warned = false;
  let asked = null as Extract<PhoneEvent, { kind: 'asked' }> | null;

  const follow = async (token: string): Promise<void> => {
    const { serverUrl, clock } = deps;
    words.follow(true);
    try {
      const { callSid } = phone;
      await followCall({
        serverUrl,
        apiToken: token,
        callSid,
        clock,
        over: over.signal,
        on: (turn) => words.turn(turn),
      });
    } catch (error) {
      words.follow(false);
      deps.err(messageOf(error));
    }
  };

  const phone = deps.openPhone({
    ...call,
    on(event) {
      caller.notice(event);
      words.notice(event);
      if (event.kind === 'asked') asked = event;
      if (event.kind === 'relay-started') relayed = true;
      if (event.kind === 'not-understood') {
        deps.err(
          'Nothing was understood: on this engine the simulated Twilio knows the words of --say, and none of a file.',
        );
      }
      if (event.kind === 'warning') deps.err(`Twilio would warn (${event.code}): ${event.problem}.`);
      if (recorded && event.kind === 'listens' && !warned) {
        warned = true;
        deps.err('Nothing of --caller is understood where Twilio itself listens: say it with --say.');
      }
      // A stream that came back belongs to the same session.
      if ((event.kind !== 'stream-started' && event.kind !== 'relay-started') || followed) return;
      followed = deps.apiToken === null ? Promise.resolve() : follow(deps.apiToken);
      if (recorded) void caller.speak(recorded, null);
    },
  });
  caller.holds(phone);

  // A clock's timers keep no process alive.
  const alive = setInterval(() => {}, 60_000);
  void deps.ending.then(() => phone.hangUp());
  try {
    const outcome = await phone.call(call.url);
    over.abort();
    caller.stop();
    if (followed) await followed;
    words.end();
    if (options.record !== undefined) {
      if (relayed) {
        await rm(options.record);
        deps.err(
          'Nothing is recorded: on this engine Twilio speaks in its own voice, which is not simulated.',
        );
      } else await writeFile(options.record, writeWav(phone.recording()));
    }
    if (outcome.reason === 'ended' || outcome.reason === 'hung-up') {
      const who = outcome.reason === 'hung-up' ? 'You hung up' : 'The call ended';
      deps.err(`${who} after ${(outcome.durationMs / 1000).toFixed(1)} s.`);
      return 0;
    }
    if (outcome.reason !== 'failed') deps.err('The call was not taken: the line is busy.');
    else deps.err(outcome.problem ?? 'The call failed.');
    if (asked === null) deps.err('Is the server running? "offhook serve" starts it.');
    else explain(asked, deps.err);
    return 1;
  } finally {
    clearInterval(alive);
    over.abort();
  }
}

/** Said before the call, not after it. */
async function mayWrite(path: string): Promise<void> {
  try {
    await writeFile(path, '');
  } catch (cause) {
    throw new OffhookError('bad-setting', `The file "${path}" cannot be written: ${messageOf(cause)}`, {
      cause,
    });
  }
}

async function readSound(path: string): Promise<Uint8Array> {
  try {
    return readWav(await readFile(path));
  } catch (cause) {
    throw new OffhookError('bad-setting', `The file "${path}" cannot be played: ${messageOf(cause)}`, {
      cause,
    });
  }
}

async function whereTo(
  key: string,
  { outbound = false, attributes: written, from, to }: RingOptions,
  { publicUrl, placeOutbound }: RingDeps,
): Promise<{ url: string } & Pick<PhoneOptions, 'from' | 'to' | 'direction'>> {
  const attributes = readAttributes(written, outbound);
  if (outbound) {
    const callee = to ?? CALLER;
    const placed = await placeOutbound({ key, to: callee, from: from ?? null, attributes });
    return { ...placed, to: callee, direction: 'outbound-api' };
  }
  const url = `${publicUrl}/initiations/call/${encodeURIComponent(key.replace(/^:/, ''))}`;
  return { url, from: from ?? CALLER, to: to ?? CALLED, direction: 'inbound' };
}

/** The server's own words for a refusal (RFC 9457), where it gave some. */
function explain(asked: { status: number; twiml: string }, err: (line: string) => void): void {
  if (asked.status < 400) return;
  try {
    const problem = JSON.parse(asked.twiml) as { detail?: unknown } | null;
    if (typeof problem?.detail === 'string') err(problem.detail);
  } catch {
    // Not a problem document: the status has been told already.
  }
}
