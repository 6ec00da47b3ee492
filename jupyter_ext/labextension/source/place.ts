/** Where the cursor is: which cell of which notebook, console or file. */

import type { IInlineCompletionContext } from '../jupyterlab.js';

const MOST_ABOVE = 60_000;
const MOST_BELOW = 20_000;

interface Cell {
  model: { type: string; sharedModel: { getSource(): string } };
}

/** A notebook, as far as it is looked at. */
interface Notebook {
  content: { widgets: readonly Cell[]; activeCell: Cell | null };
  context: { path: string };
  model: { defaultKernelLanguage: string; getMetadata(key: string): unknown } | null;
}

interface Console {
  console: { cells: { length: number; get(index: number): Cell }; promptCell: Cell | null };
}

interface File {
  context: { path: string };
  content: { model: { sharedModel: { getSource(): string } } };
}

/** `cell` is that of the cursor, null for a file; `above` and `below` are the other code cells, the nearest first. */
export interface Place {
  path: string;
  language: string;
  isCode: boolean;
  above: string[];
  below: string[];
  source(): string;
}

/** null where the cursor is in something else. */
export async function placeOf({ widget, session }: IInlineCompletionContext): Promise<Place | null> {
  const host = widget as Partial<Notebook & Console & File>;
  if (host.content !== undefined && 'activeCell' in host.content) {
    return inNotebook(host as Notebook);
  }
  if (host.console !== undefined) {
    const info = await session?.kernel?.info;
    return inConsole(host as Console, session?.path ?? '', info?.language_info.name);
  }
  return host.context !== undefined && host.content !== undefined ? inFile(host as File) : null;
}

function inNotebook({ content, context, model }: Notebook): Place | null {
  const cell = content.activeCell;
  if (cell === null) {
    return null;
  }
  const isCode = cell.model.type === 'code';
  const info = model?.getMetadata('language_info') as { name?: string } | undefined;
  const kernel = info?.name || model?.defaultKernelLanguage || 'plaintext';
  const at = content.widgets.indexOf(cell);
  return {
    path: localPath(context.path),
    language: isCode ? kernel : cell.model.type === 'markdown' ? 'markdown' : 'plaintext',
    isCode,
    above: isCode ? sources(content.widgets.slice(0, at).reverse(), MOST_ABOVE) : [],
    below: isCode ? sources(content.widgets.slice(at + 1), MOST_BELOW) : [],
    source: () => cell.model.sharedModel.getSource(),
  };
}

function inConsole({ console: { cells, promptCell } }: Console, path: string, language = 'plaintext'): Place | null {
  if (promptCell === null) {
    return null;
  }
  const above = Array.from({ length: cells.length }, (_, index) => cells.get(cells.length - 1 - index));
  const source = (): string => promptCell.model.sharedModel.getSource();
  return { path, language, isCode: true, above: sources(above, MOST_ABOVE), below: [], source };
}

function inFile({ context, content }: File): Place {
  const source = (): string => content.model.sharedModel.getSource();
  return { path: localPath(context.path), language: '', isCode: true, above: [], below: [], source };
}

/** The texts of the code cells among these, as many as are looked at. */
function sources(cells: readonly Cell[], characters: number): string[] {
  const texts: string[] = [];
  for (const { model } of cells) {
    if (model.type === 'code') {
      const text = model.sharedModel.getSource();
      characters -= text.length;
      if (characters < 0) {
        break;
      }
      texts.push(wellFormed(text));
    }
  }
  return texts;
}

/** Half a surrogate pair is no text to the server. */
export function wellFormed(text: string): string {
  return text.toWellFormed?.() ?? text;
}

/** A path without the drive that it is on. */
function localPath(path: string): string {
  return path.slice(path.indexOf(':') + 1);
}
