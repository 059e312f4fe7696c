/** Prints figures as a table and keeps them as JSON under dist/bench. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';

export const figureSchema = z.object({
  what: z.string(),
  value: z.number(),
  unit: z.string(),
  /** What we aim for. */
  aim: z.optional(z.string()),
  note: z.optional(z.string()),
});
export type Figure = z.infer<typeof figureSchema>;

const format = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en-US')
    : Number(value.toPrecision(3)).toString();

/** One line per figure, columns aligned. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['what', 'value', 'unit', 'aim', 'note'],
    ...figures.map(({ what, value, unit, aim = '', note = '' }) => [what, format(value), unit, aim, note]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Writes `dist/bench/<name>.json` and returns its path. */
export function keep(name: string, figures: readonly Figure[]): string {
  const folder = join(import.meta.dirname, '../../dist/bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  writeFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), machine, figures }, null, 2)}\n`);
  return path;
}
