/** Whatever is done to the audit log behind the system's back is found, at the place where it was done. */
import { beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { Item, Table } from '../../domain/ports.ts';
import { AuditChains, linkSchema, verifyDay } from '../../functions/api/audit-chain.ts';
import { verifyReply } from '../../functions/api/trail.ts';
import { testChain } from './chain.ts';
import { valueOf } from './reply.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY = '2026-03-01';
const secret = '5e'.repeat(32);
const clock = { now: () => NOW };
let table: EmbeddedTable;

beforeEach(() => {
  table = new EmbeddedTable({ path: ':memory:', clock });
});

const to = (store: Table = table) => ({ table: store, secret, tenant: 't', now: NOW });
const write = (chains: AuditChains, n: number, store?: Table) =>
  chains.append(to(store), { operation: `o-${n}`, caller: 'k' });
const verify = (key = secret) => verifyDay({ table, secret: key, tenant: 't' }, DAY);
const valueIn = ({ data }: Item): Record<string, unknown> => JSON.parse(new TextDecoder().decode(data));

async function entry(index: number): Promise<Item> {
  const { items } = await table.query({ pk: `t#audit#${DAY}` });
  const found = items.find((item) => linkSchema.parse(valueIn(item)['link']).index === index);
  if (!found) throw new Error('no such entry');
  return found;
}

describe('the audit log', () => {
  it('is intact as it was written, by several processes at once', async () => {
    const processes = [new AuditChains(), new AuditChains(), new AuditChains()];
    await Promise.all(Array.from({ length: 30 }, (_, i) => write(processes[i % 3] ?? new AuditChains(), i)));
    expect(await verify()).toEqual({ entries: 30, unlinked: 0, chains: 3 });
  });

  it.each([0, 3, 6])('misses entry %i of seven when it was removed', async (index) => {
    const chains = new AuditChains();
    for (let i = 0; i < 7; i++) await write(chains, i);
    await table.delete([await entry(index)]);
    expect((await verify()).broken).toMatchObject({ index });
  });

  it.each([0, 3, 6])('knows entry %i of seven when it was changed', async (index) => {
    const chains = new AuditChains();
    for (let i = 0; i < 7; i++) await write(chains, i);
    const item = await entry(index);
    const forged = { ...valueIn(item), caller: 'somebody else' };
    await table.put([{ pk: item.pk, sk: item.sk, data: new TextEncoder().encode(JSON.stringify(forged)) }]);
    expect((await verify()).broken).toMatchObject({ index });
  });

  it('cannot be written by who has the table but not the secret', async () => {
    await write(new AuditChains(), 0);
    expect((await verify('5f'.repeat(32))).broken).toMatchObject({ index: 0 });
  });

  it('begins another chain after a write of which nobody knows whether it happened', async () => {
    const chains = new AuditChains();
    await write(chains, 0);
    for (const happened of [true, false]) {
      const failing: Table = Object.assign(Object.create(table), {
        put: async (writes: Parameters<Table['put']>[0]) => {
          if (happened) await table.put(writes);
          else await table.put(writes.slice(1));
          throw new WellspringError('table_unavailable', 'injected');
        },
      });
      await expect(write(chains, 1, failing)).rejects.toThrow('injected');
      await write(chains, 2);
    }
    expect(await verify()).toEqual({ entries: 4, unlinked: 0, chains: 3 });
  });
});

it('tells administrators whether a day is as it was written', async () => {
  using chain = await testChain();
  for (const id of ['ada', 'bob', 'cleo']) await chain.ask(`/api/profiles/${id}`);
  const reply = valueOf(await chain.ask('/api/audit/verify'), verifyReply);
  expect(reply).toMatchObject({ intact: true, entries: 3, chains: 1, unlinked: 0 });
});
