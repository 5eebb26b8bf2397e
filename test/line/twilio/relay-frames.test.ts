import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRelayOrder } from '../../../runtime/line/local/relay-orders.ts';
import { parseRelayFrame, relayWriter } from '../../../runtime/line/twilio/relay-frames.ts';

const SETUP =
  '{"type":"setup","sessionId":"VX1","accountSid":"AC1","parentCallSid":"","callSid":"CA1","from":"+15550100","to":"+15550199","forwardedFrom":"","callType":"PSTN","callerName":"","direction":"inbound","callStatus":"RINGING","customParameters":{"token":"opaque"}}';

describe('a message of ConversationRelay', () => {
  it('is read as the reference prints it', () => {
    const setup = parseRelayFrame(SETUP);
    expect(setup).toEqual({
      kind: 'setup',
      sessionId: 'VX1',
      accountSid: 'AC1',
      callSid: 'CA1',
      parameters: { token: 'opaque' },
    });
    expect(
      parseRelayFrame('{"type":"prompt","voicePrompt":"I need an invoice","lang":"en-US","last":true}'),
    ).toEqual({ kind: 'prompt', text: 'I need an invoice', last: true });
    expect(parseRelayFrame('{"type":"dtmf","digit":"1"}')).toEqual({ kind: 'dtmf', digit: '1' });
    expect(
      parseRelayFrame(
        '{"type":"interrupt","utteranceUntilInterrupt":"Your balance is","durationUntilInterruptMs":684}',
      ),
    ).toEqual({ kind: 'interrupt', text: 'Your balance is', ms: 684 });
    expect(parseRelayFrame('{"type":"info","name":"agentSpeaking","value":"on","ts":1752091234567}')).toEqual(
      { kind: 'agent-speaking', on: true },
    );
    expect(parseRelayFrame('{"type":"info","name":"clientSpeaking","value":"off"}')).toEqual({
      kind: 'client-speaking',
      on: false,
    });
    expect(parseRelayFrame('{"type":"info","name":"tokensPlayed","value":"Hi, this"}')).toEqual({
      kind: 'tokens-played',
      text: 'Hi, this',
    });
  });

  it('is read though Twilio writes it otherwise now and then', () => {
    expect(
      parseRelayFrame(
        '{"type":"interrupt","utteranceUntilInterrupt":"Life","durationUntilInterruptMs":"460"}',
      ),
    ).toEqual({ kind: 'interrupt', text: 'Life', ms: 460 });
    expect(parseRelayFrame('{"type":"interrupt"}')).toEqual({ kind: 'interrupt', text: '', ms: null });
    expect(
      parseRelayFrame('{"type":"interrupt","utteranceUntilInterrupt":"a","durationUntilInterruptMs":-3}'),
    ).toEqual({ kind: 'interrupt', text: 'a', ms: null });
    expect(parseRelayFrame('{"type":"prompt","voicePrompt":"yes"}')).toEqual({
      kind: 'prompt',
      text: 'yes',
      last: true,
    });
    expect(parseRelayFrame('{"type":"dtmf","digit":"a"}')).toEqual({ kind: 'dtmf', digit: 'A' });
    expect(parseRelayFrame(SETUP.replace(',"customParameters":{"token":"opaque"}', ''))).toMatchObject({
      parameters: {},
    });
  });

  it('tells of an error nothing that may stand in what we sent', () => {
    expect(
      parseRelayFrame(
        '{"type":"error","description":"Invalid message received: {\\"token\\":\\"4929 1234\\"}"}',
      ),
    ).toEqual({ kind: 'error', summary: 'Invalid message received' });
    expect(parseRelayFrame('{"type":"error"}')).toEqual({ kind: 'error', summary: 'no description' });
  });

  it('is passed over where its type is not known', () => {
    expect(parseRelayFrame('{"type":"weather"}')).toEqual({ kind: 'other', type: 'weather' });
    expect(parseRelayFrame('{"type":"info","name":"roundTripDelayMs","value":"120"}')).toEqual({
      kind: 'other',
      type: 'info roundTripDelayMs',
    });
  });

  it.each([
    ['', 'not JSON'],
    ['{"type":"dtmf"', 'not JSON'],
    ['[]', 'not an object'],
    ['null', 'not an object'],
    ['{"event":"media"}', 'no type'],
    ['{"type":7}', 'no type'],
    [
      '{"type":"setup","sessionId":"VX1","accountSid":"AC1"}',
      'setup without sessionId, accountSid and callSid',
    ],
    [SETUP.replace('"opaque"', '1'), 'setup with a parameter that is not text'],
    ['{"type":"prompt","last":true}', 'prompt without a voicePrompt'],
    ['{"type":"prompt","voicePrompt":"a","last":"true"}', 'prompt whose last is no boolean'],
    ['{"type":"dtmf","digit":"12"}', 'dtmf without a digit'],
    ['{"type":"interrupt","utteranceUntilInterrupt":4}', 'interrupt whose utterance is no text'],
    ['{"type":"info","value":"on"}', 'info without a name'],
    ['{"type":"info","name":"agentSpeaking","value":true}', 'agentSpeaking that is neither on nor off'],
    ['{"type":"info","name":"tokensPlayed","value":["a"]}', 'tokensPlayed without text'],
  ])('%s is none: %s', (text, reason) => {
    expect(parseRelayFrame(text)).toEqual({ kind: 'bad', reason });
  });

  it('makes a prototype of nothing', () => {
    const frame = parseRelayFrame(SETUP.replace('"token"', '"__proto__"'));
    expect(frame).toMatchObject({ kind: 'setup' });
    expect(Object.keys((frame as { parameters: object }).parameters)).toEqual(['__proto__']);
    expect(({} as { token?: string }).token).toBeUndefined();
  });

  it('whatever it is, is answered and quoted nowhere', () => {
    const type = fc.constantFrom('setup', 'prompt', 'dtmf', 'interrupt', 'error', 'info', 'other');
    const field = fc.constantFrom(
      'sessionId',
      'accountSid',
      'callSid',
      'customParameters',
      'voicePrompt',
      'last',
      'digit',
      'utteranceUntilInterrupt',
      'durationUntilInterruptMs',
      'description',
      'name',
      'value',
    );
    const message = fc
      .tuple(type, fc.dictionary(field, fc.jsonValue({ maxDepth: 2 })))
      .map(([one, fields]) => JSON.stringify({ ...fields, type: one }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), message), (text) => {
        const frame = parseRelayFrame(text);
        expect(typeof frame.kind).toBe('string');
        if (frame.kind === 'bad') expect(frame.reason.length).toBeLessThan(80);
        if (frame.kind === 'error') expect(frame.summary.length).toBeLessThanOrEqual(80);
        if (frame.kind === 'interrupt' && frame.ms !== null) expect(frame.ms).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a message to ConversationRelay', () => {
  const cuts = { interruptible: true, preemptible: false };

  it('is written as the reference prints it', () => {
    expect(relayWriter.text('One moment', false, cuts)).toBe(
      '{"type":"text","token":"One moment","last":false,"interruptible":true,"preemptible":false}',
    );
    expect(relayWriter.play('https://h/a.wav', { interruptible: false, preemptible: true })).toBe(
      '{"type":"play","source":"https://h/a.wav","loop":1,"interruptible":false,"preemptible":true}',
    );
    expect(relayWriter.digits('1w#*')).toBe('{"type":"sendDigits","digits":"1w#*"}');
    expect(relayWriter.language('cs-CZ')).toBe(
      '{"type":"language","ttsLanguage":"cs-CZ","transcriptionLanguage":"cs-CZ"}',
    );
    expect(relayWriter.end('{"reason":"done"}')).toBe(
      '{"type":"end","handoffData":"{\\"reason\\":\\"done\\"}"}',
    );
  });

  it('is read by a strict far end as it was meant, whatever the words are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (token, last, interruptible, preemptible) => {
          expect(readRelayOrder(relayWriter.text(token, last, { interruptible, preemptible }))).toEqual({
            kind: 'text',
            token: JSON.parse(JSON.stringify(token)) as string,
            last,
            interruptible: interruptible ? 'any' : 'none',
            preemptible,
          });
          expect(readRelayOrder(relayWriter.end(token))).toEqual({ kind: 'end', handoffData: token });
        },
      ),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9w#*]+$/), (digits) => {
        expect(readRelayOrder(relayWriter.digits(digits))).toEqual({ kind: 'digits', digits });
      }),
    );
    expect(readRelayOrder(relayWriter.language('en-GB'))).toEqual({
      kind: 'language',
      tts: 'en-GB',
      transcription: 'en-GB',
    });
  });
});

