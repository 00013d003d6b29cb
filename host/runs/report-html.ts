// `report.html` of a run: accuracies, files, and the error panel with all its views. One file, no network, light or dark as the
// reader's system is; without scripts it has each layer's error as a table with bars.

import type { ErrorReport, LayerError } from '../../engine/error-analysis/report.ts';
import type { RunRecord } from '../../protocol/run-record.ts';
import { formatBytes, formatRate, formatScore } from './format.ts';
import { REPORT_STYLE } from './report-assets.ts';
import { type PanelData, reportPanel } from './report-panel.ts';

export function reportHtml(
  run: RunRecord,
  report: ErrorReport,
  more: Pick<PanelData, 'details' | 'advice'> = {},
): string {
  const title = `${run.model}: quantization report`;
  const panel = reportPanel({ run, report, ...more });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
${panel?.head ?? ''}
<style>${REPORT_STYLE}</style>
</head>
<body data-report>
<header class="page">
<h1>${escapeHtml(run.model)}</h1>
<p class="about">${escapeHtml(about(run, report))}</p>
<h2>Accuracy</h2>
${accuracyTable(run)}
</header>
${panel ? `<noscript>${layerSection(report)}</noscript>\n${panel.body}` : layerSection(report)}
</body>
</html>
`;
}

function layerSection(report: ErrorReport): string {
  return `<main class="page">
<h2>Error of each layer</h2>
<p>Error is the root mean square of the difference to the float model, as a share of the signal: <em>here</em> with float inputs,
<em>so far</em> with all that came before. RMSE in steps is about 0.29 where only rounding is lost.</p>
${layerTable(report)}
</main>`;
}

function about(run: RunRecord, report: ErrorReport): string {
  const kernels = run.kernels ?? report.kernels;
  return `${run.target}, run ${run.id}. The int8 models were scored by the simulator with the ${kernels} kernels; errors were measured on ${report.images} inputs.`;
}

function accuracyTable({ scores, files, equalAnswers, speed }: RunRecord): string {
  if (!scores) return '<p>No accuracy was measured: the config has no validation data.</p>';
  const size = (model: string): string => {
    const file = files.find((each) => each.model === model);
    return file ? `${escapeHtml(file.file)}, ${formatBytes(file.bytes)}` : '–';
  };
  const rate = (value: number | undefined): string => (value === undefined ? '–' : `${formatRate(value)}/s`);
  const score = (value: number): string => formatScore(scores.metric, value);
  const rows = [
    ['float', score(scores.float), size('float'), rate(speed?.floatPerSecond)],
    ['post-training int8', score(scores.ptq), size('ptq'), rate(speed?.int8PerSecond)],
  ];
  if (scores.qat) {
    rows.push(['QAT int8', score(scores.qat.int8), size('qat'), rate(speed?.int8PerSecond)]);
    rows.push(['QAT fake-quantized', score(scores.qat.fakeQuant), '–', '–']);
  }
  const body = rows.map(([name, ...cells]) => `<tr><th scope="row">${name}</th>${cells.map(cell).join('')}</tr>`);
  const equal =
    equalAnswers === undefined
      ? ''
      : `<p>The fake-quantized and the int8 model give the same answer on ${percent(equalAnswers)} of the validation data.</p>`;
  return `<table><thead><tr><th scope="col">model</th><th scope="col">${scores.title}</th><th scope="col">file</th><th scope="col">inferences</th></tr></thead>
<tbody>${body.join('\n')}</tbody></table>${equal}`;
}

interface Column {
  readonly title: string;
  readonly number: (layer: LayerError) => number;
  readonly html: (layer: LayerError) => string;
}

const COLUMNS: readonly Column[] = [
  barColumn('error here', ({ local }) => noiseShare(local.sqnr)),
  barColumn('error so far', ({ accumulated }) => noiseShare(accumulated.sqnr)),
  { title: 'SQNR here, dB', number: ({ local }) => local.sqnr ?? 999, html: ({ local }) => decibel(local.sqnr) },
  {
    title: 'SQNR so far, dB',
    number: ({ accumulated }) => accumulated.sqnr ?? 999,
    html: ({ accumulated }) => decibel(accumulated.sqnr),
  },
  plain('RMSE here, steps', ({ local }) => local.rmseOverScale),
  plain('cosine so far', ({ accumulated }) => accumulated.cosine, 5),
  plain('mean error here', ({ local }) => local.bias, 5),
  plain('largest error here', ({ local }) => local.maxError, 4),
  { title: 'saturated', number: (layer) => layer.saturated, html: (layer) => percent(layer.saturated) },
  { title: 'range used', number: (layer) => layer.rangeUsed, html: (layer) => percent(layer.rangeUsed) },
];

function plain(title: string, number: (layer: LayerError) => number, digits = 3): Column {
  return { title, number, html: (layer) => number(layer).toFixed(digits) };
}

function barColumn(title: string, number: (layer: LayerError) => number): Column {
  return {
    title,
    number,
    html(layer) {
      const share = number(layer);
      return `<span class="bar" style="--share:${Math.min(share, 1).toFixed(4)}"></span>${percent(share)}`;
    },
  };
}

function layerTable({ layers }: ErrorReport): string {
  const head = ['#', 'layer', 'op', ...COLUMNS.map(({ title }) => title)];
  const rows = layers.map((layer, index) => {
    const cells = COLUMNS.map(({ number, html }) => `<td data-value="${number(layer)}">${html(layer)}</td>`);
    const source = layer.source ? ` <small>${escapeHtml(layer.source.file)}:${layer.source.line}</small>` : '';
    return `<tr><td data-value="${index}">${index}</td><th scope="row">${escapeHtml(layer.name)}${source}</th><td>${escapeHtml(layer.op)}</td>${cells.join('')}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="Error of each layer"><table class="layers"><thead><tr>${head
    .map((title) => `<th scope="col">${title}</th>`)
    .join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
}

/** Noise over signal from an SQNR in dB; 0 where there is no noise. */
function noiseShare(sqnr: number | null): number {
  return sqnr === null ? 0 : 10 ** (-sqnr / 20);
}

const cell = (text: string): string => `<td>${text}</td>`;
const decibel = (value: number | null): string => (value === null ? 'exact' : value.toFixed(1));
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
