/** A trained ensemble: scores are a base plus what every tree says; the link turns scores into predictions. */
import * as z from 'zod/mini';
import type { Tree } from './tree.ts';

export interface TreeModel {
  /** Columns of the matrix it was trained on. */
  readonly columns: number;
  /** Scores per row: 1 for a binary target or a number, else the number of classes. */
  readonly outputs: number;
  /** `logistic` and `softmax` for boosting. Forests average shares; `clip` keeps rounding from leaving 0 to 1. */
  readonly link: 'identity' | 'clip' | 'logistic' | 'softmax';
  /** `outputs` numbers. */
  readonly base: Float64Array;
  readonly trees: readonly Tree[];
}

const whole = z.number().check(z.int(), z.nonnegative());
const storedTree = z.object({
  column: z.array(z.number().check(z.int(), z.minimum(-1))),
  threshold: z.array(z.number()),
  missingLeft: z.array(z.union([z.literal(0), z.literal(1)])),
  left: z.array(whole),
  right: z.array(whole),
  cover: z.array(z.number()),
  value: z.array(z.number()),
  width: whole,
  score: whole,
});
const storedModel = z.object({
  columns: whole,
  outputs: whole,
  link: z.enum(['identity', 'clip', 'logistic', 'softmax']),
  base: z.array(z.number()),
  trees: z.array(storedTree),
});

/** A value that JSON can hold. */
export const storeModel = (model: TreeModel): z.infer<typeof storedModel> => ({
  ...model,
  base: [...model.base],
  trees: model.trees.map((tree) => ({
    column: [...tree.column],
    threshold: [...tree.threshold],
    missingLeft: Array.from(tree.missingLeft, (side) => (side === 1 ? 1 : 0)),
    left: [...tree.left],
    right: [...tree.right],
    cover: [...tree.cover],
    value: [...tree.value],
    width: tree.width,
    score: tree.score,
  })),
});

/** What {@link storeModel} gave. Throws zod's error for anything else, a tree that leads outside itself included. */
export function restoreModel(stored: unknown): TreeModel {
  const model = storedModel.check(z.refine(({ trees }) => trees.every(closed))).parse(stored);
  return {
    ...model,
    base: Float64Array.from(model.base),
    trees: model.trees.map((tree) => ({
      column: Int32Array.from(tree.column),
      threshold: Float32Array.from(tree.threshold),
      missingLeft: Uint8Array.from(tree.missingLeft),
      left: Int32Array.from(tree.left),
      right: Int32Array.from(tree.right),
      cover: Float64Array.from(tree.cover),
      value: Float64Array.from(tree.value),
      width: tree.width,
      score: tree.score,
    })),
  };
}

/** Children come after their parent, so every walk ends at a leaf. */
function closed({ column, left, right, value, width, ...tree }: z.infer<typeof storedTree>): boolean {
  const nodes = column.length;
  const sameLength = [tree.threshold, tree.missingLeft, left, right, tree.cover].every(
    (list) => list.length === nodes,
  );
  const forward = (child: number | undefined, node: number): boolean =>
    child !== undefined && child > node && child < nodes;
  const down = column.every(
    (test, node) => test < 0 || (forward(left[node], node) && forward(right[node], node)),
  );
  return nodes > 0 && sameLength && value.length === nodes * width && down;
}
