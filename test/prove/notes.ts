/** What was injected and decided, on disk: it outlives the process that is killed. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { effectsFile, faultsFile } from './settings.ts';

const EVERY_MS = 20;

/** Written often: a killed process has noted all but the faults of its last moment. */
export class Notes {
  readonly folder: string;
  readonly #sources: { readonly counts: Readonly<Record<string, number>>; noted: Record<string, number> }[] =
    [];

  constructor(folder: string) {
    this.folder = folder;
    setInterval(() => this.#write(), EVERY_MS).unref();
  }

  /** Notes how much these counts grow. */
  follow(counts: Readonly<Record<string, number>>): void {
    this.#sources.push({ counts, noted: {} });
  }

  fault(name: string, times = 1): void {
    appendFileSync(faultsFile(this.folder), `${name}\n`.repeat(times));
  }

  /** Effects that were stored and are therefore owed. */
  owed(ids: readonly string[]): void {
    if (ids.length > 0) appendFileSync(effectsFile(this.folder), ids.map((id) => `${id}\n`).join(''));
  }

  #write(): void {
    for (const source of this.#sources) {
      for (const [name, count] of Object.entries(source.counts)) {
        const grown = count - (source.noted[name] ?? 0);
        if (grown > 0) this.fault(name, grown);
      }
      source.noted = { ...source.counts };
    }
  }
}

const linesOf = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** How often each fault was injected. */
export function faultsIn(folder: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const fault of linesOf(faultsFile(folder))) counts[fault] = (counts[fault] ?? 0) + 1;
  return counts;
}

export const effectsIn = (folder: string): string[] => linesOf(effectsFile(folder));
