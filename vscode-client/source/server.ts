/** Where the language server is: the setting, else the selected Python environment, else the PATH. */

import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import * as vscode from "vscode";

const WINDOWS = process.platform === "win32";
const EXECUTABLE = WINDOWS ? "turnstile.exe" : "turnstile";
const INSTALL_COMMAND = "python3 -m pip install 'turnstile-lsp[local,lean]'";

/** The command that starts the server, or undefined where there is none. */
export async function findServer(): Promise<string | undefined> {
  const configured = vscode.workspace.getConfiguration("turnstile").get<string>("path");
  if (configured) {
    return configured;
  }
  const folders = [await pythonFolder(), ...(process.env.PATH ?? "").split(delimiter)];
  return folders
    .filter((folder): folder is string => !!folder)
    .map((folder) => join(folder, EXECUTABLE))
    .find((path) => existsSync(path));
}

/** The folder of the interpreter that the Python extension has selected. */
async function pythonFolder(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension("ms-python.python");
  if (!extension) {
    return undefined;
  }
  const api = await extension.activate();
  const path: string | undefined = api?.environments?.getActiveEnvironmentPath()?.path;
  return path && (existsSync(join(path, EXECUTABLE)) ? path : dirname(path));
}

/** Say that the server is missing and offer the one command that brings it. */
export async function offerInstall(): Promise<void> {
  const install = "Install";
  const choice = await vscode.window.showErrorMessage(
    `Turnstile's language server was not found. Install it with: ${INSTALL_COMMAND}`,
    install,
  );
  if (choice === install) {
    const terminal = vscode.window.createTerminal("Turnstile");
    terminal.show();
    terminal.sendText(INSTALL_COMMAND, false);
  }
}
