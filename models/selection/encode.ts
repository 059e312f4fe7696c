/**
 * Columns to a matrix. What the encoding needs to know (means, medians, known categories) is fitted on training rows and
 * kept as a value that JSON can hold, so the same numbers come out when the model is served.
 */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { Fitted, Learner, Matrix } from './learner.ts';
import type { CategoryColumn, Column, NumberColumn, Table } from './table.ts';

export interface EncoderPlan {
  /**
   * `keep`: as they are, missing as NaN, for trees. `standard`: missing becomes the median and a column of its own says
   * so; then mean 0 and standard deviation 1. `asinh`: the same after the inverse hyperbolic sine, which is like a
   * logarithm for large values of either sign.
   */
  readonly numbers: 'keep' | 'standard' | 'asinh';
  /** `onehot`: a column per category. `target`: the mean target of the category, drawn towards the mean of all. */
  readonly categories: 'onehot' | 'target';
  /** A category with fewer rows is taken as unknown. @default 10 */
  readonly leastRows?: number;
  /** How many rows of the overall mean are mixed into a category's mean. @default 20 */
  readonly prior?: number;
}

const encodedColumn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keep'), name: z.string() }),
  z.object({
    kind: z.literal('standard'),
    name: z.string(),
    asinh: z.boolean(),
    median: z.number(),
    mean: z.number(),
    /** 1 for a column that did not vary. */
    deviation: z.number(),
    /** Whether a column says where values were missing. */
    flag: z.boolean(),
  }),
  z.object({ kind: z.literal('onehot'), name: z.string(), categories: z.array(z.string()) }),
  z.object({
    kind: z.literal('target'),
    name: z.string(),
    categories: z.array(z.string()),
    means: z.array(z.number()),
    /** For categories that training did not know. */
    other: z.number(),
  }),
]);
type EncodedColumn = z.infer<typeof encodedColumn>;
export const encoderSchema = z.object({ columns: z.array(encodedColumn) });
export type Encoder = z.infer<typeof encoderSchema>;

/**
 * Fits an encoder on training rows. `target` categories look at `y`, so its lengths must fit.
 * @throws WellspringError `refused` for an empty table or a `y` of another length.
 */
export function fitEncoder(table: Table, y: Float64Array, plan: EncoderPlan): Encoder {
  if (table.rows === 0 || y.length !== table.rows) {
    throw new WellspringError('refused', 'an encoder needs rows, each with its target');
  }
  return {
    columns: table.columns.map((column) =>
      column.kind === 'number' ? fitNumber(column, plan) : fitCategory(column, y, plan),
    ),
  };
}

function fitNumber({ name, values }: NumberColumn, { numbers }: EncoderPlan): EncodedColumn {
  if (numbers === 'keep') return { kind: 'keep', name };
  const asinh = numbers === 'asinh';
  const present = values.filter(Number.isFinite).sort();
  const median = present.length === 0 ? 0 : (present[Math.floor(present.length / 2)] ?? 0);
  const filled = values.map((value) => shaped(Number.isFinite(value) ? value : median, asinh));
  const mean = filled.reduce((a, b) => a + b, 0) / filled.length;
  const variance = filled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / filled.length;
  const deviation = variance > 0 ? Math.sqrt(variance) : 1;
  return { kind: 'standard', name, asinh, median, mean, deviation, flag: present.length < values.length };
}

const shaped = (value: number, asinh: boolean): number => (asinh ? Math.asinh(value) : value);

function fitCategory({ name, values }: CategoryColumn, y: Float64Array, plan: EncoderPlan): EncodedColumn {
  const { leastRows = 10, prior = 20 } = plan;
  const rows = [...Map.groupBy(values.keys(), (row) => values[row] ?? '')]
    .filter(([, members]) => members.length >= leastRows)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const categories = rows.map(([category]) => category);
  if (plan.categories === 'onehot') return { kind: 'onehot', name, categories };
  const other = y.reduce((a, b) => a + b, 0) / y.length;
  const means = rows.map(([, members]) => {
    const sum = members.reduce((total, row) => total + (y[row] ?? 0), 0);
    return (sum + prior * other) / (members.length + prior);
  });
  return { kind: 'target', name, categories, means, other };
}

