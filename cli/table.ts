// Tables of text for a terminal, in the box characters that Keras's summary uses.

export type Align = 'left' | 'right';

/** Columns as wide as their widest cell; a cell may have several lines. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[],
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.flatMap((row) => row[column].split('\n').map((line) => line.length))),
  );
  const rule = (left: string, line: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => line.repeat(width + 2)).join(middle)}${right}`;
  const lines = (cells: readonly string[], wall: string): string[] => {
    const split = cells.map((cell) => cell.split('\n'));
    const height = Math.max(...split.map((cell) => cell.length));
    return Array.from({ length: height }, (_, at) => {
      const padded = split.map((cell, column) => {
        const text = cell[at] ?? '';
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
