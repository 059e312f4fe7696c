/**
 * The last step of cleaning: ids become subjects, and what names a person is sealed with that person's data key. It comes
 * after all others and for many events at once, because keys come from a table.
 */
import type { Table } from '../../domain/ports.ts';
import { type Identity, type RandomBytes, vaultKey } from '../../domain/vault/item.ts';
import { KeyRing } from '../../domain/vault/key-ring.ts';
import { type DataKey, seal } from '../../domain/vault/seal.ts';
import type { Subjects } from '../../domain/vault/subject.ts';
import type { SuppressionList } from '../../domain/vault/suppression.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import type { JsonObject } from '../../events/json.ts';
import { fieldsToSeal, subjectsOf } from './identifying-fields.ts';
import type { CleanRules } from './rules.ts';

export interface SealerOptions {
  readonly vault: Table;
  readonly list: SuppressionList;
  readonly subjects: Subjects;
  readonly secret: string;
  readonly random: RandomBytes;
  readonly rules: CleanRules;
}

/** An event that passed all other steps. */
export interface Unsealed {
  readonly event: CleanEvent;
  /** Its ids are subjects already. */
  readonly pseudonymised: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An event, whose it is, and what of it is sealed. */
interface Plan {
  readonly event: Mutable<CleanEvent>;
  /** Whose data key seals; undefined where nothing is sealed. */
  readonly owner: string | undefined;
  readonly traits: readonly string[];
  readonly properties: readonly string[];
}

export class Sealer {
  readonly #options: SealerOptions;
  readonly #ring: KeyRing;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#ring = new KeyRing({ table: options.vault, secret: options.secret, random: options.random });
  }

  /** Catches up with the suppression list. Who was put on it or taken off may have lost their key. */
  async refresh(tenants: Iterable<string>): Promise<void> {
    if (await this.#options.list.refresh(tenants)) this.#ring.forget();
  }

  /** Changes the events in place. Of equal events and keys the result is equal. `now`: ms. */
  async seal(events: readonly Unsealed[], now: number): Promise<void> {
    const wanted = new Map<string, Identity>();
    const keys = new Map<string, DataKey>();
    const plans = events.map((event) => this.#plan(event, wanted, keys));
    await this.#fetch([...wanted.values()], keys, now);
    for (const { event, owner, traits, properties } of plans) {
      if (owner === undefined) continue;
      const key = keys.get(vaultKey(event.tenant, owner).pk);
      if (!key) throw new Error('a data key was used before it was fetched');
      sealFields(event.traits, traits, key, owner);
      sealFields(event.properties, properties, key, owner);
    }
  }

  /** Replaces the ids, and notes whose keys are needed and not remembered. */
  #plan({ event, pseudonymised }: Unsealed, wanted: Map<string, Identity>, keys: Map<string, DataKey>): Plan {
    const { tenant, userId, anonymousId, previousId } = event;
    const { user, device, previous } = pseudonymised
      ? { user: userId, device: anonymousId, previous: previousId }
      : subjectsOf(event, this.#options.subjects);
    const open: Mutable<CleanEvent> = event;
    if (user !== undefined) open.userId = user;
    if (device !== undefined) open.anonymousId = device;
    if (previous !== undefined) open.previousId = previous;
    if (event.flags.includes('withheld')) return { event, owner: undefined, traits: [], properties: [] };
    const { traits, properties } = fieldsToSeal(event, this.#options.rules);
    const sealed = traits.length + properties.length > 0;
    const need = (subject: string | undefined, id: string | undefined): void => {
      if (subject === undefined || id === undefined) return;
      const place = vaultKey(tenant, subject).pk;
      if (keys.has(place) || wanted.has(place)) return;
      const known = this.#ring.known(place);
      if (known) keys.set(place, known);
      else wanted.set(place, { tenant, subject, id });
    };
    // Of a device alone the vault learns only when something of it is sealed.
    if (sealed || (user !== undefined && !pseudonymised)) need(user ?? device, userId ?? anonymousId);
    if (user !== undefined && !pseudonymised) {
      need(device, anonymousId);
      need(previous, previousId);
    }
    return { event, owner: sealed ? (user ?? device) : undefined, traits, properties };
  }

  async #fetch(identities: readonly Identity[], keys: Map<string, DataKey>, now: number): Promise<void> {
    if (identities.length === 0) return;
    const found = await this.#ring.fetch(identities, now);
    identities.forEach(({ tenant, subject }, i) => {
      const key = found.keys[i];
      if (key) keys.set(vaultKey(tenant, subject).pk, key);
    });
    await this.#takeBack(found.made);
  }

  /** Somebody suppressed and erased since the batch began must not come back into the vault. */
  async #takeBack(made: readonly Identity[]): Promise<void> {
    if (made.length === 0) return;
    await this.refresh(new Set(made.map(({ tenant }) => tenant)));
    const gone = made.filter(({ tenant, subject }) => this.#options.list.has(tenant, subject));
    if (gone.length > 0)
      await this.#options.vault.delete(gone.map(({ tenant, subject }) => vaultKey(tenant, subject)));
  }
}

function sealFields(object: JsonObject, names: readonly string[], key: DataKey, subject: string): void {
  for (const name of names) object[name] = seal(key, subject, object[name] ?? null);
}
