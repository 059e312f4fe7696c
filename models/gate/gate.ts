/**
 * Whether a trained model may serve. It must be better than simple methods and than the champion by more than chance
 * explains, say what it means, and not have collapsed to a few answers.
 */
import { pairedBootstrap } from '../measure/bootstrap.ts';
import type { Check } from '../registry/manifest.ts';

/** Everybody's figure for each case of the hold-out, higher is better; one list per contender, all equally long. */
export interface Contest {
  readonly challenger: readonly number[];
  /** Baselines by name. */
  readonly baselines: Readonly<Record<string, readonly number[]>>;
  readonly champion?: readonly number[] | undefined;
  /** Group of each case: cases of one customer are drawn together. */
  readonly groups: readonly number[];
}

/** The Brier score is the mean of these. */
export interface SquaredErrors {
  readonly challenger: readonly number[];
  /** By name, such as always answering how common the outcome was, or the champion. */
  readonly rivals: Readonly<Record<string, readonly number[]>>;
  readonly groups: readonly number[];
}

export interface GateInput {
  /** What is compared, as in `MRR@20 of the next item`. */
  readonly figure: string;
  readonly contest?: Contest;
  /** By chance, such as `purchase`: expected calibration error, and how much of it luck explains on so few cases. */
  readonly calibration: Readonly<Record<string, { readonly error: number; readonly luck: number }>>;
  /** By chance: squared distance from what came true, one per case, lower is better. */
  readonly brier?: Readonly<Record<string, SquaredErrors>>;
  readonly collapse?: {
    /** Mean cosine between random item vectors: 1 when all are the same. */
    readonly alike: number;
    /** Share of the catalogue that is in somebody's top list. */
    readonly coverage: number;
  };
  readonly random: () => number;
}

/** Cases without which no comparison is made. */
export const LEAST_CASES = 100;
/** Highest expected calibration error, where luck does not explain more. */
const CALIBRATION = 0.05;
const ALIKE = 0.9;
const COVERAGE = 0.01;

const round = (value: number): string => value.toPrecision(3);

/** Every check with its figure, limit and verdict; the model passes when all do. */
export function judge(input: GateInput): { readonly passed: boolean; readonly checks: Check[] } {
  const checks = [
    ...(input.contest ? contests(input.figure, input.contest, input.random) : []),
    ...Object.entries(input.calibration).map(([name, error]) => calibrationCheck(name, error)),
    ...Object.entries(input.brier ?? {}).flatMap(([name, errors]) => brierChecks(name, errors, input.random)),
    ...(input.collapse ? collapseChecks(input.collapse) : []),
  ];
  return { passed: checks.length > 0 && checks.every(({ passed }) => passed), checks };
}

function contests(figure: string, contest: Contest, random: () => number): Check[] {
  const { challenger, baselines, champion, groups } = contest;
  if (challenger.length < LEAST_CASES) {
    const says = `Only ${challenger.length} cases to compare on; ${LEAST_CASES} are needed.`;
    return [{ name: 'cases', passed: false, value: challenger.length, limit: LEAST_CASES, says }];
  }
  const rivals = [...Object.entries(baselines), ...(champion ? [['champion', champion] as const] : [])];
  return rivals.map(([name, figures]) => {
    const { mean, low, high } = pairedBootstrap(challenger, figures, { random, groups });
    const passed = low > 0;
    const verdict = passed ? 'better than' : high < 0 ? 'worse than' : 'not clearly better than';
    const says = `${verdict} ${name} in ${figure}: by ${round(mean)} (95 % from ${round(low)} to ${round(high)}).`;
    return {
      name: `beats ${name}`,
      passed,
      value: low,
      limit: 0,
      says: says.replace(/^./, (c) => c.toUpperCase()),
    };
  });
}

function calibrationCheck(name: string, { error, luck }: { error: number; luck: number }): Check {
  const limit = Math.max(CALIBRATION, luck);
  return {
    name: `calibration of ${name}`,
    passed: error <= limit,
    value: error,
    limit,
    says: `Chances of ${name} are off by ${round(error)} on average; ${round(limit)} is allowed.`,
  };
}

/** No worse than each rival, as far as chance lets tell. */
function brierChecks(
  name: string,
  { challenger, rivals, groups }: SquaredErrors,
  random: () => number,
): Check[] {
  return Object.entries(rivals).map(([rival, errors]) => {
    const { mean, low, high } = pairedBootstrap(challenger, errors, { random, groups });
    const passed = low <= 0;
    const verdict = high < 0 ? 'better than' : passed ? 'no worse than' : 'worse than';
    return {
      name: `Brier of ${name} against ${rival}`,
      passed,
      value: low,
      limit: 0,
      says: `Chances of ${name} are ${verdict} ${rival}: Brier differs by ${round(mean)} (95 % from ${round(low)} to ${round(high)}).`,
    };
  });
}

const collapseChecks = ({ alike, coverage }: NonNullable<GateInput['collapse']>): Check[] => [
  {
    name: 'spread of item vectors',
    passed: alike <= ALIKE,
    value: alike,
    limit: ALIKE,
    says: `Two items have a mean cosine of ${round(alike)}; above ${ALIKE} they are hardly told apart.`,
  },
  {
    name: 'coverage of the catalogue',
    passed: coverage >= COVERAGE,
    value: coverage,
    limit: COVERAGE,
    says: `${round(coverage * 100)} % of the items are in somebody's list; ${COVERAGE * 100} % are needed.`,
  },
];
