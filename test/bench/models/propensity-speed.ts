/** How fast boosting trains: 100,000 rows x 20 columns x 100 trees of depth 6, on one thread. */
import { seededRandom } from '../../../domain/random.ts';
import { rocAuc } from '../../../models/measure/binary.ts';
import type { Matrix } from '../../../models/selection/learner.ts';
import { trainBoosting } from '../../../models/trees/boosting.ts';
import { predict } from '../../../models/trees/predict.ts';
import type { BenchRow } from './row.ts';

const COLUMNS = 20;

/** Uniform columns; the log odds are a sum of ten of them with alternating signs and one product. */
function made(rows: number, seed: number): { x: Matrix; y: Float64Array } {
  const random = seededRandom(seed);
  const data = Float64Array.from({ length: rows * COLUMNS }, () => 2 * random() - 1);
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const of = (column: number): number => data[row * COLUMNS + column] ?? 0;
    let score = 6 * of(0) * of(11);
    for (let column = 0; column < 10; column++) score += (column % 2 === 0 ? 2 : -2) * of(column);
    return Number(random() < 1 / (1 + Math.exp(-score)));
  });
  return { x: { rows, columns: COLUMNS, data }, y };
}

export function speedRow(): BenchRow {
  const train = made(100_000, 1);
  const test = made(20_000, 2);
  const begun = performance.now();
  const model = trainBoosting(train.x, train.y, { rounds: 100, maxDepth: 6 }, { seed: 1 });
  const seconds = (performance.now() - begun) / 1000;
  const auc = rocAuc(test.y, predict(model, test.x));
  return {
    set: 'made rows, 100,000 x 20',
    model: 'boosting, 100 trees',
    metrics: { auc },
    seconds,
    source: 'ours',
  };
}
