/** Where the language server is: the setting, else the selected Python environment, else the PATH. */

import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import * as vscode from "vscode";

const WINDOWS = process.platform === "win32";
const EXECUTABLE = WINDOWS ? "turnstile.exe" : "turnstile";

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

/** Say that the server is missing, and what brings it. */
export async function tellMissing(): Promise<void> {
  const settings = "Open Settings";
  const choice = await vscode.window.showErrorMessage(
    "Turnstile's language server was not found. Install Turnstile as its README says, or name its command in the setting turnstile.path.",
    settings,
  );
  if (choice === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "turnstile.path");
  }
}
