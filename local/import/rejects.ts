/** The list of rejected lines: where and why, never what stood there. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Characters kept back before they are written. */
const BUFFER = 64 * 1024;

export class RejectList {
  readonly #path: string;
  #descriptor: number | undefined;
  #text = '';

  /** The list lies in the data folder; it is made with its first line. */
  constructor(data: string, file: string) {
    this.#path = join(data, 'imports', `${basename(file)}.rejected.ndjson`);
  }

  add(line: number, problem: string): void {
    this.#text += `${JSON.stringify(line > 0 ? { line, problem } : { problem })}\n`;
    if (this.#text.length >= BUFFER) this.#write();
  }

  /** The path of the list; undefined when nothing was rejected. */
  close(): string | undefined {
    if (this.#text !== '') this.#write();
    if (this.#descriptor === undefined) return undefined;
    closeSync(this.#descriptor);
    return this.#path;
  }

  #write(): void {
    if (this.#descriptor === undefined) {
      mkdirSync(join(this.#path, '..'), { recursive: true });
      this.#descriptor = openSync(this.#path, 'w', 0o600);
    }
    writeSync(this.#descriptor, this.#text);
    this.#text = '';
  }
}
