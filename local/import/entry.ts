/** What the readers give: rows, and what could not be read as one. */
import type { Row } from './cells.ts';

export type Entry =
  | { readonly line: number; readonly row: Row; readonly text?: string }
  | { readonly line: number; readonly problem: string };
