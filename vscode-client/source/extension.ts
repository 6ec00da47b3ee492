/** The VS Code client of Turnstile: starts the language server and fills in what its commands need. */

import * as vscode from "vscode";
import { LanguageClient, type ExecuteCommandSignature, type Middleware } from "vscode-languageclient/node";
import { StatusItem } from "./status";
import { findServer, offerInstall } from "./server";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const command = await findServer();
  if (!command) {
    void offerInstall();
    return;
  }
  client = createClient(command, context.extension.packageJSON.version);
  const status = new StatusItem();
  context.subscriptions.push(
    status,
    client.onNotification("turnstile/status", (body) => status.show(body)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => client?.sendNotification("turnstile/trust", { trusted: true })),
  );
  await client.start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

function createClient(command: string, version: string): LanguageClient {
  return new LanguageClient(
    "turnstile",
    "Turnstile",
    { command, args: ["lsp", "--stdio"] },
    {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }],
      initializationOptions: { clientVersion: version, trusted: vscode.workspace.isTrusted },
      synchronize: { configurationSection: "turnstile" },
      middleware: { executeCommand: withPosition } satisfies Middleware,
    },
  );
}

/** A command from a menu or the palette acts at the cursor; one from a code action brings its own argument. */
async function withPosition(command: string, parameters: any[], next: ExecuteCommandSignature): Promise<unknown> {
  const editor = vscode.window.activeTextEditor;
  if (parameters[0]?.textDocument || !editor || command === "turnstile.cancel") {
    return next(command, parameters);
  }
  const { line, character } = editor.selection.active;
  const textDocument = { uri: editor.document.uri.toString() };
  return next(command, [{ textDocument, position: { line, character }, version: editor.document.version }]);
}
