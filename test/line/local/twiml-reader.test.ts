import { describe, expect, it } from 'vitest';
import { readTwiml } from '../../../runtime/line/local/twiml-reader.ts';

describe('the TwiML reader', () => {
  it('gives verbs with their attributes, text and children', () => {
    const xml =
      '<?xml version="1.0"?>\n<Response>\n <Connect><Stream url="wss://h/call"><Parameter name="a" value="&quot;1&quot;"/></Stream></Connect>\n' +
      ' <Redirect> https://h/next?a=1&amp;b=2 </Redirect><!-- bye --><Say><![CDATA[<hi>]]></Say></Response>';
    expect(readTwiml(xml)).toEqual([
      {
        name: 'Connect',
        attributes: {},
        text: '',
        children: [
          {
            name: 'Stream',
            attributes: { url: 'wss://h/call' },
            text: '',
            children: [
              { name: 'Parameter', attributes: { name: 'a', value: '"1"' }, text: '', children: [] },
            ],
          },
        ],
      },
      { name: 'Redirect', attributes: {}, text: 'https://h/next?a=1&b=2', children: [] },
      { name: 'Say', attributes: {}, text: '<hi>', children: [] },
    ]);
  });

  it.each([
    ['', '1:0: document must contain a root element'],
    ['hello', '1:5: text data outside of root node'],
    ['\n<?xml version="1.0"?><Response/>', '2:6: an XML declaration must be at the start of the document'],
    ['<Response><Say>a & b</Say></Response>', 'unclosed tag: Say'],
    ['<Response><Say>', '1:15: unclosed tag: Say'],
    ['<Response/><Response/>', 'documents may contain only one root'],
    ['<Response a="1" a="2"/>', 'duplicate attribute: a'],
    ['<Response>&nbsp;</Response>', 'undefined entity'],
    ['<Response>\u0001</Response>', 'disallowed character'],
    ['<!DOCTYPE Response><Response/>', 'it has a document type'],
    ['<response/>', 'its root is <response>, not <Response>'],
    ['<a>'.repeat(9), 'it is nested too deeply'],
  ])('refuses %s', (xml, problem) => {
    expect(() => readTwiml(xml)).toThrow(
      expect.objectContaining({ code: 'bad-twiml', detail: { twilioCode: 12100 } }),
    );
    expect(() => readTwiml(xml)).toThrow(problem);
  });
});
