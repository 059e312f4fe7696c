/** Opens what was sealed, for whoever may see it: the data keys of the people concerned, in one read. */
import { isObject, type Json } from '../../events/json.ts';
import type { Table } from '../ports.ts';
import { readVaultItem, TenantKeys, type VaultItem, vaultKey } from './item.ts';
import { ERASED, isSealed, subjectOfSealed, unseal } from './seal.ts';

export class Vault {
  readonly #table: Table;
  readonly #keys: TenantKeys;

  constructor(table: Table, secret: string) {
    this.#table = table;
    this.#keys = new TenantKeys(secret);
  }

  /** What the vault knows of these subjects. */
  async open(tenant: string, subjects: Iterable<string>): Promise<Opened> {
    const names = [...new Set(subjects)];
    if (names.length === 0) return new Opened(new Map());
    const items = await this.#table.get(
      names.map((subject) => vaultKey(tenant, subject)),
      { consistent: true },
    );
    const known = new Map<string, VaultItem>();
    for (const [i, subject] of names.entries()) {
      const item = items[i];
      const found = item && readVaultItem(tenant, item, this.#keys);
      if (found) known.set(subject, found);
    }
    return new Opened(known);
  }
}

/** Some people's data keys and ids. */
export class Opened {
  readonly #items: ReadonlyMap<string, VaultItem>;

  constructor(items: ReadonlyMap<string, VaultItem>) {
    this.#items = items;
  }

  /** The id that a subject stands for; the subject itself where the vault has none. */
  id(subject: string): string {
    return this.#items.get(subject)?.id ?? subject;
  }

  /** A value with everything in it opened; what cannot be is {@link ERASED}. */
  value(value: Json): Json {
    return mapTexts(value, (text) => (isSealed(text) ? this.#unseal(text) : text));
  }

  #unseal(sealed: string): Json {
    const item = this.#items.get(subjectOfSealed(sealed));
    return (item && unseal(item.key, sealed)) ?? ERASED;
  }
}

/** Replaces every text in a value. */
export function mapTexts(value: Json, map: (text: string) => Json): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, map)]));
}

/** Whose sealed texts a value holds. */
export function subjectsIn(value: Json, found: Set<string> = new Set()): Set<string> {
  mapTexts(value, (text) => {
    if (isSealed(text)) found.add(subjectOfSealed(text));
    return text;
  });
  return found;
}
