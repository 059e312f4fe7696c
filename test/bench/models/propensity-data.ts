/** The public data sets for propensity as tables, with features made from their columns. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import * as z from 'zod/mini';
import type { Column, Table } from '../../../models/selection/table.ts';

export interface DataSet {
  readonly table: Table;
  /** 0 or 1. */
  readonly y: Float64Array;
}

type Row = Readonly<Record<string, string>>;
const rowsSchema = z.array(z.record(z.string(), z.string()));

function read(file: string, delimiter = ','): Row[] {
  const text = gunzipSync(readFileSync(file)).toString('utf8');
  return rowsSchema.parse(parse(text, { columns: true, delimiter, relax_quotes: true }));
}

const numberOf = (text: string | undefined): number =>
  text === undefined || text.trim() === '' ? Number.NaN : Number(text);

const numeric = (rows: readonly Row[], name: string, of: (row: Row) => number): Column => ({
  name,
  kind: 'number',
  values: Float64Array.from(rows, of),
});

const category = (rows: readonly Row[], name: string): Column => ({
  name,
  kind: 'category',
  values: rows.map((row) => row[name] ?? ''),
});

const plain = (rows: readonly Row[], names: readonly string[]): Column[] =>
  names.map((name) => numeric(rows, name, (row) => numberOf(row[name])));

/** What one row says in several columns, as a column; a division by 0 is missing. */
const made = (
  rows: readonly Row[],
  name: string,
  of: (value: (column: string) => number) => number,
): Column =>
  numeric(rows, name, (row) => {
    const value = of((column) => numberOf(row[column]));
    return Number.isFinite(value) ? value : Number.NaN;
  });

const outcome = (rows: readonly Row[], name: string, yes: string): Float64Array =>
  Float64Array.from(rows, (row) => Number(row[name] === yes));

/** 12,330 shop sessions; did they end in a purchase? */
export function onlineShoppers(data: string): DataSet {
  const rows = read(join(data, 'online_shoppers', 'online_shoppers_intention.csv.gz'));
  const pages = ['Administrative', 'Informational', 'ProductRelated'];
  const columns = [
    ...plain(rows, pages),
    ...plain(
      rows,
      pages.map((page) => `${page}_Duration`),
    ),
    ...plain(rows, ['BounceRates', 'ExitRates', 'PageValues', 'SpecialDay']),
    ...['Month', 'OperatingSystems', 'Browser', 'Region', 'TrafficType', 'VisitorType', 'Weekend'].map(
      (name) => category(rows, name),
    ),
    ...pages.map((page) => made(rows, `${page} seconds per page`, (v) => v(`${page}_Duration`) / v(page))),
    made(rows, 'exit less bounce', (v) => v('ExitRates') - v('BounceRates')),
    made(rows, 'bounce share of exit', (v) => v('BounceRates') / v('ExitRates')),
    made(rows, 'exits over pages', (v) => v('ExitRates') * v('ProductRelated')),
    made(rows, 'pages', (v) => pages.reduce((sum, page) => sum + v(page), 0)),
    made(rows, 'seconds', (v) => pages.reduce((sum, page) => sum + v(`${page}_Duration`), 0)),
    made(rows, 'product share', (v) => v('ProductRelated') / pages.reduce((sum, page) => sum + v(page), 0)),
  ];
  return { table: { rows: rows.length, columns }, y: outcome(rows, 'Revenue', 'TRUE') };
}

/**
 * 41,188 calls in the order of time, without `duration`, which is known only after the call.
 * `pdays` is 999 where there was no earlier contact; that is missing, not a long time.
 */
export function bankMarketing(data: string): DataSet {
  const rows = read(join(data, 'bank_marketing', 'bank-additional-full.csv.gz'), ';');
  const categories = [
    'job',
    'marital',
    'education',
    'default',
    'housing',
    'loan',
    'contact',
    'month',
    'day_of_week',
  ];
  const columns = [
    ...plain(rows, ['age', 'campaign', 'previous']),
    numeric(rows, 'pdays', (row) => (row['pdays'] === '999' ? Number.NaN : numberOf(row['pdays']))),
    ...plain(rows, ['emp.var.rate', 'cons.price.idx', 'cons.conf.idx', 'euribor3m', 'nr.employed']),
    ...[...categories, 'poutcome'].map((name) => category(rows, name)),
  ];
  return { table: { rows: rows.length, columns }, y: outcome(rows, 'y', 'yes') };
}

/** 7,043 customers of a telephone company; a made-up sample, so for comparison only. */
export function telcoChurn(data: string): DataSet {
  const rows = read(join(data, 'telco_churn', 'Telco-Customer-Churn.csv.gz'));
  const numbers = ['tenure', 'MonthlyCharges', 'TotalCharges'];
  const others = Object.keys(rows[0] ?? {}).filter(
    (name) => ![...numbers, 'customerID', 'Churn'].includes(name),
  );
  const columns = [...plain(rows, numbers), ...others.map((name) => category(rows, name))];
  return { table: { rows: rows.length, columns }, y: outcome(rows, 'Churn', 'Yes') };
}
