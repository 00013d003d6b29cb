// Numbers of a run in words: the terminal and report.html say them the same way.

import type { MetricName } from '../../engine/config/schema.ts';

/** An accuracy in percent, other scores as they are. */
export function formatScore(metric: MetricName, value: number): string {
  if (metric === 'accuracy') return `${(100 * value).toFixed(2)} %`;
  return metric === 'auc' ? value.toFixed(4) : value.toPrecision(4);
}

export function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}

/** Three significant digits, no exponent. */
export function formatRate(perSecond: number): string {
  return perSecond >= 100 ? Math.round(perSecond).toLocaleString('en') : perSecond.toPrecision(3);
}
