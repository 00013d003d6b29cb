// Compiles the simulator's AssemblyScript loops to dist/kernels/integer.wasm, and with relaxed SIMD to integer-relaxed.wasm. The
// memory is imported and shared, which lets it grow under the views that tensors are.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { integerTiles } from './integer-tiles.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

export async function buildIntegerKernels(folder = join(ROOT, 'dist/kernels')) {
  const generated = join(ROOT, 'engine/simulator/assembly/generated');
  for (const made of [folder, generated]) mkdirSync(made, { recursive: true });
  const tiles = [
    [4, 2, 1],
    [1, 2, 1],
    [4, 4, 2],
    [1, 4, 2],
  ];
  for (const [name, features] of [
    ['integer-relaxed', 'simd,threads,relaxed-simd'],
    ['integer', 'simd,threads'],
  ]) {
    writeFileSync(join(generated, 'tiles.ts'), integerTiles(tiles, name !== 'integer'));
    const { error, stderr } = await asc.main([
      join(ROOT, 'engine/simulator/assembly/integer.ts'),
      ...['--outFile', join(folder, `${name}.wasm`), '--enable', features, '--runtime', 'stub'],
      ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '16384'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert', '--use', 'abort='],
    ]);
    if (error) throw new Error(`The integer kernels do not compile.\n${stderr.toString()}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildIntegerKernels();
