// Lines for whoever runs the suite: the extension host's console reaches nobody.
import { appendFileSync } from 'node:fs';
import { format } from 'node:util';

export function print(...message: unknown[]): void {
  const line = format(...message);
  console.log(line);
  if (process.env.VSC_TEST_LOG) appendFileSync(process.env.VSC_TEST_LOG, `${line}\n`);
}
