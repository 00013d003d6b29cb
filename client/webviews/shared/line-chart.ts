// A line chart of uPlot in the theme's colours. Each line has its own dash beside its colour; a table stands beside it.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

export interface LineChart {
  readonly element: HTMLElement;
  update(x: readonly number[], lines: readonly Line[]): void;
  /** The picture as a data URL. */
  toPng(): string;
}

const COLORS = ['charts-blue', 'charts-orange', 'charts-green', 'charts-purple', 'charts-red'];
const DASHES = [[], [8, 3], [2, 3], [8, 3, 2, 3], [1, 4]];
const HEIGHT = 200;

const token = (name: string, fallback: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--vscode-${name}`).trim() || fallback;

export function createLineChart(label: string, xLabel: string): LineChart {
  const element = document.createElement('div');
  element.className = 'chart';
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', `${label}; the numbers are in the table below`);
  let plot: uPlot | undefined;
  let shape = '';
  const width = (): number => Math.max(200, element.clientWidth);
  const draw = (x: readonly number[], lines: readonly Line[]): void => {
    const data = [[...x], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
    const wanted = lines.map((line) => line.label).join('\n');
    if (plot && wanted === shape) {
      plot.setData(data);
      return;
    }
    shape = wanted;
    plot?.destroy();
    plot = new uPlot(options(label, xLabel, lines, width()), data, element);
  };
  let last: Parameters<typeof draw> | undefined;
  new ResizeObserver(() => plot?.setSize({ width: width(), height: HEIGHT })).observe(element);
  new MutationObserver(() => {
    shape = '';
    if (last) draw(...last);
  }).observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return {
    element,
    update(x, lines) {
      last = [x, lines];
      draw(x, lines);
    },
    toPng: () => plot?.ctx.canvas.toDataURL('image/png') ?? '',
  };
}

function options(title: string, xLabel: string, lines: readonly Line[], width: number): uPlot.Options {
  const foreground = token('editor-foreground', 'currentColor');
  const grid = { stroke: token('editorIndentGuide-background1', 'rgba(128,128,128,.25)'), width: 1 };
  const font = `11px ${token('font-family', 'sans-serif')}`;
  const axis = { stroke: foreground, grid, ticks: grid, font };
  return {
    title,
    width,
    height: HEIGHT,
    scales: { x: { time: false } },
    cursor: { drag: { x: true, y: false } },
    legend: { live: true },
    axes: [
      { ...axis, label: xLabel, labelFont: font, labelSize: 18 },
      { ...axis, size: 60 },
    ],
    series: [
      { label: xLabel },
      ...lines.map((line, index) => ({
        label: line.label,
        stroke: token(COLORS[index % COLORS.length], 'currentColor'),
        width: 2,
        dash: DASHES[index % DASHES.length],
        spanGaps: true,
        // A single value has no line yet.
        points: { show: ({ data }: uPlot) => data[0].length < 2 },
      })),
    ],
  };
}
