// Bundles a TypeScript program of this repository into dist/ and runs it: node scripts/run.mjs FILE.ts [arguments].
// Node runs no TypeScript before version 22.18, and dist/ is where workers and wasm files lie that the program opens.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { build } from 'esbuild';

const [file, ...rest] = process.argv.slice(2);
const outfile = `dist/run-${basename(file, '.ts')}.mjs`;
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  logLevel: 'warning',
  define: { QUANTLENS_VERSION: '"0"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
process.exitCode =
  spawnSync(process.execPath, [...process.execArgv, outfile, ...rest], { stdio: 'inherit' }).status ?? 1;
