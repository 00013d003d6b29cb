// Draws the part of the graph that is in view on a canvas: pan by drag or wheel, zoom by Ctrl+wheel or buttons.
import { type LaidOutGraph, NODE_SIZE, type Point } from '../../../protocol/graph-view.ts';
import { type Colors, GRADES, gradeOf, readColors } from './colors.ts';

export interface Picture {
  show(graph: LaidOutGraph): void;
  select(id: string | undefined): void;
  /** Brings a node into view. */
  reveal(id: string): void;
  zoom(factor: number): void;
  fit(): void;
  /** Milliseconds of script of the last frame, for the benchmark. */
  readonly lastFrame: number;
}

interface View {
  x: number;
  y: number;
  scale: number;
}

const LEAST_ZOOM = 0.03;
const MOST_ZOOM = 3;
/** Below this zoom text cannot be read and is not drawn. */
const TEXT_ZOOM = 0.35;
const MARGIN = 24;

export function createPicture(canvas: HTMLCanvasElement, picked: (id: string) => void): Picture {
  const context = canvas.getContext('2d')!;
  const view: View = { x: 0, y: 0, scale: 1 };
  let graph: LaidOutGraph | undefined;
  let selected: string | undefined;
  let colors = readColors();
  let frame = 0;
  let lastFrame = 0;

  const draw = (): void => {
    frame = 0;
    const started = performance.now();
    const ratio = devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (graph) {
      context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
      drawGraph(context, graph, view, { width, height }, selected, colors);
    }
    lastFrame = performance.now() - started;
  };
  const redraw = (): void => {
    frame ||= requestAnimationFrame(draw);
  };
  const zoomAt = (factor: number, at: Point): void => {
    const scale = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, view.scale * factor));
    view.x = at.x - ((at.x - view.x) * scale) / view.scale;
    view.y = at.y - ((at.y - view.y) * scale) / view.scale;
    view.scale = scale;
    redraw();
  };
  const center = (): Point => ({ x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 });
  const placeOf = (id: string): Point | undefined => {
    const index = graph?.nodes.findIndex((node) => node.id === id) ?? -1;
    return graph?.places[index];
  };
  listen(canvas, view, { redraw, zoomAt, pick: (point) => pick(graph, point, picked) });
  new ResizeObserver(redraw).observe(canvas);
  new MutationObserver(() => {
    colors = readColors();
    redraw();
  }).observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });

  return {
    show(next) {
      const isFirst = graph === undefined;
      graph = next;
      if (isFirst) start(view, next, canvas);
      redraw();
    },
    select(id) {
      selected = id;
      redraw();
    },
    reveal(id) {
      const place = placeOf(id);
      if (!place) return;
      const middle = center();
      view.x = middle.x - (place.x + NODE_SIZE.width / 2) * view.scale;
      view.y = middle.y - (place.y + NODE_SIZE.height / 2) * view.scale;
      redraw();
    },
    zoom: (factor) => zoomAt(factor, center()),
    fit() {
      if (!graph) return;
      const room = (size: number, extent: number): number => (size - 2 * MARGIN) / Math.max(extent, 1);
      view.scale = Math.max(
        LEAST_ZOOM,
        Math.min(1, room(canvas.clientWidth, graph.width), room(canvas.clientHeight, graph.height)),
      );
      view.x = (canvas.clientWidth - graph.width * view.scale) / 2;
      view.y = Math.max(MARGIN, (canvas.clientHeight - graph.height * view.scale) / 2);
      redraw();
    },
    get lastFrame() {
      return lastFrame;
    },
  };
}

/** At first the top of the graph, as wide as the window allows. */
function start(view: View, graph: LaidOutGraph, canvas: HTMLCanvasElement): void {
  view.scale = Math.min(1, Math.max(0.4, (canvas.clientWidth - 2 * MARGIN) / Math.max(graph.width, 1)));
  const first = graph.places[0] ?? { x: 0, y: 0 };
  view.x = canvas.clientWidth / 2 - (first.x + NODE_SIZE.width / 2) * view.scale;
  view.y = MARGIN;
}

interface Moves {
  redraw(): void;
  zoomAt(factor: number, at: Point): void;
  pick(point: Point): void;
}

function listen(canvas: HTMLCanvasElement, view: View, { redraw, zoomAt, pick: picked }: Moves): void {
  let drag: { x: number; y: number; moved: boolean } | undefined;
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      zoomAt(Math.exp(-event.deltaY / 300), { x: event.offsetX, y: event.offsetY });
      return;
    }
    view.x -= event.shiftKey ? event.deltaY : event.deltaX;
    view.y -= event.shiftKey ? 0 : event.deltaY;
    redraw();
  });
  canvas.addEventListener('pointerdown', (event) => {
    drag = { x: event.clientX, y: event.clientY, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    view.x += dx;
    view.y += dy;
    drag = { x: event.clientX, y: event.clientY, moved: true };
    redraw();
  });
  canvas.addEventListener('pointerup', (event) => {
    if (drag && !drag.moved) {
      picked({ x: (event.offsetX - view.x) / view.scale, y: (event.offsetY - view.y) / view.scale });
    }
    drag = undefined;
  });
}

function pick(graph: LaidOutGraph | undefined, { x, y }: Point, picked: (id: string) => void): void {
  const index =
    graph?.places.findIndex(
      (place) => x >= place.x && x <= place.x + NODE_SIZE.width && y >= place.y && y <= place.y + NODE_SIZE.height,
    ) ?? -1;
  if (graph && index >= 0) picked(graph.nodes[index].id);
}

function drawGraph(
  context: CanvasRenderingContext2D,
  graph: LaidOutGraph,
  view: View,
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
  for (const [index, node] of graph.nodes.entries()) {
    const { x, y } = graph.places[index];
    if (y > bottom || y + NODE_SIZE.height < top || x > right || x + NODE_SIZE.width < left) continue;
    drawNode(context, node, x, y, node.id === selected, view.scale >= TEXT_ZOOM, colors);
  }
}

function drawNode(
  context: CanvasRenderingContext2D,
  node: LaidOutGraph['nodes'][number],
  x: number,
  y: number,
  isSelected: boolean,
  hasText: boolean,
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
  if (!hasText) return;
  const mark = GRADES[grade].mark;
  context.fillStyle = colors.text;
  context.font = `600 12px ${colors.font}`;
  context.fillText(`${mark ? `${mark} ` : ''}${node.op}`, x + 14, y + 18, width - 60);
  context.font = `11px ${colors.font}`;
  context.fillStyle = colors.quiet;
  context.fillText(node.layers[0] ?? node.id, x + 14, y + 35, width - 90);
  context.textAlign = 'right';
  context.fillText(node.shape, x + width - 8, y + 35, 80);
  if (node.group !== undefined) context.fillText(`= ${node.group + 1}`, x + width - 8, y + 18, 40);
  context.textAlign = 'left';
}
