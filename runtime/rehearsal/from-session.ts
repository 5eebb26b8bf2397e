/** A call that was held, written as a test: what the caller did, what the agent said, what the tools gave. */
import { Document, isNode, type Node, YAMLMap, YAMLSeq } from 'yaml';
import type { Test } from '../dialogue/document.ts';
import type { Program } from '../dialogue/program.ts';
import type { Event, Scope, Value } from '../dialogue/protocol.ts';
import { contextOf, type State } from '../dialogue/state.ts';
import type { JournalEntry, SessionDetail, ToolCallRow } from '../store/store.ts';
import { userOf } from './facts.ts';
import { isHidden, turnsOf, type WrittenTurn } from './recorded-turns.ts';

/** Some keys of a test's map, as they are written. */
type Keys<K extends keyof Test> = { readonly [key in K]?: unknown };

/** Reasons that a test can bring about. */
const REPEATABLE = new Set(['caller-hung-up', 'agent-hung-up', 'transferred', 'machine']);
/** A call of a tool that was not over when the call was. */
const NEVER = '10m';

/**
 * Writes the document of a test from a session and its journal. What is masked in the store stays masked, with a
 * comment where the test needs a value in its place.
 * @param program what the session's app is now.
 */
export function testFromSession(
  session: SessionDetail,
  program: Program,
  called: 'app' | 'dialogue',
): string {
  const { turns, notes } = turnsOf(session, program);
  const test: Keys<keyof Test> = {
    name: `goes as the call ${session.id} went`,
    ...timeOf(session),
    ...directionOf(session, program),
    ...givenIf('user', knownOf(session, program)),
    ...givenIf('tools', mocksOf(session.toolCalls)),
    ...givenIf('transfers', transfersOf(session)),
  };
  const ends = [...expectedOf(session), ...endOf(session)];
  const document = new Document({
    [called]: called === 'app' ? session.app : session.dialogue,
    tests: [{ ...test, turns: [] }],
  });
  const written = document.getIn(['tests', 0]);
  if (written instanceof YAMLMap) {
    compact(written);
    const list = new YAMLSeq();
    for (const turn of [...turns, ...ends]) list.add(nodeOf(document, turn));
    written.set('turns', list);
  }
  document.commentBefore = commentOf([
    'yaml-language-server: $schema=../schemas/test.schema.json',
    `Written from the session ${session.id} by \`offhook test --from-session\`.`,
    ...notes,
  ]);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

const commentOf = (lines: readonly string[]): string => lines.map((line) => ` ${line}`).join('\n');

function nodeOf(document: Document, { turn, comment }: WrittenTurn): Node {
  const node = document.createNode(turn);
  compact(node);
  if (comment !== null) node.commentBefore = ` ${comment}`;
  return node;
}

/** What stands under a key is written on its line. */
function compact(node: unknown): void {
  if (!(node instanceof YAMLMap)) return;
  for (const { value } of node.items) {
    if (isNode(value) && (value instanceof YAMLMap || value instanceof YAMLSeq)) value.flow = true;
  }
}

function timeOf({ startedAt, createdAt, journal }: SessionDetail): Keys<'now' | 'zone'> {
  const zone = stateOf(journal[0])?.facts.zone;
  return { now: new Date(startedAt ?? createdAt).toISOString(), ...(zone && { zone }) };
}

function directionOf(session: SessionDetail, { app }: Program): Keys<'inbound' | 'outbound'> {
  const { isInitiated, from, to, journal } = session;
  const state = stateOf(journal[0]);
  const { locale, attributes } = givenTo(session);
  const other = locale === app.locale ? {} : { locale };
  if (!isInitiated) return { inbound: { ...numberAs('from', from), ...other } };
  const welcomeMessage = state?.facts.welcomeMessage ?? null;
  return {
    outbound: {
      ...numberAs('to', to),
      ...givenIf('attributes', attributes),
      ...(welcomeMessage !== null && { welcomeMessage }),
      ...other,
    },
  };
}

/** How the call began, before its dialogue changed anything. */
function givenTo({ locale, journal }: SessionDetail): { locale: string; attributes: Scope } {
  const state = stateOf(journal[0]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  const event = journal[0]?.event as Event | undefined;
  const given = event?.kind === 'call-started' ? event.given : undefined;
  return given ?? { locale: state?.facts.session.locale ?? locale, attributes: state?.attributes ?? {} };
}

/** A withheld number, or a caller without one, has none that a test could give. */
function numberAs(key: string, number: string | null): { [key: string]: string } {
  return number !== null && /^\+[1-9][0-9]{6,14}$/.test(number) ? { [key]: number } : {};
}

/** What a test would not take for granted. */
function knownOf({ journal, isInitiated }: SessionDetail, { app }: Program): { [name: string]: Value } {
  const user = stateOf(journal[0])?.facts.user ?? {};
  const usual: { [name: string]: Value } = userOf(app, isInitiated, user['paired'] ?? undefined);
  const { paired } = userOf(app, isInitiated);
  return Object.fromEntries(
    Object.entries(user).filter(
      ([name, value]) => value !== (name === 'paired' ? paired : (usual[name] ?? null)),
    ),
  );
}

function mocksOf(calls: readonly ToolCallRow[]): { [tool: string]: Value } {
  const names = [...new Set(calls.map(({ name }) => name))];
  return Object.fromEntries(
    names.map((name) => {
      const results = calls.filter((call) => call.name === name).map(resultOf);
      const [first = null] = results;
      const same = results.every((result) => JSON.stringify(result) === JSON.stringify(first));
      return [name, same ? first : results];
    }),
  );
}

function resultOf({ output, error, durationMs }: ToolCallRow): Value {
  const isUntold = durationMs === null || error?.code === 'tool-canceled' || error?.code === 'tool-lost';
  if (isUntold) return { result: null, after: NEVER };
  if (error) return { error: error.code };
  const mistakable =
    output === 'live' ||
    Array.isArray(output) ||
    (typeof output === 'object' && output !== null && ('error' in output || 'result' in output));
  return mistakable ? { result: output } : output;
}

function transfersOf({ journal }: SessionDetail): NonNullable<Test['transfers']> {
  const transfers: NonNullable<Test['transfers']> = {};
  let to: string | null = null;
  for (const entry of journal) {
    const { kind, reason } = entry.event as {
      kind: string;
      reason?: 'busy' | 'no-answer' | 'declined' | 'failed';
    };
    if (kind === 'transfer-failed' && to !== null && reason) transfers[to] = reason;
    to = stateOf(entry)?.transfer?.to ?? to;
  }
  return transfers;
}

/** What the dialogue knew at the end, and the tools that it called. */
function expectedOf({ journal, toolCalls }: SessionDetail): WrittenTurn[] {
  const state = stateOf(journal.at(-1));
  const slots = Object.entries((state && contextOf(state)?.slots) ?? {});
  const known = slots.filter(([, value]) => value !== null && !isHidden(value));
  const expect = {
    ...givenIf('slots', Object.fromEntries(known)),
    ...(toolCalls.length > 0 && { tools: toolCalls.map(({ name }) => name) }),
  };
  return Object.keys(expect).length === 0 ? [] : [{ turn: { expect }, comment: null }];
}

function endOf({ endReason }: SessionDetail): WrittenTurn[] {
  return endReason !== null && REPEATABLE.has(endReason)
    ? [{ turn: { ended: endReason }, comment: null }]
    : [];
}

/** A map is written where there is something in it. */
function givenIf(key: string, map: object): { [key: string]: object } {
  return Object.keys(map).length === 0 ? {} : { [key]: map };
}

function stateOf(entry: JournalEntry | undefined): State | null {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the journal is our own
  return entry ? (entry.state as unknown as State) : null;
}
