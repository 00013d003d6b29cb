// The job `simulate`, which VS Code starts: inputs of an .npz, against what LiteRT computed.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NO_CONTROL } from '../../../host/job/control.ts';
import { simulate } from '../../../host/job/simulate.ts';
import type { NumpyArray } from '../../../host/numpy/npy.ts';
import { formatNpz, openNpz } from '../../../host/numpy/npz.ts';
import { describeWithShared, shared } from '../../shared.ts';

const MODEL = shared('data', 'mlperf_tiny', 'ic_resnet8_int8.tflite');
const ORACLE = shared('data', 'oracles', 'resnet8_int8_first200.npz');
const COUNT = 3;

describeWithShared('the job simulate', 'data/oracles/resnet8_int8_first200.npz', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quantlens-simulate-job-'));
  const oracle = openNpz(ORACLE);
  const data = Float32Array.from(oracle.read('x').data.slice(0, COUNT * 3072) as Uint8Array);
  const images: NumpyArray = { type: 'f4', shape: [COUNT, 32, 32, 3], data };
  const labels: NumpyArray = { type: 'u1', shape: [COUNT], data: new Uint8Array(COUNT) };
  const output = join(folder, 'out.npz');
  const run = (arrays: Record<string, NumpyArray>, names?: string[]): Promise<void> => {
    const input = join(folder, 'in.npz');
    writeFileSync(input, formatNpz(new Map(Object.entries(arrays))));
    const request = { kind: 'simulate', model: MODEL, input, output, ...(names && { arrays: names }) } as const;
    const context = {
      root: folder,
      isTrusted: false,
      emit: () => {},
      signal: new AbortController().signal,
      control: NO_CONTROL,
    };
    return simulate(request, context);
  };

  test('takes the array that fits, or the one that is named', async () => {
    const reference = [...oracle.read('out_ref').data.slice(0, COUNT * 10)];
    await run({ labels, images });
    expect([...openNpz(output).read('output_0').data]).toEqual(reference);
    await run({ images, again: images }, ['again']);
    expect([...openNpz(output).read('output_0').data]).toEqual(reference);
  });

  test('asks for a name where two fit', () =>
    expect(run({ images, again: images })).rejects.toThrow(/in\.npz has the arrays images, again; the model needs 1/));
});
