// Part of `npm run test:oracle`: asks TFMOT's `quantize_model` and the full-integer converter again about each small model of
// `tfmot-cases.json` and `converter-ops.json`, which the rules' unit tests hold them to, and compares.
// QUANTLENS_PYTHON: a Python with tensorflow 2.20, tf_keras 2.20.1 and tensorflow-model-optimization 0.8.1.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const { QUANTLENS_PYTHON: python = 'python3' } = process.env;
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'quantlens-truth-'));
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
/** Numbers of objects and addresses in a message differ from run to run. */
const plain = (answer) => JSON.parse(JSON.stringify(answer).replace(/0x[0-9a-f]+/g, '0x'));

function compare(script, oracle) {
  const made = join(folder, oracle);
  execFileSync(python, [join(here, script), made], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const [now, kept] = [read(made), read(join(here, oracle))];
  const names = [...new Set([...Object.keys(now), ...Object.keys(kept)])];
  const changed = names.filter((name) => !isDeepStrictEqual(plain(now[name] ?? null), plain(kept[name] ?? null)));
  for (const name of changed) console.log(`${oracle}: ${name} is answered otherwise: ${JSON.stringify(now[name])}`);
  console.log(`${oracle}: ${names.length - changed.length} of ${names.length} answers are as kept`);
  return changed.length;
}

try {
  const changed = compare('tfmot_cases.py', 'tfmot-cases.json') + compare('converter_ops.py', 'converter-ops.json');
  if (changed > 0) process.exitCode = 1;
} catch (error) {
  console.error(`The answers could not be asked for again: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
