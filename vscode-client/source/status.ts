/** The status bar: which model answers, what is going on, and what mends what is wrong. */

import * as vscode from "vscode";

/** The body of `turnstile/status`. */
export interface Status {
  state: string;
  model?: string | null;
  message?: string;
  mend?: string | null;
}

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("turnstile.status", vscode.StatusBarAlignment.Right);

  constructor() {
    this.item.name = "Turnstile";
    this.show({ state: "ready" });
  }

  show(status: Status): void {
    const busy = status.state === "busy" || status.state === "proving" || status.state === "loading";
    this.item.text = `⊢ ${busy ? "$(sync~spin) " : ""}${status.model ?? ""}`.trim();
    this.item.tooltip = [status.message, status.mend].filter(Boolean).join("\n") || "Turnstile";
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
