/** Sequences as the trainer reads them, and how they are cut into batches of equal length. */
import { shuffle } from '../engine/shuffle.ts';
import type { Fields } from './config.ts';

/** Rows of the item table for what is no item. */
export const PADDING = 0;
export const UNKNOWN = 1;
/** Rows before the first item. */
export const RESERVED = 2;

export interface Outcomes {
  readonly purchase?: 0 | 1;
  readonly churn?: 0 | 1;
  /** Currency units. */
  readonly value?: number;
}

/** Tokens in order, oldest first, all lists equally long. */
export interface Sequence {
  /** Rows of the item table; {@link UNKNOWN} for tokens without a known item. */
  readonly items: ArrayLike<number>;
  readonly fields?: Readonly<Record<keyof Fields, ArrayLike<number>>>;
  /** What happened after the last token. */
  readonly outcomes?: Outcomes;
}

/** Lengths for which there is a graph: short ones exactly, because most sessions are short, then in steps. */
export function lengthsUpTo(limit: number): number[] {
  const steps = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32, 50, 64];
  return [...steps.filter((step) => step < limit), limit];
}

/** The smallest of `lengths` that holds `tokens`, or the largest. */
export const lengthFor = (tokens: number, lengths: readonly number[]): number =>
  lengths.find((length) => length >= tokens) ?? lengths.at(-1) ?? tokens;

export interface Batch {
  readonly length: number;
  readonly sequences: readonly Sequence[];
}

/**
 * All sequences once, in batches of one length with at most `tokens` tokens, in an order that `random` decides.
 * `inputs`: how many tokens of a sequence the network reads.
 */
export function batchesOf(
  sequences: readonly Sequence[],
  lengths: readonly number[],
  tokens: number,
  inputs: (sequence: Sequence) => number,
  random: () => number,
): Batch[] {
  const byLength = new Map<number, Sequence[]>();
  for (const sequence of sequences) {
    const length = lengthFor(inputs(sequence), lengths);
    const group = byLength.get(length);
    if (group) group.push(sequence);
    else byLength.set(length, [sequence]);
  }
  const batches: Batch[] = [];
  for (const [length, group] of byLength) {
    shuffle(group, random);
    const size = batchSize(length, tokens);
    for (let at = 0; at < group.length; at += size) {
      batches.push({ length, sequences: group.slice(at, at + size) });
    }
  }
  return shuffle(batches, random);
}

/** Sequences of a batch, so that it has about `tokens` tokens. */
export const batchSize = (length: number, tokens: number): number => Math.max(1, Math.floor(tokens / length));
