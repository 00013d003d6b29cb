// Lays a graph out in a thread of its own: a large one takes seconds, and nobody should wait for it.
import { parentPort, workerData } from 'node:worker_threads';
import ELK, { type ElkNode } from 'elkjs/lib/elk.bundled.js';
import { type GraphView, NODE_SIZE, type Point } from '../../protocol/graph-view.ts';

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly Point[];
  readonly lines: readonly (readonly Point[])[];
}

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
};

async function layout({ nodes, edges }: GraphView): Promise<Layout> {
  const input: ElkNode = {
    id: 'root',
    layoutOptions: OPTIONS,
    children: nodes.map(({ id }) => ({ id, ...NODE_SIZE })),
    edges: edges.map(({ from, to }, index) => ({ id: String(index), sources: [from], targets: [to] })),
  };
  const { width = 0, height = 0, children = [], edges: routes = [] } = await new ELK().layout(input);
  return {
    width,
    height,
    places: children.map(({ x = 0, y = 0 }) => ({ x, y })),
    lines: routes.map(({ sections = [] }) =>
      sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]),
    ),
  };
}

parentPort?.postMessage(await layout(workerData as GraphView));
