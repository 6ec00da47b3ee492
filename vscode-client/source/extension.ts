/** The VS Code client of Turnstile: starts the language server and fills in what its commands need. */

import * as vscode from "vscode";
import { LanguageClient, type ExecuteCommandSignature, type Middleware } from "vscode-languageclient/node";
import { StatusItem } from "./status";
import { findServer, tellMissing } from "./server";
import { Suggestions } from "./suggestions";

let client: LanguageClient | undefined;
let suggestions: Suggestions | undefined;
const parts: vscode.Disposable[] = [];

/** The latest start; the next one waits for its end, since a client cannot be stopped while it starts. */
let starting: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const version: string = context.extension.packageJSON.version;
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("turnstile.path")) {
        const restart = (): Promise<void> => deactivate().then(() => start(version));
        starting = starting.then(restart, restart);
      }
    }),
  );
  starting = start(version);
  await starting;
}

export async function deactivate(): Promise<void> {
  vscode.Disposable.from(...parts.splice(0)).dispose();
  const stopping = client;
  client = undefined;
  await stopping?.stop().catch(() => undefined); // one that never ran cannot be stopped
}

async function start(version: string): Promise<void> {
  const command = await findServer();
  if (!command) {
    void tellMissing();
    return;
  }
  const made = (client = createClient(command, version));
  const status = new StatusItem();
  suggestions = new Suggestions(made);
  parts.push(
    status,
    suggestions,
    made.onNotification("turnstile/status", (body) => status.show(body)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => made.sendNotification("turnstile/trust", { trusted: true })),
  );
  await made.start();
}

function createClient(command: string, version: string): LanguageClient {
  return new LanguageClient(
    "turnstile",
    "Turnstile",
    { command, args: ["lsp", "--stdio"] },
    {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }],
      initializationOptions: { clientVersion: version, trusted: vscode.workspace.isTrusted, suggestions: true },
      synchronize: { configurationSection: "turnstile" },
      middleware: { executeCommand: withPosition } satisfies Middleware,
    },
  );
}

/** A command from a menu or the palette acts at the cursor; one from a code action brings its own argument. */
async function withPosition(command: string, parameters: any[], next: ExecuteCommandSignature): Promise<unknown> {
  const editor = vscode.window.activeTextEditor;
  const argument: any = parameters[0]?.textDocument ? parameters[0] : editor && atCursor(editor);
  if (!argument || command === "turnstile.cancel") {
    return next(command, parameters);
  }
  if (command === "turnstile.suggest" && editor && editor.document.uri.toString() === argument.textDocument.uri) {
    return suggestions?.show(editor.document, argument);
  }
  return next(command, [argument]);
}

function atCursor(editor: vscode.TextEditor): object {
  const { line, character } = editor.selection.active;
  const textDocument = { uri: editor.document.uri.toString() };
  return { textDocument, position: { line, character }, version: editor.document.version };
}
