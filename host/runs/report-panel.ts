// The error panel inside report.html: the same bundle that the editor shows, with its data in the page and nothing fetched.

import { existsSync, readFileSync } from 'node:fs';
import type { AdviceReport } from '../../engine/error-analysis/advice-report.ts';
import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import type { DetailsFile } from '../../protocol/details-file.ts';
import type { RunRecord } from '../../protocol/run-record.ts';
import type { ToErrorPanel } from '../../protocol/webview-messages.ts';
import { REPORT_THEME } from './report-theme.ts';

export interface PanelData {
  readonly run: RunRecord;
  readonly report: ErrorReport;
  readonly details?: DetailsFile;
  readonly advice?: AdviceReport;
}

/** Beside the bundles, or in the checkout's build. */
const FOLDERS = ['./webviews/', '../../dist/webviews/'].map((folder) => new URL(folder, import.meta.url));

/** Answers the panel as the extension would, as far as a page can: data at first, and files to save. */
const SHIM = `
const messages = JSON.parse(document.getElementById('panel-data').textContent);
function download(name, content) {
  const link = document.createElement('a');
  link.download = name;
  link.href = content.startsWith('data:') ? content : URL.createObjectURL(new Blob([content]));
  link.click();
}
window.acquireVsCodeApi = () => ({
  getState: () => undefined,
  setState: () => {},
  postMessage(message) {
    if (message.kind === 'ready') for (const each of messages) window.postMessage(each, '*');
    if (message.kind === 'save') download(message.fileName, message.content);
  },
});
`;

/** Null where the panel has not been built: the page then has the table alone. */
export function reportPanel({ run, report, details, advice }: PanelData): { head: string; body: string } | null {
  const [script, style] = ['error-panel.js', 'error-panel.css'].map(read);
  if (script === null || style === null) return null;
  const messages: readonly ToErrorPanel[] = [
    { kind: 'report', run: { folder: '', record: run, hasReport: true }, report, stale: [] },
    { kind: 'details', ...(details ? { details } : {}), ...(advice ? { advice } : {}) },
  ];
  // Nothing in the data may end the script element.
  const data = JSON.stringify(messages).replaceAll('<', '\\u003c');
  return {
    head: `<style>${REPORT_THEME}\n${style}</style>`,
    body: `<div id="panel"></div>
<script type="application/json" id="panel-data">${data}</script>
<script>${SHIM}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script>`,
  };
}

/** A panel without the link to its source map, which is not there. */
function read(name: string): string | null {
  const file = FOLDERS.map((folder) => new URL(name, folder)).find((each) => existsSync(each));
  return file ? readFileSync(file, 'utf8').replaceAll(/^(\/\/|\/\*)# sourceMappingURL=.*$/gm, '') : null;
}
