import type { Chart, ChartNode } from './graph-model.ts';

/** The charts as the text of one Mermaid flowchart, a frame for each dialogue where there are several. */
export function mermaidOf(charts: readonly Chart[]): string {
  const lines = ['flowchart TD'];
  const links: string[] = [];
  const unreached: string[] = [];
  const framed = charts.length > 1;
  for (const [part, { dialogue, nodes, edges }] of charts.entries()) {
    const ids = new Map(nodes.map(({ id }, index) => [id, `d${part}n${index}`]));
    const indent = framed ? '    ' : '  ';
    if (framed) lines.push(`  subgraph d${part}["${escaped(dialogue)}"]`);
    for (const node of nodes) {
      const id = ids.get(node.id) ?? '';
      lines.push(`${indent}${id}${shapeOf(node)}`);
      if (!node.reached) unreached.push(id);
      const runs = node.kind === 'run' ? charts.findIndex((chart) => chart.dialogue === node.title) : -1;
      if (runs >= 0) links.push(`  ${id} -.-> d${runs}`);
    }
    for (const { from, to, label } of edges) {
      const text = label === '' ? '' : `|"${escaped(label)}"|`;
      lines.push(`${indent}${ids.get(from) ?? ''} -->${text} ${ids.get(to) ?? ''}`);
    }
    if (framed) lines.push('  end');
  }
  lines.push(...links);
  if (unreached.length > 0)
    lines.push('  classDef unreached stroke-dasharray:4 4', `  class ${unreached.join(',')} unreached`);
  return `${lines.join('\n')}\n`;
}

function shapeOf({ kind, title, lines }: ChartNode): string {
  const words = { run: `run ${title}`, transfer: `transfer to ${title}` };
  const head = kind === 'run' || kind === 'transfer' ? words[kind] : title;
  const text = `"${[head, ...lines].map(escaped).join('<br/>')}"`;
  switch (kind) {
    case 'start':
      return `([${text}])`;
    case 'anytime':
      return `{{${text}}}`;
    case 'run':
      return `[[${text}]]`;
    case 'transfer':
      return `[/${text}/]`;
    case 'return':
    case 'end':
      return `((${text}))`;
    case 'state':
      return `[${text}]`;
  }
}

/** Everything that Mermaid or the Markdown in its labels would read as its own is written as a character code. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{M}\p{N} ,.?!:'’…/=+-]/gu, (character) => `#${character.codePointAt(0)};`)
    .replace(/^(\d+)\./, '$1#46;')
    .replace(/^([-+]) /, (_, sign: string) => `#${sign.codePointAt(0)}; `);
}
