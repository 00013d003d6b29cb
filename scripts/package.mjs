// Packs quantlens.vsix: one file for every platform, without node_modules. The bundles are built anew into a clean folder.
//   npm run package [-- --out=FILE]
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';

/** Bytes. */
const LIMIT = 6 * 1024 * 1024;
/** What is packed beside dist/. */
const SHIPPED = [
  'package.json',
  'package.nls.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'l10n',
  'syntaxes',
  'docs',
  'examples/digits',
];

const { out } = parseArgs({ options: { out: { type: 'string', default: 'quantlens.vsix' } } }).values;
const folder = resolve('build/package');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
execFileSync(process.execPath, ['scripts/build.mjs', '--production', `--out=${join(folder, 'dist')}`], {
  stdio: 'inherit',
});
// The kernels are the same in every build: those of `npm run build`.
if (existsSync('dist/kernels')) cpSync('dist/kernels', join(folder, 'dist/kernels'), { recursive: true });
for (const file of SHIPPED.filter(existsSync)) {
  cpSync(file, join(folder, file), { recursive: true, filter: (path) => !path.includes('.quantlens/') });
}
await createVSIX({
  cwd: folder,
  packagePath: resolve(out),
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
  skipLicense: false,
});
const { size } = statSync(out);
console.log(`${out}: ${(size / 1024 / 1024).toFixed(2)} MiB`);
if (size > LIMIT) {
  console.error(`The package is larger than ${LIMIT / 1024 / 1024} MiB.`);
  process.exit(1);
}
