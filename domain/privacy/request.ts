/**
 * What somebody asked about their data, as it is stored in the table `privacy`. Who asked is known by pseudonyms, and by
 * raw ids only under seal: both go when the request is finished.
 */
import * as z from 'zod/mini';

export const requestKinds = ['erase', 'export'] as const;
export type RequestKind = (typeof requestKinds)[number];

/**
 * `partial`: erased from what can be changed; streams still hold copies until they expire. `failed`: the last try of a step
 * failed; it is tried again, and the state changes back once it succeeds.
 */
export const requestStates = ['initialised', 'running', 'partial', 'finished', 'failed'] as const;
export type RequestState = (typeof requestStates)[number];

export const stepStates = ['waiting', 'running', 'done', 'not_needed', 'failed'] as const;

/** What a step looked at and changed. */
export const countsSchema = z.object({
  /** Items or files looked at. */
  scanned: z.number(),
  /** Items or files changed or deleted. */
  changed: z.number(),
  /** Rows or records removed inside of files. */
  rows: z.number(),
  /** Bytes looked at. */
  bytes: z.number(),
});
export type Counts = z.infer<typeof countsSchema>;

export const noCounts: Counts = { scanned: 0, changed: 0, rows: 0, bytes: 0 };

export const plus = (a: Counts, b: Counts): Counts => ({
  scanned: a.scanned + b.scanned,
  changed: a.changed + b.changed,
  rows: a.rows + b.rows,
  bytes: a.bytes + b.bytes,
});

export const stepSchema = z.object({
  name: z.string(),
  state: z.enum(stepStates),
  counts: countsSchema,
  /** Working time, ms. */
  ms: z.number(),
  /** Tries that failed in a row. */
  failures: z.number(),
  /** Code of the last failure. */
  error: z.optional(z.string()),
  doneAt: z.optional(z.number()),
  /** Where an unfinished step goes on. */
  place: z.optional(z.string()),
});
export type Step = z.infer<typeof stepSchema>;

/** A model that learned from the person; `retireBy`: ms, when it must not serve any more. */
export const heldSchema = z.object({ name: z.string(), version: z.string(), retireBy: z.number() });
export type Held = z.infer<typeof heldSchema>;

export const requestSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  tenant: z.string(),
  kind: z.enum(requestKinds),
  state: z.enum(requestStates),
  /** Id of the key or person that asked. */
  by: z.string(),
  /** Pseudonyms of the person. */
  subjects: z.array(z.string()),
  /** What else the person is known by, sealed; see `person.ts`. */
  sealed: z.optional(z.string()),
  steps: z.array(stepSchema),
  /** Models that learned from the person. */
  models: z.array(heldSchema),
  /** ms since the epoch, as all times here. */
  createdAt: z.number(),
  updatedAt: z.number(),
  /** When the live stores were done. */
  liveAt: z.optional(z.number()),
  /** Until when streams hold what came in before. */
  until: z.optional(z.number()),
  finishedAt: z.optional(z.number()),
});
export type PrivacyRequest = z.infer<typeof requestSchema>;
