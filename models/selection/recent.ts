/** For rows in the order of time whose law drifts: what was lately counts more. */
import type { Learner } from './learner.ts';

/**
 * Row weights halve with every `halfLife` rows towards the past; the last row counts 1.
 * @param halfLife in rows; Infinity weighs all rows alike
 */
export const recencyWeighted = <X>(learner: Learner<X>, halfLife: number): Learner<X> => ({
  name: learner.name,
  fit(x, y, options) {
    const weights = y.map((_, row) => (options.weights?.[row] ?? 1) * 2 ** ((row + 1 - y.length) / halfLife));
    return learner.fit(x, y, { ...options, weights });
  },
});
