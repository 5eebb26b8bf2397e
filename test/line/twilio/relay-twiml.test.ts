import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTwiml } from '../../../runtime/line/local/twiml-reader.ts';
import { connectRelay } from '../../../runtime/line/twilio/relay-twiml.ts';

const SETTINGS = {
  locale: 'en-US',
  voice: null,
  speech: null,
  patience: 'normal',
  words: 1,
  hints: [] as readonly string[],
} as const;
const ORDER = {
  relayUrl: 'wss://voice.example.com/relay',
  actionUrl: 'https://voice.example.com/twilio/relay?session=1&try=2',
  parameters: { token: 'opaque' },
  settings: SETTINGS,
};

const attributesOf = (settings: Partial<Parameters<typeof connectRelay>[0]['settings']>) => {
  const twiml = connectRelay({ ...ORDER, settings: { ...SETTINGS, ...settings } });
  return readTwiml(twiml)[0]!.children[0]!.attributes;
};

describe('the TwiML of a relay session', () => {
  it('connects, hands over the parameters, leaves to Twilio what nobody chose, and names what is asked behind it', () => {
    expect(connectRelay(ORDER)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>' +
        '<Response><Connect action="https://voice.example.com/twilio/relay?session=1&amp;try=2" method="POST">' +
        '<ConversationRelay url="wss://voice.example.com/relay" language="en-US" interruptible="any" ' +
        'reportInputDuringAgentSpeech="any" dtmfDetection="true" partialPrompts="true" ' +
        'events="speaker-events tokens-played"><Parameter name="token" value="opaque"/></ConversationRelay>' +
        '</Connect></Response>',
    );
  });

  it.each([
    ['elevenlabs', 'ElevenLabs'],
    ['google', 'Google'],
    ['amazon', 'Amazon'],
  ])('names the provider of a voice beside it, in Twilio’s spelling: %s', (provider, spelt) => {
    expect(attributesOf({ voice: { provider, name: 'Joanna-Neural' } })).toMatchObject({
      ttsProvider: spelt,
      voice: 'Joanna-Neural',
    });
  });

  it.each([
    ['deepgram', 'nova-3-general', 'Deepgram'],
    ['google', 'telephony', 'Google'],
  ])('names who listens: %s/%s', (provider, name, spelt) => {
    expect(attributesOf({ speech: { provider, name } })).toMatchObject({
      transcriptionProvider: spelt,
      speechModel: name,
    });
  });

  it('writes the attributes in the case that Twilio reads, which the SDK’s types do not', () => {
    expect(attributesOf({ patience: 'patient', words: 2 })).toMatchObject({
      speechTimeout: '1600',
      ignoreBackchannel: 'true',
    });
    expect(attributesOf({ patience: 'quick' })).toMatchObject({ speechTimeout: '600' });
    const plain = Object.keys(attributesOf({}));
    expect(plain).not.toContain('speechTimeout');
    expect(plain).not.toContain('ignoreBackchannel');
  });

  it('tells Flux how sure it has to be instead', () => {
    const flux = { provider: 'deepgram', name: 'flux-general-en' };
    const attributes = attributesOf({ patience: 'patient', speech: flux });
    expect(attributes.eotThreshold).toBe('0.9');
    expect(attributes.speechTimeout).toBeUndefined();
    expect(attributesOf({ speech: flux }).eotThreshold).toBeUndefined();
  });

  it('gives every hint once, without the commas that part them, a hundred at most', () => {
    const hints = ['Verde', 'soup, salad', ' Verde ', '', ',', 'two\nlines'];
    expect(attributesOf({ hints }).hints).toBe('Verde,soup salad,two lines');
    const many = Array.from({ length: 300 }, (_, index) => `word${index}`);
    expect(attributesOf({ hints: many }).hints!.split(',')).toHaveLength(100);
    expect(attributesOf({ hints: [] }).hints).toBeUndefined();
  });

  it('refuses a parameter that Twilio would not pass on', () => {
    expect(() => connectRelay({ ...ORDER, parameters: { token: 'x'.repeat(495) } })).toThrow(
      'The parameter "token" has 500 characters with its value; Twilio passes on fewer than 500.',
    );
  });

  it('is well-formed, whatever the author wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), (name, hints) => {
        const attributes = attributesOf({ voice: { provider: 'google', name }, hints });
        expect(attributes.url).toBe('wss://voice.example.com/relay');
      }),
    );
  });
});
