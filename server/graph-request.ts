// `quantlens/graph`: the picture of what a URI names, with one sentence where there is none.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../engine/errors.ts';
import { openModel } from '../engine/importers/open-model.ts';
import { hdf5 } from '../host/models/hdf5-thread.ts';
import type { GraphView } from '../protocol/graph-view.ts';
import { analyzeNamed } from './config/model-findings.ts';
import { pathOf } from './files.ts';
import { viewModel, viewTflite } from './graph-view.ts';
import { analyzeFile } from './model/analyze-file.ts';
import type { AnalyzedModel, ModelSnapshot } from './model/model-snapshot.ts';
import { snapshotOfModel } from './navigation.ts';
import type { Session } from './session.ts';

type Answer = GraphView | { readonly problem: string };

export async function graphOf(uri: string, name: string | undefined, session: Session): Promise<Answer> {
  const path = pathOf(uri);
  try {
    if (/\.(tflite|h5|hdf5|keras)$/i.test(path)) return await graphOfFile(path, uri, session);
    const snapshot = await session.snapshotOf(path);
    if (!snapshot) return { problem: `${path} builds no model that QuantLens can read.` };
    if (snapshot.kind === 'model') return pick(snapshot, name, path, session);
    const source = await snapshotOfModel(snapshot, session);
    const analyzed = source?.models.find(({ config }) => config?.path === path);
    if (analyzed) return draw(analyzed, session);
    const named = await session.modelOf(snapshot);
    const fromFile = await analyzeNamed(snapshot, named, await session.settingsOf(uri));
    return fromFile ? draw(fromFile, session) : { problem: named.reason ?? 'Correct the config first.' };
  } catch (error) {
    if (error instanceof InputError) return { problem: error.describe() };
    throw error;
  }
}

async function graphOfFile(path: string, uri: string, session: Session): Promise<Answer> {
  const bytes = read(path);
  const opened = await openModel(bytes, path, hdf5);
  if (opened.kind === 'tflite') return viewTflite(opened.model, basename(path), bytes.length);
  return draw(await analyzeFile(opened, path, await session.settingsOf(uri), session.configs), session);
}

function pick(snapshot: ModelSnapshot, name: string | undefined, path: string, session: Session): Answer {
  const analyzed = snapshot.models.findLast(({ model }) => name === undefined || model.name === name);
  if (analyzed) return draw(analyzed, session);
  return { problem: snapshot.stopped[0]?.reason ?? `${path} builds no model that QuantLens can read.` };
}

function draw(analyzed: AnalyzedModel, { lastRun }: Session): Answer {
  const run = analyzed.config && lastRun(analyzed.config.path);
  const view = viewModel(analyzed, run?.byLayer ?? new Map());
  return view ?? { problem: `${analyzed.model.name} has no graph yet: some of its shapes are not known.` };
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${error instanceof Error ? error.message : error}.`, { file: path });
  }
}
