/** Public sets of sessions, and their protocol: every session becomes cases (what came before, next item), all items ranked. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface NextCase {
  /** Items so far, the newest last; -1 for an item that no training session holds. */
  readonly prefix: readonly number[];
  /** The item that came, or -1: a miss for everyone. */
  readonly next: number;
  /** Number of the session. */
  readonly session: number;
}

export interface Task {
  /** Items are 0 .. items - 1, numbered as the training sessions first show them. */
  readonly items: number;
  /** Oldest first. */
  readonly train: readonly (readonly number[])[];
  readonly cases: readonly NextCase[];
}

export interface SessionSet {
  readonly name: string;
  /** Share of the training sessions that is kept for validation: the newest. */
  readonly validation: Task;
  readonly test: Task;
}

type Lists = readonly (readonly number[])[];

/** A file of lines of integers, gzipped. */
export const readLists = (file: string): number[][] =>
  gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));

const VALIDATION = 0.1;

/** Undefined where the folder is missing. `newest`: share of the training sessions that is read, for a quick look. */
export function sessionSet(data: string, name: string, newest = 1): SessionSet | undefined {
  const folder = join(data, name);
  if (!existsSync(folder)) return undefined;
  const all = readLists(join(folder, 'train_sessions.txt.gz'));
  const train = all.slice(Math.floor(all.length * (1 - newest)));
  const cut = Math.floor(train.length * (1 - VALIDATION));
  return {
    name,
    validation: taskOf(train.slice(0, cut), train.slice(cut)),
    test: taskOf(train, readLists(join(folder, 'test_sessions.txt.gz'))),
  };
}

export function taskOf(train: Lists, later: Lists): Task {
  const numbers = new Map<number, number>();
  for (const session of train) for (const id of session) if (!numbers.has(id)) numbers.set(id, numbers.size);
  const numbered = (session: readonly number[]): number[] => session.map((id) => numbers.get(id) ?? -1);
  return {
    items: numbers.size,
    train: train.map(numbered),
    cases: later
      .map(numbered)
      .flatMap((items, session) =>
        items.slice(1).map((next, i) => ({ prefix: items.slice(0, i + 1), next, session })),
      ),
  };
}

/** At most `count` cases, evenly spread. */
export function sampleOf<C>(cases: readonly C[], count: number): C[] {
  const every = Math.max(1, cases.length / count);
  return Array.from({ length: Math.min(cases.length, count) }, (_, i) => cases[Math.floor(i * every)]).filter(
    (one) => one !== undefined,
  );
}
