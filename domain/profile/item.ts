/**
 * A profile as one table item: state, known messages and the outbox in a single conditional write.
 *
 * Bytes: packed frame; header = JSON of {@link Meta}, parts = [state, recent messages].
 */
import * as z from 'zod/mini';
import { pack, unpack } from '../../events/packed.ts';
import type { Item, Key } from '../ports.ts';
import { decodeState, stateText } from './codec.ts';
import { Recent } from './recent.ts';
import { emptyState, type ProfileState } from './state.ts';

const metaSchema = z.object({
  version: z.literal(1),
  /** Set on a tombstone: this identity's events belong to that profile. */
  into: z.optional(z.string()),
  /** Whether the link was vouched for. */
  linkTrusted: z.optional(z.boolean()),
  /** Anonymous profiles that point here, newest last. */
  linked: z.array(z.string()),
  /** Side items with older known messages. `hour`: of the newest arrival in it, since the epoch. */
  spill: z.array(z.object({ owner: z.string(), sk: z.string(), hour: z.number() })),
  /** Erased: nothing is stored about this person any more. */
  erased: z.boolean(),
  /** Effects of recent writes, published after the write and again when its records are delivered again. */
  out: z.array(
    z.object({ id: z.string(), kind: z.enum(['changed', 'merged']), version: z.number(), at: z.number() }),
  ),
});

export type Meta = z.infer<typeof metaSchema>;
export type Effect = Meta['out'][number];

export interface Profile {
  readonly id: string;
  readonly tenant: string;
  /** Version of the stored item; 0 when there is none. */
  version: number;
  state: ProfileState;
  recent: Recent;
  /** Contents of the side items that `meta.spill` names. */
  sides: Recent[];
  meta: Meta;
}

export const PROFILE = 'P';

/** Key of a profile item, or of one of its side items. */
export const profileKey = (tenant: string, id: string, sk: string = PROFILE): Key => ({
  pk: `${tenant}#${id}`,
  sk,
});

/** A profile that was never stored. */
export function freshProfile(tenant: string, id: string): Profile {
  return {
    id,
    tenant,
    version: 0,
    state: emptyState(),
    recent: Recent.empty(),
    sides: [],
    meta: freshMeta(),
  };
}

export const freshMeta = (): Meta => ({ version: 1, linked: [], spill: [], erased: false, out: [] });

export function encodeProfile(profile: Profile): Uint8Array {
  return pack(JSON.stringify(profile.meta), [stateText(profile.state), profile.recent.bytes()]);
}

/** @throws when the item was not written by {@link encodeProfile}. */
export function decodeProfile(tenant: string, id: string, item: Item | undefined): Profile {
  if (!item) return freshProfile(tenant, id);
  const { header, parts } = unpack(item.data);
  const [state, recent] = parts;
  if (!state || !recent) throw new TypeError('a profile item misses a part');
  return {
    id,
    tenant,
    version: item.version,
    state: decodeState(state),
    recent: Recent.decode(recent),
    sides: [],
    meta: metaSchema.parse(JSON.parse(header)),
  };
}

/** The first part of a profile's bytes. @throws when they were not written by {@link encodeProfile}. */
export const readMeta = (data: Uint8Array): Meta => metaSchema.parse(JSON.parse(unpack(data).header));
