/** The archive of clean events as a port; `adapters/lake/` implements it with DuckDB over any object store. */
import type { CleanEvent } from '../events/envelope.ts';
import type { Insights } from './insight/questions.ts';

export interface LakeQuery {
  readonly tenant: string;
  /** Events that carry any of these identities. */
  readonly userIds: readonly string[];
  readonly anonymousIds: readonly string[];
  /** Inclusive and exclusive bounds on the event time, ms. */
  readonly from?: number;
  readonly to?: number;
  /** Newest first. */
  readonly limit: number;
}

export interface EraseQuery {
  readonly tenant: string;
  /** As events name users and devices. */
  readonly people: readonly string[];
  /** Goes on behind this place. @default from the beginning */
  readonly after?: string | undefined;
}

/** A group of files that was gone through. */
export interface Erased {
  /** Where it ends. */
  readonly through: string;
  readonly scanned: number;
  readonly changed: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface CompactReport {
  readonly hours: number;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

export interface Lake {
  /**
   * Writes clean events, given as JSON texts, by tenant and receipt hour. `name` makes the file names:
   * the same batch written twice overwrites itself. `keep`: which of them; the others are left out. @default all
   */
  append(name: string, events: readonly Uint8Array[], keep?: (event: CleanEvent) => boolean): Promise<void>;
  /** A person's events without repeats. */
  events(query: LakeQuery): Promise<CleanEvent[]>;
  /**
   * All events of a tenant without repeats, in groups, by hour of receipt: what training sets are made from.
   * `from` and `to` bound the receipt, ms.
   */
  history(query: {
    readonly tenant: string;
    readonly from?: number;
    readonly to?: number;
  }): AsyncIterable<CleanEvent[]>;
  /**
   * Joins small files of hours that ended before `before` (ms), and drops repeated messages and rows that name one of
   * the tenant's suppressed subjects. @default nobody is suppressed
   */
  compact(
    before: number,
    suppressed?: (tenant: string) => Promise<readonly string[]>,
  ): Promise<CompactReport>;
  /**
   * Takes rows that name one of these people out of all files of a tenant, group by group; nothing else changes. Beside a
   * compaction nothing is lost, but what that one has read already it may write once more: look again later.
   */
  erase(query: EraseQuery): AsyncIterable<Erased>;
  /** Questions about everybody of a tenant. */
  readonly insights: Insights;
}
