/** Which of several models to take. */
import { WellspringError } from '../../domain/errors.ts';
import { mean, standardError } from './cross-validate.ts';

export interface Candidate {
  readonly name: string;
  /** One score per fold, the same folds for all; larger is better. */
  readonly scores: readonly number[];
}

export interface Selection {
  readonly name: string;
  /** The candidate with the largest mean, which may be another. */
  readonly best: string;
  readonly reason: string;
}

/**
 * The one-standard-error rule (Breiman and others 1984): the first candidate whose mean is within one standard error of
 * the best, so what is simpler wins where data cannot tell them apart.
 * @param candidates simplest first
 * @throws WellspringError `refused` without candidates, or when one was tested on other folds.
 */
export function selectModel(candidates: readonly Candidate[]): Selection {
  const [first, ...rest] = candidates;
  if (!first || rest.some(({ scores }) => scores.length !== first.scores.length)) {
    throw new WellspringError('refused', 'candidates must be tested on the same folds');
  }
  const best = rest.reduce((top, next) => (mean(next.scores) > mean(top.scores) ? next : top), first);
  const bar = mean(best.scores) - standardError(best.scores);
  const chosen = candidates.find(({ scores }) => mean(scores) >= bar) ?? best;
  const figures = `${best.name} has ${mean(best.scores).toFixed(4)} ± ${standardError(best.scores).toFixed(4)}`;
  const reason =
    chosen === best
      ? `${figures}, and nothing simpler comes within that`
      : `${figures}; ${chosen.name} is simpler and has ${mean(chosen.scores).toFixed(4)}`;
  return { name: chosen.name, best: best.name, reason };
}
