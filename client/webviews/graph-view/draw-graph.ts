// The part of a graph that is in view, on a canvas: nodes with their text, or from afar as blocks of their colour.
import { type LaidOutGraph, NODE_SIZE, type Point } from '../../../protocol/graph-view.ts';
import { type Colors, GRADES, type Grade, gradeOf } from './colors.ts';

export interface View {
  x: number;
  y: number;
  scale: number;
}

/** Below this zoom text cannot be read and is not drawn. */
const TEXT_ZOOM = 0.35;

export function drawGraph(
  context: CanvasRenderingContext2D,
  graph: LaidOutGraph,
  view: Readonly<View>,
  size: { width: number; height: number },
  selected: string | undefined,
  colors: Colors,
): void {
  const top = -view.y / view.scale;
  const bottom = top + size.height / view.scale;
  const left = -view.x / view.scale;
  const right = left + size.width / view.scale;
  context.strokeStyle = colors.line;
  context.fillStyle = colors.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const line of graph.lines) {
    const first = line[0];
    const last = line.at(-1);
    if (!first || !last || last.y < top || first.y > bottom) continue;
    context.moveTo(first.x, first.y);
    for (const point of line) context.lineTo(point.x, point.y);
    context.moveTo(last.x - 4, last.y - 6);
    context.lineTo(last.x, last.y);
    context.lineTo(last.x + 4, last.y - 6);
  }
  context.stroke();
  const inView = graph.nodes.flatMap((node, index) => {
    const { x, y } = graph.places[index];
    return y > bottom || y + NODE_SIZE.height < top || x > right || x + NODE_SIZE.width < left ? [] : [{ node, x, y }];
  });
  if (view.scale < TEXT_ZOOM) drawOverview(context, inView, selected, colors);
  else for (const { node, x, y } of inView) drawNode(context, node, x, y, node.id === selected, colors);
}

interface Placed extends Point {
  readonly node: LaidOutGraph['nodes'][number];
}

/** Many small nodes: all of a grade in one path. Float ones and their borders are hollow, poor ones stand out to the left. */
function drawOverview(
  context: CanvasRenderingContext2D,
  nodes: readonly Placed[],
  selected: string | undefined,
  colors: Colors,
): void {
  const { width, height } = NODE_SIZE;
  for (const grade of Object.keys(GRADES) as Grade[]) {
    context.beginPath();
    for (const { node, x, y } of nodes) {
      if (gradeOf(node) !== grade) continue;
      context.rect(x, y, width, height);
      if (grade === 'poor') context.rect(x - width / 4, y, width / 4, height);
    }
    const color = grade === 'none' ? colors.line : colors[grade];
    context.lineWidth = 12;
    context.fillStyle = color;
    context.strokeStyle = color;
    if (grade === 'float') context.stroke();
    else context.fill();
  }
  const chosen = nodes.find(({ node }) => node.id === selected);
  if (!chosen) return;
  context.strokeStyle = colors.focus;
  context.lineWidth = 20;
  context.strokeRect(chosen.x - 10, chosen.y - 10, width + 20, height + 20);
}

function drawNode(
  context: CanvasRenderingContext2D,
  node: LaidOutGraph['nodes'][number],
  x: number,
  y: number,
  isSelected: boolean,
  colors: Colors,
): void {
  const { width, height } = NODE_SIZE;
  const grade = gradeOf(node);
  const color = grade === 'none' ? colors.line : colors[grade];
  context.fillStyle = colors.box;
  context.fillRect(x, y, width, height);
  context.fillStyle = color;
  context.fillRect(x, y, grade === 'none' ? 2 : 6, height);
  // A dashed border: not in integers.
  context.setLineDash(node.run === 'float' || node.run === 'unsupported' ? [5, 3] : []);
  context.strokeStyle = isSelected ? colors.focus : color;
  context.lineWidth = isSelected ? 3 : 1;
  context.strokeRect(x, y, width, height);
  context.setLineDash([]);
  const mark = GRADES[grade].mark;
  context.fillStyle = colors.text;
  context.font = `600 12px ${colors.font}`;
  context.fillText(`${mark ? `${mark} ` : ''}${node.op}`, x + 14, y + 18, width - 60);
  context.font = `11px ${colors.font}`;
  context.fillStyle = colors.quiet;
  // An op that several layers were fused into says how many more.
  const fused = node.layers.length > 1 ? ` +${node.layers.length - 1}` : '';
  context.fillText(`${node.layers[0] ?? node.id}${fused}`, x + 14, y + 35, width - 90);
  context.textAlign = 'right';
  context.fillText(node.shape, x + width - 8, y + 35, 80);
  if (node.group !== undefined) context.fillText(`= ${node.group + 1}`, x + width - 8, y + 18, 40);
  context.textAlign = 'left';
}
