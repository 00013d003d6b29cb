// The questions of "New Quantization Config", one after the other; an answer that is certain is not asked for.
import { readFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { unzipSync } from 'fflate';
import * as vscode from 'vscode';
import { type Answers, type DataAnswer, guessArrays, type Scaling } from './answers.ts';

/** Undefined where the user leaves. */
type Maybe<T> = Promise<T | undefined>;

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

async function pick<T>(step: number, placeHolder: string, choices: readonly Choice<T>[]): Maybe<Choice<T>> {
  const title = vscode.l10n.t('New Quantization Config ({0} of {1})', step, STEPS);
  return vscode.window.showQuickPick(choices, { title, placeHolder, matchOnDescription: true, ignoreFocusOut: true });
}

const STEPS = 5;

export async function askTarget(): Maybe<string> {
  const choices = [
    ['tflite-int8', vscode.l10n.t('LiteRT with 8-bit weights and activations: phones, computers')],
    ['tflite-micro', vscode.l10n.t('LiteRT for Microcontrollers')],
    ['edge-tpu', vscode.l10n.t('Coral Edge TPU')],
    ['tflite-int16x8', vscode.l10n.t('LiteRT with 8-bit weights and 16-bit activations')],
    ['tfmot-default-8bit', vscode.l10n.t('What TFMOT’s quantize_model accepts')],
  ].map(([label, description]) => ({ label, description, value: label }));
  return (await pick(1, vscode.l10n.t('What will it run on?'), choices))?.value;
}

export async function askWork(): Maybe<boolean> {
  const choices = [
    {
      label: vscode.l10n.t('Train with quantization (QAT)'),
      description: vscode.l10n.t('the most accurate int8 model'),
      value: true,
    },
    {
      label: vscode.l10n.t('Quantize after training'),
      description: vscode.l10n.t('no training, a few hundred samples'),
      value: false,
    },
  ];
  return (await pick(2, vscode.l10n.t('How will it be quantized?'), choices))?.value;
}

/** A model of Python or JSON has no values of its own. */
export async function askWeights(model: vscode.Uri): Maybe<Answers['weights']> {
  if (/\.(h5|hdf5|keras)$/.test(model.path)) return 'own';
  const found = await vscode.workspace.findFiles('**/*.{h5,keras}', EXCLUDED, 50);
  const choices: Choice<Answers['weights']>[] = [
    ...found.map((uri) => ({
      label: vscode.workspace.asRelativePath(uri),
      value: { file: besides(model, uri) },
    })),
    {
      label: vscode.l10n.t('None yet'),
      description: vscode.l10n.t('the float model is trained first'),
      value: 'train',
    },
  ];
  return (await pick(3, vscode.l10n.t('Where are the model’s weights?'), choices))?.value;
}

type DataChoice =
  | { readonly kind: 'file'; readonly uri: vscode.Uri }
  | { readonly kind: 'folder' | 'browse' | 'later' };

/** `null`: the user fills it in later. */
export async function askData(model: vscode.Uri): Maybe<DataAnswer | null> {
  const found = await vscode.workspace.findFiles('**/*.npz', EXCLUDED, 50);
  const choices: Choice<DataChoice>[] = [
    ...found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), value: { kind: 'file', uri } as const })),
    { label: vscode.l10n.t('Another .npz or .npy…'), value: { kind: 'browse' } },
    {
      label: vscode.l10n.t('A folder of images…'),
      description: vscode.l10n.t('one folder a class'),
      value: { kind: 'folder' },
    },
    {
      label: vscode.l10n.t('Later'),
      description: vscode.l10n.t('I write it into the config'),
      value: { kind: 'later' },
    },
  ];
  const choice = (await pick(4, vscode.l10n.t('Where is the data to train and measure on?'), choices))?.value;
  if (!choice) return undefined;
  if (choice.kind === 'later') return null;
  const uri = choice.kind === 'file' ? choice.uri : await browse(choice.kind === 'folder');
  if (!uri) return undefined;
  const path = besides(model, uri);
  return uri.path.endsWith('.npz') ? { path, ...(await arraysIn(uri)) } : { path };
}

export async function askScaling(): Maybe<Scaling> {
  const choices: Choice<Scaling>[] = [
    { label: vscode.l10n.t('As they are in the file'), value: 'none' },
    { label: vscode.l10n.t('0..255 to 0..1'), value: '0..255 to 0..1' },
    { label: vscode.l10n.t('0..255 to −1..1'), value: '0..255 to -1..1' },
  ];
  return (await pick(5, vscode.l10n.t('What does the model expect of the values?'), choices))?.value;
}

const EXCLUDED = '**/{node_modules,.quantlens,.venv,site-packages}/**';

/** As a config beside the model writes it, with `/` on every platform. */
const besides = (model: vscode.Uri, file: vscode.Uri): string =>
  relative(dirname(model.fsPath), file.fsPath).split(sep).join('/');

async function browse(isFolder: boolean): Maybe<vscode.Uri> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFolders: isFolder,
    canSelectFiles: !isFolder,
    ...(!isFolder && { filters: { NumPy: ['npz', 'npy'] } }),
    openLabel: vscode.l10n.t('Use This Data'),
  });
  return picked?.[0];
}

/** The arrays that the names tell apart; where they do not, the server flags what is missing. */
async function arraysIn(uri: vscode.Uri): Promise<Pick<DataAnswer, 'train' | 'validation'>> {
  return guessArrays(await arrayNames(uri.fsPath));
}

/** Names of the arrays of an `.npz`; nothing is unpacked. Throws a sentence for a file that is none. */
export async function arrayNames(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    unzipSync(await readFile(path), {
      filter: ({ name }) => {
        if (name.endsWith('.npy')) names.push(name.slice(0, -'.npy'.length));
        return false;
      },
    });
  } catch {
    throw new Error(vscode.l10n.t('{0} is not a whole .npz file. Copy or save it again.', path));
  }
  return names;
}
