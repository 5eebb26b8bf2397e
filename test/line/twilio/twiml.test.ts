import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTwiml } from '../../../runtime/line/local/twiml-reader.ts';
import {
  brief,
  connectStream,
  dial,
  hangup,
  join,
  reject,
  sayAndHangup,
} from '../../../runtime/line/twilio/twiml.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const ORDER = {
  streamUrl: 'wss://voice.example.com/call/',
  statusCallback: 'https://voice.example.com/twilio/stream?session=1',
  parameters: { token: 'opaque', appKey: 'bistro' },
  redirectUrl: 'https://voice.example.com/twilio/next?session=1&try=2',
};

describe('the TwiML of a stream', () => {
  it('connects, hands over the parameters and asks again behind it', () => {
    expect(connectStream(ORDER)).toBe(
      HEAD +
        '<Response><Connect><Stream url="wss://voice.example.com/call/" statusCallback="https://voice.example.com/twilio/stream?session=1">' +
        '<Parameter name="token" value="opaque"/><Parameter name="appKey" value="bistro"/></Stream></Connect>' +
        '<Redirect method="POST">https://voice.example.com/twilio/next?session=1&amp;try=2</Redirect></Response>',
    );
  });

  it('does without a status callback where there is none', () => {
    expect(connectStream({ ...ORDER, statusCallback: null })).toContain(
      '<Stream url="wss://voice.example.com/call/"><Parameter',
    );
  });

  it('refuses a parameter that Twilio would not pass on', () => {
    const fits = 'x'.repeat(494);
    expect(connectStream({ ...ORDER, parameters: { token: fits } })).toContain(fits);
    expect(() => connectStream({ ...ORDER, parameters: { token: `${fits}x` } })).toThrow(
      'The parameter "token" has 500 characters with its value; Twilio passes on fewer than 500.',
    );
  });

  it('brings every parameter over unharmed, but for what XML cannot hold', () => {
    const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(hostile, hostile), { selector: ([name]) => printable(name) }),
        (pairs) => {
          const xml = connectStream({ ...ORDER, parameters: Object.fromEntries(pairs) });
          const stream = readTwiml(xml)[0]?.children[0];
          const read = stream?.children.map(({ attributes: { name, value } }) => [name, value]);
          const sent = Object.entries(Object.fromEntries(pairs)).map((pair) => pair.map(printable));
          expect(read).toEqual(sent);
        },
      ),
    );
  });
});

/** What XML 1.0 can hold of a text, told by code points. */
function printable(text: string): string {
  return Array.from(text)
    .filter((character) => {
      const code = character.codePointAt(0)!;
      if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
      return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
    })
    .join('');
}

describe('the other answers', () => {
  it('are what Twilio documents', () => {
    expect(hangup()).toBe(`${HEAD}<Response><Hangup/></Response>`);
    expect(reject('busy')).toBe(`${HEAD}<Response><Reject reason="busy"/></Response>`);
    expect(sayAndHangup('Fish & chips <now>\u0000', 'en_GB')).toBe(
      `${HEAD}<Response><Say language="en-GB">Fish &amp; chips &lt;now&gt;</Say><Hangup/></Response>`,
    );
  });

  it('cut a text that is too long for Twilio between two words', () => {
    const [say] = readTwiml(sayAndHangup('grün '.repeat(1000), 'de-DE'));
    expect(Buffer.byteLength(say!.text)).toBeLessThanOrEqual(3000);
    expect(say!.text).toMatch(/^(grün )+grün$/);
    const [unbroken] = readTwiml(sayAndHangup('ü'.repeat(2000), 'de-DE'));
    expect(unbroken!.text).toBe('ü'.repeat(1500));
  });
});

describe('the TwiML of a transfer', () => {
  const DIAL = {
    to: '+14155550199',
    callerId: '+14155550100',
    ringMs: 20_000,
    briefUrl: null,
    actionUrl: 'https://voice.example.com/twilio/transferred?session=1&transfer=7#rc=5',
  };

  it('rings the other side under the number of the app, and asks what is next behind it', () => {
    expect(dial(DIAL)).toBe(
      HEAD +
        '<Response><Dial action="https://voice.example.com/twilio/transferred?session=1&amp;transfer=7#rc=5" ' +
        'method="POST" timeout="20" answerOnBridge="true" callerId="+14155550100"><Number>+14155550199</Number></Dial></Response>',
    );
  });

  it('tells the other side about the call first, where there is something to tell', () => {
    expect(
      dial({ ...DIAL, callerId: null, briefUrl: 'https://voice.example.com/twilio/brief?a=1&b=2' }),
    ).toContain(
      'answerOnBridge="true"><Number url="https://voice.example.com/twilio/brief?a=1&amp;b=2" method="POST">+14155550199</Number>',
    );
  });

  it.each([
    [100, 5],
    [1_000_000, 600],
    [12_400, 12],
  ])('rings for %i ms as Twilio can: %i s', (ringMs, seconds) => {
    expect(dial({ ...DIAL, ringMs })).toContain(` timeout="${seconds}" `);
  });

  it('says the brief, asks for one key, and hangs up on who presses none', () => {
    const say = [
      { text: 'Ana & Tom, a table <for four>.', locale: 'en_GB' },
      { text: 'Press one.', locale: 'en-US' },
    ];
    expect(brief(say, 'https://voice.example.com/twilio/brief/answer?a=1&b=2')).toBe(
      HEAD +
        '<Response><Gather input="dtmf" numDigits="1" finishOnKey="" timeout="10" actionOnEmptyResult="true" ' +
        'action="https://voice.example.com/twilio/brief/answer?a=1&amp;b=2" method="POST">' +
        '<Say language="en-GB">Ana &amp; Tom, a table &lt;for four&gt;.</Say><Say language="en-US">Press one.</Say>' +
        '</Gather><Hangup/></Response>',
    );
    expect(brief([{ text: 'word '.repeat(2000), locale: 'en-US' }], 'https://x/').length).toBeLessThan(3300);
  });

  it('joins the two by saying nothing more', () => {
    expect(join()).toBe(`${HEAD}<Response/>`);
  });
});
