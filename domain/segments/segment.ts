/** A segment as it is stored: a name and a rule. What was deleted stays as a mark, so that revisions only grow. */
import * as z from 'zod/mini';
import { type Item, pages, type Table } from '../ports.ts';
import { definitionsPartition } from './keys.ts';
import { type Rule, readRule } from './rule.ts';

/** Of one tenant. */
export const SEGMENTS = 200;

export interface Segment {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rule: Rule;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts the writes of the definition, from 1. */
  readonly version: number;
}

export type Definition = Omit<Segment, 'id' | 'version'>;

const storedSchema = z.object({
  version: z.literal(1),
  segment: z.nullable(
    z.object({
      name: z.string(),
      description: z.string(),
      rule: z.unknown(),
      createdAt: z.number(),
      updatedAt: z.number(),
    }),
  ),
});

/** `null` marks a deleted one. */
export const encodeSegment = (segment: Definition | null): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ version: 1, segment }));

/** undefined for a deleted one. @throws for other bytes. */
export function decodeSegment(item: Item): Segment | undefined {
  const { segment } = storedSchema.parse(JSON.parse(new TextDecoder().decode(item.data)));
  return segment
    ? { ...segment, id: item.sk, version: item.version, rule: readRule(segment.rule) }
    : undefined;
}

/** All segments of a tenant. `revision` grows with every change of any of them. */
export interface Segments {
  readonly revision: number;
  readonly active: readonly Segment[];
}

export async function readSegments(table: Table, tenant: string): Promise<Segments> {
  let revision = 0;
  const active: Segment[] = [];
  const pk = definitionsPartition(tenant);
  for await (const items of pages((from) => table.query({ pk, ...from }))) {
    for (const item of items) {
      revision += item.version;
      const segment = decodeSegment(item);
      if (segment) active.push(segment);
    }
  }
  return { revision, active };
}
