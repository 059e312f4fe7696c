/** Batches as the arrays that the training graph takes. */
import type { Candidates } from './candidates.ts';
import { type Fields, fieldNames, type NetworkConfig } from './config.ts';
import { OUTCOMES } from './network.ts';
import { type Batch, PADDING, RESERVED, type Sequence } from './sequence.ts';

/** Tokens whose next item is asked for: all but the last, when there are no outcomes to be read from it. */
export function inputsOf(sequence: Sequence, config: NetworkConfig): number {
  return Math.min(config.length, sequence.items.length - (config.outcomes ? 0 : 1));
}

/** A batch as arrays of [size, length], padded behind. */
export interface Laid {
  readonly items: Int32Array;
  readonly fields: Readonly<Record<keyof Fields, BigInt64Array>>;
  /** Rows of the next items, and where in the batch each is asked for. */
  readonly targets: number[];
  readonly positions: number[];
  /** One over the number of targets, at each position with a target. */
  readonly weights: Float32Array;
  readonly labels: Float32Array;
  readonly counts: Float32Array;
}

export function lay({ length, sequences }: Batch, size: number, config: NetworkConfig): Laid {
  const cells = size * length;
  const field = (): BigInt64Array => new BigInt64Array(config.fields ? cells : 0);
  const laid = {
    items: new Int32Array(cells).fill(PADDING),
    fields: { kind: field(), category: field(), price: field(), gap: field() },
    targets: [] as number[],
    positions: [] as number[],
    weights: new Float32Array(cells),
    labels: new Float32Array(config.outcomes ? cells * OUTCOMES : 0),
    counts: new Float32Array(config.outcomes ? cells * OUTCOMES : 0),
  };
  sequences.forEach((sequence, i) => {
    const inputs = inputsOf(sequence, config);
    const last = sequence.items.length - (config.outcomes ? 0 : 1);
    for (let j = 0; j < inputs; j++) {
      const from = last - inputs + j;
      const at = i * length + j;
      laid.items[at] = sequence.items[from] ?? PADDING;
      for (const name of config.fields ? fieldNames : []) {
        laid.fields[name][at] = BigInt(sequence.fields?.[name][from] ?? 0);
      }
      const target = sequence.items[from + 1] ?? PADDING;
      if (target < RESERVED) continue;
      laid.targets.push(target);
      laid.positions.push(at);
    }
    if (config.outcomes && inputs > 0) layOutcomes(sequence, i * length + inputs - 1, laid);
  });
  for (const at of laid.positions) laid.weights[at] = 1 / laid.targets.length;
  normaliseCounts(laid.counts);
  return laid;
}

function layOutcomes({ outcomes = {} }: Sequence, at: number, laid: Pick<Laid, 'labels' | 'counts'>): void {
  const value = outcomes.value === undefined ? undefined : Math.log1p(Math.max(0, outcomes.value));
  [outcomes.purchase, outcomes.churn, value].forEach((label, column) => {
    if (label === undefined) return;
    laid.labels[at * OUTCOMES + column] = label;
    laid.counts[at * OUTCOMES + column] = 1;
  });
}

function normaliseCounts(counts: Float32Array): void {
  for (let column = 0; column < OUTCOMES; column++) {
    let total = 0;
    for (let i = column; i < counts.length; i += OUTCOMES) total += counts[i] ?? 0;
    for (let i = column; i < counts.length; i += OUTCOMES) counts[i] = (counts[i] ?? 0) / Math.max(1, total);
  }
}

/** Taken off a logit, it leaves an item out. */
export const LEFT_OUT = 1e9;

/**
 * Log of the chance that each candidate is there, for each position: [size * length, candidates]. The targets of the
 * other positions of the same sequence are there for certain. To count them as rare would push away just those items
 * that the customer looked at before or will look at soon. Where nobody takes an item twice (`repeats` false) they are
 * left out.
 */
export function positionShares(
  laid: Laid,
  { shares, places }: ReturnType<Candidates['draw']>,
  { size, length, repeats }: { readonly size: number; readonly length: number; readonly repeats: boolean },
): Float32Array {
  const count = shares.length;
  const out = new Float32Array(size * length * count);
  for (let at = 0; at < size * length; at++) out.set(shares, at * count);
  const own = repeats ? 0 : LEFT_OUT;
  laid.positions.forEach((at, i) => {
    const first = at - (at % length);
    for (let other = first; other < first + length; other++) {
      if (other !== at) out[other * count + (places[i] ?? 0)] = own;
    }
  });
  // A position's own target is always compared, also where the sequence has it twice.
  if (!repeats) {
    laid.positions.forEach((at, i) => {
      const place = places[i] ?? 0;
      out[at * count + place] = shares[place] ?? 0;
    });
  }
  return out;
}
