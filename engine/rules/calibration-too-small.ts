// Few samples to find ranges from: the largest values of the real data are not among them.

import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import { plural } from './words.ts';

interface Data extends FindingData {
  readonly samples: number;
  readonly classes: number | null;
  readonly key: readonly (string | number)[];
}

/** TensorFlow's guide to post-training quantization: "a representative dataset of around 100–500 samples". */
const FEWEST = 100;

export const calibrationTooSmall: Rule<Data> = {
  id: 'calibration-too-small',
  title: 'Calibration sees too few samples',
  category: 'config',
  severity: 'warning',
  check({ config }: RuleContext): Finding<Data>[] {
    if (config === null || config.calibrationSamples === null) return [];
    const calibrating = config.data.find(({ key }) => key.includes('calibration')) ?? config.data[0];
    const there = calibrating?.samples ?? Infinity;
    const samples = Math.min(config.calibrationSamples, there);
    const classes = calibrating?.classes ?? null;
    if (samples >= Math.max(FEWEST, classes ?? 0)) return [];
    const key = there < config.calibrationSamples ? calibrating.key : ['data', 'calibration', 'samples'];
    return [
      { rule: 'calibration-too-small', at: { kind: 'config', key }, layers: [], data: { samples, classes, key } },
    ];
  },
  message: ({ samples, classes }) =>
    `Calibration sees ${plural(samples, 'sample')}${classes !== null && samples < classes ? ` of ${classes} classes` : ''}, so ranges miss what the others reach, and values beyond them saturate. Use ${Math.max(FEWEST, classes ?? 0)} or more.`,
};
