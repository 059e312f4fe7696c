/** Which rows train and which test. */
import { WellspringError } from '../../domain/errors.ts';
import { seededRandom } from '../../domain/random.ts';

export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Every row tests once. Each label comes in each fold as often as in all rows, up to one row; rows are shuffled.
 * @throws WellspringError `refused` with fewer than 2 folds or fewer rows than folds.
 */
export function stratifiedFolds(y: Float64Array, folds: number, seed: number): Fold[] {
  if (folds < 2 || y.length < folds) throw new WellspringError('refused', 'too few rows or folds');
  const random = seededRandom(seed);
  const byLabel = Map.groupBy(y.keys(), (row) => y[row] ?? 0);
  const foldOf = new Int32Array(y.length);
  let next = 0;
  for (const [, rows] of [...byLabel].sort(([a], [b]) => a - b)) {
    shuffle(rows, random);
    // Goes on where the last label ended, so that folds have equal sizes.
    for (const row of rows) foldOf[row] = next++ % folds;
  }
  const all = Int32Array.from(y.keys());
  return Array.from({ length: folds }, (_, fold) => ({
    train: all.filter((row) => foldOf[row] !== fold),
    test: all.filter((row) => foldOf[row] === fold),
  }));
}

/** In place, each order equally likely (Fisher and Yates). */
export function shuffle(list: number[] | Int32Array, random: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = list[i] ?? 0;
    list[i] = list[j] ?? 0;
    list[j] = held;
  }
}

export interface TimeSplits {
  /** Share of the rows before the first test part. */
  readonly first: number;
  /** Test parts, of equal size, one after the other up to the end. */
  readonly parts: number;
  /** Rows left out between training and test, where labels are not yet known. @default 0 */
  readonly gap?: number;
  /** Train only on this many rows before the gap. @default all */
  readonly window?: number;
}

/**
 * For rows in the order of time: each part is tested by what was trained on earlier rows only.
 * @throws WellspringError `refused` when a part would train or test on nothing.
 */
export function timeSplits(rows: number, { first, parts, gap = 0, window = rows }: TimeSplits): Fold[] {
  const begin = Math.floor(rows * first);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return Array.from({ length: parts }, (_, part) => {
    const from = begin + Math.floor(((rows - begin) * part) / parts);
    const to = begin + Math.floor(((rows - begin) * (part + 1)) / parts);
    const end = from - gap;
    if (end <= 0 || to <= from) throw new WellspringError('refused', 'too few rows for these time splits');
    return { train: all.slice(Math.max(0, end - window), end), test: all.slice(from, to) };
  });
}
