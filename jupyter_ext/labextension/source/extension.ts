/** The plug-in: registers the provider of grey text. */

import type { ICompletionProviderManager, JupyterFrontEnd, JupyterFrontEndPlugin, Modules } from '../jupyterlab.js';
import { Provider } from './provider.js';
import { Server } from './server.js';

const ACCEPT = 'inline-completer:accept';

export function plugin(modules: Modules): JupyterFrontEndPlugin {
  return {
    id: 'turnstile-jupyterlab:completion',
    description: 'Grey text by Turnstile.',
    autoStart: true,
    requires: [modules['@jupyterlab/completer'].ICompletionProviderManager],
    activate: (app: JupyterFrontEnd, manager: ICompletionProviderManager): void => {
      const server = new Server(modules, app.serviceManager.serverSettings);
      const provider = new Provider(modules, server);
      manager.registerInlineProvider(provider);
      // JupyterLab tells a provider neither what it shows nor what is accepted; its commands are public.
      app.commands.commandExecuted.connect((_, executed) => {
        if (executed.id === ACCEPT) {
          provider.accepted();
        }
      });
    },
  };
}
