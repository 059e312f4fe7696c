/** Lines of a file that is being made. */

/** Characters of a block. */
const BLOCK = 64 * 1024;

/** They become bytes soon: as texts, the garbage collector would carry those of a batch about. */
export class Lines {
  readonly #blocks: Uint8Array[] = [];
  #text = '';

  constructor(lines: readonly string[] = []) {
    for (const line of lines) this.add(line);
  }

  add(line: string): void {
    this.#text += line;
    if (this.#text.length >= BLOCK) this.#close();
  }

  blocks(): readonly Uint8Array[] {
    if (this.#text !== '') this.#close();
    return this.#blocks;
  }

  #close(): void {
    this.#blocks.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
