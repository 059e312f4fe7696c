/** Rows that belong together, also where rows of a few other groups lie between them. */

/** Files sorted by time mix neighbours, hardly more. */
const OPEN = 16;

export class OpenGroups<T> {
  readonly #open = new Map<string, T>();

  /** The open group of this key, which thereby becomes the latest. */
  find(key: string): T | undefined {
    const group = this.#open.get(key);
    if (group !== undefined) {
      this.#open.delete(key);
      this.#open.set(key, group);
    }
    return group;
  }

  /** Opens a group and gives back the one that had to be closed for it, if any. */
  open(key: string, group: T): T | undefined {
    this.#open.set(key, group);
    if (this.#open.size <= OPEN) return undefined;
    const [oldest] = this.#open;
    if (oldest === undefined) return undefined;
    this.#open.delete(oldest[0]);
    return oldest[1];
  }

  /** All that are still open, the oldest first; none is open afterwards. */
  close(): T[] {
    const groups = [...this.#open.values()];
    this.#open.clear();
    return groups;
  }
}
