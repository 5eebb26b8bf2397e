import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { graph, programOf as loaded } from '../../runtime/cli/graph.ts';
import { chartsOf, type Chart } from '../../runtime/cli/graph-model.ts';
import { widthOf, wrapped } from '../../runtime/cli/graph-text.ts';
import { compile, type Compilable } from '../../runtime/dialogue/compile.ts';
import { appFacts } from '../../runtime/dialogue/app-facts.ts';
import type { Program } from '../../runtime/dialogue/program.ts';

/** The first dialogue and those that it runs. */
function programOf(sources: Record<string, string>): Program {
  const library = new Map<string, Compilable>();
  for (const [id, text] of Object.entries(sources)) {
    library.set(id, { file: `${id}.dialogue.yaml`, document: parse(text) as Compilable['document'] });
  }
  const [first = ''] = Object.keys(sources);
  return compile(library, appFacts(first, {}, {}), first, 'v1');
}

function chartOf(text: string): Chart {
  const [chart] = chartsOf(programOf({ main: text }));
  if (!chart) throw new Error('There is no chart.');
  return chart;
}

const edgesOf = (chart: Chart): string[] =>
  chart.edges.map(({ from, to, label }) => `${from} -> ${to}${label === '' ? '' : `: ${label}`}`);

/** Prints to a text what the command would print. */
async function printed(program: Program, format: 'mermaid' | 'svg'): Promise<string> {
  let text = '';
  await graph(program, { format, file: null }, { write: (more) => (text += more) });
  return text;
}

const MENU = `
intro: {say: "City Library."}
inbound: menu
states:
  menu:
    - ask: "For hours press 1, for a person press 2."
      answers:
        - {when: asks for opening hours, keys: "1", goto: hours}
        - {when: wants "somebody" & <more>, keys: "2", transfer: desk, failed: {goto: bye}}
        - {when: did not hear it, repeat: true}
        - {when: wants nothing}
      silence: ["Please press a key.", {goto: bye}]
    - goto: bye
  hours: [{say: "From nine to seven."}, {goto: menu}]
  bye: {hangup: "Goodbye."}
  attic: {goto: bye}
anytime:
  - {when: asks for the menu, keys: "0", goto: menu}
  - {when: asks to repeat, keys: "*", repeat: true}
unclear: ["Pardon?", {goto: bye}]
voicemail: {hangup: "Please call us back."}
`;

describe('what leads where', () => {
  it('is every answer with its keys, every trouble, every goto and every end', () => {
    expect(edgesOf(chartOf(MENU))).toEqual([
      'start -> state menu',
      'voicemail -> end',
      'state menu -> state bye: silence',
      'state menu -> state hours: asks for opening hours [1]',
      'state menu -> transfer states/menu/0/answers/1/0: wants "somebody" & <more> [2]',
      'transfer states/menu/0/answers/1/0 -> state bye: failed',
      'state menu -> state menu: did not hear it',
      'state menu -> state bye: wants nothing',
      'state hours -> state menu',
      'state bye -> end',
      'state attic -> state bye',
      'anytime -> state menu: asks for the menu [0]',
      'anytime -> state bye: unclear',
    ]);
  });

  it('tells what is done in each box, and at any time, in short', () => {
    const { nodes } = chartOf(MENU);
    expect(nodes.map(({ kind, title, lines }) => [kind, title, ...lines])).toEqual([
      ['start', 'call in or out', 'say: City Library.'],
      ['start', 'voicemail', 'say: Please call us back.'],
      ['end', 'hang up'],
      ['state', 'menu', 'ask: For hours press 1, for a person press…'],
      ['transfer', 'desk'],
      ['state', 'hours', 'say: From nine to seven.'],
      ['state', 'bye', 'say: Goodbye.'],
      ['state', 'attic'],
      ['anytime', 'at any time', 'asks to repeat [*]'],
    ]);
  });

  it('knows what no call comes to', () => {
    const { nodes } = chartOf(MENU);
    expect(nodes.filter(({ reached }) => !reached).map(({ title }) => title)).toEqual(['attic']);
  });

  it('follows conditions, confirmations, tools and talks', () => {
    const chart = chartOf(`
slots: {party: {type: integer, ask: ["How many?", {goto: bye}]}}
tools: {find: {about: x, http: {url: "https://example.com"}}}
inbound: booking
outbound: remind
states:
  booking:
    - collect: [party]
    - do: find
      save: offer
      failed: {goto: bye}
    - branch:
        - {if: offer.free, goto: agree}
        - {if: "party > 8", say: "That is a lot."}
        - else: [{clear: [party]}, {goto: booking}]
    - goto: chat
  agree:
    - confirm: "{{ party }}?"
      rejected: [{clear: party}, {goto: booking}]
  chat:
    - talk: Answer questions.
      until: [{when: wants to book, goto: booking}]
      turns: 5
    - goto: bye
  remind:
    steps: {goto: bye}
    requires: user.paired
    else: {hangup: true}
    failed: {goto: chat}
  bye: {hangup: true}
`);
    expect(edgesOf(chart)).toEqual([
      'inbound -> state booking',
      'outbound -> state remind',
      'state booking -> state bye: no party',
      'state booking -> state bye: find fails',
      'state booking -> state agree: if offer.free',
      'state booking -> state booking: else',
      'state booking -> state chat: if party > 8',
      'state agree -> state booking: no',
      'state agree -> end: yes',
      'state chat -> state booking: wants to book',
      'state chat -> state bye: after 5 turns',
      'state remind -> end: not allowed',
      'state remind -> state bye',
      'state remind -> state chat: failed',
      'state bye -> end',
    ]);
    const lines = chart.nodes.find(({ title }) => title === 'booking')?.lines;
    expect(lines).toEqual(['collect party', 'do find']);
    expect(chart.nodes.find(({ title }) => title === 'remind')?.lines).toEqual(['requires user.paired']);
  });

  it('has one chart for each dialogue, and goes on behind a `run`', () => {
    const program = programOf({
      main: 'inbound: [{run: survey, save: mark}, {branch: [{if: mark, hangup: "Thanks."}]}]',
      survey: 'inbound: {ask: "How was it?", answers: [{when: good, return: 5}, {when: bad}]}',
    });
    expect(chartsOf(program).map((chart) => [chart.dialogue, edgesOf(chart)])).toEqual([
      ['main', ['start -> run inbound/0', 'run inbound/0 -> end: if mark', 'run inbound/0 -> end']],
      ['survey', ['start -> return: good', 'start -> return: bad']],
    ]);
  });

  it('shows an open conversation as one', () => {
    const chart = chartOf('persona: You are Ana.');
    expect(chart.nodes.map(({ kind }) => kind)).toEqual(['start', 'end']);
  });
});

