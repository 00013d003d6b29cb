// A graph as the extension sends it: a chain of blocks with a float island, laid out in a column.
import { type GraphNode, type LaidOutGraph, NODE_SIZE } from '../../../protocol/graph-view.ts';

export function fixtureGraph(count: number): LaidOutGraph {
  const nodes = Array.from({ length: count }, (_, index) => node(index, count));
  const places = nodes.map((_, index) => ({ x: (index % 3) * 220, y: index * 80 }));
  const edges = nodes.slice(1).map(({ id }, index) => ({ from: nodes[index].id, to: id, tensor: index }));
  return {
    title: 'fixture',
    summary: 'tflite-int8: 78.6 k parameters · 12.5 M multiply-adds',
    nodes,
    edges,
    places,
    lines: edges.map((_, index) => [
      { x: places[index].x + NODE_SIZE.width / 2, y: places[index].y + NODE_SIZE.height },
      { x: places[index + 1].x + NODE_SIZE.width / 2, y: places[index + 1].y },
    ]),
    tensors: nodes.map((_, index) => ({
      index,
      name: `tensor_${index}`,
      type: 'int8',
      shape: '1×32×32×16',
      quantization: '0.0235, zero point -128',
      bytes: 16384,
      isConstant: false,
    })),
    width: 3 * 220,
    height: count * 80,
    problems: [],
  };
}

function node(index: number, count: number): GraphNode {
  const isEnd = index === 0 || index === count - 1;
  const isFloat = index === 9;
  const metrics = {
    sqnr: 30 - index / 2,
    rmseOverScale: index === 6 ? 2 : 0.3 + index / 60,
    cosine: 1,
    bias: 0,
    maxError: 0.1,
  };
  return {
    id: `op_${index}`,
    op: index === 0 ? 'Input' : index === count - 1 ? 'Output' : isFloat ? 'LEAKY_RELU' : 'CONV_2D',
    layers: isEnd ? [] : [`layer_${index}`],
    shape: '32×32×16',
    run: isEnd ? 'end' : isFloat ? 'float' : index === 8 || index === 10 ? 'boundary' : 'integer',
    ...(isFloat && { reason: 'the target has no integer kernel for it' }),
    ...(index > 12 && index < 16 && { group: 1 }),
    options: [['stride', '2, 2']],
    inputs: index === 0 ? [] : [index - 1],
    outputs: [index],
    ...(!isEnd && !isFloat && { error: { local: metrics, accumulated: metrics } }),
  };
}
