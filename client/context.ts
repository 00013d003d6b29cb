// What commands share: the extension's own paths, its log, the language server and the running jobs.
import * as vscode from 'vscode';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import { createServer, type Server } from './language-server.ts';

export interface Context {
  readonly extension: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: Server;
  readonly jobs: Jobs;
  /** A file of the extension's own. */
  file(...parts: string[]): vscode.Uri;
}

export function createContext(extension: vscode.ExtensionContext): Context {
  const log = vscode.window.createOutputChannel('QuantLens', { log: true });
  const file = (...parts: string[]): vscode.Uri => vscode.Uri.joinPath(extension.extensionUri, ...parts);
  const server = createServer(file('dist', 'server.mjs').fsPath, log);
  const jobs = createJobs(file('dist', 'job.mjs').fsPath, log);
  extension.subscriptions.push(log, server, jobs);
  return { extension, log, server, jobs, file };
}
