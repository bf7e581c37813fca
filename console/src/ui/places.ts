/**
 * Where the pages of a list begin that was walked by its cursor. A page is asked for by a cursor, and the cursor of one is known when
 * the one before it was read; so pages that were let go can be read again, and none needs to be kept.
 */
export class Places {
  /** The cursor of each page; the first has none and is written empty. */
  #cursors: string[] = [FIRST];
  /** The number of each page's first row. */
  #starts: number[] = [0];
  #numbers = new Map<string, number>([[FIRST, 0]]);
  #known = 0;
  #ended = false;

  /** How many rows are known to be there. */
  get known(): number {
    return this.#known;
  }

  /** Whether these are all. */
  get ended(): boolean {
    return this.#ended;
  }

  /** A page was read. When it ends elsewhere than before, what was known of those behind it is forgotten. */
  learn(cursor: string, rows: number, next: string | undefined): void {
    const at = this.#numbers.get(cursor);
    if (at === undefined) return;
    const end = this.startOf(cursor) + rows;
    const same = next !== undefined && this.#cursors[at + 1] === next && this.#starts[at + 1] === end;
    if (same) return;
    for (const gone of this.#cursors.slice(at + 1)) this.#numbers.delete(gone);
    this.#cursors.length = at + 1;
    this.#starts.length = at + 1;
    this.#known = end;
    this.#ended = next === undefined;
    // A cursor that leads back would be walked for ever.
    if (next === undefined || this.#numbers.has(next)) return;
    this.#numbers.set(next, at + 1);
    this.#cursors.push(next);
    this.#starts.push(end);
  }

  /** The number of the page's first row; the first row of all when nobody knows. */
  startOf(cursor: string): number {
    return this.#starts[this.#numbers.get(cursor) ?? 0] ?? 0;
  }

  /** The page before one. */
  before(cursor: string): string | undefined {
    const at = this.#numbers.get(cursor) ?? 0;
    return at > 0 ? this.#cursors[at - 1] : undefined;
  }

  /** The page that holds a row, or the last that is known. */
  holding(row: number): string {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return this.#cursors[low] ?? FIRST;
  }
}

/** The cursor of the first page. */
export const FIRST = "";
