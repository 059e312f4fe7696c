/** Loads and saves profiles, and remembers the ones used last: a warm function reads most of them from memory. */
import type { Table, Write } from '../../domain/ports.ts';
import { HeldProfile } from '../../domain/profile/held.ts';
import { profileKey } from '../../domain/profile/item.ts';
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
  readonly #warm = new Map<string, HeldProfile>();
  /** Those that were found in memory: they come again and again, and stay decoded. */
  readonly #frequent = new WeakSet<HeldProfile>();

  /** `capacity`: profiles kept in memory. */
  constructor(table: Table, capacity: number) {
    this.#table = table;
    this.#capacity = capacity;
  }

  /** Hands out profiles in the order asked; `fresh` goes past the memory and reads consistently. */
  async take(refs: readonly Ref[], fresh = false): Promise<HeldProfile[]> {
    const found = refs.map((ref) => this.#checkOut(ref.id, fresh));
    const missing = refs.filter((_, i) => !found[i]);
    if (missing.length === 0) return found.filter((profile) => profile !== undefined);
    const items = await this.#table.get(
      missing.map((ref) => profileKey(ref.tenant, ref.id)),
      { consistent: fresh },
    );
    const loaded = missing.map((ref, i) => new HeldProfile(ref.tenant, ref.id, items[i]));
    await this.#loadSides(loaded);
    let next = 0;
    return found.map((profile) => profile ?? loaded[next++]).filter((profile) => profile !== undefined);
  }

  /** What to write of a profile, on the condition that nobody else has written it. */
  writeOf(profile: HeldProfile): Write {
    return {
      ...profileKey(profile.tenant, profile.id),
      data: profile.encode(!this.#frequent.has(profile)),
      expect: profile.version,
    };
  }

  /** Writes what {@link writeOf} made of each profile; false where somebody else had written. */
  async save(
    profiles: readonly HeldProfile[],
    writes: readonly Write[] = profiles.map((profile) => this.writeOf(profile)),
  ): Promise<boolean[]> {
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
  giveBack(profiles: Iterable<HeldProfile>): void {
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

  #checkOut(id: string, fresh: boolean): HeldProfile | undefined {
    const profile = this.#warm.get(id);
    if (profile) this.#warm.delete(id);
    if (!profile || fresh) return undefined;
    this.#frequent.add(profile);
    return profile;
  }

  async #loadSides(profiles: readonly HeldProfile[]): Promise<void> {
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
