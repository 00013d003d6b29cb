// 100,000 random cases of fake-quantization, made anew by test/oracles/fake_quantize.py into the folder that QUANTLENS_SWEEP names: the
// unit test, which reads 2,000 that are committed, over all of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';

const file = join(process.env.QUANTLENS_SWEEP ?? '', 'fake-quantize.json');
if (existsSync(file)) {
  process.env.QUANTLENS_FAKE_QUANTIZE = file;
  await import('../../engine/quantization/fake-quantize.test.ts');
} else {
  it.skip('needs fake-quantize.json', () => {});
}
