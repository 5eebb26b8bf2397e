import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTwiml, type Verb } from '../../../runtime/line/local/twiml-reader.ts';
import type { Gathering, Listening, Sound } from '../../../runtime/line/gathering.ts';
import {
  gatherTwiml,
  sayable,
  speechModelOf,
  voiceOf,
  type GatherUrls,
} from '../../../runtime/line/twilio/gather-twiml.ts';

const URLS: GatherUrls = {
  action: 'https://h/g?session=s1&turn=2#rc=5',
  again: 'https://h/g?session=s1&turn=2&again=1',
  partial: 'https://h/p?session=s1&turn=2',
  next: 'https://h/next?session=s1',
  sound: (file) => `https://h/sounds${file}`,
  dial: ({ to, ringMs }) => ({
    to,
    callerId: '+14155550100',
    ringMs,
    briefUrl: null,
    actionUrl: 'https://h/t',
  }),
};
const LISTEN: Listening = {
  kind: 'listen',
  locale: 'en-US',
  interrupt: 'speech',
  patience: 'normal',
  silenceMs: 7_000,
  keyCount: 1,
  poundEnds: true,
  hints: ['a table', 'opening hours'],
  partials: false,
};
const say = (text: string, interrupt: 'speech' | 'keys' | 'never' = 'speech', locale = 'en-US'): Sound => ({
  kind: 'say',
  text,
  locale,
  interrupt,
});
const twiml = (sounds: Sound[], next: Gathering['next'], more: Partial<Gathering> = {}): string =>
  gatherTwiml(
    { kind: 'gather', session: 's1', turn: 2, speech: null, voice: null, sounds, next, ...more },
    URLS,
  );
const HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>';
const verbs = (...given: Parameters<typeof twiml>): Verb[] => readTwiml(twiml(...given));
const namesIn = (all: readonly Verb[]): string[] =>
  all.map(({ name, children }) => (children.length > 0 ? `${name}(${namesIn(children).join(' ')})` : name));

