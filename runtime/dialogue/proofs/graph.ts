/** Ways through a graph of steps: what can be reached, and where it goes round. */
import type { Edge, FlowNode } from './flow.ts';

/** Everything that can be reached, the starts included. */
export function reachedFrom(starts: readonly FlowNode[]): Set<FlowNode> {
  const reached = new Set<FlowNode>();
  const queue = [...starts];
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    for (const { to } of node.edges) if (to) queue.push(to);
  }
  return reached;
}

/**
 * Loops among some of the nodes: each is a set of nodes that all lead to one another by edges that are taken
 * (strongly connected components by Kosaraju, those with at least one edge inside).
 */
export function loopsAmong(
  nodes: Iterable<FlowNode>,
  taken: (edge: Edge, from: FlowNode) => boolean,
): FlowNode[][] {
  const inside = new Set(nodes);
  const ways = new Map<FlowNode, FlowNode[]>();
  for (const node of inside) {
    const out: FlowNode[] = [];
    for (const edge of node.edges) if (edge.to && inside.has(edge.to) && taken(edge, node)) out.push(edge.to);
    ways.set(node, out);
  }
  const order = behindFirst(inside, (node) => ways.get(node)!);
  if (!goesRound(order, ways)) return [];
  const against = new Map<FlowNode, FlowNode[]>();
  for (const node of inside) against.set(node, []);
  for (const [node, out] of ways) for (const to of out) against.get(to)!.push(node);
  const loops: FlowNode[][] = [];
  const seen = new Set<FlowNode>();
  for (const root of order.toReversed()) {
    if (seen.has(root)) continue;
    const component: FlowNode[] = [];
    const queue = [root];
    for (let node = queue.pop(); node; node = queue.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      component.push(node);
      queue.push(...against.get(node)!);
    }
    if (component.length > 1 || ways.get(root)!.includes(root)) loops.push(component);
  }
  return loops;
}

/** In an order with each node behind those that it leads to, as far as that can be, some node is not. */
function goesRound(order: readonly FlowNode[], ways: ReadonlyMap<FlowNode, readonly FlowNode[]>): boolean {
  const before = new Set<FlowNode>();
  for (const node of order) {
    if (ways.get(node)!.some((to) => !before.has(to))) return true;
    before.add(node);
  }
  return false;
}

/** The nodes and all that they lead to, each behind those that it leads to, as far as there is no loop. */
export function behindFirst(
  nodes: Iterable<FlowNode>,
  waysOf: (node: FlowNode) => readonly FlowNode[],
): FlowNode[] {
  const order: FlowNode[] = [];
  const seen = new Set<FlowNode>();
  for (const root of nodes) {
    if (seen.has(root)) continue;
    seen.add(root);
    // No recursion: a list may have more steps than the stack has room for.
    const open = [{ node: root, ways: waysOf(root), at: 0 }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const to = top.ways[top.at++];
      if (!to) {
        order.push(top.node);
        open.pop();
      } else if (!seen.has(to)) {
        seen.add(to);
        open.push({ node: to, ways: waysOf(to), at: 0 });
      }
    }
  }
  return order;
}
