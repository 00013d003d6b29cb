// Builds dist/: the extension, the language server, the job process, the command line and the webviews.
//   node scripts/build.mjs [--watch] [--production] [--out=FOLDER] [--only=server,extension]
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { context } from 'esbuild';
import { buildIntegerKernels } from './build-integer-kernels.mjs';
import { buildKernels } from './build-kernels.mjs';

const require = createRequire(import.meta.url);
const {
  watch,
  production,
  out: outdir,
  only: onlyNames,
} = parseArgs({
  options: {
    watch: { type: 'boolean' },
    production: { type: 'boolean', default: false },
    out: { type: 'string', default: 'dist' },
    only: { type: 'string' },
  },
}).values;
const only = onlyNames?.split(',');

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const define = { QUANTLENS_VERSION: JSON.stringify(version) };
const common = {
  define,
  bundle: true,
  // Comments cost the programs of Node time at every start.
  minifyWhitespace: production || !watch,
  minifySyntax: production || !watch,
  minifyIdentifiers: production,
  sourcemap: !production,
  logLevel: 'info',
  legalComments: 'none',
};
const node = {
  ...common,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  outdir,
  // CommonJS dependencies inside an ES module bundle call require() for Node's own modules.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/** Programs of Node. They share chunks, so that what is large (HDF5) is there once and loaded only when it is needed. */
const programs = {
  cli: 'cli/main.ts',
  server: 'server/main.ts',
  job: 'host/job/main.ts',
  'hdf5-worker': 'host/models/hdf5-worker.ts',
  'decode-worker': 'host/datasets/decode-worker.ts',
  'simulation-worker': 'host/simulation/worker.ts',
  'simulate-worker': 'host/simulation/simulate-worker.ts',
  'layout-worker': 'client/graph/layout-worker.ts',
};
const wanted = ([name, file]) => existsSync(file) && (!only || only.includes(name));

const bundles = [
  { ...node, splitting: true, chunkNames: 'chunks/[name]-[hash]', entryPoints: programs },
  {
    ...common,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    external: ['vscode'],
    entryPoints: { extension: 'client/extension.ts', 'language-client': 'client/language-client.ts' },
    plugins: [separately('language-client')],
    supported: { 'dynamic-import': false },
    outdir,
    outExtension: { '.js': '.cjs' },
  },
  ...webviews(),
]
  .map((bundle) => ({ ...bundle, entryPoints: Object.fromEntries(Object.entries(bundle.entryPoints).filter(wanted)) }))
  .filter(({ entryPoints }) => Object.keys(entryPoints).length > 0);

/** A file of client/ that is a bundle of its own, so that a window reads it only when it is needed: CommonJS has no chunks. */
function separately(name) {
  return {
    name: `${name} by itself`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^\\./${name}\\.ts$`) }, () => ({ path: `./${name}.cjs`, external: true }));
    },
  };
}

/** One browser bundle a panel: client/webviews/<panel>/main.ts. */
function webviews() {
  if (!existsSync('client/webviews')) return [];
  return readdirSync('client/webviews', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`client/webviews/${entry.name}/main.ts`))
    .map(({ name }) => ({
      ...common,
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      entryPoints: { [name]: `client/webviews/${name}/main.ts` },
      outdir: `${outdir}/webviews`,
    }));
}

if (!only) rmSync(`${outdir}/chunks`, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
for (const file of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-python/tree-sitter-python.wasm']) {
  copyFileSync(require.resolve(file), `${outdir}/${file.split('/').at(-1)}`);
}
if (!only) {
  await buildKernels(resolve(outdir, 'kernels'));
  await buildIntegerKernels(resolve(outdir, 'kernels'));
}
const contexts = await Promise.all(bundles.map((bundle) => context(bundle)));
for (const each of contexts) await (watch ? each.watch() : each.rebuild());
if (!watch) for (const each of contexts) await each.dispose();
