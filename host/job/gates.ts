// The config's gates: what the int8 model must reach, each met or missed, and said in a sentence.

import type { Gates } from '../../engine/config/schema.ts';
import type { MetricScores } from '../../protocol/job-events.ts';
import type { GateResult } from '../../protocol/run-record.ts';
import { formatScore } from '../runs/format.ts';

/** What a job has measured of its int8 model. */
export interface Measured {
  /** Absent without validation data. */
  readonly scores?: MetricScores | undefined;
  /** Share of samples, 0..1; absent for metrics without answers. */
  readonly equalAnswers?: number | undefined;
  /** Of the int8 model's `.tflite`. */
  readonly bytes: number;
  /** Whether the int8 model has been trained: some gates compare it with the fake-quantized one. */
  readonly isTrained: boolean;
}

type GateName = keyof Gates;

interface Gate {
  /** Compares with the fake-quantized model, which only training has. */
  readonly ofTraining?: true;
  /** The measured value in the gate's unit; undefined where it was not measured. */
  measure(measured: Measured): number | undefined;
  isMet(value: number, limit: number, measured: Measured): boolean;
  /** A clause about the value, such as "the int8 model loses 0.3 points against float". */
  say(value: number, measured: Measured): string;
  limit(limit: number, measured: Measured): string;
}

const GATES: { readonly [name in GateName]: Gate } = {
  maxDrop: {
    measure: ({ scores }) => scores && points(scores, lost(scores, scores.float, int8(scores))),
    isMet: (value, limit) => value <= limit,
    say: (value, { scores }) =>
      value >= 0 ? `loses ${amount(value, scores)} against float` : `gains ${amount(-value, scores)} over float`,
    limit: (limit, { scores }) => `${amount(limit, scores)} may be lost`,
  },
  worstScore: {
    measure: ({ scores }) => scores && int8(scores),
    isMet: (value, limit, { scores }) => (scores?.higherIsBetter ? value >= limit : value <= limit),
    say: (value, { scores }) => `has ${scores && formatScore(scores.metric, value)} ${scores?.title}`,
    limit: (limit, { scores }) =>
      `${scores && formatScore(scores.metric, limit)} is the ${scores?.higherIsBetter ? 'least' : 'most'} allowed`,
  },
  maxParityGap: {
    ofTraining: true,
    measure: ({ scores }) => scores?.qat && points(scores, Math.abs(scores.qat.fakeQuant - scores.qat.int8)),
    isMet: (value, limit) => value <= limit,
    say: (value, { scores }) => `scores ${amount(value, scores)} apart from the fake-quantized one`,
    limit: (limit, { scores }) => `${amount(limit, scores)} are allowed`,
  },
  minEqualAnswers: {
    ofTraining: true,
    measure: ({ equalAnswers }) => equalAnswers,
    isMet: (value, limit) => value >= limit,
    say: (value) => `gives the fake-quantized one's answer on ${percent(value)}`,
    limit: (limit) => `${percent(limit)} is the least allowed`,
  },
  maxFileSize: {
    measure: ({ bytes }) => bytes / 1024,
    isMet: (value, limit) => value <= limit,
    say: (value) => `takes ${value.toFixed(1)} KiB`,
    limit: (limit) => `${limit} KiB are allowed`,
  },
};

/** In the order of the table; gates that this kind of job does not measure are left out. */
export function gateResults(gates: Gates, measured: Measured): readonly GateResult[] {
  return (Object.keys(GATES) as GateName[]).flatMap((name): GateResult[] => {
    const limit = gates[name];
    const gate = GATES[name];
    if (limit === undefined || (gate.ofTraining && !measured.isTrained)) return [];
    const value = gate.measure(measured) ?? null;
    if (value === null) return [{ name, limit, value, met: false, message: unmeasured(name, measured) }];
    const met = gate.isMet(value, limit, measured);
    const message = `\`gates.${name}\` is ${met ? 'met' : 'missed'}: the int8 model ${gate.say(value, measured)}; ${gate.limit(limit, measured)}.`;
    return [{ name, limit, value, met, message }];
  });
}

function unmeasured(name: GateName, { scores }: Measured): string {
  const why = scores
    ? 'models that are scored by this metric have no answers to compare'
    : 'the config names no `data.validation`';
  return `\`gates.${name}\` cannot be measured: ${why}.`;
}

const int8 = ({ qat, ptq }: MetricScores): number => qat?.int8 ?? ptq;

const lost = ({ higherIsBetter }: MetricScores, float: number, quantized: number): number =>
  higherIsBetter ? float - quantized : quantized - float;

const inPoints = ({ metric }: MetricScores): boolean => metric === 'accuracy' || metric === 'auc';

/** Points are hundredths of an accuracy or AUC; errors have their own unit. */
const points = (scores: MetricScores, difference: number): number => (inPoints(scores) ? 100 * difference : difference);

function amount(value: number, scores: MetricScores | undefined): string {
  if (!scores) return String(value);
  return inPoints(scores)
    ? `${Number(value.toFixed(3))} points of ${scores.title}`
    : `${Number(value.toPrecision(4))} of ${scores.title}`;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(3))} % of the validation samples`;
