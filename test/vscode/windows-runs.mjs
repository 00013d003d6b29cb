// Runs of a folder as a window's user would find them, and a training that lasts long enough to be interrupted.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const runsIn = (folder) => {
  const root = join(folder, '.quantlens/runs');
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((name) => join(root, name, 'run.json'))
    .filter(existsSync)
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
};

/** A training long enough to be interrupted, with a checkpoint after each of its short epochs. */
export function longTraining(folder) {
  const config = join(folder, 'digits.quant.yaml');
  const text = readFileSync(config, 'utf8').replace(/training: \{ epochs: 5/, 'training: { epochs: 12');
  writeFileSync(config, text.replace(/floatTraining: \{ epochs: 20/, 'floatTraining: { epochs: 2'));
}
export const hasTrained = (folder) =>
  readdirSync(join(folder, '.quantlens/runs')).some((name) => {
    const events = join(folder, '.quantlens/runs', name, 'events.jsonl');
    return existsSync(events) && (readFileSync(events, 'utf8').match(/"kind":"epoch"/g) ?? []).length > 3;
  });
