// How long the graphs of the corpus take in a server that runs: a file is edited, parsed from there on and run; what it imports
// is kept. Beside it the same with nothing kept, and how the time divides.
//
//   npm run bench:graph:corpus -- --sources FOLDER [--oracles FOLDER] [--only TEXT] [--rounds 7] [--each] [--warm]

import { parseArgs } from 'node:util';
import { type Evaluation, evaluateFile } from '../../engine/keras/evaluate/evaluate.ts';
import { sourceFile } from '../../engine/keras/evaluate/source-file.ts';
import type { PythonParser } from '../../engine/python/parser.ts';
import { pythonParser } from '../../host/python/python-parser.ts';
import { ParsedFiles, sourceReader } from '../../host/python/source-reader.ts';
import { shared } from '../shared.ts';
import { type CorpusFile, corpusFile, readOracles } from './oracles.ts';

const { values: flags } = parseArgs({
  options: {
    sources: { type: 'string' },
    oracles: { type: 'string', default: shared('corpus', 'oracles') },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    each: { type: 'boolean', default: false },
    warm: { type: 'boolean', default: false },
  },
});

interface Row {
  readonly id: string;
  readonly layers: number;
  /** Milliseconds, medians: parsing an edit, running the file after it, the same with nothing kept. */
  readonly edit: number;
  readonly run: number;
  readonly cold: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const share = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))] ?? 0;

/** A text with a comment more in its middle, as typing makes it. */
function edited(text: string, round: number): string {
  const at = text.indexOf('\n', text.length >> 1);
  return `${text.slice(0, at)} # ${'x'.repeat((round % 5) + 1)}${text.slice(at)}`;
}

function timed<T>(into: number[], body: () => T): T {
  const start = performance.now();
  const result = body();
  into.push(performance.now() - start);
  return result;
}

function measure(parser: PythonParser, kept: ParsedFiles, id: string, file: CorpusFile, isCold: boolean): Row {
  const { path, text, roots, kerasVersion } = file;
  const entry = file.entry === undefined ? {} : { entry: sourceFile('<entry>', parser.parse(file.entry)) };
  const run = (files: ParsedFiles, module: ReturnType<PythonParser['parse']>): Evaluation =>
    evaluateFile(sourceFile(path, module), { kerasVersion, reader: sourceReader(files, roots), ...entry });
  const [edits, runs, cold] = [[], [], []] as number[][];
  if (isCold) timed(cold!, () => run(new ParsedFiles(parser), parser.parse(text)));
  const open = parser.open(text);
  let layers = 0;
  for (let round = 0; round <= Number(flags.rounds); round++) {
    timed(edits!, () => open.update(edited(text, round)));
    const { models } = timed(runs!, () => run(kept, open.module));
    layers = models.reduce((sum, model) => sum + model.layers.length, 0);
  }
  open.close();
  // The first round fills what is kept.
  return { id, layers, edit: median(edits!.slice(1)), run: median(runs!.slice(1)), cold: median(cold!) };
}

const ms = (value: number): string => `${value.toFixed(1).padStart(8)} ms`;

function report(rows: readonly Row[]): void {
  const show = ({ id, layers, edit, run, cold }: Row) =>
    console.log(
      `${ms(edit + run)}  (edit${ms(edit)}, run${ms(run)}; nothing kept${ms(cold)})  ${id}, ${layers} layers`,
    );
  const named = /-mobilenetv2$|resnext50$/;
  for (const row of rows) if (flags.each || named.test(row.id)) show(row);
  for (const [what, of] of [
    ['an edit and its run', ({ edit, run }: Row) => edit + run],
    ['parsing the edit', ({ edit }: Row) => edit],
    ['running the file', ({ run }: Row) => run],
    ['with nothing kept', ({ cold }: Row) => cold],
  ] as const) {
    const times = rows.map(of);
    console.log(
      `${what.padEnd(20)} median${ms(median(times))}, p95${ms(share(times, 0.95))}, most${ms(share(times, 1))}`,
    );
  }
}

async function main(): Promise<void> {
  if (flags.sources === undefined) throw new Error('--sources names the folder of the packages.');
  const parser = await pythonParser();
  const kept = new ParsedFiles(parser);
  const { sources } = flags;
  const items = readOracles(flags.oracles, flags.only).map(
    (oracle) => [oracle.id, corpusFile(oracle, sources)] as const,
  );
  // A server that runs has its code compiled: one round over all files before the clock counts.
  for (const [id, file] of items) measure(parser, kept, id, file, false);
  report(items.map(([id, file]) => measure(parser, kept, id, file, !flags.warm)));
}

await main();
