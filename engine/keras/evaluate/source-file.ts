// A parsed text as a file of the run.

import { lineStarts } from '../../python/positions.ts';
import type { PythonModule } from '../../python/syntax.ts';
import type { SourceFile } from './source.ts';

export const sourceFile = (path: string, module: PythonModule): SourceFile => ({
  path,
  module,
  lineStarts: lineStarts(module.text),
});
