/** Data keys for whoever seals: from memory, from the vault, or made. */
import { WellspringError } from '../errors.ts';
import type { Item, Table } from '../ports.ts';
import {
  type Identity,
  newVaultItem,
  type RandomBytes,
  readVaultItem,
  TenantKeys,
  vaultKey,
} from './item.ts';
import type { DataKey } from './seal.ts';

/** Keys in each of two generations, about 300 bytes a key. */
const REMEMBERED = 20_000;

export interface KeyRingOptions {
  readonly table: Table;
  readonly secret: string;
  readonly random: RandomBytes;
}

export class KeyRing {
  readonly #options: KeyRingOptions;
  readonly #tenantKeys: TenantKeys;
  #young = new Map<string, DataKey>();
  #old = new Map<string, DataKey>();

  constructor(options: KeyRingOptions) {
    this.#options = options;
    this.#tenantKeys = new TenantKeys(options.secret);
  }

  /** The key of the subject whose item has this partition key, if it is remembered. */
  known(place: string): DataKey | undefined {
    const key = this.#young.get(place);
    if (key) return key;
    const older = this.#old.get(place);
    if (older) this.#remember(place, older);
    return older;
  }

  /** Forgets all keys: items may have been deleted. */
  forget(): void {
    this.#young.clear();
    this.#old.clear();
  }

  /**
   * Keys of subjects that are not remembered: one read, and one write for those that the vault does not have yet.
   * `made`: identities whose items are new. `now`: ms.
   */
  async fetch(
    identities: readonly Identity[],
    now: number,
  ): Promise<{ keys: DataKey[]; made: readonly Identity[] }> {
    const places = identities.map(({ tenant, subject }) => vaultKey(tenant, subject));
    const items = await this.#options.table.get(places);
    const missing = identities.filter((_, i) => !items[i]);
    const created = await this.#create(missing, now);
    let next = 0;
    const keys = identities.map((identity, i) => {
      const item = items[i];
      const key = item ? this.#read(identity, item) : created.keys[next++];
      if (!key) throw unreadable();
      this.#remember(places[i]?.pk ?? '', key);
      return key;
    });
    return { keys, made: created.made };
  }

  async #create(
    identities: readonly Identity[],
    now: number,
  ): Promise<{ keys: DataKey[]; made: readonly Identity[] }> {
    if (identities.length === 0) return { keys: [], made: [] };
    const { table, random } = this.#options;
    const fresh = identities.map((identity) => newVaultItem(identity, this.#tenantKeys, random, now));
    const results = await table.put(fresh.map(({ write }) => write));
    const lost = identities.filter((_, i) => results[i]?.outcome !== 'written');
    // Somebody else was first: theirs counts.
    const items = await table.get(
      lost.map(({ tenant, subject }) => vaultKey(tenant, subject)),
      { consistent: true },
    );
    let next = 0;
    const keys = fresh.map(({ key }, i) => {
      const identity = lost[next];
      if (identity === undefined || identity !== identities[i]) return key;
      const item = items[next++];
      if (!item) throw unreadable();
      return this.#read(identity, item);
    });
    return { keys, made: identities.filter((identity) => !lost.includes(identity)) };
  }

  #read({ tenant }: Identity, item: Item): DataKey {
    const found = readVaultItem(tenant, item, this.#tenantKeys);
    if (!found) throw unreadable();
    return found.key;
  }

  #remember(place: string, key: DataKey): void {
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(place, key);
  }
}

/** The item was deleted meanwhile, which the next delivery finds out; or another secret wrapped it. */
const unreadable = (): WellspringError =>
  new WellspringError('table_unavailable', 'a data key could not be read');
