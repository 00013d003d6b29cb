// Holds the graphs that are derived from real files against those that Keras itself built of them, and says how many are exact,
// partial (not complete, and said so), wrong (complete, and not what Keras built) and failed. Also how many layers have the
// name that Keras gave them, and how long a file takes in a process that runs.
//
//   npm run test:corpus -- --sources FOLDER [--oracles FOLDER] [--only TEXT] [--repeat 3] [--worst]

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inboundLayers } from '../../cli/graph-json.ts';
import { type Evaluation, evaluateFile } from '../../engine/keras/evaluate/evaluate.ts';
import { sourceFile } from '../../engine/keras/evaluate/source-file.ts';
import { parameterCount } from '../../engine/keras/model.ts';
import type { PythonParser } from '../../engine/python/parser.ts';
import { pythonParser } from '../../host/python/python-parser.ts';
import { ParsedFiles, sourceReader } from '../../host/python/source-reader.ts';
import { shared } from '../shared.ts';
import { corpusFile, type Oracle, readOracles } from './oracles.ts';
import { type ListedLayer, signature } from './signature.ts';

type Verdict = 'exact' | 'partial' | 'wrong' | 'failed';

interface Outcome {
  readonly id: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly milliseconds: number;
  /** Layers of exact models, and those among them that have Keras's own name. */
  readonly layers: number;
  readonly named: number;
}

const { values: flags } = parseArgs({
  options: {
    sources: { type: 'string' },
    oracles: { type: 'string' },
    only: { type: 'string', default: '' },
    repeat: { type: 'string', default: '1' },
    worst: { type: 'boolean', default: false },
    names: { type: 'boolean', default: false },
  },
});

function evaluateOracle(
  parser: PythonParser,
  files: ParsedFiles,
  oracle: Oracle,
  sources: string,
): { evaluation: Evaluation; milliseconds: number } {
  const { path, text, roots, entry, kerasVersion } = corpusFile(oracle, sources);
  const start = performance.now();
  // The file itself is parsed anew; files that it imports are kept.
  const source = sourceFile(path, parser.parse(text));
  const evaluation = evaluateFile(source, {
    kerasVersion,
    reader: sourceReader(files, roots),
    ...(entry !== undefined && { entry: sourceFile('<entry>', parser.parse(entry)) }),
  });
  return { evaluation, milliseconds: performance.now() - start };
}

function judge(oracle: Oracle, { models, stopped }: Evaluation, milliseconds: number): Outcome {
  const derived = models.map((model) => {
    const layers = model.layers.map(
      (layer): ListedLayer => ({
        name: layer.name,
        class: layer.class,
        shape: layer.outputShape,
        params: parameterCount(layer),
        inbound: inboundLayers(layer),
      }),
    );
    return { key: signature(layers), layers, complete: model.complete };
  });
  const left = [...derived];
  let missing = 0;
  let layers = 0;
  let named = 0;
  for (const model of oracle.models) {
    const key = signature(model.layers.map((layer) => ({ ...layer, shape: layer.output_shape })));
    const at = left.findIndex((each) => each.key === key);
    if (at < 0) missing++;
    else {
      const [found] = left.splice(at, 1);
      const own = new Set(found.layers.map(({ name }) => name));
      layers += model.layers.length;
      named += model.layers.filter(({ name }) => own.has(name)).length;
      if (flags.names)
        for (const { name } of model.layers)
          if (!own.has(name))
            console.log(
              `  ${oracle.id}: ${name} is not among ${found.layers[model.layers.findIndex((each) => each.name === name)]?.name}`,
            );
    }
  }
  const result = (verdict: Verdict, why: string): Outcome => ({
    id: oracle.id,
    verdict,
    why,
    milliseconds,
    layers,
    named,
  });
  if (missing === 0) return result('exact', '');
  const isExpression = oracle.entry.kind === 'expr';
  if (left.some(({ complete }) => complete) && (isExpression || left.length >= missing)) {
    return result('wrong', `${missing} of ${oracle.models.length} models differ`);
  }
  const reasons = [...models.flatMap((model) => model.stopped), ...stopped].map(
    ({ reason, line }) => `line ${line}: ${reason}`,
  );
  if (left.length > 0 || reasons.length > 0) return result('partial', reasons[0] ?? 'not complete');
  return result('failed', `${missing} of ${oracle.models.length} models are missing, and no reason is given`);
}

async function main(): Promise<void> {
  const folder = flags.oracles ?? (shared('corpus/oracles') as string | undefined);
  const sources = flags.sources;
  if (!folder || !existsSync(folder) || !sources) {
    console.log('The corpus is not here: name its sources (--sources) and the graphs that Keras built (--oracles).');
    process.exitCode = 2;
    return;
  }
  const parser = await pythonParser();
  const outcomes: Outcome[] = [];
  const files = new ParsedFiles(parser);
  for (let round = 0; round < Number(flags.repeat); round++) {
    outcomes.length = 0;
    for (const oracle of readOracles(folder, flags.only)) {
      const { evaluation, milliseconds } = evaluateOracle(parser, files, oracle, sources);
      outcomes.push(judge(oracle, evaluation, milliseconds));
    }
  }
  report(outcomes);
}

function report(outcomes: readonly Outcome[]): void {
  for (const { id, verdict, why, milliseconds } of outcomes) {
    if (verdict !== 'exact' || flags.worst)
      console.log(`${verdict.padEnd(8)}${id} (${milliseconds.toFixed(0)} ms)${why === '' ? '' : `: ${why}`}`);
  }
  const share = (count: number, of: number) => `${count} (${((100 * count) / Math.max(1, of)).toFixed(1)} %)`;
  const counts = (['exact', 'partial', 'wrong', 'failed'] as const).map(
    (verdict) => `${verdict} ${share(outcomes.filter((each) => each.verdict === verdict).length, outcomes.length)}`,
  );
  const times = outcomes.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const layers = outcomes.reduce((sum, each) => sum + each.layers, 0);
  const named = outcomes.reduce((sum, each) => sum + each.named, 0);
  console.log(`${outcomes.length} items: ${counts.join(', ')}`);
  console.log(`layer names as Keras's own: ${share(named, layers)} of ${layers}`);
  console.log(
    `milliseconds a file: median ${times[times.length >> 1]?.toFixed(1)}, p95 ${times[Math.floor(0.95 * (times.length - 1))]?.toFixed(1)}, most ${times.at(-1)?.toFixed(1)}`,
  );
  if (outcomes.some(({ verdict }) => verdict === 'wrong' || verdict === 'failed')) process.exitCode = 1;
}

await main();
