/**
 * Where a profile stands: in which segments, since when, and until when that holds by itself. One item per profile, written
 * under the condition that nobody else wrote it. It carries what was not yet announced, so that word of a change is never
 * lost: it goes out after the write, at least once, under a stable id.
 */
import * as z from 'zod/mini';
import type { Item } from '../ports.ts';
import { bucketOf, DUE_MS } from './keys.ts';

const moveSchema = z.object({
  segment: z.string(),
  kind: z.enum(['entered', 'left']),
  /** ms since the epoch. */
  at: z.number(),
});
export type Move = z.infer<typeof moveSchema>;

const standingSchema = z.object({
  version: z.literal(1),
  /** Version of the profile that it rests on. */
  profileVersion: z.int(),
  /** Revision of the segments that it rests on. */
  revision: z.int(),
  /** Segments and when they were entered, ms. */
  in: z.array(z.tuple([z.string(), z.number()])),
  /** Bucket in which somebody will look again; absent when nobody need. */
  due: z.optional(z.int()),
  /** Not announced yet, oldest first. */
  out: z.array(moveSchema),
  /** Merged into another or erased: it goes once all is announced. */
  gone: z.boolean(),
});
export type Standing = z.infer<typeof standingSchema>;

export const encodeStanding = (standing: Standing): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(standing));

/** @throws ZodError or SyntaxError for other bytes. */
export const decodeStanding = ({ data }: Pick<Item, 'data'>): Standing =>
  standingSchema.parse(JSON.parse(new TextDecoder().decode(data)));

export interface Found {
  readonly profileVersion: number;
  readonly revision: number;
  /** Segments that the profile belongs to; none when it is gone. */
  readonly members: readonly string[];
  readonly gone: boolean;
  /** ms; Infinity when time alone changes nothing. */
  readonly until: number;
}

/**
 * What follows from what was found; undefined when what is stored says the same. A profile that moved on without entering
 * or leaving anything is not written again.
 */
export function follow(known: Standing | undefined, found: Found, now: number): Standing | undefined {
  const since = new Map(known?.in ?? []);
  const members = new Set(found.members);
  const entered = found.members.filter((segment) => !since.has(segment));
  const left = [...since.keys()].filter((segment) => !members.has(segment));
  const due = dueAfter(known?.due, found.until, now);
  const same =
    known !== undefined &&
    entered.length + left.length === 0 &&
    known.due === due &&
    known.gone === found.gone;
  if (same) return undefined;
  return {
    version: 1,
    profileVersion: found.profileVersion,
    revision: found.revision,
    in: found.members.map((segment) => [segment, since.get(segment) ?? now]),
    ...(due !== undefined && { due }),
    out: [
      ...(known?.out ?? []),
      ...entered.map((segment): Move => ({ segment, kind: 'entered', at: now })),
      ...left.map((segment): Move => ({ segment, kind: 'left', at: now })),
    ],
    gone: found.gone,
  };
}

/** A look that is already due no later stays: most moments move on with every event, and need no write each. */
function dueAfter(known: number | undefined, until: number, now: number): number | undefined {
  const pending = known !== undefined && known > Math.floor(now / DUE_MS) ? known : undefined;
  if (until === Number.POSITIVE_INFINITY) return pending;
  return Math.min(bucketOf(until), pending ?? Number.POSITIVE_INFINITY);
}