/** Matrix columns of an encoder; those of one table column lie together. */
export function encodedNames({ columns }: Encoder): string[] {
  return columns.flatMap((column) => {
    if (column.kind === 'onehot') return column.categories.map((category) => `${column.name}=${category}`);
    return column.kind === 'standard' && column.flag
      ? [column.name, `${column.name} missing`]
      : [column.name];
  });
}

/** Matrix columns by table column, as permutation importance wants them. */
export function encodedGroups({ columns }: Encoder): Record<string, number[]> {
  let next = 0;
  const entries = columns.map((column) => {
    const width = encodedNames({ columns: [column] }).length;
    const group = Array.from({ length: width }, (_, i) => next + i);
    next += width;
    return [column.name, group];
  });
  return Object.fromEntries(entries);
}

/**
 * Rows as the model wants them. Infinite values are taken as missing; unknown categories get all zeros, or the mean.
 * @throws WellspringError `refused` when a column is absent or of another kind.
 */
export function encode(encoder: Encoder, table: Table): Matrix {
  const columns = encodedNames(encoder).length;
  const data = new Float64Array(table.rows * columns);
  let at = 0;
  for (const column of encoder.columns) {
    at += write(column, columnNamed(table, column), data.subarray(at), columns);
  }
  return { rows: table.rows, columns, data };
}

function columnNamed(table: Table, { name, kind }: EncodedColumn): Column {
  const column = table.columns.find((each) => each.name === name);
  const wanted = kind === 'keep' || kind === 'standard' ? 'number' : 'category';
  if (column?.kind !== wanted) throw new WellspringError('refused', `column ${name} must hold a ${wanted}`);
  return column;
}

/** Writes from the start of each row of `into`; answers the number of columns written. */
function write(how: EncodedColumn, column: Column, into: Float64Array, stride: number): number {
  if (column.kind === 'number') return writeNumbers(how, column.values, into, stride);
  if (how.kind === 'onehot') {
    const index = new Map(how.categories.map((category, i) => [category, i]));
    column.values.forEach((value, row) => {
      const i = index.get(value);
      if (i !== undefined) into[row * stride + i] = 1;
    });
    return how.categories.length;
  }
  if (how.kind !== 'target') return 0;
  const means = new Map(how.categories.map((category, i) => [category, how.means[i]]));
  column.values.forEach((value, row) => (into[row * stride] = means.get(value) ?? how.other));
  return 1;
}

function writeNumbers(how: EncodedColumn, values: Float64Array, into: Float64Array, stride: number): number {
  if (how.kind !== 'standard') {
    values.forEach((value, row) => (into[row * stride] = Number.isFinite(value) ? value : Number.NaN));
    return 1;
  }
  values.forEach((value, row) => {
    const known = Number.isFinite(value);
    into[row * stride] = (shaped(known ? value : how.median, how.asinh) - how.mean) / how.deviation;
    if (how.flag && !known) into[row * stride + 1] = 1;
  });
  return how.flag ? 2 : 1;
}

export interface EncodedFit extends Fitted<Table> {
  readonly encoder: Encoder;
  readonly inner: Fitted;
}

/** A learner on tables: in every fold the encoder is fitted anew, on that fold's training rows only. */
export const withEncoder = (learner: Learner, plan: EncoderPlan): Learner<Table> => ({
  name: learner.name,
  fit(table, y, options): EncodedFit {
    const encoder = fitEncoder(table, y, plan);
    const inner = learner.fit(encode(encoder, table), y, options);
    return { encoder, inner, predict: (rows) => inner.predict(encode(encoder, rows)) };
  },
});
