/**
 * Public sets of what each user chose, and their protocol, leave-one-out: the last item is the test, the second last the
 * validation, the rest is what is learned from. All items are ranked that the user does not have yet.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { readLists } from './session-sets.ts';

export interface SequenceCase {
  /** All that came before, the newest last. */
  readonly prefix: readonly number[];
  readonly next: number;
}

export interface SequenceSet {
  readonly name: string;
  /** Items are 0 .. items - 1. Some occur in no training sequence. */
  readonly items: number;
  /** Without the last two items of each user. */
  readonly train: readonly (readonly number[])[];
  readonly validation: readonly SequenceCase[];
  readonly test: readonly SequenceCase[];
  /** Attributes of each item, such as its brand and its categories; integers. */
  readonly attributes: readonly (readonly number[])[];
}

const attributesSchema = z.record(z.string(), z.array(z.int()));

/** Undefined where the folder is missing. `users`: how many are read, for a quick look. */
export function sequenceSet(
  data: string,
  name: string,
  users = Number.POSITIVE_INFINITY,
): SequenceSet | undefined {
  const folder = join(data, name);
  if (!existsSync(folder)) return undefined;
  // A line is a user and then items, which are numbered from 1.
  const all = readLists(join(folder, 'sequences.txt.gz')).map(([, ...items]) => items.map((id) => id - 1));
  const lists = all.slice(0, users);
  const items = all.reduce((most, list) => list.reduce((a, b) => Math.max(a, b), most), -1) + 1;
  const given = attributesSchema.parse(
    JSON.parse(gunzipSync(readFileSync(join(folder, 'item2attributes.json.gz'))).toString()),
  );
  return {
    name,
    items,
    train: lists.map((list) => list.slice(0, -2)),
    validation: lists.map((list) => caseOf(list.slice(0, -1))),
    test: lists.map(caseOf),
    attributes: Array.from({ length: items }, (_, item) => [...new Set(given[item + 1])]),
  };
}

const caseOf = (list: readonly number[]): SequenceCase => ({
  prefix: list.slice(0, -1),
  next: list.at(-1) ?? -1,
});
