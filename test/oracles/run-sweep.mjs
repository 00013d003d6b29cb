// `npm run test:oracle`: makes random models with TensorFlow and LiteRT and compares the simulator with them, tensor by tensor.
// QUANTLENS_PYTHON: a Python with tensorflow 2.20, tf_keras, ai-edge-litert 2.3.0 and flatbuffers. Arguments: models of one
// op (default 1200), networks (220), seed (0).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [ops = '1200', networks = '220', seed = '0'] = process.argv.slice(2);
const python = process.env.QUANTLENS_PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'quantlens-sweep-'));
const scripts = join(import.meta.dirname, 'litert');
try {
  for (const [script, count] of [
    ['single_ops', ops],
    ['networks', networks],
  ]) {
    const args = [join(scripts, `${script}.py`), join(folder, `${script}.jsonl.gz`), count, seed];
    execFileSync(python, args, {
      stdio: ['ignore', 'inherit', 'ignore'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
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
