/** What can be chosen about tree models, with the defaults. */

/** What `y` holds: 0 or 1, a class from 0 to `classes` - 1, or any number. */
export type Target = 'binary' | 'number' | { readonly classes: number };

export interface TreeSettings {
  readonly target: Target;
  /** Infinity: no limit. */
  readonly maxDepth: number;
  readonly maxLeaves: number;
  /** Least weight of a leaf (for boosting: least hessian sum). */
  readonly minChildWeight: number;
  /** 2 to 255. */
  readonly bins: number;
}

export interface ForestSettings extends TreeSettings {
  readonly trees: number;
  /** Share of the columns drawn anew for each node; at least one is. Absent: the square root of their number. */
  readonly columnShare?: number;
}

export interface BoostingSettings extends TreeSettings {
  /** Rounds; with k > 2 classes a round grows k trees. */
  readonly rounds: number;
  readonly learningRate: number;
  /** Share of rows and of columns drawn for each round. */
  readonly rowShare: number;
  readonly columnShare: number;
  readonly l2: number;
  /** Least fall of the loss (doubled) that is worth a cut. */
  readonly minGain: number;
  /** Stop when the loss on held-out rows has not fallen for `patience` rounds, and keep the best round. */
  readonly stopping?: {
    /** Share of the rows held out. */
    readonly share: number;
    readonly patience: number;
    /** `last` holds out the end of the rows, for data in the order of time. */
    readonly part: 'random' | 'last';
  };
}

export const treeDefaults: TreeSettings = {
  target: 'binary',
  maxDepth: 6,
  maxLeaves: Number.POSITIVE_INFINITY,
  minChildWeight: 20,
  bins: 255,
};

export const forestDefaults: ForestSettings = {
  ...treeDefaults,
  maxDepth: Number.POSITIVE_INFINITY,
  minChildWeight: 5,
  trees: 200,
};

export const boostingDefaults: BoostingSettings = {
  ...treeDefaults,
  minChildWeight: 1,
  rounds: 100,
  learningRate: 0.1,
  rowShare: 1,
  columnShare: 1,
  l2: 1,
  minGain: 0,
};
