// Each rule has a page whose bad example it finds and whose good example it does not; what the page says of it is so.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../engine/config/parse.ts';
import { rangeOf } from '../../../engine/config/position.ts';
import { quantizationSettings } from '../../../engine/config/quantization-settings.ts';
import type { KerasModel, KerasWeights } from '../../../engine/keras/model.ts';
import type { Target } from '../../../engine/quantization/targets/target.ts';
import { TARGETS } from '../../../engine/quantization/targets/targets.ts';
import type { ConfigFacts, DataFacts } from '../../../engine/rules/config-facts.ts';
import type { Rule } from '../../../engine/rules/rule.ts';
import { RULES } from '../../../engine/rules/rules.ts';
import { derive, findingsOf, type Setting } from './derive.ts';
import { madeWeights } from './made-weights.ts';

const PAGES = join(import.meta.dirname, '../../../docs/rules');

/** Targets that show what these rules are for; the others are shown on the default one. */
const TARGET: { readonly [rule: string]: keyof typeof TARGETS } = {
  'unsupported-layer': 'tfmot-default-8bit',
  'unsupported-activation': 'tfmot-default-8bit',
  'lambda-layer': 'tfmot-default-8bit',
  'raw-tf-op': 'tfmot-default-8bit',
  'nested-model': 'tfmot-default-8bit',
  'custom-layer-without-quantize-config': 'tfmot-default-8bit',
  'subclassed-model': 'tfmot-default-8bit',
  'relu6-not-fused': 'tfmot-default-8bit',
  // One scale for all channels of a depthwise or dense layer.
  'channel-range-ratio': 'tfmot-default-8bit',
  'heavy-tailed-weights': 'tfmot-default-8bit',
};

/** What reading the files of the examples would give: data by path, and weights that fit or not. */
const DATA: { readonly [path: string]: Pick<DataFacts, 'sampleShape' | 'samples' | 'classes'> } = {
  'wide.npz': { sampleShape: [128], samples: 1000, classes: 10 },
  'fitting.npz': { sampleShape: [64], samples: 1000, classes: 10 },
};
const PROBLEMS: { readonly [path: string]: readonly string[] } = {
  'other.h5': ['The layer "head" has no weights in other.h5.'],
};

function section(page: string, title: string): string {
  const from = page.indexOf(`## ${title}\n`);
  const to = page.indexOf('\n## ', from + 1);
  return from < 0 ? '' : page.slice(from, to < 0 ? undefined : to);
}

function fence(text: string, language: string): string | null {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? null;
}

/** Ids of the rules that find something in an example. */
function foundIn(example: string, rule: Rule): readonly string[] {
  const python = fence(example, 'python');
  expect(python).not.toBeNull();
  const json = fence(example, 'json');
  const yaml = fence(example, 'yaml');
  const setting: Setting = {
    target: TARGETS[TARGET[rule.id] ?? 'tflite-int8'],
    ...(json === null ? {} : { weights: (model: KerasModel): KerasWeights => madeWeights(model, JSON.parse(json)) }),
    ...(yaml === null ? {} : configOf(yaml)),
  };
  return findingsOf(derive(python ?? ''), setting).findings.map((finding) => finding.rule);
}

function configOf(text: string): Pick<Setting, 'config' | 'target'> {
  const { config, problems } = parseConfig(text, 'a.quant.yaml');
  expect(problems).toEqual([]);
  if (!config) return {};
  const path = config.data.train?.path;
  const target: Target = TARGETS[config.target as keyof typeof TARGETS];
  const facts: ConfigFacts = {
    file: '/a.quant.yaml',
    settings: quantizationSettings(config, target),
    loss: config.training.loss,
    calibrationSamples: config.data.calibration.samples,
    data: path !== undefined && DATA[path] ? [{ key: ['data', 'train'], ...DATA[path] }] : [],
    weightsKey: config.weights === undefined ? null : ['weights'],
    weightsProblems: PROBLEMS[config.weights ?? ''] ?? [],
  };
  // Each key that a finding names is in the text.
  const locateKey = (key: readonly (string | number)[]) => {
    expect(rangeOf(text, key.slice(0, 2))).toBeDefined();
    return null;
  };
  return { config: { facts, text, locateKey }, target };
}

it('each page is that of a rule', () => {
  const pages = readdirSync(PAGES).map((file) => file.replace(/\.md$/, ''));
  expect(pages.sort()).toEqual(RULES.map(({ id }) => id).sort());
});

// `UPDATE=1 npx vitest run test/engine/rules/pages.test.ts` writes the list anew.
it('docs/rules.md lists them', () => {
  const rows = RULES.map(({ id, title, severity, level, fix }) => {
    const targets = { op: 'all but TFMOT', layer: 'TFMOT', all: 'all' }[level ?? 'all'];
    return `| [${id}](rules/${id}.md) | ${title} | ${severity} | ${targets} | ${fix ? 'yes' : ''} |`;
  });
  const file = join(PAGES, '../rules.md');
  const page = readFileSync(file, 'utf8');
  const current = page.replace(/(<!-- rules -->\n)[\s\S]*?(\n<!-- end -->)/, `$1${rows.join('\n')}$2`);
  if (process.env.UPDATE) writeFileSync(file, current);
  else expect(page).toBe(current);
});

it('each rule looks at a model or at a text', () => {
  for (const { id, check, checkSource } of RULES)
    expect([id, (check === undefined) !== (checkSource === undefined)]).toEqual([id, true]);
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const page = readFileSync(join(PAGES, `${id}.md`), 'utf8');

  it('has its title, severity and sections', () => {
    expect(page.startsWith(`# ${id}\n\n${rule.title}.\n`)).toBe(true);
    expect(page).toContain(`**Severity:** ${rule.severity}`);
    const targets = { op: '`tflite-int8`', layer: '`tfmot-default-8bit`', all: 'all' }[rule.level ?? 'all'];
    expect(page).toContain(`**Targets:** ${targets}`);
    for (const title of ['What', 'Why', 'Fix']) expect(section(page, title).length).toBeGreaterThan(20);
  });
  it('finds its bad example', () => expect(foundIn(section(page, 'Bad'), rule)).toContain(id));
  it('leaves its good example alone', () => expect(foundIn(section(page, 'Good'), rule)).not.toContain(id));
});
