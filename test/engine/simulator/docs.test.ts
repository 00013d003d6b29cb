// docs/simulator.md lists every op and what each kernel set does with it. Write it anew: UPDATE_DOCS=1 vitest run <this file>.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OP_FORMATS } from '../../../engine/importers/tflite-ops.ts';
import { KERNEL_SETS } from '../../../engine/simulator/kernel-sets.ts';

const PAGE = new URL('../../../docs/simulator.md', import.meta.url);
const [BEGIN, END] = ['<!-- ops -->\n', '<!-- end -->'];

function table(): string {
  const { reference, xnnpack, 'tflite-micro': micro } = KERNEL_SETS;
  const kinds = (Object.keys(OP_FORMATS) as (keyof typeof OP_FORMATS)[]).filter((kind) => OP_FORMATS[kind] !== null);
  const rows = kinds.map((kind) => {
    const first = reference.kernels[kind];
    const beside = [xnnpack, micro].map(({ kernels }) => {
      if (kernels[kind] === first) return 'as reference';
      return typeof kernels[kind] === 'function' ? 'its own' : 'none';
    });
    return `| ${[kind, typeof first === 'function' ? 'yes' : first.unsupported, ...beside].join(' | ')} |`;
  });
  return `| operator | \`reference\` | \`xnnpack\` | \`tflite-micro\` |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

it('docs/simulator.md lists the kernels', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const wanted = `${before}${BEGIN}${table()}${END}${rest.split(END)[1]}`;
  if (process.env.UPDATE_DOCS !== undefined) writeFileSync(PAGE, wanted);
  else expect(page).toBe(wanted);
});
