/** Means of figures with intervals, by customer. */
import { seededRandom } from '../../domain/random.ts';
import type { Example } from '../../models/behaviour/example.ts';
import { rocAuc } from '../../models/measure/binary.ts';
import { pairedBootstrap } from '../../models/measure/bootstrap.ts';
import type { Estimate } from '../../models/registry/manifest.ts';

/** A number per customer: cases of one customer are drawn together. */
export const groupsOf = (cases: readonly { readonly example: Example }[]): number[] => {
  const places = new Map<string, number>();
  return cases.map(({ example }) => {
    const place = places.get(example.profile) ?? places.size;
    places.set(example.profile, place);
    return place;
  });
};

/** Mean with a bootstrap interval of 95 %. */
export function estimateOf(figures: readonly number[], groups: readonly number[], seed: number): Estimate {
  if (figures.length === 0) return { value: 0, low: 0, high: 0 };
  const nothing = figures.map(() => 0);
  const { mean, low, high } = pairedBootstrap(figures, nothing, {
    random: seededRandom(seed),
    groups,
    rounds: 500,
  });
  return { value: mean, low, high };
}

const ROUNDS = 200;
const TAIL = 0.025;

/** Area under the ROC curve with a bootstrap interval of 95 %; samples without both outcomes are drawn again. */
export function areaOf(y: readonly number[], predicted: readonly number[], seed: number): Estimate {
  const random = seededRandom(seed);
  const areas: number[] = [];
  while (areas.length < ROUNDS) {
    const drawn = y.map(() => Math.floor(random() * y.length));
    const labels = drawn.map((i) => y[i] ?? 0);
    if (!labels.includes(0) || !labels.includes(1)) continue;
    const chances = drawn.map((i) => predicted[i] ?? 0);
    areas.push(rocAuc(labels, chances));
  }
  areas.sort((a, b) => a - b);
  const at = (share: number): number => areas[Math.round(share * (ROUNDS - 1))] ?? 0;
  return { value: rocAuc(y, predicted), low: at(TAIL), high: at(1 - TAIL) };
}
