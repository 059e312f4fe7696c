/** The form of a mapping file. docs/import.md explains it field by field. */
import * as z from 'zod';
import { callTypes } from '../../events/envelope.ts';

/** `page.url` means `{ page: { url } }`. */
const field = z
  .string()
  .regex(/^[^.]+(\.[^.]+)*$/, 'A name, or names joined by dots, is needed.')
  .refine((name) => !/(^|\.)(__proto__|constructor|prototype)(\.|$)/.test(name), 'This name is not allowed.');

interface ColumnForm {
  readonly column: string;
  readonly as?: 'text' | 'number' | 'flag' | 'json' | undefined;
  readonly absolute?: true | undefined;
  readonly prefix?: string | undefined;
}

const column = z.string().min(1);
/** A text in place of a cell names a column. */
const asColumn = column.transform((name): ColumnForm => ({ column: name }));

const columnCell = z.strictObject({
  column,
  /** `flag`: true/false, yes/no, 1/0. `json`: JSON text, taken apart. @default text */
  as: z.enum(['text', 'number', 'flag', 'json']).optional(),
  /** Takes the sign off a number. */
  absolute: z.literal(true).optional(),
  prefix: z.string().optional(),
});
const valueCell = z.strictObject({ value: z.json() });
const hashCell = z.strictObject({ hash: z.array(column).min(1), prefix: z.string().optional() });

const cell = z.union([asColumn, columnCell, valueCell, hashCell], {
  error: 'The name of a column is needed, or { "column" }, { "value" } or { "hash" } with known settings.',
});
const fields = z.record(field, cell);

const pattern = z.string().refine((text) => {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}, 'This is not a regular expression.');

/** Everything named must hold; `not` turns the answer around. */
const condition = z.strictObject({
  column,
  empty: z.literal(true).optional(),
  is: z.union([z.string(), z.array(z.string())]).optional(),
  matches: pattern.optional(),
  below: z.number().optional(),
  atMost: z.number().optional(),
  not: z.literal(true).optional(),
});

interface TimeForm {
  readonly column: string;
  readonly format?: 'iso' | 'day-first' | 'month-first' | 'seconds' | 'milliseconds' | 'log' | undefined;
  readonly zone?: string | undefined;
}

const zone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}, 'This is no time zone of the IANA list, such as Europe/London.');

const time = z.union(
  [
    column.transform((name): TimeForm => ({ column: name })),
    z.strictObject({
      column,
      /** @default iso */
      format: z.enum(['iso', 'day-first', 'month-first', 'seconds', 'milliseconds', 'log']).optional(),
      /** Of times that do not name an offset. @default UTC */
      zone: zone.optional(),
    }),
  ],
  { error: 'The name of a column is needed, or { "column", "format", "zone" } with known values.' },
);

/** A fixed name, or a column that holds it. */
const eventName = z.union([z.string().min(1), columnCell], {
  error: 'A fixed name is needed, or { "column" }.',
});
const type = z.enum(callTypes);

const group = z.strictObject({
  /** Rows with equal values here are one event. */
  by: z.array(column).min(1),
  /** Property that lists the rows. */
  lines: field,
  line: fields,
  /** Property = sum over the lines of the product of the named line fields. */
  sums: z.record(field, z.array(z.string()).min(1)).optional(),
  /** Lines in one event, at most; further ones follow in events of the name `more`. */
  most: z.int().min(1).max(200).default(100),
  more: z.string().min(1),
});

export const mappingSchema = z.strictObject({
  name: z.string().min(1).max(64),
  format: z.enum(['csv', 'ndjson', 'combined']),
  csv: z
    .strictObject({
      delimiter: z.string().length(1).optional(),
      encoding: z.enum(['utf8', 'latin1']).optional(),
      /** Names of the columns, for a file without a line of names. */
      columns: z.array(column).min(1).optional(),
    })
    .optional(),
  type: type.default('track'),
  event: eventName.optional(),
  time,
  ids: z
    .strictObject({ userId: cell.optional(), anonymousId: cell.optional(), groupId: cell.optional() })
    .refine((ids) => ids.userId !== undefined || ids.anonymousId !== undefined, {
      message: 'userId or anonymousId is needed.',
    }),
  /** Without it: a digest of the whole row, or of all rows of a group. */
  messageId: cell.optional(),
  properties: fields.optional(),
  traits: fields.optional(),
  context: fields.optional(),
  group: group.optional(),
  /** What other events some rows mean: the first that holds wins. */
  variants: z
    .array(
      z.strictObject({
        when: condition,
        type: type.optional(),
        event: eventName.optional(),
        properties: fields.optional(),
      }),
    )
    .optional(),
  /** Rows to count and report, and with `skip` to leave out. A row may count in several. */
  checks: z
    .array(z.strictObject({ name: z.string().min(1), when: condition, skip: z.literal(true).optional() }))
    .optional(),
  /** Equal rows: `skip` counts them and sends the first, `keep` sends each. @default skip */
  repeats: z.enum(['skip', 'keep']).default('skip'),
});

export type Mapping = z.infer<typeof mappingSchema>;
export type CellSpec = z.infer<typeof cell>;
export type FieldSpecs = z.infer<typeof fields>;
export type ConditionSpec = z.infer<typeof condition>;
export type TimeSpec = TimeForm;
export type GroupSpec = z.infer<typeof group>;
