// What the language server is started with and the requests that it answers beyond the standard ones.

import type { TargetName } from '../engine/quantization/settings.ts';
import type { GraphView } from './graph-view.ts';
import type { OverrideChange } from './webview-messages.ts';

/** Settings by their key under `quantlens.`; the server asks for them, or gets them with `initializationOptions`. */
export interface ServerSettings {
  /** Target for models that no config names. */
  readonly target: TargetName;
  /** Keras generation that `keras` without a version means. */
  readonly kerasVersion: 2 | 3;
  /** Severity by rule, over each rule's own. */
  readonly severity: { readonly [rule: string]: 'error' | 'warning' | 'information' | 'hint' | 'off' };
  readonly inlayHints: { readonly shapes: boolean; readonly errors: boolean };
  readonly codeLens: boolean;
}

export const DEFAULT_SETTINGS: ServerSettings = {
  target: 'tflite-int8',
  kerasVersion: 2,
  severity: {},
  inlayHints: { shapes: true, errors: true },
  codeLens: true,
};

/** Language id of `*.quant.yaml`. */
export const CONFIG_LANGUAGE = 'quantlens-config';

/** Of the server's own process. */
export interface ServerStatus {
  readonly pid: number;
  /** Memory that it holds (resident set). */
  readonly bytes: number;
  /** Python files of the workspace whose models have been read, of all of them. */
  readonly files: { readonly done: number; readonly total: number };
}

/** One key under `gates` of a config, with its line (from 0). */
export interface Gate {
  readonly name: string;
  /** As it is written. */
  readonly limit: string;
  readonly line: number;
}

export interface SourceModel {
  readonly name: string;
  /** Variable or function after the colon of `model.py:build_model`; absent where the file alone names it. */
  readonly reference?: string;
  readonly line: number;
  /** `line` to `endLine`: where the document makes it and its layers. */
  readonly endLine: number;
}

/** Requests of the extension, by method. An answer is null where the server knows nothing. */
export interface Requests {
  /** The edit that writes an override for layers into a config. */
  'quantlens/override': {
    readonly params: { readonly uri: string; readonly layers: readonly string[]; readonly change: OverrideChange };
    readonly result: { readonly newText: string; readonly line: number } | null;
  };
  /** The layer whose source is at a position (lines and characters from 0), by path. */
  'quantlens/layerAt': {
    readonly params: { readonly uri: string; readonly line: number; readonly character: number };
    readonly result: { readonly layer: string } | null;
  };
  /** Where a layer is made, of the model that a config names or that a source builds. */
  'quantlens/layerSource': {
    readonly params: { readonly config: string; readonly layers: readonly string[] };
    readonly result: { readonly uri: string; readonly line: number; readonly character: number } | null;
  };
  'quantlens/status': { readonly params: object; readonly result: ServerStatus };
  /** The gates of a config that need not be open. */
  'quantlens/gates': { readonly params: { readonly uri: string }; readonly result: readonly Gate[] };
  /** The models that a Python source builds (lines from 0), with what a config calls each. */
  'quantlens/models': {
    readonly params: { readonly uri: string };
    readonly result: readonly SourceModel[] | null;
  };
  /** The graph of a model: of a file (.tflite, .h5, .keras, .json), a Python source or a config. `model` picks one by name. */
  'quantlens/graph': {
    readonly params: { readonly uri: string; readonly model?: string };
    readonly result: GraphView | { readonly problem: string };
  };
}
