/** Against the answers of NIST for Longley's data, and of NumPy and SciPy for made-up rows (`fixtures/make.py`). */
import { describe, expect, test } from 'vitest';
import type { Matrix } from '../selection/learner.ts';
import { trainLogistic, trainSoftmax } from './classification.ts';
import golden from './fixtures/golden.json' with { type: 'json' };
import { intervals } from './intervals.ts';
import { trainLinear } from './regression.ts';
import { studentQuantile } from './student.ts';

const matrix = (rows: number[][]): Matrix => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  data: Float64Array.from(rows.flat()),
});
const x = matrix(golden.x);
const weights = Float64Array.from(golden.weights);

/** Largest relative difference. */
const apart = (ours: Iterable<number>, theirs: readonly number[]): number => {
  const list = [...ours];
  expect(list).toHaveLength(theirs.length);
  return Math.max(...list.map((value, i) => Math.abs(value / (theirs[i] ?? 0) - 1)));
};

describe('linear regression', () => {
  test("meets NIST's certified values for Longley's data to 9 digits", () => {
    const { rows } = golden.longley;
    const model = trainLinear(
      matrix(rows.map((row) => row.slice(1))),
      Float64Array.from(rows, (row) => row[0] ?? 0),
    );
    const certified = [
      15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359, -0.0511041056535807,
      1829.15146461355,
    ];
    expect(apart(model.theta, certified)).toBeLessThan(1e-9);
    expect(apart(model.intercepts, [-3482258.63459582])).toBeLessThan(1e-9);
    const errors = [
      84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675, 0.22607320006937,
      455.478499142212, 890420.383607373,
    ];
    expect(apart(model.uncertainty?.errors ?? [], errors)).toBeLessThan(1e-9);
    expect(model.sigma).toBeCloseTo(304.854073561965, 6);
    expect(model.r2).toBeCloseTo(0.995479004577296, 11);
  });

  test('with weights: coefficients, errors for equal noise, and robust errors', () => {
    const { y, coefficients, errors, robust } = golden.regression;
    const target = Float64Array.from(y);
    const equal = trainLinear(x, target, {}, { weights });
    expect(apart([...equal.theta, ...equal.intercepts], coefficients)).toBeLessThan(1e-9);
    expect(apart(equal.uncertainty?.errors ?? [], errors)).toBeLessThan(1e-9);
    const guarded = trainLinear(x, target, { noise: 'robust' }, { weights });
    expect(apart(guarded.uncertainty?.errors ?? [], robust)).toBeLessThan(1e-9);
  });
});

describe('classification', () => {
  test.each(golden.logistic)(
    'logistic, ridge $ridge: coefficients and Wald intervals',
    ({ y, ridge, coefficients, errors }) => {
      const model = trainLogistic(x, Float64Array.from(y), { ridge }, { weights });
      expect(model.fit.separated).toBe(false);
      const found = intervals(model, 0.95);
      expect(
        apart(
          found.map(({ value }) => value),
          coefficients,
        ),
      ).toBeLessThan(1e-6);
      expect(
        apart(
          found.map(({ error }) => error),
          errors,
        ),
      ).toBeLessThan(1e-6);
      expect(found[0]?.high).toBeCloseTo((coefficients[0] ?? 0) + 1.959964 * (errors[0] ?? 0), 4);
    },
  );

  test.each(golden.softmax)(
    'softmax, ridge $ridge: coefficients and errors',
    ({ y, ridge, coefficients, errors }) => {
      const model = trainSoftmax(x, Float64Array.from(y), 3, { ridge }, { weights });
      expect(model.fit).toMatchObject({ converged: true, separated: false });
      expect(apart([...model.theta, ...model.intercepts], coefficients)).toBeLessThan(1e-5);
      expect(apart(model.uncertainty?.errors ?? [], errors)).toBeLessThan(1e-5);
    },
  );
});

test.each(golden.quantiles)("the %f point of Student's t with %f degrees of freedom", (p, degrees, value) => {
  expect(studentQuantile(p ?? 0, degrees ?? 0)).toBeCloseTo(value ?? Number.NaN, 8);
});
