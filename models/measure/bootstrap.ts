/** Whether one model is better than another, or the cases only happened to fall so (Efron, 1979). */
import { WellspringError } from '../../domain/errors.ts';

export interface Interval {
  /** Mean difference over all cases. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly random: () => number;
  /** Samples drawn. @default 1000 */
  readonly rounds?: number;
  /** @default 0.95 */
  readonly confidence?: number;
  /**
   * Group of each case, 0 .. groups - 1, when cases belong together, as those of one visit do: groups are drawn, not cases.
   */
  readonly groups?: ArrayLike<number>;
}

/**
 * Percentile interval of the mean of ours[i] - theirs[i], both measured on the same case.
 * @throws WellspringError `refused` without cases or with lists of two lengths.
 */
export function pairedBootstrap(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  { random, rounds = 1000, confidence = 0.95, groups }: BootstrapOptions,
): Interval {
  if (ours.length === 0 || ours.length !== theirs.length || (groups && groups.length !== ours.length)) {
    throw new WellspringError('refused', `${ours.length} cases and ${theirs.length} to compare them with`);
  }
  const { sums, counts } = grouped(ours, theirs, groups);
  const means = new Float64Array(rounds).map(() => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < sums.length; i++) {
      const drawn = Math.floor(random() * sums.length);
      sum += sums[drawn] ?? 0;
      count += counts[drawn] ?? 0;
    }
    return sum / count;
  });
  means.sort();
  const tail = (1 - confidence) / 2;
  return {
    mean: sums.reduce((a, b) => a + b, 0) / ours.length,
    low: means[Math.floor(tail * (rounds - 1))] ?? 0,
    high: means[Math.ceil((1 - tail) * (rounds - 1))] ?? 0,
  };
}

/** Sum of differences and number of cases of each group that has any. */
function grouped(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  groups: ArrayLike<number> | undefined,
): { sums: Float64Array; counts: Float64Array } {
  const places = new Map<number, number>();
  const sums = new Float64Array(ours.length);
  const counts = new Float64Array(ours.length);
  for (let i = 0; i < ours.length; i++) {
    const group = groups ? (groups[i] ?? 0) : i;
    const place = places.get(group) ?? places.size;
    places.set(group, place);
    sums[place] = (sums[place] ?? 0) + (ours[i] ?? 0) - (theirs[i] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return { sums: sums.subarray(0, places.size), counts: counts.subarray(0, places.size) };
}
