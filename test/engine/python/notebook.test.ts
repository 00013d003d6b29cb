// Notebooks: code cells in order, magics and shell lines out.

import { describe, expect, it } from 'vitest';
import { cellPython, notebookPython } from '../../../engine/python/notebook.ts';

const notebook = (...cells: readonly (readonly [type: string, source: string | string[]])[]): string =>
  JSON.stringify({ cells: cells.map(([cell_type, source]) => ({ cell_type, source })), nbformat: 4 });

describe('notebookPython', () => {
  it('joins code cells and leaves text out', () => {
    const text = notebook(['markdown', '# Title'], ['code', ['a = 1\n', 'b = 2']], ['code', 'c = a + b']);
    expect(notebookPython(text, 'n.ipynb')).toBe('a = 1\nb = 2\nc = a + b');
  });

  it('keeps the number of lines', () => {
    const cell = '%matplotlib inline\n!pip install \\\n  keras\nx = 1\nif x:\n    !ls\n';
    expect(cellPython(cell).split('\n')).toHaveLength(cell.split('\n').length);
    expect(cellPython(cell)).toBe('pass\npass\n  pass\nx = 1\nif x:\n    pass\n');
  });

  it('drops cells of other languages and keeps timed ones', () => {
    expect(cellPython('%%bash\nls -l')).toBe('\n');
    expect(cellPython('%%time\nx = 1')).toBe('pass\nx = 1');
  });

  it('takes what a command gives as data', () => {
    expect(cellPython('files = !ls\nn = 5 % 3')).toBe('files = open("")\nn = 5 % 3');
  });

  it.each(['', 'no json', '{}', '{"cells": 3}'])('says what is wrong with %j', (text) => {
    expect(() => notebookPython(text, 'n.ipynb')).toThrow(/n\.ipynb is not a notebook/);
  });
});
