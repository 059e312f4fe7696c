/** Raw columns, before an encoder makes numbers of them. */

export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  /** NaN: missing. */
  readonly values: Float64Array;
}

export interface CategoryColumn {
  readonly name: string;
  readonly kind: 'category';
  /** Empty text: missing, which is a category like others. */
  readonly values: readonly string[];
}

export type Column = NumberColumn | CategoryColumn;

export interface Table {
  readonly rows: number;
  /** Each with as many values as there are rows. */
  readonly columns: readonly Column[];
}

/** The given rows, in the given order. */
export const takeTable = (table: Table, rows: Int32Array): Table => ({
  rows: rows.length,
  columns: table.columns.map((column) =>
    column.kind === 'number'
      ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN) }
      : { ...column, values: Array.from(rows, (row) => column.values[row] ?? '') },
  ),
});

/** Without the named columns. */
export const withoutColumns = (table: Table, names: readonly string[]): Table => ({
  ...table,
  columns: table.columns.filter(({ name }) => !names.includes(name)),
});
