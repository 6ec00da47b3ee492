/** What JupyterLab loads: a module federation container, which takes JupyterLab's own modules and gives ours. */

import type { Modules } from '../jupyterlab.js';

interface Shared {
  get(): Promise<() => unknown>;
}

type Scope = Record<string, Record<string, Shared>>;

let scope: Scope = {};

/** The newest copy of a module that JupyterLab and its extensions share. */
async function shared<Name extends keyof Modules>(name: Name): Promise<Modules[Name]> {
  const versions = Object.entries(scope[name] ?? {});
  const newest = versions.sort(([one], [other]) => one.localeCompare(other, undefined, { numeric: true })).at(-1);
  if (newest === undefined) {
    throw new Error(`JupyterLab shares no ${name}; Turnstile needs JupyterLab 4.1 or newer.`);
  }
  return (await newest[1].get())() as Modules[Name];
}

async function get(): Promise<() => unknown> {
  const modules: Modules = {
    '@jupyterlab/apputils': await shared('@jupyterlab/apputils'),
    '@jupyterlab/completer': await shared('@jupyterlab/completer'),
    '@jupyterlab/coreutils': await shared('@jupyterlab/coreutils'),
    '@jupyterlab/services': await shared('@jupyterlab/services'),
  };
  const { plugin } = await import('./extension.js');
  const made = plugin(modules);
  return () => made;
}

const global = globalThis as unknown as { _JUPYTERLAB?: Record<string, unknown> };
global._JUPYTERLAB = {
  ...global._JUPYTERLAB,
  'turnstile-jupyterlab': {
    init(given: Scope): void {
      scope = given;
    },
    get,
  },
};
