/** A training set: examples and visits, parted by time, with a digest that names exactly this content. */
import { createHash } from 'node:crypto';
import { WellspringError } from '../../domain/errors.ts';
import type { Example } from '../behaviour/example.ts';
import { type Outcome, outcomeOf, PERIOD_DAYS } from '../classes/lifecycle.ts';
import { ORDER } from './behaviour-event.ts';
import { DAY_MS, exampleAt, type Windows, windows } from './examples.ts';
import type { History, PastEvent } from './history.ts';
import { type NextCase, nextCases } from './next-cases.ts';
import { type ItemVisit, visitsOf } from './visits.ts';

export interface Parts<T> {
  readonly train: readonly T[];
  readonly validation: readonly T[];
  readonly holdout: readonly T[];
}

export interface TrainingSet {
  readonly examples: Parts<Example>;
  /** What came in the 30 days after each example's cut; null where that is not known yet. */
  readonly outcomes: Parts<Outcome | null>;
  readonly visits: Parts<ItemVisit>;
  /** For the blend to learn from, and for the comparison. */
  readonly next: Omit<Parts<NextCase>, 'train'>;
  /** First and last event, ms. */
  readonly from: number;
  readonly to: number;
  /** SHA-256 of all of it, hex. */
  readonly digest: string;
}

/** Cases of next items in each part, at most. */
const CASES = 4000;
/** Days between two cuts. */
const STEP_DAYS = 7;
/** Cuts for training, at most: the newest ones. */
const CUTS = 12;
/** Days of history before the first cut. */
const LEAD_DAYS = 14;
/** Examples for training without which nothing can be learned. */
export const LEAST_EXAMPLES = 200;

/** When examples are cut: the hold-out's labels all lie after those of training. */
export interface Cuts {
  readonly train: readonly number[];
  readonly validation: number;
  readonly holdout: number;
}

/**
 * The hold-out is cut so that its longest label window just ends; validation one such window earlier, so that no label of
 * it reaches into the hold-out; training before that, a week apart.
 * @throws WellspringError `too_little_history`
 */
export function cutsOf(from: number, to: number, set: Windows = windows): Cuts {
  const reach = set.gap + Math.max(set.churn, set.value, set.purchase);
  const holdout = to - reach;
  const validation = holdout - reach;
  const first = from + LEAD_DAYS * DAY_MS;
  const train: number[] = [];
  for (
    let cut = validation - STEP_DAYS * DAY_MS;
    cut >= first && train.length < CUTS;
    cut -= STEP_DAYS * DAY_MS
  )
    train.unshift(cut);
  if (train.length > 0) return { train, validation, holdout };
  const needed = Math.ceil((2 * reach) / DAY_MS) + STEP_DAYS + LEAD_DAYS;
  const there = Number.isFinite(to - from) ? Math.max(0, Math.floor((to - from) / DAY_MS)) : 0;
  throw new WellspringError(
    'too_little_history',
    `the history spans ${there} days; learning needs ${needed}`,
  );
}

/** @throws WellspringError `too_little_history` */
export function trainingSet(history: History, set: Windows = windows): TrainingSet {
  const { from, to } = history.span;
  const cuts = cutsOf(from, to, set);
  const people = history.people();
  const exampleOf = (cut: number): Example[] =>
    people.map((person) => exampleAt(person, cut, to, set)).filter((example) => example !== undefined);
  const examples = {
    train: cuts.train.flatMap(exampleOf),
    validation: exampleOf(cuts.validation),
    holdout: exampleOf(cuts.holdout),
  };
  if (examples.train.length < LEAST_EXAMPLES)
    throw new WellspringError(
      'too_little_history',
      `the history gives ${examples.train.length} examples; learning needs ${LEAST_EXAMPLES}`,
    );
  const all = visitsOf(people);
  const visits = {
    train: all.filter((visit) => visit.at < cuts.validation),
    validation: all.filter((visit) => visit.at >= cuts.validation && visit.at < cuts.holdout),
    holdout: all.filter((visit) => visit.at >= cuts.holdout),
  };
  const next = {
    validation: nextCases(people, cuts.validation, cuts.holdout, CASES),
    holdout: nextCases(people, cuts.holdout, Number.POSITIVE_INFINITY, CASES),
  };
  const later = new Map(people.map(({ profile, events }) => [profile, events]));
  const outcome = ({ profile, cut }: Example): Outcome | null =>
    cut + PERIOD_DAYS * DAY_MS > to
      ? null
      : outcomeOf(
          (later.get(profile) ?? []).filter((event) => event.at >= cut && isTrusted(event)),
          cut,
        );
  const outcomes = {
    train: examples.train.map(outcome),
    validation: examples.validation.map(outcome),
    holdout: examples.holdout.map(outcome),
  };
  const digest = digestOf([examples, outcomes, visits, { train: [], ...next }]);
  return { examples, outcomes, visits, next, from, to, digest };
}

/** Orders that anybody may have reported are no labels. */
const isTrusted = ({ kind, order }: PastEvent): boolean => kind !== ORDER || order !== undefined;

function digestOf(all: readonly Parts<unknown>[]): string {
  const hash = createHash('sha256');
  for (const parts of all) {
    for (const part of [parts.train, parts.validation, parts.holdout]) {
      hash.update(`${part.length}\n`);
      for (const one of part) hash.update(`${JSON.stringify(one)}\n`);
    }
  }
  return hash.digest('hex');
}
