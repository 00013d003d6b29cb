// A Jupyter notebook as one Python text: its code cells in order, with magics and shell lines taken out in place.

import { InputError } from '../errors.ts';

interface Cell {
  readonly cell_type?: unknown;
  readonly source?: unknown;
  readonly input?: unknown;
}

/** Cell magics whose body is Python all the same. */
const PYTHON_MAGICS = /^%%(time|timeit|capture|prun|notify|memit|black|tensorflow_version)\b/;

/**
 * The Python of a notebook's JSON; lines count through the cells.
 * @throws InputError where the text is no notebook.
 */
export function notebookPython(text: string, file: string): string {
  let json: { readonly cells?: unknown; readonly worksheets?: readonly { readonly cells?: unknown }[] };
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`${file} is not a notebook: it is not valid JSON. Save it again in Jupyter.`, { file });
  }
  const cells = json?.cells ?? json?.worksheets?.[0]?.cells;
  if (!Array.isArray(cells)) {
    throw new InputError(`${file} is not a notebook: its JSON has no list of cells. Save it again in Jupyter.`, {
      file,
    });
  }
  return (cells as Cell[])
    .filter((cell) => cell?.cell_type === 'code')
    .map((cell) => cellPython(sourceOf(cell)))
    .join('\n');
}

function sourceOf({ source, input }: Cell): string {
  const given = source ?? input;
  return Array.isArray(given) ? given.map(String).join('') : typeof given === 'string' ? given : '';
}

/** A cell with what only the notebook's shell understands replaced, line by line. */
export function cellPython(source: string): string {
  const lines = source.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const magic = lines[first]?.trim() ?? '';
  if (magic.startsWith('%%') && !PYTHON_MAGICS.test(magic)) return lines.map(() => '').join('\n');
  let continues = false;
  return lines
    .map((line) => {
      const isShell = continues || /^\s*(%|!|\?)/.test(line) || /^[\w.\s]*\?{1,2}\s*$/.test(line);
      continues = isShell && line.trimEnd().endsWith('\\');
      if (isShell) return line.trim() === '' ? line : `${/^\s*/.exec(line)![0]}pass`;
      // What a shell command or a magic gives is data.
      return line.replace(/^(\s*[\w.,\s]+=\s*)[!%][^=].*$/, '$1open("")');
    })
    .join('\n');
}
