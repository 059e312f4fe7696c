import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import type { Matrix } from '../selection/learner.ts';
import { trainBoosting } from './boosting.ts';
import { contributions } from './contributions.ts';
import { trainForest } from './forest.ts';
import type { TreeModel } from './model.ts';
import { predictScores } from './predict.ts';
import type { Tree } from './tree.ts';

const COLUMNS = 4;

function data(seed: number, rows = 120): { x: Matrix; y: Float64Array } {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: rows * COLUMNS }, () =>
    random() < 0.1 ? Number.NaN : random(),
  );
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0] = values.subarray(row * COLUMNS).map((v) => (Number.isNaN(v) ? 2 : v));
    return Math.floor(a * b * 4 + c) % 3;
  });
  return { x: { rows, columns: COLUMNS, data: values }, y };
}

function train(kind: string, seed: number): { model: TreeModel; x: Matrix } {
  const { x, y } = data(seed);
  const small = { maxDepth: 4, minChildWeight: 1 };
  if (kind === 'binary')
    return {
      x,
      model: trainBoosting(
        x,
        y.map((v) => Number(v > 0)),
        { ...small, rounds: 8, rowShare: 0.7 },
        { seed },
      ),
    };
  if (kind === 'classes')
    return { x, model: trainForest(x, y, { ...small, trees: 4, target: { classes: 3 } }, { seed }) };
  return { x, model: trainBoosting(x, y, { ...small, rounds: 8, target: 'number' }, { seed }) };
}

const cases = fc.record({ seed: fc.nat(1000), kind: fc.constantFrom('binary', 'classes', 'number') });

test('base + contributions = score', () => {
  fc.assert(
    fc.property(cases, ({ kind, seed }) => {
      const { model, x } = train(kind, seed);
      const scores = predictScores(model, x);
      const { base, values } = contributions(model, x);
      scores.forEach((score, i) => {
        const parts = values.subarray(i * COLUMNS, (i + 1) * COLUMNS).reduce((a, b) => a + b, 0);
        expect((base[i % model.outputs] ?? 0) + parts).toBeCloseTo(score, 9);
      });
    }),
    { numRuns: 20 },
  );
});

/** Mean score when only the columns in `known` are known: the definition, by walking both sides of other cuts. */
function conditional(tree: Tree, x: Matrix, row: number, known: number, node = 0): number {
  const column = tree.column[node] ?? -1;
  if (column < 0) return tree.value[node] ?? 0;
  const left = tree.left[node] ?? 0;
  const right = tree.right[node] ?? 0;
  const value = Math.fround(x.data[row * COLUMNS + column] ?? Number.NaN);
  const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= (tree.threshold[node] ?? 0);
  if (known & (1 << column)) return conditional(tree, x, row, known, goesLeft ? left : right);
  const part = (child: number): number =>
    ((tree.cover[child] ?? 0) / (tree.cover[node] ?? 1)) * conditional(tree, x, row, known, child);
  return part(left) + part(right);
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Shapley's formula over all subsets of the other columns. */
function shapley(model: TreeModel, x: Matrix, row: number, column: number): number {
  let sum = 0;
  for (let set = 0; set < 1 << COLUMNS; set++) {
    if (set & (1 << column)) continue;
    const size = [0, 1, 2, 3].filter((c) => set & (1 << c)).length;
    const weight = (factorial(size) * factorial(COLUMNS - size - 1)) / factorial(COLUMNS);
    for (const tree of model.trees)
      sum += weight * (conditional(tree, x, row, set | (1 << column)) - conditional(tree, x, row, set));
  }
  return sum;
}

test('equal the Shapley values of the definition', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.constantFrom('binary', 'number'), (seed, kind) => {
      const { model, x } = train(kind, seed);
      const { values } = contributions(model, x);
      for (const row of [0, 1, 2]) {
        for (let column = 0; column < COLUMNS; column++)
          expect(values[row * COLUMNS + column]).toBeCloseTo(shapley(model, x, row, column), 9);
      }
    }),
    { numRuns: 10 },
  );
});
