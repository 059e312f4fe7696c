/** How often what was predicted came true. */

export interface ReliabilityRow {
  readonly rows: number;
  /** Mean of the predicted probabilities, and the share of rows with outcome 1. */
  readonly predicted: number;
  readonly observed: number;
  /** 95 % interval of the share (Wilson 1927). */
  readonly low: number;
  readonly high: number;
}

/** Bins of equal size by predicted probability, lowest first; equal predictions may fall in two bins. */
export function reliabilityTable(y: Float64Array, predicted: Float64Array, bins = 10): ReliabilityRow[] {
  const order = [...predicted.keys()].sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0));
  const table: ReliabilityRow[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const part = order.slice(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    );
    if (part.length > 0) table.push(rowOf(part, y, predicted));
  }
  return table;
}

function rowOf(part: readonly number[], y: Float64Array, predicted: Float64Array): ReliabilityRow {
  const rows = part.length;
  const sum = (of: Float64Array): number => part.reduce((total, row) => total + (of[row] ?? 0), 0);
  const observed = sum(y) / rows;
  return { rows, predicted: sum(predicted) / rows, observed, ...wilson(observed, rows) };
}

const Z = 1.959964;

function wilson(share: number, rows: number): { low: number; high: number } {
  const scale = 1 + Z ** 2 / rows;
  const middle = (share + Z ** 2 / (2 * rows)) / scale;
  // Rounding may put an end on the wrong side of the share.
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / rows + Z ** 2 / (4 * rows ** 2));
  return {
    low: Math.max(0, Math.min(share, middle - half)),
    high: Math.min(1, Math.max(share, middle + half)),
  };
}
