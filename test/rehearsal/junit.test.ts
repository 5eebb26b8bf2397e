import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { junitOf } from '../../runtime/rehearsal/junit.ts';
import type { TestResult } from '../../runtime/rehearsal/suite.ts';

const result = (more: Partial<TestResult>): TestResult => ({
  name: 'books a table',
  suite: 'bistro',
  place: { file: 'dialogues/bistro.test.yaml', line: 4, column: 5 },
  ms: 12,
  turns: 3,
  failure: null,
  ...more,
});

interface Read {
  elements: { name: string; attributes: { [name: string]: string } }[];
  text: string;
}

/** What a strict reader of XML makes of it. */
function read(xml: string): Read {
  const found: Read = { elements: [], text: '' };
  const parser = new SaxesParser();
  parser.on('error', (thrown) => {
    throw thrown;
  });
  parser.on('opentag', ({ name, attributes }) => found.elements.push({ name, attributes }));
  parser.on('text', (text) => (found.text += text));
  parser.write(xml).close();
  return found;
}

describe('results for continuous integration', () => {
  it('are a suite for each file and a case for each test', () => {
    const failure = {
      place: { file: 'b.test.yaml', line: 9, column: 3 },
      message: 'The agent should say "a" & <b>.',
      transcript: ['agent: Hello.', 'caller: (presses 1)'],
    };
    const other = { place: { file: 'b.test.yaml', line: 3, column: 1 }, suite: 'b', failure };
    expect(junitOf([result({}), result(other)])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="offhook" tests="2" failures="1" errors="0" skipped="0" time="0.024">
  <testsuite name="dialogues/bistro.test.yaml" tests="1" failures="0" errors="0" skipped="0" time="0.012">
    <testcase name="books a table" classname="bistro" file="dialogues/bistro.test.yaml" line="4" time="0.012"/>
  </testsuite>
  <testsuite name="b.test.yaml" tests="1" failures="1" errors="0" skipped="0" time="0.012">
    <testcase name="books a table" classname="b" file="b.test.yaml" line="3" time="0.012">
      <failure message="The agent should say &quot;a&quot; &amp; &lt;b&gt;." type="failure">b.test.yaml:9:3 The agent should say &quot;a&quot; &amp; &lt;b&gt;.
agent: Hello.
caller: (presses 1)</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('are well-formed whatever a test is called and whatever was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, said) => {
        const failure = { place: result({}).place, message: said, transcript: [said] };
        const { elements } = read(junitOf([result({ name, failure })]));
        const shown = (text: string): string =>
          [...text]
            .map((one) => (/[\p{Cs}\uFFFE\uFFFF]|[^\P{Cc}\t\n\r\x7F-\x9F]/u.test(one) ? '\uFFFD' : one))
            .join('');
        expect(elements[2]?.attributes['name']).toBe(shown(name));
        expect(elements[3]?.attributes['message']).toBe(shown(said));
      }),
    );
  });
});
