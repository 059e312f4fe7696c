/**
 * A profile as one table item: state, known messages and the outbox in a single conditional write.
 *
 * Bytes: packed frame; header = JSON of {@link Meta}, parts = [state, recent messages].
 */
import { isObject, type Json } from '../../events/json.ts';
import { pack, unpack } from '../../events/packed.ts';
import type { Item, Key } from '../ports.ts';
import { decodeState, stateText } from './codec.ts';
import { Recent } from './recent.ts';
import { emptyState, type ProfileState } from './state.ts';

export interface Effect {
  readonly kind: 'changed' | 'merged';
  readonly version: number;
  readonly at: number;
  /** Nothing was known of the person before. */
  readonly first?: true;
}

/** Equal for every repeat of the same effect. */
export const effectId = (profileId: string, { version, kind }: Effect): string =>
  `${profileId}-${version}-${kind}`;

export interface Meta {
  version: 1;
  /** Set on a tombstone: this identity's events belong to that profile. */
  into?: string | undefined;
  /** Whether the link was vouched for. */
  linkTrusted?: boolean | undefined;
  /** Anonymous profiles that point here, newest last. */
  linked: string[];
  /** Side items with older known messages. `hour`: of the newest arrival in it, since the epoch. */
  spill: { owner: string; sk: string; hour: number }[];
  /** Erased: nothing is stored about this person any more. */
  erased: boolean;
  /** Effects of recent writes, published after the write and again when its records are delivered again. */
  out: Effect[];
}

/** Only {@link encodeProfile} writes it, so its frame is checked and what is inside is trusted, as in the codec. */
function isMeta(value: Json): value is Json & Meta {
  if (!isObject(value) || value['version'] !== 1) return false;
  const { linked, spill, erased, out } = value;
  return Array.isArray(linked) && Array.isArray(spill) && Array.isArray(out) && typeof erased === 'boolean';
}

function parseMeta(header: string): Meta {
  const value: Json = JSON.parse(header);
  if (!isMeta(value)) throw new TypeError('a profile item has no head of a known version');
  return value;
}

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
    meta: parseMeta(header),
  };
}

/** The first part of a profile's bytes. @throws when they were not written by {@link encodeProfile}. */
export const readMeta = (data: Uint8Array): Meta => parseMeta(unpack(data).header);
