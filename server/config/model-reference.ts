// How a config names a model: a file, and in Python a function or variable of it.

/** `model.py:build` names a function or variable of a Python file. */
export function splitModel(text: string): [file: string, symbol?: string] {
  const match = /^(.*\.(?:py|ipynb)):([\w.]+)$/.exec(text);
  return match ? [match[1], match[2]] : [text];
}
