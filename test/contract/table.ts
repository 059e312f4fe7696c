/** What every table must do, whatever it is built on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clock, Item, Key, Page, Table, Write } from '../../domain/ports.ts';
import { noise } from '../fixtures/noise.ts';

export interface TableUnderTest {
  readonly table: Table;
  readonly close: () => Promise<void>;
}

const NOW = Date.UTC(2026, 10, 23);
const SECONDS = NOW / 1000;
const data = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (item: Item | undefined): string | undefined => item && new TextDecoder().decode(item.data);
const key = (pk: string, sk = 'S'): Key => ({ pk, sk });

const sortKeys = (items: Item[][]): string[] => items.flat().map((item) => item.sk);

async function pages(read: (cursor: { cursor?: string }) => Promise<Page<Item>>): Promise<Item[][]> {
  const found: Item[][] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor === undefined ? {} : { cursor });
    found.push(page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

/** `open` is given the clock by which items expire. */
export function tableContract(open: (clock: Clock) => Promise<TableUnderTest>): void {
  let now = NOW;
  let subject: TableUnderTest;
  let table: Table;
  beforeAll(async () => {
    subject = await open({ now: () => now });
    table = subject.table;
  });
  afterAll(() => subject.close());

  const read = async (k: Key): Promise<Item | undefined> => (await table.get([k], { consistent: true }))[0];
  const write = async (...writes: Write[]): Promise<string[]> =>
    (await table.put(writes)).map((result) => result.outcome);

  async function listed(): Promise<string[]> {
    const found = await pages((c) => table.queryIndex({ index: 'shop', limit: 2, ...c }));
    return found.flat().map((item) => `${item.pk}/${item.sk}/${item.index}`);
  }

  it('creates an item only where none exists', async () => {
    const created = await table.put([{ ...key('create'), data: data('first'), expect: 0 }]);
    expect(created).toEqual([{ outcome: 'written', version: 1 }]);
    expect(await write({ ...key('create'), data: data('second'), expect: 0 })).toEqual(['conflict']);
    expect(await read(key('create'))).toEqual({ ...key('create'), version: 1, data: data('first') });
  });

  it('replaces an item only at the expected version', async () => {
    await write({ ...key('replace'), data: data('1'), expect: 0 });
    const second = await table.put([{ ...key('replace'), data: data('2'), expect: 1 }]);
    expect(second).toEqual([{ outcome: 'written', version: 2 }]);
    expect(await write({ ...key('replace'), data: data('stale'), expect: 1 })).toEqual(['conflict']);
    expect(await write({ ...key('replace'), data: data('ahead'), expect: 7 })).toEqual(['conflict']);
    expect(await write({ ...key('absent'), data: data('none'), expect: 1 })).toEqual(['conflict']);
    expect(textOf(await read(key('replace')))).toBe('2');
    expect(await read(key('absent'))).toBeUndefined();
  });

  it('writes whatever is there without an expectation, and counts the version on', async () => {
    expect(await table.put([{ ...key('any'), data: data('a') }])).toEqual([
      { outcome: 'written', version: 1 },
    ]);
    await write({ ...key('any'), data: data('b'), expect: 1 });
    expect(await table.put([{ ...key('any'), data: data('c') }])).toEqual([
      { outcome: 'written', version: 3 },
    ]);
    expect(await write({ ...key('any'), data: data('lost'), expect: 1 })).toEqual(['conflict']);
    expect(textOf(await read(key('any')))).toBe('c');
  });

  it('lets every write of a call stand alone', async () => {
    await write({ ...key('alone-1'), data: data('old'), expect: 0 });
    const outcomes = await write(
      { ...key('alone-0'), data: data('new'), expect: 0 },
      { ...key('alone-1'), data: data('new'), expect: 0 },
      { ...key('alone-2'), data: data('new'), expect: 0 },
    );
    expect(outcomes).toEqual(['written', 'conflict', 'written']);
    const items = await table.get([key('alone-0'), key('alone-1'), key('alone-2')], { consistent: true });
    expect(items.map(textOf)).toEqual(['new', 'old', 'new']);
  });

  it('lets exactly one of several racing writers win', async () => {
    const racers = Array.from({ length: 8 }, (_, i) =>
      write({ ...key('race'), data: data(`${i}`), expect: 0 }),
    );
    const outcomes = (await Promise.all(racers)).flat();
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(textOf(await read(key('race')))).toBe(`${outcomes.indexOf('written')}`);
  });

  it('reads many keys in their order, with gaps and repeats', async () => {
    const many = Array.from({ length: 230 }, (_, i) => key('many', `${i}`.padStart(4, '0')));
    const outcomes = await write(...many.map((k) => ({ ...k, data: data(k.sk), expect: 0 })));
    expect(new Set(outcomes)).toEqual(new Set(['written']));
    const asked = [key('many', 'none'), ...[...many].reverse(), key('many', '0003')];
    const items = await table.get(asked, { consistent: true });
    expect(items.map((item) => item?.sk)).toEqual([
      undefined,
      ...[...many].reverse().map((k) => k.sk),
      '0003',
    ]);
    expect(await table.get([])).toEqual([]);
  });

  it('keeps any bytes', async () => {
    const all = [
      new Uint8Array([0, 255, 1]),
      new Uint8Array([1]),
      new Uint8Array(100_000).fill(120),
      noise(3000, 7),
    ];
    await write(...all.map((bytes, i) => ({ ...key('bytes', `${i}`), data: bytes, expect: 0 })));
    const items = await table.get(
      all.map((_, i) => key('bytes', `${i}`)),
      { consistent: true },
    );
    expect(items.map((item) => Buffer.from(item?.data ?? []).toString('hex'))).toEqual(
      all.map((bytes) => Buffer.from(bytes).toString('hex')),
    );
  });

  it('deletes, also what does not exist', async () => {
    await write(...['a', 'b', 'c'].map((sk) => ({ ...key('delete', sk), data: data(sk), expect: 0 })));
    await table.delete([key('delete', 'a'), key('delete', 'c'), key('delete', 'never')]);
    expect((await table.query({ pk: 'delete' })).items.map((item) => item.sk)).toEqual(['b']);
    expect(await write({ ...key('delete', 'a'), data: data('again'), expect: 0 })).toEqual(['written']);
    await table.delete([]);
  });

  it('lists a partition in order of the sort key, by prefix and by pages', async () => {
    const keys = ['b#2', 'a#9', 'b#10', 'b', 'c', 'é', 'b#1'];
    await write(...keys.map((sk) => ({ ...key('query', sk), data: data(sk), expect: 0 })));
    await write({ ...key('query-other', 'b#0'), data: data('x'), expect: 0 });
    const all = (await pages((c) => table.query({ pk: 'query', ...c }))).flat();
    expect(all.map((item) => item.sk)).toEqual(['a#9', 'b', 'b#1', 'b#10', 'b#2', 'c', 'é']);
    const found = await pages((c) => table.query({ pk: 'query', prefix: 'b#', limit: 2, ...c }));
    expect(found.every((items) => items.length <= 2)).toBe(true);
    expect(found.flat().map((item) => item.sk)).toEqual(['b#1', 'b#10', 'b#2']);
    expect(found.flat().map(textOf)).toEqual(['b#1', 'b#10', 'b#2']);
    expect((await table.query({ pk: 'query-none' })).items).toEqual([]);
  });

  it('finds items by index value in order of their keys, and forgets a value that a write drops', async () => {
    const keys = [key('i2', 'a'), key('i1', 'b'), key('i1', 'a'), key('i3', 'a')];
    await write(...keys.map((k) => ({ ...k, data: data('x'), index: 'shop', expect: 0 })));
    await write({ ...key('i1', 'c'), data: data('x'), index: 'other', expect: 0 });
    expect(await listed()).toEqual(['i1/a/shop', 'i1/b/shop', 'i2/a/shop', 'i3/a/shop']);
    await write({ ...key('i1', 'b'), data: data('x'), expect: 1 });
    await write({ ...key('i2', 'a'), data: data('x') });
    await write({ ...key('i3', 'a'), data: data('x'), index: 'other', expect: 1 });
    expect(await listed()).toEqual(['i1/a/shop']);
  });

  it('scans every item once', async () => {
    const found = (await pages((c) => table.scan({ limit: 50, ...c }))).flat();
    const names = found.map((item) => `${item.pk}/${item.sk}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('many/'))).toHaveLength(230);
    expect(names).toContain('create/S');
  });

  it('shows no item after its expiry, and lets it be created anew', async () => {
    const soon = { ...key('expiry', 'soon'), index: 'expiring', expiresAt: SECONDS + 60 };
    const later = { ...key('expiry', 'later'), index: 'expiring', expiresAt: SECONDS + 6000 };
    await write({ ...soon, data: data('1'), expect: 0 }, { ...later, data: data('1'), expect: 0 });
    expect(await read(soon)).toEqual({ ...soon, version: 1, data: data('1') });
    now = NOW + 60_000;
    expect(await read(soon)).toBeUndefined();
    expect(sortKeys(await pages((c) => table.query({ pk: 'expiry', ...c })))).toEqual(['later']);
    expect(sortKeys(await pages((c) => table.queryIndex({ index: 'expiring', ...c })))).toEqual(['later']);
    expect(sortKeys(await pages((c) => table.scan(c)))).not.toContain('soon');
    expect(await write({ ...soon, data: data('stale'), expect: 1 })).toEqual(['conflict']);
    const anew = { ...key('expiry', 'soon'), data: data('anew'), expect: 0 };
    expect(await table.put([anew])).toEqual([{ outcome: 'written', version: 1 }]);
    expect(textOf(await read(soon))).toBe('anew');
    now = NOW;
  });
}
