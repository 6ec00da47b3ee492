/** JupyterLab's interfaces, as far as they are used here; names and meanings are JupyterLab's. */

export interface Token<T> {
  readonly name: string;
  readonly _tokenStructuralPropertyT?: T;
}

export interface ServerSettings {
  readonly baseUrl: string;
}

export interface JupyterFrontEnd {
  readonly commands: {
    readonly commandExecuted: { connect(slot: (sender: unknown, executed: { id: string }) => void): boolean };
  };
  readonly serviceManager: { readonly serverSettings: ServerSettings };
}

export interface JupyterFrontEndPlugin {
  id: string;
  description: string;
  autoStart: boolean;
  requires: [Token<ICompletionProviderManager>];
  activate(app: JupyterFrontEnd, manager: ICompletionProviderManager): void;
}

export interface ICompletionProviderManager {
  registerInlineProvider(provider: IInlineCompletionProvider): void;
}

/** `offset` counts code points of `text`, the whole text of the editor. */
export interface IRequest {
  offset: number;
  text: string;
}

/** `widget`: the notebook, console or file. */
export interface IInlineCompletionContext {
  widget: object;
  triggerKind: number;
  session?: { path: string; kernel: { info: Promise<{ language_info: { name: string } }> } | null } | null;
}

export interface IInlineCompletionItem {
  insertText: string;
  isIncomplete?: boolean;
  token?: string;
}

export interface IInlineCompletionList {
  items: IInlineCompletionItem[];
}

export interface IInlineCompletionProvider {
  readonly identifier: string;
  readonly name: string;
  readonly schema: { type: string; default: Record<string, unknown> };
  fetch(request: IRequest, context: IInlineCompletionContext): Promise<IInlineCompletionList>;
  stream(token: string): AsyncGenerator<{ response: IInlineCompletionItem }>;
}

/** The modules that are used while JupyterLab runs, by the names that it shares them under. */
export interface Modules {
  '@jupyterlab/apputils': { Notification: { warning(message: string): string } };
  '@jupyterlab/completer': {
    ICompletionProviderManager: Token<ICompletionProviderManager>;
    InlineCompletionTriggerKind: { Invoke: number; Automatic: number };
  };
  '@jupyterlab/coreutils': {
    Text: { charIndexToJsIndex(index: number, text: string): number };
    URLExt: { join(...parts: string[]): string };
  };
  '@jupyterlab/services': {
    ServerConnection: { makeRequest(url: string, init: RequestInit, settings: ServerSettings): Promise<Response> };
  };
}
