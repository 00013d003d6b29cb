// Builds @tensorflow/tfjs-node against the TensorFlow of a Python, for `training.backend: tensorflow` where its own install
// cannot download its library:  node scripts/build-tfjs-node.mjs FOLDER --python PYTHON [--headers /usr]
// FOLDER is the workspace (or any folder that a run names with `training.tensorflow`); PYTHON one with `tensorflow` or
// `tensorflow-cpu`, whose two libraries are linked, not copied. Needs a C++ compiler, make, and the headers of this Node:
// --headers names the folder whose `include/node` has them, else node-gyp downloads them. Linux only.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { parseArgs } from 'node:util';

const PACKAGE = '@tensorflow/tfjs-node';
const VERSION = '4.22.0';
/** Version of Node-API that the binding is built for, as its package declares. */
const NAPI = 8;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: 'string', default: 'python3' }, headers: { type: 'string' } },
});
if (positionals.length !== 1) {
  console.error('Usage: node scripts/build-tfjs-node.mjs FOLDER --python PYTHON [--headers FOLDER]');
  process.exit(2);
}
const folder = resolve(positionals[0]);
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });

/** The package without its install script, which downloads. */
function install() {
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const target = join(folder, 'node_modules', PACKAGE);
  if (!existsSync(target)) run('npm', ['install', '--no-save', '--ignore-scripts', `${PACKAGE}@${VERSION}`], folder);
  return target;
}

function tensorflowFolder() {
  const find = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])';
  return execFileSync(values.python, ['-c', find], { encoding: 'utf8' }).trim();
}

function link(from, to) {
  rmSync(to, { force: true });
  symlinkSync(from, to);
}

/** What the binding looks for in `deps`: libtensorflow.so is the wheel's C++ library, which holds the C API, too. */
function linkLibraries(target, tensorflow) {
  const lib = join(target, 'deps/lib');
  mkdirSync(lib, { recursive: true });
  const framework = join(tensorflow, 'libtensorflow_framework.so.2');
  const whole = join(tensorflow, 'libtensorflow_cc.so.2');
  link(whole, join(lib, 'libtensorflow.so'));
  link(whole, join(lib, 'libtensorflow_cc.so.2'));
  link(framework, join(lib, 'libtensorflow_framework.so'));
  link(framework, join(lib, 'libtensorflow_framework.so.2'));
  rmSync(join(target, 'deps/include'), { recursive: true, force: true });
  symlinkSync(join(tensorflow, 'include'), join(target, 'deps/include'));
}

const nodeGyp = () => {
  const npm = createRequire(join(dirname(execPath), '../lib/node_modules/npm/package.json'));
  return npm.resolve('node-gyp/bin/node-gyp.js');
};

const target = install();
linkLibraries(target, tensorflowFolder());
const output = join(target, 'lib', `napi-v${NAPI}`);
mkdirSync(output, { recursive: true });
const options = ['--module_name=tfjs_binding', `--module_path=${output}`, `--napi_build_version=${NAPI}`];
const headers = values.headers === undefined ? [] : [`--nodedir=${resolve(values.headers)}`];
run(execPath, [nodeGyp(), 'rebuild', ...headers, ...options], target);
const { version } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
console.log(`${PACKAGE} ${version} is built in ${target}.`);