describe('the simulated relay', () => {
  it.each([
    ['{"type":"text","last":true}', 'text without a token'],
    ['{"type":"text","token":null}', 'text without a token'],
    ['{"type":"text","token":"a","last":1}', 'text with a wrong last'],
    ['{"type":"text","token":"a","interruptible":"maybe"}', 'text with a wrong interruptible'],
    ['{"type":"text","token":"a","voice":"b"}', 'text with the unknown field "voice"'],
    ['{"type":"play","source":"a.wav"}', 'play whose source is not a URL'],
    ['{"type":"play","source":"https://h/a.wav","loop":-1}', 'play with a wrong loop'],
    ['{"type":"sendDigits","digits":"12A"}', 'sendDigits whose digits are not 0-9, w, # and *'],
    ['{"type":"language"}', 'language without a language'],
    ['{"type":"language","ttsLanguage":"English please"}', 'language that is no language'],
    ['{"type":"end","handoffData":{"a":1}}', 'end whose handoffData is not text'],
    ['{"type":"toString"}', 'a message of an unknown type'],
    ['{"type":"mark"}', 'a message of an unknown type'],
    ['7', 'a message that is not an object'],
    ['{', 'a message that is not JSON'],
  ])('takes %s for a mistake: %s', (text, problem) => {
    expect(readRelayOrder(text)).toEqual({ kind: 'wrong', problem });
  });
});
