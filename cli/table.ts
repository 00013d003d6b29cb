// Tables of text for a terminal, in the box characters that Keras's summary uses.

export type Align = 'left' | 'right';

/** A terminal's columns; what is piped or written to a file is never cut. */
const terminalWidth = (): number => (process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY);

/** Columns as wide as their widest cell; a cell may have several lines. A table too wide for `width` has names cut short. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
  width = terminalWidth(),
): string {
  const widest = head.map((title, column) =>
    Math.max(title.length, ...rows.flatMap((row) => row[column].split('\n').map((line) => line.length))),
  );
  const widths = fitted(widest, align, width);
  const rule = (left: string, line: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => line.repeat(width + 2)).join(middle)}${right}`;
  const lines = (cells: readonly string[], wall: string): string[] => {
    const split = cells.map((cell) => cell.split('\n'));
    const height = Math.max(...split.map((cell) => cell.length));
    return Array.from({ length: height }, (_, at) => {
      const padded = split.map((cell, column) => {
        const text = shorten(cell[at] ?? '', widths[column]);
        return align[column] === 'right' ? text.padStart(widths[column]) : text.padEnd(widths[column]);
      });
      return `${wall} ${padded.join(` ${wall} `)} ${wall}`;
    });
  };
  const body = rows.flatMap((row, index) => [...(index === 0 ? [] : [rule('├', '─', '┼', '┤')]), ...lines(row, '│')]);
  return [
    rule('┏', '━', '┳', '┓'),
    ...lines(head, '┃'),
    rule('┡', '━', '╇', '┩'),
    ...body,
    rule('└', '─', '┴', '┘'),
  ].join('\n');
}

/** Narrowest column of names, and the walls about each column. Characters. */
const NARROWEST = 8;
const WALLS = 3;

/** The widest columns of text give way, one character at a time; numbers are never cut. */
function fitted(widest: readonly number[], align: readonly Align[], width: number): readonly number[] {
  const widths = [...widest];
  let excess = widths.reduce((total, each) => total + each + WALLS, 1) - width;
  for (; excess > 0; excess--) {
    const texts = widths.map((each, column) => (align[column] === 'left' && each > NARROWEST ? each : 0));
    const largest = Math.max(...texts);
    if (largest === 0) break;
    widths[texts.indexOf(largest)]--;
  }
  return widths;
}

const shorten = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);
