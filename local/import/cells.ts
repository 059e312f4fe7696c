/** Turns the cells and conditions of a mapping into functions of a row. */
import { createHmac } from 'node:crypto';
import type { Json, JsonObject } from '../../events/json.ts';
import type { CellSpec, ConditionSpec, FieldSpecs } from './mapping-schema.ts';

/** One row of a file: columns and their values. */
export type Row = JsonObject;
/** Undefined where the row says nothing. @throws RowError when it says something else than the mapping expects. */
export type Cell = (row: Row) => Json | undefined;

/** A row that cannot become an event. The message names the column, never its content. */
export class RowError extends Error {}

/** The text of a column, trimmed; empty where there is none. */
export function textOf(row: Row, column: string): string {
  const value = Object.hasOwn(row, column) ? row[column] : undefined;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value.trim() : JSON.stringify(value);
}

export function numberOf(row: Row, column: string): number | undefined {
  const text = textOf(row, column);
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new RowError(`${column} is not a number`);
  return value;
}

const flags = new Map([
  ...['true', 'yes', 'y', 't', '1'].map((text) => [text, true] as const),
  ...['false', 'no', 'n', 'f', '0'].map((text) => [text, false] as const),
]);

function flagOf(row: Row, column: string): boolean | undefined {
  const text = textOf(row, column).toLowerCase();
  if (text === '') return undefined;
  const value = flags.get(text);
  if (value === undefined) throw new RowError(`${column} is neither true nor false`);
  return value;
}

function jsonOf(row: Row, column: string): Json | undefined {
  const text = textOf(row, column);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new RowError(`${column} is not JSON`);
  }
}

/** Equal for equal columns; without the key nobody can try out which address it came from. 128 bits. */
function hashOf(columns: readonly string[], key: string): (row: Row) => string | undefined {
  return (row) => {
    const texts = columns.map((column) => textOf(row, column));
    if (texts.every((text) => text === '')) return undefined;
    return createHmac('sha256', key).update(texts.join('\u0000')).digest('hex').slice(0, 32);
  };
}

/** `key`: for hashes. */
export function cellOf(spec: CellSpec, key: string): Cell {
  if ('value' in spec) {
    const { value } = spec;
    return typeof value === 'object' && value !== null ? () => structuredClone(value) : () => value;
  }
  const prefix = spec.prefix ?? '';
  if ('hash' in spec) {
    const hash = hashOf(spec.hash, key);
    return (row) => {
      const text = hash(row);
      return text === undefined ? undefined : prefix + text;
    };
  }
  const { column } = spec;
  switch (spec.as) {
    case 'number': {
      const absolute = spec.absolute === true;
      return (row) => {
        const value = numberOf(row, column);
        return value !== undefined && absolute ? Math.abs(value) : value;
      };
    }
    case 'flag':
      return (row) => flagOf(row, column);
    case 'json':
      return (row) => jsonOf(row, column);
    default:
      return (row) => {
        const text = textOf(row, column);
        return text === '' ? undefined : prefix + text;
      };
  }
}

/** Fills an object from a row; `a.b` becomes `{ a: { b } }`. */
export function filler(specs: FieldSpecs | undefined, key: string): (target: JsonObject, row: Row) => void {
  const all = Object.entries(specs ?? {}).map(([name, spec]) => {
    const path = name.split('.');
    return { path: path.slice(0, -1), last: path.at(-1) ?? name, cell: cellOf(spec, key) };
  });
  return (target, row) => {
    for (const { path, last, cell } of all) {
      const value = cell(row);
      if (value === undefined) continue;
      let object = target;
      for (const step of path) {
        const inner = object[step];
        object =
          typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : (object[step] = {});
      }
      object[last] = value;
    }
  };
}

/** A text that is no number fulfils no comparison. */
function compare(row: Row, column: string, holds: (value: number) => boolean): boolean {
  const text = textOf(row, column);
  return text !== '' && holds(Number(text));
}

export function conditionOf(spec: ConditionSpec): (row: Row) => boolean {
  const { column, below, atMost } = spec;
  const tests: ((row: Row) => boolean)[] = [];
  if (spec.empty) tests.push((row) => textOf(row, column) === '');
  if (spec.is !== undefined) {
    const texts = new Set(typeof spec.is === 'string' ? [spec.is] : spec.is);
    tests.push((row) => texts.has(textOf(row, column)));
  }
  if (spec.matches !== undefined) {
    const pattern = new RegExp(spec.matches, 'u');
    tests.push((row) => pattern.test(textOf(row, column)));
  }
  if (below !== undefined) tests.push((row) => compare(row, column, (value) => value < below));
  if (atMost !== undefined) tests.push((row) => compare(row, column, (value) => value <= atMost));
  const holds = (row: Row): boolean => tests.every((test) => test(row));
  return spec.not ? (row) => !holds(row) : holds;
}
