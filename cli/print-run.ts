// A run that has ended, on the terminal.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { displayPath } from '../host/files/files.ts';
import { readReport } from '../host/runs/read-report.ts';
import { openRun } from '../host/runs/run-folder.ts';
import { accuracyTable, speedLine, worstLayers } from './accuracy-table.ts';
import { print } from './terminal.ts';

const WORST = 5;

export function printRun(folder: string): void {
  const { record } = openRun(process.cwd(), folder);
  print(accuracyTable(record));
  if (existsSync(join(folder, 'report.json'))) print(worstLayers(readReport(folder), WORST));
  if (record.equalAnswers !== undefined) {
    print(`Fake-quantized and int8 answers are equal on ${(100 * record.equalAnswers).toFixed(2)} %.`);
  }
  for (const { message } of record.gates ?? []) print(message);
  const speed = speedLine(record);
  if (speed !== undefined) print(speed);
  print(`Run: ${displayPath(folder)} (${record.files.map(({ file }) => file).join(', ')}, report.json, report.html)`);
}
