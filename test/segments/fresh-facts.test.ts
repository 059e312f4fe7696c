/** Whoever counts while facts are read anew is answered from those of a moment ago, and hears of a failure once those are old. */
import { expect, test } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { WellspringError } from '../../domain/errors.ts';
import type { Table } from '../../domain/ports.ts';
import { journalPartition } from '../../domain/segments/keys.ts';
import { PeopleKeeper } from '../../functions/api/segments/people.ts';
import { testFolder } from '../fixtures/folder.ts';

test('waits for a refresh only when what is held is two seconds old', async () => {
  using folder = testFolder();
  let now = Date.UTC(2026, 5, 1);
  let up = true;
  const clock = { now: () => now };
  const table = new EmbeddedTable({ path: `${folder.path}/table.sqlite`, clock });
  const query: Table['query'] = async (asked) => {
    if (!up) throw new WellspringError('table_unavailable', 'The table is down.');
    return await table.query(asked);
  };
  const segments: Table = new Proxy(table, {
    get: (of, name) => (name === 'query' ? query : Reflect.get(of, name)),
  });
  const keeper = new PeopleKeeper({ clock, tables: { profiles: table, segments } });
  await keeper.of('t');
  up = false;
  now += 999;
  await expect(keeper.of('t')).resolves.toMatchObject({ weight: 1 });
  now += 1000;
  await expect(keeper.of('t')).resolves.toMatchObject({ weight: 1 });
  now += 1;
  await expect(keeper.of('t')).rejects.toThrow('The table is down.');
  up = true;
  await expect(keeper.of('t')).resolves.toMatchObject({ weight: 1 });
  table.close();
});

test('a refresh that began before a long sleep is not taken for a new one', async () => {
  using folder = testFolder();
  let now = Date.UTC(2026, 5, 1);
  const clock = { now: () => now };
  const table = new EmbeddedTable({ path: `${folder.path}/table.sqlite`, clock });
  const asked: string[] = [];
  const segments: Table = new Proxy(table, {
    get: (of, name) =>
      name === 'query'
        ? (given: Parameters<Table['query']>[0]) => (asked.push(given.pk), table.query(given))
        : Reflect.get(of, name),
  });
  const keeper = new PeopleKeeper({ clock, tables: { profiles: table, segments } });
  await keeper.of('t');
  now += 1000;
  await keeper.of('t');
  now += 30 * 60_000;
  await keeper.of('t');
  expect(asked).toContain(journalPartition('t', Math.floor(now / 60_000)));
  table.close();
});
