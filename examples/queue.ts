/** First in, first out. */
export class Queue<T> {
  private items: T[] = [];

  push(item: T): void {
    this.items.push(item);
  }

  pop(): T | undefined {
    return this.items.shift();
  }

  peek(): T

  get length(): number {
    return this.items.length;
  }
}
