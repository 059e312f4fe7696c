/** What a part of `npm run bench -- models` is given and answers. */

export interface BenchOptions {
  /** Folder with one folder per public data set. */
  readonly data: string;
  /** Folder for checkpoints: a part that was interrupted goes on from there. */
  readonly scratch: string;
  readonly seeds: readonly number[];
  /** A sample, to see that it runs; its figures mean nothing. */
  readonly quick: boolean;
  readonly progress: (line: string) => void;
}

export interface BenchRow {
  /** Data set and protocol, as in `diginetica`. */
  readonly set: string;
  readonly model: string;
  /** By name, in the units of the protocol; the mean over seeds. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Standard deviation over seeds, where there were several. */
  readonly spread?: Readonly<Record<string, number>>;
  /** Seconds of training. */
  readonly seconds?: number;
  /** What it must exceed, by metric; absent for baselines. */
  readonly bar?: Readonly<Record<string, number>>;
  /** `ours`, or where a published figure comes from. */
  readonly source: string;
  readonly note?: string;
}

export type BenchPart = (options: BenchOptions) => Promise<BenchRow[]>;
