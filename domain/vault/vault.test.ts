/** What the vault gives away, to whom, and what no longer. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { testFolder } from '../../test/fixtures/folder.ts';
import { vaultKey } from './item.ts';
import { KeyRing } from './key-ring.ts';
import { ERASED, isSealed, seal, subjectOfSealed, unseal } from './seal.ts';
import { subjectOf } from './subject.ts';
import { Vault } from './vault.ts';

const SECRET = 'ab'.repeat(32);
const subject = subjectOf(SECRET, 'acme', 'user', 'ada');
const clock = { now: (): number => 1_700_000_000_000 };

async function withVault<T>(look: (table: EmbeddedTable) => Promise<T>): Promise<T> {
  using folder = testFolder();
  const table = new EmbeddedTable({ path: `${folder.path}/vault.db`, clock });
  try {
    return await look(table);
  } finally {
    table.close();
  }
}

const ring = (table: EmbeddedTable, secret = SECRET): KeyRing =>
  new KeyRing({ table, secret, random: randomBytes });
const ada = [{ tenant: 'acme', subject, id: 'ada' }];

it('opens an id and values until the item is deleted', () =>
  withVault(async (table) => {
    const { keys, made } = await ring(table).fetch(ada, clock.now());
    const [key] = keys;
    if (!key) throw new Error('no key');
    expect(made).toEqual(ada);
    const value = { mail: seal(key, subject, 'ada@example.com'), list: [seal(key, subject, 7)] };
    const open = (): Promise<[string, unknown]> =>
      new Vault(table, SECRET)
        .open('acme', [subject])
        .then((opened) => [opened.id(subject), opened.value(value)]);
    expect(await open()).toEqual(['ada', { mail: 'ada@example.com', list: [7] }]);
    // A second ring reads the same key.
    expect((await ring(table).fetch(ada, clock.now())).made).toEqual([]);
    await table.delete([vaultKey('acme', subject)]);
    expect(await open()).toEqual([subject, { mail: ERASED, list: [ERASED] }]);
    // A new key does not open what an old one sealed.
    await ring(table).fetch(ada, clock.now());
    expect(await open()).toEqual(['ada', { mail: ERASED, list: [ERASED] }]);
  }));

it('gives nothing to another secret or another tenant', () =>
  withVault(async (table) => {
    await ring(table).fetch(ada, clock.now());
    expect((await new Vault(table, 'cd'.repeat(32)).open('acme', [subject])).id(subject)).toBe(subject);
    expect((await new Vault(table, SECRET).open('other', [subject])).id(subject)).toBe(subject);
    await expect(ring(table, 'cd'.repeat(32)).fetch(ada, clock.now())).rejects.toMatchObject({
      code: 'table_unavailable',
    });
  }));

it('seals under a subject and a key alone', () => {
  const [one, two] = [{ bytes: randomBytes(32) }, { bytes: randomBytes(32) }];
  const sealed = seal(one, subject, 'ada@example.com');
  expect(isSealed(sealed)).toBe(true);
  expect(isSealed('sealed:1:nobody')).toBe(false);
  expect(subjectOfSealed(sealed)).toBe(subject);
  expect(seal(one, subject, 'ada@example.com')).toBe(sealed);
  expect(seal(one, subject, 'bob@example.com')).not.toBe(sealed);
  expect(unseal(one, sealed)).toBe('ada@example.com');
  expect(unseal(two, sealed)).toBeUndefined();
  const other = sealed.replace(subject, subjectOf(SECRET, 'acme', 'user', 'bob'));
  expect(unseal(one, other)).toBeUndefined();
  expect(unseal(one, `${sealed.slice(0, -2)}AA`)).toBeUndefined();
});
