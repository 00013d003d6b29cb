// How long a graph from source takes in a process that runs: parsing a file anew and after an edit, running it, and what keeping
// parsed imports and resolved modules saves.
//
//   npm run bench:graph -- [FILE.py[:ENTRY]…] [--rounds 20]

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluateFile } from '../engine/keras/evaluate/evaluate.ts';
import { sourceFile } from '../engine/keras/evaluate/source-file.ts';
import type { PythonParser } from '../engine/python/parser.ts';
import { kerasVersionOf } from '../host/models/python-models.ts';
import { pythonParser } from '../host/python/python-parser.ts';
import { ParsedFiles, sourceReader } from '../host/python/source-reader.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '20' } },
});

const MODELS = 'test/engine/keras/evaluate/models';
const FILES =
  positionals.length > 0
    ? positionals
    : [
        `${MODELS}/resnet8.py:build_model()`,
        `${MODELS}/dscnn.py:build_model()`,
        `${MODELS}/mobilenet.py:build_model()`,
        'test/oracles/keras/sources/blocks.py',
        'test/oracles/keras/sources/wiring.py',
        'test/oracles/keras/sources/tfmot.py',
        'test/oracles/keras/sources/keras3.py',
      ];

/** Models of `keras.applications`, from the sources that the product carries. */
const APPLICATIONS = ['MobileNetV2', 'ResNet50', 'EfficientNetB0', 'DenseNet121', 'InceptionV3'];

interface Subject {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly entry?: string;
}

function subjects(): Subject[] {
  const files = FILES.map((given) => {
    const [path = '', entry] = given.split(/:(?=[A-Za-z_])/);
    return { name: given, path, text: readFileSync(path, 'utf8'), ...(entry === undefined ? {} : { entry }) };
  });
  const applications = APPLICATIONS.map((name) => ({
    name: `keras.applications.${name}`,
    path: join(process.cwd(), 'application.py'),
    text: `from tensorflow.keras.applications import ${name}\nmodel = ${name}(weights=None)\n`,
  }));
  return positionals.length > 0 ? files : [...files, ...applications];
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function timed<T>(into: number[], body: () => T): T {
  const start = performance.now();
  const result = body();
  into.push(performance.now() - start);
  return result;
}

/** A text with one character more in its middle, as typing makes it. */
const edited = (text: string, round: number): string => {
  const at = text.indexOf('\n', text.length >> 1);
  return `${text.slice(0, at)} #${'x'.repeat(round % 5)}${text.slice(at)}`;
};

function measure(parser: PythonParser, { path, text, entry }: Subject) {
  const [fresh, edit, run, cold] = [[], [], [], []] as number[][];
  let layers = 0;
  const files = new ParsedFiles(parser);
  const expression = entry === undefined ? undefined : sourceFile('<entry>', parser.parse(entry));
  const open = parser.open(text);
  const evaluate = (kept: ParsedFiles, module = open.module) =>
    evaluateFile(sourceFile(path, module), {
      kerasVersion: kerasVersionOf(text),
      reader: sourceReader(kept, [dirname(path)]),
      ...(expression && { entry: expression }),
    });
  for (let round = 0; round < Number(flags.rounds); round++) {
    timed(fresh, () => parser.parse(text));
    timed(edit, () => open.update(edited(text, round)));
    const { models } = timed(run, () => evaluate(files));
    if (round < 3) timed(cold, () => evaluate(new ParsedFiles(parser)));
    layers = models.reduce((sum, model) => sum + model.layers.length, 0);
  }
  open.close();
  return { layers, fresh: median(fresh), edit: median(edit), run: median(run), cold: median(cold) };
}

const parser = await pythonParser();
const rows = subjects().map((subject) => ({ subject, ...measure(parser, subject) }));
const ms = (value: number) => value.toFixed(1).padStart(8);
console.log('  layers   parse    edit     run  no cache   (ms, medians)');
for (const { subject, layers, fresh, edit, run, cold } of rows) {
  console.log(`${String(layers).padStart(8)}${ms(fresh)}${ms(edit)}${ms(run)}  ${ms(cold)}   ${subject.name}`);
}
const total = rows.map(({ edit, run }) => edit + run);
console.log(
  `An edit and its run: median ${median(total).toFixed(1)} ms a file, most ${Math.max(...total).toFixed(1)} ms.`,
);
console.log(
  'Kept between runs: the syntax trees of imported files and of library sources, by path and text; the tree of the',
);
console.log('edited file is updated in place. "no cache" is a run that parses its imports again.');
