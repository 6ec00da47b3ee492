/** The list of suggested tactics: it opens at once and fills while they come, those that close the goal first. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

interface Suggestion {
  tactic: string;
  replacement: string;
  outcome: string;
  goals: string[];
  verified: boolean;
  range: { start: vscode.Position; end: vscode.Position };
}

/** The body of `turnstile/suggested`. */
interface Suggested {
  textDocument: { uri: string; version: number };
  suggestion: Suggestion;
}

interface Item extends vscode.QuickPickItem {
  suggestion: Suggestion;
}

export class Suggestions implements vscode.Disposable {
  private picker: vscode.QuickPick<Item> | undefined;
  private readonly listener: vscode.Disposable;

  constructor(private readonly client: LanguageClient) {
    this.listener = client.onNotification("turnstile/suggested", (body: Suggested) => this.add(body.suggestion));
  }

  /** Run `turnstile.suggest` for a document; `argument` is the command's. */
  async show(document: vscode.TextDocument, argument: object): Promise<void> {
    const version = document.version;
    const cancel = new vscode.CancellationTokenSource();
    const picker = vscode.window.createQuickPick<Item>();
    this.picker?.hide();
    this.picker = picker;
    picker.placeholder = "Tactics that have run here, with what they leave";
    picker.matchOnDescription = true;
    picker.busy = true;
    picker.onDidAccept(() => {
      const [chosen] = picker.activeItems;
      if (chosen) {
        void insert(document, version, chosen.suggestion);
        picker.hide();
      }
    });
    picker.onDidHide(() => {
      cancel.cancel();
      picker.dispose();
      this.picker = this.picker === picker ? undefined : this.picker;
    });
    picker.show();
    const parameters = { command: "turnstile.suggest", arguments: [argument] };
    try {
      const answer = await this.client.sendRequest<{ message: string }>(
        "workspace/executeCommand",
        parameters,
        cancel.token,
      );
      picker.placeholder = answer.message;
    } catch (error) {
      if (!cancel.token.isCancellationRequested) {
        throw error;
      }
    }
    picker.busy = false;
  }

  dispose(): void {
    this.picker?.hide();
    this.listener.dispose();
  }

  private add(suggestion: Suggestion): void {
    const picker = this.picker;
    if (!picker) {
      return;
    }
    const active = picker.activeItems[0];
    const touched = active && active !== picker.items[0];
    picker.items = [...picker.items, item(suggestion)].sort((one, other) => rank(one) - rank(other));
    if (touched) {
      picker.activeItems = [active];
    }
  }
}

function item(suggestion: Suggestion): Item {
  const targets = suggestion.goals.map((goal) => goal.slice(goal.lastIndexOf("⊢")).replace(/\s+/g, " "));
  return {
    label: suggestion.tactic.replace(/\n/g, " ⏎ "),
    description: suggestion.outcome,
    detail: targets.join("   ") || undefined,
    suggestion,
  };
}

function rank({ suggestion }: Item): number {
  return suggestion.goals.length + (suggestion.verified ? 0 : 1000);
}

/** Put a tactic in, unless the document is another by now. */
async function insert(document: vscode.TextDocument, version: number, suggestion: Suggestion): Promise<void> {
  if (document.version !== version) {
    void vscode.window.showInformationMessage("The document has changed meanwhile; ask for suggestions again.");
    return;
  }
  const { start, end } = suggestion.range;
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  edit.replace(document.uri, range, suggestion.replacement);
  await vscode.workspace.applyEdit(edit);
}
