// Writes and reads `details.json` of a run: distributions of each layer, and the inputs that come out worst as pictures.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { AdviceReport } from '../../engine/error-analysis/advice-report.ts';
import type { DetailsReport } from '../../engine/error-analysis/layer-details.ts';
import type { DetailsFile } from '../../protocol/details-file.ts';
import { readText } from '../files/files.ts';

export function withPictures({ inputs, ...rest }: DetailsReport): DetailsFile {
  return {
    ...rest,
    inputs: inputs.map(({ image, ...input }) => {
      if (!image) return input;
      const [height, width, channels] = image.shape;
      const png = encode({ width, height, channels, depth: 8, data: image.pixels });
      return { ...input, picture: `data:image/png;base64,${Buffer.from(png).toString('base64')}` };
    }),
  };
}

/** What a run has beyond its report. Absent where there is none, or none that can be read: the report says the rest. */
export function moreOf(folder: string): { readonly details?: DetailsFile; readonly advice?: AdviceReport } {
  const [details, advice] = ['details.json', 'advice.json'].map((name) => read(join(folder, name)));
  return {
    ...(Array.isArray(details?.layers) ? { details: details as unknown as DetailsFile } : {}),
    ...(Array.isArray(advice?.points) ? { advice: advice as unknown as AdviceReport } : {}),
  };
}

function read(file: string): Readonly<Record<string, unknown>> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const value = JSON.parse(readText(file));
    return value?.version === 1 ? value : undefined;
  } catch {
    return undefined;
  }
}
