/** What a served behaviour model says, read from its tensors: nothing here runs a model. */
import type { Tensor } from '../../domain/endpoint.ts';
import { RESERVED } from './sequence.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface BehaviourAnswer {
  /**
   * Best items first. Empty for a history without an item that the vocabulary knows: the ranking would rest on nothing,
   * and the caller serves its fallback.
   */
  readonly items: readonly { readonly item: string; readonly score: number }[];
  /** Chance of an order within 7 days. */
  readonly purchase: number;
  /** Chance of silence for 30 days. */
  readonly churn: number;
  /** Amount of the next order, major currency units. */
  readonly value: number;
}

/** Reads the outputs of a served model, wherever it ran. `inputs`: what it was asked, from `encodeBatch`. */
export function answersOf(
  inputs: readonly Tensor[],
  output: (name: string) => ArrayLike<number | bigint>,
  vocabulary: Vocabulary,
): BehaviourAnswer[] {
  const asked = inputs.find(({ name }) => name === 'item');
  const [count = 0, length = 0] = asked?.shape ?? [];
  const [items, scores, purchase, churn, value] = ['items', 'scores', 'purchase', 'churn', 'value'].map(
    output,
  );
  const top = count === 0 ? 0 : (items?.length ?? 0) / count;
  return Array.from({ length: count }, (_, i) => {
    const rows = Array.from(asked?.data.slice(i * length, (i + 1) * length) ?? [], Number);
    const known = rows.some((row) => row >= RESERVED);
    return {
      items: !known
        ? []
        : Array.from({ length: top }, (__, j) => ({
            item: vocabulary.itemAt(Number(items?.[i * top + j])) ?? '',
            score: Number(scores?.[i * top + j]),
          })),
      purchase: Number(purchase?.[i]),
      churn: Number(churn?.[i]),
      value: Number(value?.[i]),
    };
  });
}
