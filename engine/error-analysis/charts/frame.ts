// What all charts share: an SVG as text, with axes whose ticks d3-scale chooses. Text, so that a panel, report.html, a file
// and a hover of the editor show the same picture. Colours are the editor's where it has them, and readable on any ground else.

import { scaleLinear } from 'd3-scale';

export const COLORS = {
  text: 'var(--vscode-editor-foreground, #808080)',
  quiet: 'var(--vscode-descriptionForeground, #808080)',
  mark: 'var(--vscode-charts-blue, #3b8eea)',
  other: 'var(--vscode-charts-orange, #d18616)',
} as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface AxisOptions {
  readonly label: string;
  readonly domain: readonly [number, number];
}

/** From values to pixels of the whole picture. */
export type Scale = (value: number) => number;

export interface FrameOptions extends Size {
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
}

const LEFT = 46;
const BOTTOM = 34;
const MARGIN = 8;

/** `draw` gives the marks as SVG elements. */
export function frame(
  { width, height, description, x, y }: FrameOptions,
  draw: (x: Scale, y: Scale, box: Size & { readonly left: number; readonly top: number }) => string,
): string {
  const across = scaleLinear(widened(x.domain), [LEFT, width - MARGIN]);
  const up = scaleLinear(widened(y.domain), [height - BOTTOM, MARGIN]);
  const box = { left: LEFT, top: MARGIN, width: width - LEFT - MARGIN, height: height - BOTTOM - MARGIN };
  const xTicks = across
    .ticks(Math.max(2, Math.floor(box.width / 60)))
    .map((tick) => text(across(tick), height - BOTTOM + 13, across.tickFormat(5)(tick), 'middle'));
  const yTicks = up.ticks(4).map((tick) => {
    const at = px(up(tick));
    const line = `<line x1="${LEFT}" x2="${width - MARGIN}" y1="${at}" y2="${at}" stroke="${COLORS.quiet}" stroke-opacity="0.25"/>`;
    return line + text(LEFT - 4, up(tick) + 3, up.tickFormat(4)(tick), 'end');
  });
  return svg(
    { width, height },
    description,
    [
      ...yTicks,
      draw(across, up, box),
      `<path d="M${LEFT} ${MARGIN}V${height - BOTTOM}H${width - MARGIN}" fill="none" stroke="${COLORS.quiet}"/>`,
      ...xTicks,
      text(LEFT + box.width / 2, height - 5, x.label, 'middle'),
      `<g transform="rotate(-90)">${text(-(MARGIN + box.height / 2), 10, y.label, 'middle')}</g>`,
    ].join(''),
  );
}

export function svg({ width, height }: Size, description: string, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(description)}" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="10">${content}</svg>`
  );
}

export function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" fill="${COLORS.text}">${escaped(words)}</text>`;
}

export const rectangle = (x: number, y: number, width: number, height: number, fill: string, extra = ''): string =>
  `<rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(width, 0))}" height="${px(Math.max(height, 0))}" fill="${fill}" ${extra}/>`;

export const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, extra = ''): string =>
  `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${stroke}" ${extra}/>`;

export const px = (value: number): number => Math.round(value * 10) / 10;

/** An axis needs a length. */
const widened = ([min, max]: readonly [number, number]): [number, number] => (max > min ? [min, max] : [min, min + 1]);

export function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
