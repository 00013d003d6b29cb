// The theme's colours for the canvas, read again when the theme changes.
import type { GraphNode } from '../../../protocol/graph-view.ts';

export interface Colors {
  readonly background: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly box: string;
  readonly focus: string;
  readonly good: string;
  readonly fair: string;
  readonly poor: string;
  readonly float: string;
  readonly font: string;
}

export function readColors(): Colors {
  const style = getComputedStyle(document.documentElement);
  const token = (...names: string[]): string =>
    names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find((value) => value !== '') ?? 'GrayText';
  return {
    background: token('editor-background'),
    text: token('editor-foreground', 'foreground'),
    quiet: token('descriptionForeground', 'editor-foreground'),
    line: token('editorLineNumber-foreground', 'descriptionForeground'),
    box: token('editorWidget-background', 'editor-background'),
    focus: token('focusBorder', 'contrastActiveBorder'),
    good: token('charts-green', 'testing-iconPassed'),
    fair: token('charts-yellow', 'editorWarning-foreground'),
    poor: token('charts-red', 'editorError-foreground'),
    float: token('charts-purple', 'editorInfo-foreground'),
    font: token('font-family') === 'GrayText' ? 'sans-serif' : token('font-family'),
  };
}

export type Grade = 'good' | 'fair' | 'poor' | 'float' | 'none';

/** What a node's colour says; its mark and its word say the same without colour. */
export function gradeOf({ run, error }: GraphNode): Grade {
  if (run === 'unsupported') return 'poor';
  if (run === 'float' || run === 'boundary') return 'float';
  if (!error) return 'none';
  const rmse = error.local.rmseOverScale;
  return rmse > 0.7 ? 'poor' : rmse > 0.5 ? 'fair' : 'good';
}

export const GRADES: { readonly [G in Grade]: { readonly mark: string; readonly word: string } } = {
  good: { mark: '●', word: 'only rounding' },
  fair: { mark: '▲', word: 'more than rounding' },
  poor: { mark: '■', word: 'loses accuracy, or not supported' },
  float: { mark: '◆', word: 'float, or its border' },
  none: { mark: '', word: 'not measured' },
};