describe('as Mermaid', () => {
  it('is a flowchart in which no text can be taken for syntax', async () => {
    const text = await printed(programOf({ main: MENU }), 'mermaid');
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toBe('flowchart TD');
    const label = '"(?:[\\p{L}\\p{N} ,.?!:\'’…/=+;-]|#|<br/>)*"';
    const node = new RegExp(
      `^ +d0n\\d+(\\(\\[|\\{\\{|\\[\\[|\\[/|\\(\\(|\\[)${label}(\\]\\)|\\}\\}|\\]\\]|/\\]|\\)\\)|\\])$`,
      'u',
    );
    const edge = new RegExp(`^ +d0n\\d+ -->(\\|${label}\\|)? d0n\\d+$`, 'u');
    const rest = lines.slice(1).filter((line) => !node.test(line) && !edge.test(line));
    expect(rest).toEqual(['  classDef unreached stroke-dasharray:4 4', '  class d0n7 unreached']);
    expect(text).toContain('|"wants #34;somebody#34; #38; #60;more#62; #91;2#93;"|');
    expect(lines.filter((line) => edge.test(line))).toHaveLength(chartOf(MENU).edges.length);
    expect(lines.filter((line) => node.test(line))).toHaveLength(chartOf(MENU).nodes.length);
  });

  it('frames each dialogue where there are several, and leads from a `run` to its frame', async () => {
    const text = await printed(
      programOf({ main: 'inbound: [{run: more}, {hangup: true}]', more: 'inbound: {say: Hi}' }),
      'mermaid',
    );
    expect(text).toBe(`flowchart TD
  subgraph d0["main"]
    d0n0(["call in or out"])
    d0n1[["run more"]]
    d0n2(("hang up"))
    d0n0 --> d0n1
    d0n1 --> d0n2
  end
  subgraph d1["more"]
    d1n0(["more<br/>say: Hi"])
    d1n1(("return"))
    d1n0 --> d1n1
  end
  d0n1 -.-> d1
`);
  });
});

interface Element {
  name: string;
  attributes: Record<string, string>;
}

/** Every element, as an XML parser reads it; it throws at whatever is no XML. */
function elementsOf(svg: string): Element[] {
  const elements: Element[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes }));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(svg).close();
  return elements;
}