describe('the TwiML of an exchange', () => {
  it('says, listens to words and keys, and tells of silence', () => {
    expect(twiml([say('Bistro <Verde>.'), say('How can I help?')], LISTEN)).toBe(
      `${HEAD}<Gather action="https://h/g?session=s1&amp;turn=2#rc=5" method="POST" finishOnKey="#" numDigits="1" ` +
        'input="dtmf speech" timeout="7" actionOnEmptyResult="true" language="en-US" ' +
        'speechModel="googlev2_telephony" speechTimeout="2" profanityFilter="false" hints="a table, opening hours">' +
        '<Say voice="Polly.Salli" language="en-US">Bistro &lt;Verde&gt;.</Say>' +
        '<Say voice="Polly.Salli" language="en-US">How can I help?</Say></Gather>' +
        '<Redirect method="POST">https://h/g?session=s1&amp;turn=2#rc=5</Redirect></Response>',
    );
  });

  it.each([
    [{ kind: 'hang-up' } as const, '<Hangup/>'],
    [
      { kind: 'ask-again' } as const,
      '<Redirect method="POST">https://h/g?session=s1&amp;turn=2&amp;again=1</Redirect>',
    ],
    [{ kind: 'ask-next' } as const, '<Redirect method="POST">https://h/next?session=s1</Redirect>'],
    [
      {
        kind: 'dial',
        session: 's1',
        transfer: 7,
        to: '+14155550199',
        callerId: null,
        ringMs: 25_000,
        briefed: false,
      } as const,
      '<Dial action="https://h/t" method="POST" timeout="25" answerOnBridge="true" callerId="+14155550100"><Number>+14155550199</Number></Dial>',
    ],
  ])('says, and then: %j', (next, verb) => {
    expect(twiml([say('Goodbye.')], next)).toBe(
      `${HEAD}<Say voice="Polly.Salli" language="en-US">Goodbye.</Say>${verb}</Response>`,
    );
  });

  it('plays files and sends keys in their turn; keys are sent before anybody is listened to', () => {
    const sounds: Sound[] = [
      say('Calling.'),
      { kind: 'press', keys: '12ww#' },
      { kind: 'play', file: '/hold.wav', interrupt: 'speech' },
      say('Well?'),
    ];
    expect(namesIn(verbs(sounds, LISTEN))).toEqual(['Say', 'Play', 'Gather(Play Say)', 'Redirect']);
    const [, keys, gather] = verbs(sounds, LISTEN);
    expect(keys?.attributes).toEqual({ digits: '12ww#' });
    expect(gather?.children[0]?.text).toBe('https://h/sounds/hold.wav');
  });

  it('lets nobody interrupt what is to be heard', () => {
    const [gather] = verbs([say('The terms.', 'never'), say('Agreed?', 'never')], LISTEN);
    expect([gather?.name, gather?.attributes.bargeIn, gather?.children.length]).toEqual([
      'Gather',
      'false',
      2,
    ]);
    // Before what may be interrupted it stands outside.
    const mixed = verbs([say('The terms.', 'never'), say('Agreed?')], LISTEN);
    expect(namesIn(mixed)).toEqual(['Say', 'Gather(Say)', 'Redirect']);
    expect(mixed[1]?.attributes.bargeIn).toBeUndefined();
    expect(verbs([say('Hello.'), say('The terms.', 'never')], LISTEN)[0]?.attributes.bargeIn).toBe('false');
  });

  it('takes keys alone while something is said that only keys interrupt', () => {
    const [first, second] = verbs([say('One, two or three?', 'keys')], LISTEN);
    expect(first).toMatchObject({
      name: 'Gather',
      attributes: { input: 'dtmf', timeout: '1', numDigits: '1' },
    });
    expect(first?.attributes.actionOnEmptyResult).toBeUndefined();
    expect(first?.children).toHaveLength(1);
    expect(second).toMatchObject({
      name: 'Gather',
      children: [],
      attributes: { input: 'dtmf speech', timeout: '7', actionOnEmptyResult: 'true' },
    });
  });

  it('waits as patiently as it is told, for as many keys as are told', () => {
    const attributes = (more: Partial<Listening>): Verb['attributes'] =>
      verbs([], { ...LISTEN, ...more })[0]!.attributes;
    expect(attributes({ patience: 'quick' }).speechTimeout).toBe('1');
    expect(attributes({ patience: 'patient' }).speechTimeout).toBe('3');
    expect(attributes({ keyCount: null })).not.toHaveProperty('numDigits');
    expect(attributes({ keyCount: 16 }).numDigits).toBe('16');
    expect(attributes({ poundEnds: false }).finishOnKey).toBe('');
    expect(attributes({ silenceMs: 0 }).timeout).toBe('1');
    expect(attributes({ silenceMs: 4_001 }).timeout).toBe('5');
    expect(attributes({ locale: 'cs-CZ' }).language).toBe('cs-CZ');
    expect(attributes({ partials: true })).toMatchObject({
      partialResultCallback: 'https://h/p?session=s1&turn=2',
      partialResultCallbackMethod: 'POST',
    });
  });

  it('gives at most 500 hints of at most 100 characters, and none twice', () => {
    const hints = [
      'a, b',
      'a b',
      '',
      'x'.repeat(101),
      ...Array.from({ length: 600 }, (_, index) => `hint ${index}`),
    ];
    const [gather] = verbs([], { ...LISTEN, hints });
    const given = gather!.attributes.hints!.split(', ');
    expect(given).toHaveLength(500);
    expect(given.slice(0, 3)).toEqual(['a b', 'hint 0', 'hint 1']);
    expect(verbs([], { ...LISTEN, hints: [] })[0]!.attributes).not.toHaveProperty('hints');
  });

  it.each([
    [null, 'googlev2_telephony'],
    ['twilio/phone_call', 'phone_call'],
    ['deepgram/nova-3', 'deepgram_nova-3'],
    ['google/telephony_short', 'googlev2_telephony_short'],
  ])('names the recogniser %s as Twilio does', (speech, name) => {
    expect(speechModelOf(speech)).toBe(name);
  });

  it.each([
    [null, 'en-GB', { voice: 'Polly.Salli', language: 'en-US' }],
    [null, 'cs-CZ', { language: 'cs-CZ' }],
    ['twilio/alice', 'fr-FR', { voice: 'alice', language: 'fr-FR' }],
    ['twilio/Google.en-GB-Neural2-A', 'en-US', { voice: 'Google.en-GB-Neural2-A', language: 'en-GB' }],
    ['amazon/Joanna-Neural', 'en-US', { voice: 'Polly.Joanna-Neural', language: 'en-US' }],
    ['google/en-US-Chirp3-HD-Aoede', 'en-US', { voice: 'Google.en-US-Chirp3-HD-Aoede', language: 'en-US' }],
  ])('names the voice %s in %s as Twilio does', (voice, locale, named) => {
    expect(voiceOf(voice, locale)).toEqual(named);
  });
});

describe('a text too long for one <Say>', () => {
  it('is cut behind its last sentence that fits', () => {
    const sentence = `${'word '.repeat(199)}end.`;
    const pieces = sayable(Array.from({ length: 7 }, () => sentence).join(' '));
    expect(pieces.map((piece) => piece.split('end.').length - 1)).toEqual([3, 3, 1]);
    expect(pieces.every((piece) => piece.endsWith('end.'))).toBe(true);
  });

  it('is cut between words, else anywhere, where no sentence ends', () => {
    expect(sayable('word '.repeat(1_000)).every((piece) => /^word( word)*$/.test(piece))).toBe(true);
    expect(sayable('x'.repeat(7_000)).map(({ length }) => length)).toEqual([3_000, 3_000, 1_000]);
    expect(sayable(' ')).toEqual([]);
  });

  it('loses nothing, and every piece fits, whatever it is made of', () => {
    const text = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom('. ', ' ', '。', '😀'.repeat(400), 'žluť '.repeat(300)),
        ),
      )
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (given) => {
        const pieces = sayable(given);
        for (const piece of pieces) {
          expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(3_000);
          expect(encodeURIComponent(piece).length).toBeLessThanOrEqual(4_500);
        }
        const bare = (all: string): string => all.replace(/\s/g, '');
        // oxlint-disable-next-line no-control-regex
        const clean = given.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
        expect(bare(pieces.join(''))).toBe(bare(clean));
      }),
    );
  });

  it('is well-formed, whatever is said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = (): unknown => readTwiml(twiml([say(text)], { ...LISTEN, hints: [text] }));
        expect(read).not.toThrow();
      }),
    );
  });
});
