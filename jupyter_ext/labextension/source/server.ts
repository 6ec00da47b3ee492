/** The Jupyter server's extension, as the browser sees it. */

import type { Modules, ServerSettings } from '../jupyterlab.js';

/** A question; see `Ask` in `jupyter_ext/completion.py`. */
export interface Ask {
  path: string;
  language: string;
  prefix: string;
  suffix: string;
  above: string[];
  below: string[];
  automatic: boolean;
}

/** An answer. One without a number is the beginning of the first, which goes on. */
export interface Answer {
  number?: number;
  insertText: string;
}

interface Problem {
  error: string;
  mend?: string;
}

export class Server {
  private readonly client = crypto.randomUUID?.() ?? String(Math.random());
  private readonly told = new Set<string>();

  private readonly modules: Modules;
  private readonly settings: ServerSettings;

  constructor(modules: Modules, settings: ServerSettings) {
    this.modules = modules;
    this.settings = settings;
  }

  /** The answers as they come; none after an error, of which the user is told once. */
  async *complete(ask: Ask, signal: AbortSignal): AsyncGenerator<Answer> {
    try {
      const response = await this.post('complete', { client: this.client, ...ask }, signal);
      if (!response.ok) {
        this.tellOnce(await reasonOf(response));
        return;
      }
      for await (const line of lines(response)) {
        const said = JSON.parse(line) as Answer | Problem;
        if ('error' in said) {
          this.tellOnce(said.mend ? `${said.error} Run: ${said.mend}` : said.error);
        } else {
          yield said;
        }
      }
    } catch (error) {
      // A newer question, or a server that has gone, of which JupyterLab itself tells.
      if (!signal.aborted) {
        console.warn(error);
      }
    }
  }

  /** The user took an answer. */
  async accepted(number: number): Promise<void> {
    await this.post('accepted', { number });
  }

  private post(what: string, body: unknown, signal: AbortSignal | null = null): Promise<Response> {
    const url = this.modules['@jupyterlab/coreutils'].URLExt.join(this.settings.baseUrl, 'turnstile', what);
    const request = { method: 'POST', body: JSON.stringify(body), signal };
    return this.modules['@jupyterlab/services'].ServerConnection.makeRequest(url, request, this.settings);
  }

  private tellOnce(sentence: string): void {
    if (!this.told.has(sentence)) {
      this.told.add(sentence);
      this.modules['@jupyterlab/apputils'].Notification.warning(`Turnstile: ${sentence}`);
    }
  }
}

async function reasonOf(response: Response): Promise<string> {
  if (response.status === 404) {
    return 'its server extension does not run. Run: jupyter server extension enable turnstile_lsp.jupyter_ext';
  }
  const said = (await response.json().catch(() => ({}))) as { message?: string };
  return `the Jupyter server answered ${response.status}: ${said.message ?? response.statusText}`;
}

async function* lines(response: Response): AsyncGenerator<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const parts = (rest + read.value).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