describe('as SVG', () => {
  it('holds every box and every arrow, and dashes what no call comes to', async () => {
    const elements = elementsOf(await printed(programOf({ main: MENU }), 'svg'));
    const chart = chartOf(MENU);
    const boxes = elements.filter(({ attributes }) => 'data-node' in attributes);
    expect(boxes.map(({ attributes }) => attributes['data-node'])).toEqual(chart.nodes.map(({ id }) => id));
    const dashed = elements.filter(({ attributes }) => attributes['class']?.includes('unreached'));
    expect(dashed.map(({ attributes }) => attributes['data-node'] ?? attributes['data-from'])).toEqual([
      'state attic',
      'state attic',
    ]);
    const arrows = elements.filter(({ attributes }) => 'data-from' in attributes);
    expect(
      arrows.map(({ attributes }) => [
        attributes['data-from'],
        attributes['data-to'],
        attributes['data-label'],
      ]),
    ).toEqual(chart.edges.map(({ from, to, label }) => [from, to, label]));
  });

  it('keeps boxes within the image and apart from each other, and every line has a way', async () => {
    const elements = elementsOf(await printed(programOf({ main: MENU }), 'svg'));
    const [root] = elements;
    const [width, height] = [Number(root?.attributes['width']), Number(root?.attributes['height'])];
    const boxes = elements
      .filter(({ attributes }) => attributes['class'] === 'box')
      .map(({ attributes }) => ['x', 'y', 'width', 'height'].map((name) => Number(attributes[name])));
    for (const [x = NaN, y = NaN, w = NaN, h = NaN] of boxes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + w).toBeLessThanOrEqual(width);
      expect(y + h).toBeLessThanOrEqual(height);
    }
    for (const [index, [x = NaN, y = NaN, w = NaN, h = NaN]] of boxes.entries()) {
      for (const [x2 = NaN, y2 = NaN, w2 = NaN, h2 = NaN] of boxes.slice(index + 1))
        expect(x + w <= x2 || x2 + w2 <= x || y + h <= y2 || y2 + h2 <= y).toBe(true);
    }
    for (const { attributes } of elements.filter((one) => one.attributes['class'] === 'line'))
      expect(attributes['d']).toMatch(/^M[\d.]+ [\d.]+( [LQ][-\d. ]+)+$/);
  });

  it('shows characters that XML cannot hold as nothing', async () => {
    const svg = await printed(programOf({ main: 'inbound: {say: "a\\u0001\\uFFFEb"}' }), 'svg');
    elementsOf(svg);
    expect(svg).toContain('say: ab');
  });
});

it('writes a file where one is named, and says why where it cannot', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'offhook-graph-'));
  const program = programOf({ main: MENU });
  const out = { write: () => expect.unreachable('nothing is printed') };
  const file = path.join(folder, 'menu.mmd');
  await graph(program, { format: 'mermaid', file }, out);
  expect(await readFile(file, 'utf8')).toBe(await printed(program, 'mermaid'));
  const nowhere = path.join(folder, 'no', 'menu.mmd');
  await expect(graph(program, { format: 'mermaid', file: nowhere }, out)).rejects.toMatchObject({
    code: 'not-written',
    message: expect.stringMatching(/menu\.mmd cannot be written: ENOENT/) as string,
  });
  await rm(folder, { recursive: true });
});

it('takes an app or a dialogue of a folder, whatever else is wrong there', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'offhook-graph-'));
  await writeFile(path.join(folder, 'menu.dialogue.yaml'), MENU);
  await writeFile(
    path.join(folder, 'desk.app.yaml'),
    'dialogue: menu\nengine: realtime\ntransfers: {desk: "+14155550199"}',
  );
  expect((await loaded(folder, {}, 'desk')).dialogue).toBe('menu');
  await expect(loaded(folder, {}, 'nobody')).rejects.toMatchObject({
    code: 'unknown-key',
    message: 'There is no app or dialogue "nobody"; there are desk, menu.',
  });
  await writeFile(path.join(folder, 'broken.dialogue.yaml'), 'inbound: {sya: Hi}');
  expect((await loaded(folder, {}, 'menu')).dialogue).toBe('menu');
  await expect(loaded(folder, {}, 'broken')).rejects.toMatchObject({
    code: 'bad-dialogues',
    message:
      'There is no app or dialogue "broken" without an error; there are desk, menu. `offhook check` tells the errors.',
  });
  await rm(folder, { recursive: true });
});

it('measures and breaks texts', () => {
  expect(widthOf('', 10)).toBe(0);
  expect(widthOf('WWW', 10)).toBeGreaterThan(widthOf('iii', 10));
  expect(widthOf('日本', 10)).toBe(22);
  expect(wrapped('', 10, 3)).toEqual([]);
  expect(wrapped('one two three', 7, 3)).toEqual(['one two', 'three']);
  expect(wrapped('one two three four', 5, 2)).toEqual(['one', 'two …']);
});
