/** Sealing gives equal bytes for equal events, whoever seals and when, and opens to what went in. */
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import type { Table } from '../../domain/ports.ts';
import { isSealed } from '../../domain/vault/seal.ts';
import { Subjects, subjectOf } from '../../domain/vault/subject.ts';
import { SuppressionList, suppress } from '../../domain/vault/suppression.ts';
import { subjectsIn, Vault } from '../../domain/vault/vault.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { type TestFolder, testFolder } from '../../test/fixtures/folder.ts';
import { cleanOk, exampleContext, exampleEvent, RECEIVED } from './example.ts';
import { defaultRules } from './rules.ts';
import { Sealer } from './sealer.ts';

const { secret } = exampleContext;
let folder: TestFolder;
let vault: EmbeddedTable;
let suppression: EmbeddedTable;
beforeEach(() => {
  folder = testFolder();
  const clock = { now: (): number => RECEIVED };
  vault = new EmbeddedTable({ path: `${folder.path}/vault.db`, clock });
  suppression = new EmbeddedTable({ path: `${folder.path}/suppression.db`, clock });
});
afterEach(() => {
  vault.close();
  suppression.close();
  folder[Symbol.dispose]();
});

const sealer = (table: Table = vault): Sealer =>
  new Sealer({
    vault: table,
    list: new SuppressionList(suppression),
    subjects: new Subjects(secret),
    secret,
    random: randomBytes,
    rules: defaultRules,
  });

async function sealed(by: Sealer, events: readonly CleanEvent[]): Promise<CleanEvent[]> {
  const own = structuredClone(events);
  await by.seal(
    own.map((event) => ({ event, pseudonymised: false })),
    RECEIVED,
  );
  return [...own];
}

const identify = (fields: object): CleanEvent => {
  const { properties: _, ...rest } = exampleEvent(1);
  return cleanOk({ ...rest, type: 'identify', event: undefined, ...fields });
};

const trait = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.integer(),
  fc.constantFrom(null, true, 'ada@example.com', 'call +49 30 1234567', { inner: ['x@y.example'] }),
);
const person = fc.record(
  { userId: fc.constantFrom('ada', 'bob', 'eve'), anonymousId: fc.constantFrom('d1', 'd2') },
  { requiredKeys: ['anonymousId'] },
);
const event = fc.record({
  person,
  traits: fc.dictionary(fc.constantFrom('email', 'name', 'first_name', 'address', 'plan', 'note'), trait),
});

test('equal events give equal bytes from two that clean at once, and open to what went in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 5 }), async (made) => {
      const events = made.map(({ person: ids, traits }) =>
        identify({ userId: undefined, ...ids, traits: JSON.parse(JSON.stringify(traits)) }),
      );
      const both = await Promise.all([sealed(sealer(), events), sealed(sealer(), events)]);
      const [first, second] = both.map((one) => JSON.stringify(one));
      expect(first).toBe(second);
      expect(JSON.stringify(await sealed(sealer(), events))).toBe(first);
      const out = both[0] ?? [];
      const opened = await new Vault(vault, secret).open('shop', subjectsIn(out.map(({ traits }) => traits)));
      expect(out.map(({ traits }) => opened.value(traits))).toEqual(events.map(({ traits }) => traits));
    }),
    { numRuns: 60 },
  );
});

test('what names a person is sealed, the rest stays as it is', async () => {
  const traits = {
    email: 'ada@example.com',
    first_name: 'Ada',
    address: { city: 'Ulm', postalCode: 89073 },
    plan: 'gold',
    note: 'call +49 30 1234567',
    shops: [{ owner: 'x@y.example' }],
    age: 36,
  };
  const [out] = await sealed(sealer(), [identify({ userId: 'ada', anonymousId: 'd1', traits })]);
  const names = Object.entries(out?.traits ?? {})
    .filter(([, value]) => typeof value === 'string' && isSealed(value))
    .map(([name]) => name);
  expect(names).toEqual(['email', 'first_name', 'address', 'note', 'shops']);
  expect(out).toMatchObject({
    userId: subjectOf(secret, 'shop', 'user', 'ada'),
    anonymousId: subjectOf(secret, 'shop', 'device', 'd1'),
    traits: { plan: 'gold', age: 36 },
  });
});

test('a device of which nothing is known costs the vault nothing; a user and their device one item each', async () => {
  const alone = cleanOk({ ...exampleEvent(1), userId: undefined });
  const count = async (): Promise<number> => (await vault.scan({})).items.length;
  await sealed(sealer(), [alone]);
  expect(await count()).toBe(0);
  const one = sealer();
  await sealed(one, [cleanOk(exampleEvent(1)), cleanOk(exampleEvent(1))]);
  await sealed(one, [cleanOk(exampleEvent(1))]);
  expect(await count()).toBe(2);
  await sealed(one, [identify({ userId: undefined, anonymousId: 'd9', traits: { name: 'Eve' } })]);
  expect(await count()).toBe(3);
});

test('somebody suppressed while their first key was made does not come back into the vault', async () => {
  const subject = subjectOf(secret, 'shop', 'user', 'ada');
  const late: Table = {
    get: (keys) => vault.get(keys),
    put: async (writes) => {
      // They were suppressed and erased after this batch had looked at the list.
      await suppress(suppression, 'shop', [subject], { reason: 'erased', now: RECEIVED });
      return vault.put(writes);
    },
    delete: (keys) => vault.delete(keys),
    query: (query) => vault.query(query),
    queryIndex: (query) => vault.queryIndex(query),
    scan: (query) => vault.scan(query),
  };
  await sealed(sealer(late), [identify({ userId: 'ada', anonymousId: 'd1', traits: { name: 'Ada' } })]);
  const { items } = await vault.scan({});
  expect(items.map(({ pk }) => pk)).toEqual([`shop#${subjectOf(secret, 'shop', 'device', 'd1')}`]);
});
