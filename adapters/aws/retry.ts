/** Repeats the part of a batch that a service did not take. */
import { setTimeout as sleepFor } from 'node:timers/promises';

const ATTEMPTS = 8;
const FIRST_MS = 50;
const MOST_MS = 2000;

export interface Pauses {
  /** Waits for so many ms. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** In [0, 1). */
  readonly random: () => number;
}

export const realPauses: Pauses = { sleep: (ms) => sleepFor(ms), random: Math.random };

/**
 * Calls `attempt` with what is left until nothing is, at most eight times, waiting a growing and random
 * time in between. Returns what was never taken.
 */
export async function untilTaken<T>(
  items: readonly T[],
  attempt: (left: readonly T[]) => Promise<readonly T[]>,
  { sleep, random }: Pauses,
): Promise<readonly T[]> {
  let left = items;
  for (let i = 0; i < ATTEMPTS && left.length > 0; i++) {
    if (i > 0) await sleep(random() * Math.min(MOST_MS, FIRST_MS * 2 ** i));
    left = await attempt(left);
  }
  return left;
}

/** Runs `work` for every item, at most `width` at once; results in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

/** Cuts items into runs of at most `size`. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}
