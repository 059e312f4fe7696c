/** Several learners as one. */
import type { Learner } from './learner.ts';

/** The mean of their probabilities (or values). */
export const averaged = <X>(learners: readonly Learner<X>[], name = 'average'): Learner<X> => ({
  name,
  fit(x, y, options) {
    const fitted = learners.map((learner, i) =>
      learner.fit(x, y, { ...options, seed: options.seed + 1000 * i }),
    );
    return {
      predict(rows) {
        const answers = fitted.map((model) => model.predict(rows));
        return Float64Array.from(answers[0] ?? [], (_, at) => {
          const sum = answers.reduce((total, answer) => total + (answer[at] ?? Number.NaN), 0);
          return sum / answers.length;
        });
      },
    };
  },
});
