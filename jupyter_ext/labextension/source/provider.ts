/** Grey text: what JupyterLab asks, as questions to the server. */

import type {
  IInlineCompletionContext,
  IInlineCompletionItem,
  IInlineCompletionList,
  IInlineCompletionProvider,
  IRequest,
  Modules,
} from '../jupyterlab.js';
import { type Place, placeOf, wellFormed } from './place.js';
import type { Answer, Server } from './server.js';

const MOST_BEFORE = 100_000;
const MOST_AFTER = 25_000;

/** Milliseconds that further answers have once the first has begun: JupyterLab adds none to a list that it has. */
const PATIENCE = 300;

interface Streamed {
  answers: AsyncGenerator<Answer>;
  next: Promise<IteratorResult<Answer>>;
}

/** What is shown, and the texts that it may lead to. */
interface Shown {
  place: Place;
  before: string;
  after: string;
  answers: Answer[];
}

export class Provider implements IInlineCompletionProvider {
  readonly identifier = 'turnstile';
  readonly name = 'Turnstile';
  /** JupyterLab asks in the middle of a line only if told to; the server knows where nothing is worth showing. */
  readonly schema = {
    type: 'object',
    default: { enabled: true, autoFillInMiddle: true, timeout: 60_000, debouncerDelay: 0 },
  };

  private asked = new AbortController();
  private readonly streamed = new Map<string, Streamed>();
  private shown: Shown | null = null;
  private token = 0;

  private readonly modules: Modules;
  private readonly server: Server;

  constructor(modules: Modules, server: Server) {
    this.modules = modules;
    this.server = server;
  }

  /** All answers where they come quickly, else the first as it grows. A newer question ends the one before. */
  async fetch(request: IRequest, context: IInlineCompletionContext): Promise<IInlineCompletionList> {
    this.asked.abort();
    this.streamed.clear();
    const asked = (this.asked = new AbortController());
    const automatic = context.triggerKind !== this.modules['@jupyterlab/completer'].InlineCompletionTriggerKind.Invoke;
    const place = await placeOf(context);
    if (place === null || (automatic && !place.isCode) || asked.signal.aborted) {
      return { items: [] };
    }
    const { path, language, above, below } = place;
    const offset = this.modules['@jupyterlab/coreutils'].Text.charIndexToJsIndex(request.offset, request.text);
    const before = request.text.slice(0, offset);
    const after = request.text.slice(offset);
    const prefix = wellFormed(before.slice(-MOST_BEFORE));
    const suffix = wellFormed(after.slice(0, MOST_AFTER));
    const answers = this.server.complete({ path, language, prefix, suffix, above, below, automatic }, asked.signal);
    this.shown = { place, before, after, answers: [] };
    return { items: await this.items(answers, this.shown.answers, asked) };
  }

  /** The first answer, as it grows. */
  async *stream(token: string): AsyncGenerator<{ response: IInlineCompletionItem }> {
    const streamed = this.streamed.get(token);
    this.streamed.delete(token);
    const shown = this.shown;
    for (let read = await streamed?.next; read && !read.done; read = await streamed?.answers.next()) {
      const { number, insertText } = read.value;
      yield { response: { insertText, isIncomplete: number === undefined } };
      if (number !== undefined) {
        shown?.answers.push(read.value);
        this.asked.abort();
      }
    }
  }

  /** The user took what is shown: tell the server which answer that was. */
  accepted(): void {
    if (this.shown === null) {
      return;
    }
    const { place, before, after, answers } = this.shown;
    const text = place.source();
    const taken = answers.find(answer => text === before + answer.insertText + after);
    if (taken?.number !== undefined) {
      this.shown = null;
      void this.server.accepted(taken.number);
    }
  }

  private async items(
    answers: AsyncGenerator<Answer>,
    whole: Answer[],
    asked: AbortController,
  ): Promise<IInlineCompletionItem[]> {
    let growing: Answer | undefined;
    let patience: Promise<null> | undefined;
    for (;;) {
      const next = answers.next();
      const read = await Promise.race(patience === undefined ? [next] : [next, patience]);
      if (read === null && whole.length === 0 && growing !== undefined) {
        const token = String(++this.token);
        this.streamed.set(token, { answers, next });
        return [{ insertText: growing.insertText, isIncomplete: true, token }];
      }
      if (read === null || read.done) {
        asked.abort();
        return whole.map(({ insertText }) => ({ insertText }));
      }
      patience ??= new Promise(resolve => setTimeout(() => resolve(null), PATIENCE));
      if (read.value.number === undefined) {
        growing = read.value;
      } else {
        whole.push(read.value);
      }
    }
  }
}
