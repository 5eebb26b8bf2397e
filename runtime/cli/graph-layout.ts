/** Where the boxes and arrows of a chart go. */
import type { Chart, ChartEdge, ChartNode } from './graph-model.ts';
import { short } from './graph-lines.ts';
import { widthOf, wrapped } from './graph-text.ts';

export const TITLE_SIZE = 14;
export const LINE_SIZE = 12;
export const LINE_HEIGHT = 17;
const PADDING = 12;
const LABEL_CHARACTERS = 26;
const LABEL_LINES = 4;
const TITLE_CHARACTERS = 60;

/** A box; `x` and `y` are its middle, all in pixels. */
export interface PlacedNode {
  node: ChartNode;
  title: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An arrow along its points, and the middle of its label. */
export interface PlacedEdge {
  edge: ChartEdge;
  label: readonly string[];
  points: readonly { x: number; y: number }[];
  x: number;
  y: number;
  width: number;
}

export interface PlacedChart {
  width: number;
  height: number;
  nodes: readonly PlacedNode[];
  edges: readonly PlacedEdge[];
}

/** Lays a chart out from top to bottom. */
export async function layOut(chart: Chart): Promise<PlacedChart> {
  // Only this command needs it.
  const { Graph, layout } = await import('@dagrejs/dagre');
  const graph = new Graph<Size, Box, Arrow>({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 40, ranksep: 36, edgesep: 20, marginx: 16, marginy: 16 });
  const titles = new Map(chart.nodes.map((node) => [node.id, titleOf(node)]));
  for (const { id, lines } of chart.nodes) {
    const title = widthOf(titles.get(id) ?? '', TITLE_SIZE) * 1.08;
    const width = Math.max(title, ...lines.map((line) => widthOf(line, LINE_SIZE)));
    graph.setNode(id, {
      width: Math.ceil(width) + 2 * PADDING,
      height: LINE_HEIGHT * (1 + lines.length) + PADDING,
    });
  }
  const labels = chart.edges.map(({ label }) => wrapped(label, LABEL_CHARACTERS, LABEL_LINES));
  for (const [index, { from, to }] of chart.edges.entries()) {
    const lines = labels[index] ?? [];
    const width = lines.length === 0 ? 0 : Math.max(...lines.map((line) => widthOf(line, LINE_SIZE))) + 8;
    graph.setEdge(from, to, { width, height: lines.length * LINE_HEIGHT, labelpos: 'c' }, `e${index}`);
  }
  layout(graph);

  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: chart.nodes.map((node) => {
      const { x = 0, y = 0, ...size } = graph.node(node.id);
      return { node, title: titles.get(node.id) ?? '', x, y, width: size.width, height: size.height };
    }),
    edges: chart.edges.map((edge, index) => {
      const { points = [], x = 0, y = 0, width: wide } = graph.edge(edge.from, edge.to, `e${index}`);
      // The library leaves a place for an arrow from a box to itself, but draws none.
      const line = edge.from === edge.to ? loop(graph.node(edge.from), x + wide / 2) : points;
      return { edge, label: labels[index] ?? [], points: line, x, y, width: wide };
    }),
  };
}

/** Out of the right side of a box, around, and back. */
function loop({ x = 0, y = 0, width }: Box, outermost: number): { x: number; y: number }[] {
  const side = x + width / 2;
  const far = Math.max(outermost, side + 24);
  return [
    { x: side, y: y - 6 },
    { x: far, y: y - 26 },
    { x: far, y },
    { x: far, y: y + 26 },
    { x: side, y: y + 6 },
  ];
}

interface Size {
  width?: number;
  height?: number;
  rankdir?: 'TB';
  nodesep?: number;
  ranksep?: number;
  edgesep?: number;
  marginx?: number;
  marginy?: number;
}

interface Box {
  width: number;
  height: number;
  x?: number;
  y?: number;
}

interface Arrow {
  width: number;
  height: number;
  labelpos: 'c';
  points?: { x: number; y: number }[];
  x?: number;
  y?: number;
}

function titleOf({ kind, title }: ChartNode): string {
  if (kind === 'run') return short(`run ${title}`, TITLE_CHARACTERS);
  return short(kind === 'transfer' ? `transfer to ${title}` : title, TITLE_CHARACTERS);
}
