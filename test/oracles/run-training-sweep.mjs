// `npm run test:oracle:training`: fake-quantization against TensorFlow's ops on 100,000 random cases, and each layer of the scheme
// tfmot-default-8bit against TFMOT's own. QUANTLENS_PYTHON: a Python with tensorflow 2.20, tf_keras and
// tensorflow-model-optimization 0.8.1. QUANTLENS_SHARED: the reference folder, for its MLPerf Tiny models. Arguments: cases, seed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [cases = '100000', seed = '7'] = process.argv.slice(2);
const python = process.env.QUANTLENS_PYTHON ?? 'python3';
const shared = resolve(process.env.QUANTLENS_SHARED ?? '../shared');
const models = join(shared, 'data/mlperf_tiny');
const folder = mkdtempSync(join(tmpdir(), 'quantlens-training-sweep-'));

function run(script, ...args) {
  execFileSync(python, [join(import.meta.dirname, `${script}.py`), ...args], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
}

try {
  run('fake_quantize', cases, seed, join(folder, 'fake-quantize.json'));
  if (existsSync(models)) run('tfmot_layers', models, folder);
  else console.log(`Without ${models} nothing is compared with TFMOT's layers: set QUANTLENS_SHARED.`);
  const files = ['fake-quantize', 'tfmot'].map((name) => `test/oracles/sweeps/${name}.test.ts`);
  execFileSync('npx', ['vitest', 'run', '--config', 'test/oracles/sweeps/vitest.config.ts', ...files], {
    stdio: 'inherit',
    env: { ...process.env, QUANTLENS_SWEEP: folder, QUANTLENS_SHARED: shared },
  });
} catch (error) {
  console.error(`The sweep failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
