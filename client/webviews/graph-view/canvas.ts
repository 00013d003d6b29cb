// Draws the part of the graph that is in view on a canvas: pan by drag or wheel, zoom by Ctrl+wheel or buttons.
import { type LaidOutGraph, NODE_SIZE, type Point } from '../../../protocol/graph-view.ts';
import { readColors } from './colors.ts';
import { drawGraph, type View } from './draw-graph.ts';

export interface Picture {
  show(graph: LaidOutGraph): void;
  select(id: string | undefined): void;
  /** Brings a node into view. */
  reveal(id: string): void;
  zoom(factor: number): void;
  fit(): void;
}

const LEAST_ZOOM = 0.03;
const MOST_ZOOM = 3;
const MARGIN = 24;

export function createPicture(canvas: HTMLCanvasElement, picked: (id: string) => void): Picture {
  const context = canvas.getContext('2d')!;
  const view: View = { x: 0, y: 0, scale: 1 };
  let graph: LaidOutGraph | undefined;
  let selected: string | undefined;
  let colors = readColors();
  let frame = 0;

  const draw = (): void => {
    frame = 0;
    const ratio = devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = canvas;
    clear(canvas, context);
    if (graph) {
      context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
      drawGraph(context, graph, view, { width, height }, selected, colors);
    }
  };
  const redraw = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
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
      showWhole(view, graph, canvas);
      redraw();
    },
  };
}

/** Empty, and as large as the page gives it room, in the screen's own pixels. */
function clear(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.round(size * devicePixelRatio));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
}

function showWhole(view: View, { width, height }: LaidOutGraph, canvas: HTMLCanvasElement): void {
  const room = (size: number, extent: number): number => (size - 2 * MARGIN) / Math.max(extent, 1);
  view.scale = Math.max(LEAST_ZOOM, Math.min(1, room(canvas.clientWidth, width), room(canvas.clientHeight, height)));
  view.x = (canvas.clientWidth - width * view.scale) / 2;
  view.y = Math.max(MARGIN, (canvas.clientHeight - height * view.scale) / 2);
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
