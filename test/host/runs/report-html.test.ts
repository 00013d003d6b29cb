// The report page stands alone and holds what the report says.

import { expect, test } from 'vitest';
import type { ErrorMetrics, ErrorReport } from '../../../engine/error-analysis/report.ts';
import { reportHtml } from '../../../host/runs/report-html.ts';
import type { RunRecord } from '../../../protocol/run-record.ts';

const metrics: ErrorMetrics = { sqnr: 20, rmseOverScale: 0.3, cosine: 0.999, bias: 0.001, maxError: 0.1 };
const report: ErrorReport = {
  version: 1,
  model: 'net',
  kernels: 'reference',
  images: 100,
  layers: [
    {
      name: '<script>alert(1)</script>',
      op: 'CONV_2D',
      layers: ['conv'],
      local: metrics,
      accumulated: { ...metrics, sqnr: null },
      saturated: 0.01,
      rangeUsed: 0.9,
      scale: 0.1,
      zeroPoint: -3,
    },
  ],
};
const run: RunRecord = {
  version: 1,
  id: 'r',
  kind: 'train',
  status: 'done',
  started: '2026-01-01T00:00:00.000Z',
  config: '/a.quant.yaml',
  model: 'nets/a&b.keras',
  target: 'tflite-int8',
  scores: {
    metric: 'accuracy',
    title: 'accuracy',
    higherIsBetter: true,
    float: 0.99,
    ptq: 0.9,
    qat: { int8: 0.98, fakeQuant: 0.985 },
  },
  kernels: 'reference',
  equalAnswers: 0.995,
  files: [{ model: 'qat', file: 'qat.tflite', bytes: 20480 }],
  speed: { floatPerSecond: 12345.6, int8PerSecond: 99.5 },
};

test('shows accuracies, files and layers, and runs nothing that a name holds', () => {
  const html = reportHtml(run, report);
  for (const text of ['99.00 %', '98.50 %', 'qat.tflite, 20.0 KiB', '12,346/s', '99.50 %', 'a&amp;b.keras', 'exact']) {
    expect(html).toContain(text);
  }
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toContain('<script>alert');
  expect(html.match(/--share:([\d.]+)/)?.[1]).toBe('0.1000');
});

test('needs no network', () => {
  const html = reportHtml(run, report);
  // The policy forbids all of it; the panel's own script holds such words as text.
  expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:");
  const page = html.replaceAll(/<script[^>]*>[\s\S]*?<\/script>/g, '');
  expect(page).not.toMatch(/(?:src|href)=(?!"data:)|url\((?!["']?data:)|@import/);
});

test('says that nothing was measured where there is no accuracy', () => {
  const { scores: _, ...unmeasured } = run;
  expect(reportHtml(unmeasured, report)).toContain('No accuracy was measured');
});
