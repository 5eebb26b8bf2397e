/** Results as JUnit writes them, which is what servers of continuous integration read. */
import type { TestResult } from './suite.ts';

/** One `<testsuite>` for each file, one `<testcase>` for each test. */
export function junitOf(results: readonly TestResult[]): string {
  const files = [...new Set(results.map(({ place }) => place.file))];
  const suites = files.map((file) =>
    suiteOf(
      file,
      results.filter(({ place }) => place.file === file),
    ),
  );
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="offhook" ${countsOf(results)}>`,
    ...suites.flat(),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function suiteOf(file: string, results: readonly TestResult[]): string[] {
  return [
    `  <testsuite name="${attribute(file)}" ${countsOf(results)}>`,
    ...results.flatMap(caseOf),
    '  </testsuite>',
  ];
}

function caseOf({ name, suite, place, ms, failure }: TestResult): string[] {
  const about = `name="${attribute(name)}" classname="${attribute(suite)}" file="${attribute(place.file)}" line="${place.line}"`;
  const open = `    <testcase ${about} time="${seconds(ms)}"`;
  if (!failure) return [`${open}/>`];
  const { message, transcript } = failure;
  const { file, line, column } = failure.place;
  const text = [`${file}:${line}:${column} ${message}`, ...transcript].join('\n');
  return [
    `${open}>`,
    `      <failure message="${attribute(message)}" type="failure">${escaped(text)}</failure>`,
    '    </testcase>',
  ];
}

function countsOf(results: readonly TestResult[]): string {
  const failures = results.filter(({ failure }) => failure).length;
  const ms = results.reduce((sum, one) => sum + one.ms, 0);
  return `tests="${results.length}" failures="${failures}" errors="0" skipped="0" time="${seconds(ms)}"`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML 1.0 has no place for, even escaped, becomes U+FFFD. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** A reader of XML makes spaces of the white space in an attribute, unless it is escaped. */
const attribute = (text: string): string =>
  escaped(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
