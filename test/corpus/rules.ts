// Holds what the rules say of the corpus's models, derived from their source, against what TFMOT's quantize_model and the
// full-integer converter did with them: verdict, first refused layer, ops that stay float.
//
//   npm run test:corpus:rules -- --sources FOLDER [--oracles FOLDER] [--only TEXT]

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluateFile } from '../../engine/keras/evaluate/evaluate.ts';
import { sourceFile } from '../../engine/keras/evaluate/source-file.ts';
import { lower } from '../../engine/keras/lower/lower.ts';
import type { KerasModel } from '../../engine/keras/model.ts';
import type { PythonParser } from '../../engine/python/parser.ts';
import { TARGETS } from '../../engine/quantization/targets/targets.ts';
import { checkContext, ruleContext } from '../../engine/rules/check-model.ts';
import { floatKinds } from '../../engine/rules/stays-float.ts';
import { pythonParser } from '../../host/python/python-parser.ts';
import { ParsedFiles, sourceReader } from '../../host/python/source-reader.ts';
import { shared } from '../shared.ts';

interface Item {
  readonly source: { readonly package: string; readonly version: string; readonly path: string };
  readonly entry: { readonly kind: string; readonly expr?: string; readonly pick?: string };
  readonly flavor: string;
  readonly pre?: string;
  readonly post?: string;
  readonly roots?: readonly string[];
}
interface Tfmot {
  readonly status: 'ok' | 'error';
  readonly layer?: string | null;
  readonly message?: string;
}
interface Converted {
  readonly float?: readonly (readonly [kind: string, output: string])[];
  readonly tfmot?: Tfmot;
}

const { values } = parseArgs({
  options: {
    sources: { type: 'string' },
    oracles: { type: 'string', default: shared('corpus', 'oracles') },
    only: { type: 'string', default: '' },
  },
});

const answers = <T>(name: string): { readonly [id: string]: T } =>
  JSON.parse(readFileSync(join('test', 'oracles', name), 'utf8'));
const TFMOT = answers<{ readonly models: readonly Tfmot[] }>('tfmot-corpus.json');
const CONVERTED = answers<readonly Converted[]>('converter-corpus.json');

/** Where a disagreement is one of the question, not of the rules. */
const EXPLAINED: { readonly [key: string]: string } = {
  'layer efficientnet-efficientnetb0':
    'TFMOT was asked in a process where the package had registered FixedDropout; the file alone does not register it',
  'float vit-keras-build-model':
    "8 of the 9 are in the user's own TransformerBlock, whose inside is no part of the functional model; the kind is the same",
};

const counts = { verdict: [0, 0], layer: [0, 0], float: [0, 0], explained: [0, 0] };
type Count = keyof typeof counts;

function hold(what: Count, id: string, agrees: boolean, said: unknown, was: unknown): void {
  counts[what][1]++;
  if (agrees) counts[what][0]++;
  else {
    console.log(`${id}: ${what}: we say ${JSON.stringify(said)}, it was ${JSON.stringify(was)}`);
    const reason = EXPLAINED[`${what} ${id}`];
    if (reason !== undefined) console.log(`  ${reason}`);
  }
}

function derive(parser: PythonParser, item: Item, sources: string): readonly KerasModel[] {
  const root = join(sources, `${item.source.package}==${item.source.version}`);
  const path = join(root, item.source.path);
  const files = new ParsedFiles(parser);
  const text = [item.pre ?? '', readFileSync(path, 'utf8'), item.post ?? ''].join('\n');
  const { expr, pick } = item.entry;
  // A pick is written as an expression over the entry's value, `_[1]`.
  const entry = expr === undefined ? undefined : pick === undefined ? expr : pick.replace('_', `(${expr})`);
  return evaluateFile(files.parse(path, text), {
    kerasVersion: item.flavor === 'tfk2' ? 2 : 3,
    reader: sourceReader(files, [
      root,
      ...(item.roots ?? []).map((each) => each.replace('@package', sources)),
      dirname(path),
    ]),
    ...(entry !== undefined && { entry: sourceFile('<entry>', parser.parse(entry)) }),
  }).models;
}

function holdTfmot(id: string, model: KerasModel, answer: Tfmot): void {
  const context = ruleContext(model, null, TARGETS['tfmot-default-8bit']);
  const refusals = context.verdict?.refusals ?? [];
  hold('verdict', id, (refusals.length === 0) === (answer.status === 'ok'), refusals[0], answer);
  if (answer.layer) hold('layer', id, refusals[0]?.layer === answer.layer, refusals[0], answer.layer);
  if (answer.status !== 'error') return;
  const found = checkContext(context).map(({ rule }) => rule);
  hold('explained', id, found.length > 0, found, answer.message);
}

function holdConverter(id: string, model: KerasModel, float: NonNullable<Converted['float']>): void {
  const context = ruleContext(model, lower(model, undefined, { unsupported: 'keep' }), TARGETS['tflite-int8']);
  const [ours, theirs] = [floatKinds(context).sort(), float.map(([kind]) => kind).sort()];
  hold('float', id, ours.join() === theirs.join(), ours, theirs);
}

async function main(): Promise<void> {
  if (values.sources === undefined) throw new Error('--sources names the folder of the packages.');
  const parser = await pythonParser();
  for (const file of readdirSync(values.oracles).filter((name) => name.includes(values.only))) {
    const id = file.replace(/\.json$/, '');
    const models = derive(parser, JSON.parse(readFileSync(join(values.oracles, file), 'utf8')), values.sources);
    const converted = CONVERTED[id] ?? [];
    const expected = TFMOT[id]?.models.length ?? converted.length;
    if (models.length !== expected) console.log(`${id}: ${models.length} models were derived of ${expected}`);
    for (const [index, model] of models.slice(0, expected).entries()) {
      const tfmot = TFMOT[id]?.models[index] ?? converted[index]?.tfmot;
      if (tfmot) holdTfmot(id, model, tfmot);
      const float = converted[index]?.float;
      if (float) holdConverter(id, model, float);
    }
  }
  for (const [what, [agree, all]] of Object.entries(counts)) console.log(`${what}: ${agree} of ${all} agree`);
}

await main();
