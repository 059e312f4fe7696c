import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import { type Matrix, takeRows, takeValues } from '../selection/learner.ts';
import { trainLogistic, trainSoftmax } from './classification.ts';
import { minimise } from './lbfgs.ts';
import { contributions, predict, scores } from './model.ts';
import { loss, type Problem } from './objective.ts';
import { trainLinear } from './regression.ts';
import type { SparseMatrix } from './rows.ts';

const CLASSES = 3;

/** Rows whose class, number and yes or no follow from the columns, with noise. */
interface People {
  readonly x: Matrix;
  readonly value: Float64Array;
  readonly binary: Float64Array;
  readonly label: Float64Array;
}

function population(seed: number, rows = 80): People {
  const random = seededRandom(seed);
  const x = { rows, columns: 3, data: Float64Array.from({ length: rows * 3 }, () => random() * 4 - 2) };
  const at = (row: number, column: number): number => x.data[row * 3 + column] ?? 0;
  const value = Float64Array.from({ length: rows }, (_, r) => at(r, 0) - at(r, 1) / 2 + 3 * random());
  const binary = value.map((v) => Number(v > 1.5));
  const label = value.map((v, row) => (row < CLASSES ? row : v > 2 ? 2 : Number(v > 1 + at(row, 2) / 4)));
  binary.set([0, 1]);
  return { x, value, binary, label };
}
const populations = fc.nat(10_000).map((seed) => population(seed));

const sparse = (x: Matrix): SparseMatrix => ({
  rows: x.rows,
  columns: x.columns,
  starts: Int32Array.from({ length: x.rows + 1 }, (_, row) => row * x.columns),
  indices: Int32Array.from(x.data, (_, at) => at % x.columns),
  values: Float32Array.from(x.data),
});

const trained = ({ x, value, binary, label }: People, weights?: Float64Array) => {
  const options = weights ? { weights } : {};
  return [
    trainLinear(x, value, { ridge: 1 }, options),
    trainLogistic(x, binary, { ridge: 1 }, options),
    trainSoftmax(x, label, CLASSES, { ridge: 1 }, options),
  ];
};

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN))))
    : Number.POSITIVE_INFINITY;

test('base and contributions add up to the score, for every output', () => {
  fc.assert(
    fc.property(populations, (people) => {
      for (const model of trained(people)) {
        const raw = scores(model, people.x);
        for (let output = 0; output < model.outputs; output++) {
          const { base, values } = contributions(model, people.x, output);
          const sums = Array.from({ length: people.x.rows }, (_, row) =>
            values.subarray(row * 3, row * 3 + 3).reduce((a, b) => a + b, base),
          );
          expect(
            distance(
              sums,
              raw.filter((_, i) => i % model.outputs === output),
            ),
          ).toBeLessThan(1e-9);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('a weight of 2 is the row twice, and a weight of 0 no row', () => {
  fc.assert(
    fc.property(
      populations,
      fc.array(fc.constantFrom(0, 1, 2), { minLength: 80, maxLength: 80 }),
      (all, w) => {
        const weights = Float64Array.from(w, (weight, row) => (row < CLASSES ? 1 : weight));
        const rows = Int32Array.from([...weights.keys()].flatMap((row) => Array(weights[row]).fill(row)));
        const pick = (values: Float64Array): Float64Array => takeValues(values, rows);
        const { x, value, binary, label } = all;
        const repeated = {
          x: takeRows(x, rows),
          value: pick(value),
          binary: pick(binary),
          label: pick(label),
        };
        const [once, twice] = [trained(all, weights), trained(repeated)];
        once.forEach((model, i) => {
          const other = twice[i];
          if (!other) throw new RangeError();
          expect(distance(predict(model, x), predict(other, x))).toBeLessThan(1e-5);
        });
      },
    ),
    { numRuns: 20 },
  );
});

test('units and the order of rows do not matter to predictions', () => {
  const changes = fc.record({
    scale: fc.double({ min: 0.001, max: 1000, noNaN: true }),
    shift: fc.integer({ min: -50, max: 50 }),
  });
  fc.assert(
    fc.property(populations, changes, ({ x, value, binary, label }, { scale, shift }) => {
      const order = Int32Array.from({ length: x.rows }, (_, row) => x.rows - 1 - row);
      const moved = { ...x, data: x.data.map((v, at) => (at % 3 === 1 ? v * scale + shift : v)) };
      const back = (values: Float64Array): Float64Array => takeValues(values, order);
      const other = {
        x: takeRows(moved, order),
        value: back(value),
        binary: back(binary),
        label: back(label),
      };
      const [before, after] = [trained({ x, value, binary, label }), trained(other)];
      before.forEach((model, i) => {
        const counterpart = after[i];
        if (!counterpart) throw new RangeError();
        expect(distance(predict(model, x), predict(counterpart, moved))).toBeLessThan(1e-5);
      });
    }),
    { numRuns: 20 },
  );
});

test('the gradient is what central differences say, and sparse rows give the same', () => {
  const outputs = fc.constantFrom(1, CLASSES);
  fc.assert(
    fc.property(populations, outputs, fc.nat(1000), ({ x, binary, label }, k, seed) => {
      const random = seededRandom(seed);
      const problem: Problem = {
        x: { ...x, data: x.data.map(Math.fround) },
        y: k === 1 ? binary : label,
        weights: Float64Array.from({ length: x.rows }, random),
        outputs: k,
        ridge: 0.7,
      };
      const at = Float64Array.from({ length: 4 * k }, () => random() * 2 - 1);
      const { value, gradient } = loss(problem, at);
      const numeric = at.map((_, i) => {
        const to = (by: number): number =>
          loss(
            problem,
            at.map((v, j) => v + (i === j ? by : 0)),
          ).value;
        return (to(1e-5) - to(-1e-5)) / 2e-5;
      });
      expect(distance(gradient, numeric)).toBeLessThan(1e-5);
      const same = loss({ ...problem, x: sparse(x) }, at);
      expect(same.value).toBeCloseTo(value, 8);
      expect(distance(same.gradient, gradient)).toBeLessThan(1e-8);
    }),
    { numRuns: 30 },
  );
});

test('probabilities sum to 1 and stay numbers, however far a row lies', () => {
  const far = fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 3, maxLength: 3 });
  const [, logistic, softmax] = trained(population(3));
  fc.assert(
    fc.property(far, (row) => {
      const x = { rows: 1, columns: 3, data: Float64Array.from(row) };
      if (!logistic || !softmax) throw new RangeError();
      const chances = predict(softmax, x);
      expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      for (const p of [...chances, ...predict(logistic, x)]) {
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('L-BFGS finds the minimum of a badly scaled bowl', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 10 }),
      (goal) => {
        const bowl = (at: Float64Array) => ({
          value: at.reduce((sum, v, i) => sum + (10 ** (i % 4) * (v - (goal[i] ?? 0)) ** 2) / 2, 0),
          gradient: at.map((v, i) => 10 ** (i % 4) * (v - (goal[i] ?? 0))),
        });
        const found = minimise(bowl, new Float64Array(goal.length));
        expect(found.converged).toBe(true);
        expect(distance(found.at, goal)).toBeLessThan(1e-5);
      },
    ),
  );
});
