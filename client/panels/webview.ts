// A webview panel of ours: one script and one style sheet from dist/webviews, nothing from anywhere else.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

export interface Panel<To> {
  readonly panel: vscode.WebviewPanel;
  post(message: To): void;
}

export interface PanelOptions<From> {
  /** Folder under client/webviews, and the panel's view type. */
  readonly name: string;
  readonly title: string;
  readonly column?: vscode.ViewColumn;
  receive(message: From): void;
}

export function openWebview<To, From>(context: Context, options: PanelOptions<From>): Panel<To> {
  const { name, title, column = vscode.ViewColumn.Beside } = options;
  const panel = vscode.window.createWebviewPanel(
    `quantlens.${name}`,
    title,
    { viewColumn: column, preserveFocus: true },
    { retainContextWhenHidden: false, ...webviewOptions(context) },
  );
  fillWebview(context, panel.webview, name, options.receive);
  return { panel, post: (message) => void panel.webview.postMessage(message) };
}

export const webviewOptions = (context: Context): vscode.WebviewOptions => ({
  enableScripts: true,
  localResourceRoots: [context.file('dist', 'webviews')],
});

export function fillWebview<From>(
  context: Context,
  webview: vscode.Webview,
  name: string,
  receive: (message: From) => void,
  /** `data-` attributes of the page's body: what it offers beyond the usual. */
  data: Readonly<Record<string, string>> = {},
): void {
  webview.onDidReceiveMessage(receive);
  const file = (suffix: string): vscode.Uri =>
    webview.asWebviewUri(context.file('dist', 'webviews', `${name}.${suffix}`));
  const nonce = randomBytes(16).toString('base64');
  webview.html = `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}; img-src ${webview.cspSource} data:;">
  <link rel="stylesheet" href="${file('css')}">
  <title>QuantLens</title>
</head>
<body ${Object.entries(data)
    .map(([key, value]) => `data-${key}="${value}"`)
    .join(' ')}>
  <script nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>`;
}
