// What `train --json` and `quantize --json` end with.

import type { Done } from './run-job.ts';

/** Scores by the metric's name: `{"float":{"accuracy"},"ptq":{"accuracy"},"qat":{"accuracy","fakeQuantAccuracy"},…,"run"}`. */
export function resultJson({ scores, imagesPerSecond, gates, folder }: Done): object {
  return {
    ...(scores ? scoresJson(scores) : {}),
    ...(gates ? { gates } : {}),
    ...(imagesPerSecond === undefined ? {} : { imagesPerSecond }),
    run: folder,
  };
}

function scoresJson({ metric, float, ptq, qat }: NonNullable<Done['scores']>): object {
  const key = metric.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const fakeQuantKey = `fakeQuant${key[0].toUpperCase()}${key.slice(1)}`;
  return {
    float: { [key]: float },
    ptq: { [key]: ptq },
    ...(qat ? { qat: { [key]: qat.int8, [fakeQuantKey]: qat.fakeQuant } } : {}),
  };
}
