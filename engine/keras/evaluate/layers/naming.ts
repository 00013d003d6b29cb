// Keras's automatic names: a counter for each stem, in the manner of each version.

import { touch } from '../language/branch-log.ts';
import type { Runtime } from '../runtime.ts';

/** `BatchNormalization` → `batch_normalization`. Source: `keras/src/utils/naming.py`, `tf_keras/src/utils/generic_utils.py`. */
export function snakeCase(name: string, version: 2 | 3): string {
  const known = SNAKES[version].get(name);
  if (known !== undefined) return known;
  const snake = name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  const made = version === 2 && snake.startsWith('_') ? `private${snake}` : snake;
  SNAKES[version].set(name, made);
  return made;
}

/** Class names are few and asked for often. */
const SNAKES = { 2: new Map<string, string>(), 3: new Map<string, string>() } as const;

/** `conv2d`, `conv2d_1`, … */
export function uniqueName(run: Runtime, stem: string): string {
  touch(run, run.names);
  // Keras 2 counts by graph, and a layer's own `call` and `build` run in a graph of their own.
  const key = run.version === 2 && run.insideCall > 0 ? `inner ${stem}` : stem;
  const count = run.names.get(key) ?? 0;
  run.names.set(key, count + 1);
  return count === 0 ? stem : `${stem}_${count}`;
}

/** Name of a layer of a class without a name of its own. */
export function automaticName(run: Runtime, className: string): string {
  if (run.version === 2 && className === 'InputLayer') {
    touch(run, run.names);
    const count = (run.names.get('input') ?? 0) + 1;
    run.names.set('input', count);
    return `input_${count}`;
  }
  const stem = className === 'Functional' && run.version === 2 ? 'model' : snakeCase(className, run.version);
  return uniqueName(run, stem);
}

/** `clear_session()` starts the counters anew. */
export function resetNames(run: Runtime): void {
  touch(run, run.names);
  run.names.clear();
}
