/** A disk without room, until somebody makes some. */
import { rmSync, writeFileSync } from 'node:fs';
import { fullFile } from './settings.ts';

/** Requests that are turned away before there is room again: shorter than any consumer's patience. */
const TURNED_AWAY = 8;

export class FullDisk {
  readonly #file: string;
  #left = 0;
  times = 0;

  constructor(notes: string) {
    this.#file = fullFile(notes);
  }

  fill(): void {
    this.times++;
    this.#left = TURNED_AWAY;
    writeFileSync(this.#file, '');
  }

  saw(answer: string): void {
    if (answer === '503' && --this.#left === 0) this.free();
  }

  free(): void {
    rmSync(this.#file, { force: true });
  }
}
