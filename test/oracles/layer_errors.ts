// First half of the oracle of layer errors: writes the float and the integer model of MLPerf Tiny's networks, each whole and
// cut between all ops, as .tflite files with what layer_errors.py needs to run them in LiteRT.
//   node scripts/run.mjs test/oracles/layer_errors.ts SHARED/data FOLDER; python test/oracles/layer_errors.py FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrate } from '../../engine/calibration/calibrate.ts';
import { isolateOps } from '../../engine/error-analysis/isolate.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import { quantize } from '../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../engine/quantization/settings.ts';
import { MODELS, type ModelName, openMlperf } from '../engine/error-analysis/mlperf.ts';

const [shared, folder] = process.argv.slice(2);
for (const name of Object.keys(MODELS) as ModelName[]) {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const { graph, dataset } = await openMlperf(name, shared);
  const ranges = calibrate(graph, dataset, {
    ...INT8_SETTINGS,
    activations: { ...INT8_SETTINGS.activations, observer: 'min-max' },
  });
  const integer = quantize(graph, ranges, INT8_SETTINGS);
  const alone = { integer: isolateOps(integer, graph), float: isolateOps(graph, graph) };
  writeFileSync(join(own, 'float.tflite'), writeTflite(graph));
  writeFileSync(join(own, 'integer.tflite'), writeTflite(integer));
  writeFileSync(join(own, 'integer-alone.tflite'), writeTflite(alone.integer.graph));
  writeFileSync(join(own, 'float-alone.tflite'), writeTflite(alone.float.graph));
  const inputs = new Float32Array(dataset.size * dataset.inputShape.reduce((a, b) => a * b, 1));
  dataset.read(
    Uint32Array.from({ length: dataset.size }, (_, n) => n),
    inputs,
    new Float32Array(dataset.size),
  );
  const layers = integer.ops.map((op) => ({ name: op.name, op: op.kind, tensor: op.outputs[0] }));
  const fed = ({ graph: cut, cuts }: typeof alone.integer) =>
    cuts.map(({ source, tensor }, index) => ({ input: cut.inputs[index], source, tensor }));
  writeFileSync(
    join(own, 'model.json'),
    JSON.stringify({
      input: graph.inputs[0],
      shape: [dataset.size, ...dataset.inputShape],
      inputs: Buffer.from(inputs.buffer).toString('base64'),
      ranges: Object.fromEntries([...ranges].map(([id, { min, max }]) => [graph.tensors[id].name, [min, max]])),
      layers,
      integerAlone: fed(alone.integer),
      floatAlone: fed(alone.float),
    }),
  );
}
