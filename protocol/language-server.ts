// What the language server is started with and the requests that it answers beyond the standard ones.

import type { TargetName } from '../engine/quantization/settings.ts';

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
