// A quantized model is loaded without telling Keras about TFMOT's classes.

import { type ApiCall, usesOf } from './api-calls.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import type { SourceFacts } from './source-facts.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly path: string;
  /** Line that saves the quantized model to this path; null where only the file's name says what it is. */
  readonly saved: number | null;
}

export const loadWithoutQuantizeScope: Rule<Data> = {
  id: 'load-without-quantize-scope',
  title: 'A quantized model is loaded outside quantize_scope',
  category: 'tfmot',
  severity: 'error',
  severityOf: ({ saved }) => (saved === null ? 'warning' : 'error'),
  checkSource({ calls }: SourceFacts): Finding<Data>[] {
    const saved = savedQuantized(calls);
    const usesTfmot = calls.some(({ function: name }) => name.startsWith('quantize_'));
    return calls
      .filter((call) => call.function === 'load_model' && !call.inQuantizeScope && call.path !== null)
      .flatMap((call) => {
        const path = call.path ?? '';
        const line = saved.get(path) ?? null;
        if (line === null && !(usesTfmot && NAMED_QUANTIZED.test(path))) return [];
        const at = { kind: 'source', at: call.at } as const;
        return [{ rule: 'load-without-quantize-scope', at, layers: [], data: { path, saved: line } }];
      });
  },
  message: ({ path, saved }) =>
    `${quoted(path)} ${saved === null ? 'is, by its name,' : `is saved in line ${saved} as`} a quantized model, and Keras does not know its QuantizeWrapperV2: load_model raises "Unknown layer". Load it inside with tfmot.quantization.keras.quantize_scope().`,
};

const NAMED_QUANTIZED = /(^|[^a-z])(qat|quantized?)([^a-z]|$)/i;

/** Paths to which a file saves what it has quantized, with the line. */
function savedQuantized(calls: readonly ApiCall[]): ReadonlyMap<string, number> {
  return new Map(
    calls
      .filter(({ function: name }) => name === 'quantize_model' || name === 'quantize_apply')
      .flatMap((call) => usesOf(call, calls))
      .flatMap((use) => (use.function === 'save' && use.path !== null ? [[use.path, use.at.line] as const] : [])),
  );
}
