// package.json's contributions: every text is there, every menu names a command, and the page and the bundle are current.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUNDLE, l10nBundle } from '../../scripts/l10n.mjs';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const text = read('package.json');
const { contributes, activationEvents, engines } = JSON.parse(text);
const words: Record<string, string> = JSON.parse(read('package.nls.json'));
const commands: readonly { command: string; title: string }[] = contributes.commands;
const say = (placeholder: string): string => words[placeholder.replaceAll('%', '')] ?? placeholder;

interface Setting {
  readonly type: string;
  readonly enum?: readonly unknown[];
  readonly default: unknown;
  readonly markdownDescription: string;
}
const settings: Readonly<Record<string, Setting>> = contributes.configuration.properties;

describe('package.json', () => {
  it('has a text for each key and a key for each text', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
    expect([...used].sort()).toEqual(Object.keys(words).sort());
  });

  it('names in its menus only commands that it declares', () => {
    const ids = new Set(commands.map(({ command }) => command));
    const inMenus = Object.values(contributes.menus as Record<string, { command: string }[]>).flat();
    expect(inMenus.map(({ command }) => command).filter((id) => !ids.has(id))).toEqual([]);
    const linked = Object.values(words).flatMap((value) => [...value.matchAll(/command:([\w.]+)/g)]);
    expect(linked.map(([, id]) => id).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('documents each setting and gives its default', () => {
    for (const [key, setting] of Object.entries(settings)) {
      expect(setting.default, key).toBeDefined();
      expect(say(setting.markdownDescription).length, key).toBeGreaterThan(20);
    }
  });

  it('activates for nothing that it is not about', () => {
    expect(activationEvents).not.toContain('*');
    expect(activationEvents).not.toContain('onStartupFinished');
  });
});

describe('l10n/bundle.l10n.json', () => {
  it('has the texts of client/ (`npm run l10n` writes it anew)', () =>
    expect(readFileSync(BUNDLE, 'utf8')).toBe(l10nBundle()));
});

describe('docs/vscode.md', () => {
  it('lists commands and settings as package.json has them (`-u` writes it anew)', async () => {
    const file = join(ROOT, 'docs/vscode.md');
    const page = readFileSync(file, 'utf8');
    const current = page
      .replace(/(<!-- commands -->\n)[\s\S]*?(\n<!-- end -->)/, `$1${commandTable()}$2`)
      .replace(/(<!-- settings -->\n)[\s\S]*?(\n<!-- end -->)/, `$1${settingTable()}$2`);
    await expect(current).toMatchFileSnapshot(file);
    expect(page).toContain(`VS Code ${engines.vscode.slice(1)}`);
  });
});

function commandTable(): string {
  const places: Readonly<Record<string, string>> = {
    'editor/title': 'editor title',
    'explorer/context': 'explorer',
    'view/item/context': 'Runs view',
    'view/title': 'Runs view',
  };
  const rows = commands.map(({ command, title }) => {
    const menus = contributes.menus as Record<string, { command: string }[]>;
    const where = Object.keys(places).filter((menu) => menus[menu].some((entry) => entry.command === command));
    const isHidden = contributes.menus.commandPalette.some(
      (entry: { command: string; when: string }) => entry.command === command && entry.when === 'false',
    );
    const first = isHidden ? 'walkthrough' : 'palette';
    return `| ${say(title)} | ${[first, ...new Set(where.map((menu) => places[menu]))].join(', ')} |`;
  });
  return ['| command | where |', '|---|---|', ...rows].join('\n');
}

function settingTable(): string {
  const rows = Object.entries(settings).map(([key, setting]) => {
    const values = setting.enum?.map((value) => `\`${value}\``).join(', ') ?? setting.type;
    return `| \`${key}\` | ${values} | \`${JSON.stringify(setting.default)}\` | ${say(setting.markdownDescription)} |`;
  });
  return ['| setting | values | default | |', '|---|---|---|---|', ...rows].join('\n');
}
