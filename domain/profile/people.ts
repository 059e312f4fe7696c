/** From any id of a person to the profiles stored about them. */
import type { IdentityKind } from '../ids.ts';
import { profileId } from '../ids.ts';
import type { Table } from '../ports.ts';
import { isSubject, type SubjectKind, subjectOf } from '../vault/subject.ts';
import { decodeProfile, type Profile, profileKey } from './item.ts';

/** Tombstones in a row, as the writer allows them. */
const HOPS = 2;

export interface Stored {
  readonly kind: IdentityKind;
  readonly profile: Profile;
}

/** Whose events a stored profile takes. */
export interface Identified {
  readonly kind: IdentityKind;
  readonly id: string;
}

/** Reads profiles of one tenant, each once. */
export class People {
  readonly #table: Table;
  readonly #secret: string;
  readonly #tenant: string;
  readonly #known = new Map<string, Profile>();

  constructor(options: { table: Table; secret: string; tenant: string }) {
    this.#table = options.table;
    this.#secret = options.secret;
    this.#tenant = options.tenant;
  }

  /**
   * The profiles behind an id: the person's own and, where a page asserted the same user id, the claim beside it.
   * The id is taken for a profile's, else for a user id or its subject, else for a device: the first that is known counts.
   * Empty when nobody is known by it, or the person was erased.
   */
  async find(id: string): Promise<Stored[]> {
    // An id that is a subject already, as people copy it from an event, stands for itself.
    const named = (kind: SubjectKind): string => (isSubject(id) ? id : this.#subject(kind, id));
    const users = this.#ofUser(named('user'));
    const device = this.#idOf('anonymous', named('device'));
    const direct = /^[0-9a-f]{32}$/.test(id) ? [id] : [];
    await this.#load([...direct, ...users, device]);
    for (const ids of [direct, users, [device]]) {
      const found = await this.#survivors(ids);
      if (found.length > 0) return this.#withTwins(found);
    }
    return [];
  }

  /** Those of the devices, as subjects, that belong to one of these profiles; a shared device belongs to whom it was linked to first. */
  async devicesOf(owners: readonly Stored[], devices: Iterable<string>): Promise<string[]> {
    const known = [...devices].map((id) => ({ id, profile: this.#idOf('anonymous', id) }));
    await this.#load(known.map((device) => device.profile));
    const ids = new Set(owners.map((owner) => owner.profile.id));
    const survivors = await Promise.all(known.map((device) => this.#survivor(device.profile)));
    return known.filter((_, i) => ids.has(survivors[i]?.id ?? '')).map((device) => device.id);
  }

  /** The profiles of a user id that somebody trustworthy vouched for. */
  async ofUser(userId: string): Promise<Stored[]> {
    const users = this.#ofUser(this.#subject('user', userId));
    await this.#load(users);
    return this.#withTwins(await this.#survivors(users));
  }

  /**
   * What a device may know of itself: its own profile, or that of the person whom a server vouched for on it. A person whom
   * only a page named stays closed: otherwise a page could name anybody and ask.
   */
  async ofDevice(anonymousId: string): Promise<Stored[]> {
    const id = this.#idOf('anonymous', this.#subject('device', anonymousId));
    await this.#load([id]);
    const { into, linkTrusted } = this.#known.get(id)?.meta ?? {};
    if (into !== undefined && linkTrusted !== true) return [];
    return (await this.#survivors([id])).map((profile) => ({ kind: this.#kindOf(profile), profile }));
  }

  #subject(kind: SubjectKind, id: string): string {
    return subjectOf(this.#secret, this.#tenant, kind, id);
  }

  /** Which of the subjects that a profile has seen is its own; undefined when there are so many that it was dropped. */
  identityOf({ kind, profile: { id: profile, state } }: Stored): Identified | undefined {
    const ids = kind === 'anonymous' ? state.anonymousIds : state.userIds;
    const id = [...ids].find((one) => this.#idOf(kind, one) === profile);
    return id === undefined ? undefined : { kind, id };
  }

  #idOf(kind: IdentityKind, subject: string): string {
    return profileId(this.#secret, this.#tenant, kind, subject);
  }

  #ofUser(subject: string): string[] {
    return [this.#idOf('user', subject), this.#idOf('claim', subject)];
  }

  /** Everything stored about the user ids of these profiles. */
  async #withTwins(found: readonly Profile[]): Promise<Stored[]> {
    const twins = found.flatMap((profile) =>
      [...profile.state.userIds]
        .map((userId) => this.#ofUser(userId))
        .filter((ids) => ids.includes(profile.id))
        .flat(),
    );
    await this.#load(twins);
    const all = await this.#survivors([...twins, ...found.map((profile) => profile.id)]);
    return all.map((profile) => ({ kind: this.#kindOf(profile), profile }));
  }

  #kindOf({ id, state }: Profile): IdentityKind {
    const users = [...state.userIds];
    if (users.some((userId) => this.#idOf('user', userId) === id)) return 'user';
    return users.some((userId) => this.#idOf('claim', userId) === id) ? 'claim' : 'anonymous';
  }

  async #load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (missing.length === 0) return;
    const keys = missing.map((id) => profileKey(this.#tenant, id));
    const items = await this.#table.get(keys, { consistent: true });
    missing.forEach((id, i) => this.#known.set(id, decodeProfile(this.#tenant, id, items[i])));
  }

  async #survivors(ids: readonly string[]): Promise<Profile[]> {
    const found = new Map<string, Profile>();
    for (const id of ids) {
      const profile = await this.#survivor(id);
      if (profile) found.set(profile.id, profile);
    }
    return [...found.values()];
  }

  /** Follows tombstones. A person whose profile is not written yet is what their device says. */
  async #survivor(id: string): Promise<Profile | undefined> {
    let profile = this.#known.get(id);
    for (let hop = 0; hop < HOPS && profile?.meta.into !== undefined; hop++) {
      await this.#load([profile.meta.into]);
      const next = this.#known.get(profile.meta.into);
      if (!next || next.version === 0) break;
      profile = next;
    }
    // Of somebody who was suppressed from the first event on there is no more than the messages that were counted.
    if (!profile || profile.version === 0 || profile.state.parts.size === 0) return undefined;
    return profile.meta.erased ? undefined : profile;
  }
}
