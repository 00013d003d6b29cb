// `npm run test:oracle`: makes random models with TensorFlow and LiteRT and compares the simulator with them, tensor by tensor.
// QUANTLENS_PYTHON: a Python with tensorflow 2.20, tf_keras, ai-edge-litert 2.3.0 and flatbuffers. QUANTLENS_MICRO_PYTHON: one
// with tflite-micro, if its kernel set is to be compared too. Arguments: models of one op (default 1200), networks (290, of which some 230 convert and run), seed (0).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [ops = '1200', networks = '290', seed = '0'] = process.argv.slice(2);
const { QUANTLENS_PYTHON: python = 'python3', QUANTLENS_MICRO_PYTHON: microPython } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'quantlens-sweep-'));
const scripts = join(import.meta.dirname, 'litert');
const models = resolve(process.env.QUANTLENS_SHARED ?? '../shared', 'data/mlperf_tiny');

function run(interpreter, script, ...args) {
  execFileSync(interpreter, [join(scripts, `${script}.py`), ...args], {
    stdio: ['ignore', 'inherit', 'ignore'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
}

try {
  run(python, 'single_ops', join(folder, 'single_ops.jsonl.gz'), ops, seed);
  run(python, 'networks', join(folder, 'networks.jsonl.gz'), networks, seed);
  const files = existsSync(models) ? readdirSync(models).filter((name) => name.endsWith('.tflite')) : [];
  if (files.length > 0)
    run(python, 'model_files', join(folder, 'mlperf.jsonl.gz'), ...files.map((file) => join(models, file)));
  if (microPython !== undefined) {
    for (const name of ['single_ops', 'networks'])
      run(microPython, 'micro_runs', join(folder, `${name}.jsonl.gz`), join(folder, `micro-${name}.jsonl.gz`));
  }
  execFileSync('npx', ['vitest', 'run', '--config', 'test/oracles/sweeps/vitest.config.ts'], {
    stdio: 'inherit',
    env: { ...process.env, QUANTLENS_SWEEP: folder },
  });
} catch (error) {
  console.error(`The sweep failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
