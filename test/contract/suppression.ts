/** What the suppression list promises on every table: whoever looks after a change has resolved sees it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock, Table } from '../../domain/ports.ts';
import { seededRandom } from '../../domain/random.ts';
import {
  type SuppressionEntry,
  SuppressionList,
  suppress,
  suppressionEntries,
  unsuppress,
} from '../../domain/vault/suppression.ts';

interface Opened {
  readonly table: Table;
  close(): Promise<void>;
}

const NOW = Date.UTC(2026, 2, 1, 12);
const because = { reason: 'erased', now: NOW } as const;
const subject = (n: number): string => `u_${n.toString(16).padStart(32, '0')}`;

/** Counts what is read from a table. */
function watched(table: Table): { table: Table; reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    table: {
      get: (keys, options) => {
        reads.push(`get ${keys.length}${options?.consistent === true ? ' consistent' : ''}`);
        return table.get(keys, options);
      },
      query: (query) => {
        reads.push('query');
        return table.query(query);
      },
      put: (writes) => table.put(writes),
      delete: (keys) => table.delete(keys),
      queryIndex: (query) => table.queryIndex(query),
      scan: (query) => table.scan(query),
    },
  };
}

export function suppressionContract(open: (clock: Clock) => Promise<Opened>): void {
  let opened: Opened;
  let tenants = 0;
  const tenant = (): string => `t${tenants++}`;
  const stored = async (own: string): Promise<SuppressionEntry[]> => {
    const entries: SuppressionEntry[] = [];
    for await (const entry of suppressionEntries(opened.table, own)) entries.push(entry);
    return entries;
  };
  beforeAll(async () => {
    opened = await open({ now: () => NOW });
  });
  afterAll(() => opened.close());

  test('a look sees every change that has resolved, by one read', async () => {
    const [own, other] = [tenant(), tenant()];
    const { table, reads } = watched(opened.table);
    const list = new SuppressionList(table);
    await list.refresh([own, other]);
    expect(list.has(own, subject(1))).toBe(false);
    await suppress(opened.table, own, [subject(1), subject(2)], because);
    expect(list.has(own, subject(1))).toBe(false);
    await list.refresh([own, other]);
    expect([1, 2, 3].map((n) => list.has(own, subject(n)))).toEqual([true, true, false]);
    expect(list.has(other, subject(1))).toBe(false);
    await unsuppress(opened.table, own, [subject(1)]);
    await list.refresh([own, other]);
    expect([1, 2].map((n) => list.has(own, subject(n)))).toEqual([false, true]);
    expect(reads).toEqual(Array.from({ length: 3 }, () => 'get 2 consistent'));
    expect(await stored(own)).toEqual([{ subject: subject(2), at: NOW, reason: 'erased' }]);
  });

  test('nobody is on a list before the first change, and no ids need a hash then', async () => {
    const list = new SuppressionList(opened.table);
    await list.refresh([]);
    expect(list.has('nowhere', subject(1))).toBe(false);
    expect(list.has('nowhere', undefined)).toBe(false);
    expect([...list.of('nowhere')]).toEqual([]);
  });

  test('whoever was away for long, or is new, reads the whole list once', async () => {
    const own = tenant();
    await suppress(opened.table, own, [subject(0)], because);
    const { table, reads } = watched(opened.table);
    const [before, after] = [new SuppressionList(table), new SuppressionList(table)];
    await before.refresh([own]);
    expect(reads).toEqual(['get 1 consistent']);
    const many = Array.from({ length: 250 }, (_, n) => subject(n));
    await suppress(opened.table, own, many, because);
    await unsuppress(opened.table, own, [subject(7)]);
    for (const list of [before, after]) {
      await list.refresh([own]);
      expect([...list.of(own)].sort()).toEqual(many.filter((one) => one !== subject(7)));
    }
    reads.length = 0;
    await after.refresh([own]);
    expect(reads).toEqual(['get 1 consistent']);
  });

  test('changes at once are all kept, and memory and table agree', async () => {
    const own = tenant();
    const list = new SuppressionList(opened.table);
    const random = seededRandom(7);
    const change = (): Promise<void> => {
      const some = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        subject(Math.floor(random() * 12)),
      );
      const chosen = [...new Set(some)];
      return random() < 0.6
        ? suppress(opened.table, own, chosen, because)
        : unsuppress(opened.table, own, chosen);
    };
    for (let round = 0; round < 8; round++) {
      await Promise.all(Array.from({ length: 4 }, change));
      await list.refresh([own]);
      const kept = (await stored(own)).map((entry) => entry.subject);
      expect([...list.of(own)].sort()).toEqual(kept.sort());
    }
  });
}
