/** Reads TwiML as strictly as Twilio does: https://www.twilio.com/docs/voice/twiml. */
import { SaxesParser } from 'saxes';
import { OffhookError, messageOf } from '../../errors.ts';

export interface Verb {
  name: string;
  attributes: { readonly [name: string]: string };
  /** Without the white space around it. */
  text: string;
  children: Verb[];
}

/** The `<Parameter>`s of a noun. */
export function parametersOf({ children }: Verb): Record<string, string> {
  const parameters = children.filter(({ name }) => name === 'Parameter');
  return Object.fromEntries(parameters.map(({ attributes: { name = '', value = '' } }) => [name, value]));
}

const DEPTH = 8;

/**
 * Gives the verbs of a `<Response>`.
 * @throws OffhookError `bad-twiml` with Twilio's own number for it (12100) in `detail.twilioCode`.
 */
export function readTwiml(text: string): Verb[] {
  const root: Verb = { name: '', attributes: {}, text: '', children: [] };
  const open = [root];
  const parser = new SaxesParser();
  const fail = (problem: string): never => {
    throw new OffhookError('bad-twiml', `The TwiML is not well-formed: ${problem}.`, {
      detail: { twilioCode: 12100 },
    });
  };
  parser.on('error', (error) => fail(error.message));
  parser.on('doctype', () => fail('it has a document type'));
  parser.on('opentag', (tag) => {
    if (open.length > DEPTH) fail('it is nested too deeply');
    const verb: Verb = { name: tag.name, attributes: tag.attributes, text: '', children: [] };
    open.at(-1)!.children.push(verb);
    open.push(verb);
  });
  const addText = (more: string): void => {
    open.at(-1)!.text += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const verb = open.pop()!;
    verb.text = verb.text.trim();
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof OffhookError) throw error;
    fail(messageOf(error));
  }
  const response = root.children[0]!;
  if (response.name !== 'Response') fail(`its root is <${response.name}>, not <Response>`);
  return response.children;
}
