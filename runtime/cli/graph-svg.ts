import type { Chart } from './graph-model.ts';
import {
  LINE_HEIGHT,
  LINE_SIZE,
  layOut,
  TITLE_SIZE,
  type PlacedChart,
  type PlacedEdge,
  type PlacedNode,
} from './graph-layout.ts';

const HEADING = 34;

/** Plain rules for whoever knows no more, and other colours where the reader prefers it dark. */
const STYLE = `
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: ${LINE_SIZE}px; fill: #24292f; }
.title { font-size: ${TITLE_SIZE}px; font-weight: 600; }
.heading { font-size: 16px; font-weight: 600; fill: #57606a; }
.box { fill: #f6f8fa; stroke: #8c959f; stroke-width: 1.2; }
.start .box, .end .box, .return .box { fill: #dff1e4; stroke: #5d9b72; }
.anytime .box { fill: #fbf0d3; stroke: #b0903c; }
.run .box, .transfer .box { fill: #e2ecfb; stroke: #6488bd; }
.unreached .box { stroke-dasharray: 5 4; fill: none; }
.unreached text { fill: #6e7781; }
.line { fill: none; stroke: #8c959f; stroke-width: 1.3; }
.unreached.edge .line { stroke-dasharray: 5 4; }
.label { fill: #57606a; }
.behind { fill: #ffffff; fill-opacity: 0.85; }
#arrow path { fill: #8c959f; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .heading, .label { fill: #9aa5b1; }
  .box { fill: #1c2230; }
  .start .box, .end .box, .return .box { fill: #1d3326; }
  .anytime .box { fill: #3a301a; }
  .run .box, .transfer .box { fill: #1b2a44; }
  .unreached text { fill: #8b949e; }
  .behind { fill: #0d1117; }
}
`;

/** The charts as one SVG image, one below the other. What no call can reach is dashed. */
export async function svgOf(charts: readonly Chart[]): Promise<string> {
  const placed: { chart: Chart; at: PlacedChart }[] = [];
  for (const chart of charts) placed.push({ chart, at: await layOut(chart) });
  const headed = charts.length > 1;
  const width = Math.ceil(Math.max(0, ...placed.map(({ at }) => at.width)));
  let height = 0;
  const body: string[] = [];
  for (const { chart, at } of placed) {
    const dialogue = escaped(chart.dialogue);
    body.push(`<g id="${dialogue}" data-dialogue="${dialogue}" transform="translate(0 ${height})">`);
    if (headed) body.push(`<text class="heading" x="16" y="24">${dialogue}</text>`);
    body.push(`<g transform="translate(0 ${headed ? HEADING : 0})">`);
    const reached = new Set(chart.nodes.filter((node) => node.reached).map(({ id }) => id));
    body.push(...at.edges.map((edge) => drawnLine(edge, reached.has(edge.edge.from))));
    body.push(...at.nodes.map(drawnNode));
    // Labels come last, so that no line runs through them.
    body.push(...at.edges.filter(({ label }) => label.length > 0).map(drawnLabel));
    body.push('</g>', '</g>');
    height += Math.ceil(at.height) + (headed ? HEADING : 0);
  }
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(charts[0]?.dialogue ?? '')}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 1 L10 5 L0 9 z"/></marker></defs>',
    ...body,
    '</svg>',
  ].join('\n')}\n`;
}

function drawnNode({ node, title, x, y, width, height }: PlacedNode): string {
  const round = { start: 18, end: 18, return: 18, anytime: 12, state: 4, run: 0, transfer: 0 }[node.kind];
  const left = fixed(x - width / 2);
  const top = y - height / 2;
  const texts = [title, ...node.lines].map((line, index) => {
    const at = fixed(top + LINE_HEIGHT * (index + 1));
    return `<text${index === 0 ? ' class="title"' : ''} x="${fixed(x)}" y="${at}" text-anchor="middle">${escaped(line)}</text>`;
  });
  const box = `<rect class="box" x="${left}" y="${fixed(top)}" width="${width}" height="${height}" rx="${round}"/>`;
  const drawn = `<g class="${node.kind}${node.reached ? '' : ' unreached'}" data-node="${escaped(node.id)}">${box}${texts.join('')}</g>`;
  return node.kind === 'run' ? `<a href="#${escaped(node.title)}">${drawn}</a>` : drawn;
}

function drawnLine({ edge, points }: PlacedEdge, reached: boolean): string {
  const names = `data-from="${escaped(edge.from)}" data-to="${escaped(edge.to)}" data-label="${escaped(edge.label)}"`;
  const line = `<path class="line" d="${curve(points)}" marker-end="url(#arrow)"/>`;
  return `<g class="edge${reached ? '' : ' unreached'}" ${names}>${line}</g>`;
}

function drawnLabel({ label, x, y, width }: PlacedEdge): string {
  const height = label.length * LINE_HEIGHT;
  const top = y - height / 2;
  const texts = label.map(
    (line, index) =>
      `<text class="label" x="${fixed(x)}" y="${fixed(top + LINE_HEIGHT * index + LINE_SIZE)}" text-anchor="middle">${escaped(line)}</text>`,
  );
  const behind = `<rect class="behind" x="${fixed(x - width / 2)}" y="${fixed(top)}" width="${width}" height="${height}" rx="3"/>`;
  return `<g>${behind}${texts.join('')}</g>`;
}

/** A smooth line: every point between the first and the last bends it. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = [`M${fixed(first.x)} ${fixed(first.y)}`];
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    if (!next) parts.push(`L${fixed(point.x)} ${fixed(point.y)}`);
    else {
      const [x, y] = [(point.x + next.x) / 2, (point.y + next.y) / 2];
      parts.push(`Q${fixed(point.x)} ${fixed(point.y)} ${fixed(x)} ${fixed(y)}`);
    }
  }
  return parts.join(' ');
}

const fixed = (pixels: number): string => String(Math.round(pixels * 10) / 10);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** As text or attribute; characters that XML cannot hold are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
}
