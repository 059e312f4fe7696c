/** Loads and saves profiles, and remembers the ones used last: a warm function reads most of them from memory. */
import type { Table, Write } from '../../domain/ports.ts';
import { decodeProfile, encodeProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { Recent } from '../../domain/profile/recent.ts';

/** Side items live a week: well beyond the window in which repeats are recognised. */
const SIDE_TTL_SECONDS = 7 * 86_400;

export interface Ref {
  readonly tenant: string;
  readonly id: string;
}

/**
 * A profile that is handed out leaves the memory, because the caller changes it in place; it comes back
 * after its write succeeded. A copy that is behind the table is found out by the version condition.
 */
export class ProfileStore {
  readonly #table: Table;
  readonly #capacity: number;
  readonly #warm = new Map<string, Profile>();

  /** `capacity`: profiles kept in memory. */
  constructor(table: Table, capacity: number) {
    this.#table = table;
    this.#capacity = capacity;
  }

  /** Hands out profiles in the order asked; `fresh` goes past the memory and reads consistently. */
  async take(refs: readonly Ref[], fresh = false): Promise<Profile[]> {
    const found = refs.map((ref) => this.#checkOut(ref.id, fresh));
    const missing = refs.filter((_, i) => !found[i]);
    if (missing.length === 0) return found.filter((profile) => profile !== undefined);
    const items = await this.#table.get(
      missing.map((ref) => profileKey(ref.tenant, ref.id)),
      { consistent: fresh },
    );
    const loaded = missing.map((ref, i) => decodeProfile(ref.tenant, ref.id, items[i]));
    await this.#loadSides(loaded);
    let next = 0;
    return found.map((profile) => profile ?? loaded[next++]).filter((profile) => profile !== undefined);
  }

  /** Writes profiles on the condition that nobody else has; false where somebody had. */
  async save(profiles: readonly Profile[]): Promise<boolean[]> {
    const writes: Write[] = profiles.map((profile) => ({
      ...profileKey(profile.tenant, profile.id),
      data: encodeProfile(profile),
      expect: profile.version,
    }));
    const results = await this.#table.put(writes);
    return profiles.map((profile, i) => {
      const result = results[i];
      if (result?.outcome !== 'written') return false;
      profile.version = result.version;
      return true;
    });
  }

  /** Stores older known messages beside a profile, before the profile that names them. Repeats are harmless. */
  async saveSides(
    sides: readonly { tenant: string; owner: string; sk: string; content: Recent }[],
    nowMs: number,
  ): Promise<void> {
    const expiresAt = Math.floor(nowMs / 1000) + SIDE_TTL_SECONDS;
    await this.#table.put(
      sides.map(({ tenant, owner, sk, content }) => ({
        ...profileKey(tenant, owner, sk),
        data: content.encode(),
        expiresAt,
      })),
    );
  }

  /** Takes profiles back into memory; only those whose content is what the table holds. */
  giveBack(profiles: Iterable<Profile>): void {
    for (const profile of profiles) {
      if (profile.version === 0) continue;
      this.#warm.delete(profile.id);
      this.#warm.set(profile.id, profile);
    }
    for (const id of this.#warm.keys()) {
      if (this.#warm.size <= this.#capacity) break;
      this.#warm.delete(id);
    }
  }

  #checkOut(id: string, fresh: boolean): Profile | undefined {
    const profile = this.#warm.get(id);
    if (profile) this.#warm.delete(id);
    return fresh ? undefined : profile;
  }

  async #loadSides(profiles: readonly Profile[]): Promise<void> {
    const wanted = profiles.flatMap((profile) =>
      profile.meta.spill.map((side) => ({ profile, key: profileKey(profile.tenant, side.owner, side.sk) })),
    );
    if (wanted.length === 0) return;
    // A stale side item would let a known message pass as new.
    const items = await this.#table.get(
      wanted.map((side) => side.key),
      { consistent: true },
    );
    wanted.forEach(({ profile }, i) => {
      const item = items[i];
      if (item) profile.sides.push(Recent.decode(item.data));
    });
  }
}
