/** Products in memory: as new as promised, and there while the table is not. */
import { describe, expect, it } from 'vitest';
import { EmbeddedTable } from '../../../adapters/embedded/table.ts';
import { WellspringError } from '../../../domain/errors.ts';
import type { Table } from '../../../domain/ports.ts';
import { productOf, RANK } from '../../../domain/recommend/product.ts';
import { saveProducts } from '../../../domain/recommend/store.ts';
import { Shelves } from './shelf.ts';

class Rig {
  now = 1_000_000;
  out = false;
  queries = 0;
  /** Called before each read of the table. */
  before: () => Promise<void> = async () => {};
  readonly clock = { now: (): number => this.now };
  readonly table = new EmbeddedTable({ path: ':memory:', clock: this.clock });
  readonly shelves = new Shelves({ clock: this.clock, table: this.watched() });

  watched(): Table {
    const { table } = this;
    return {
      get: (keys) => table.get(keys),
      put: (writes) => table.put(writes),
      delete: (keys) => table.delete(keys),
      queryIndex: (query) => table.queryIndex(query),
      scan: (query) => table.scan(query),
      query: async (query) => {
        this.queries++;
        if (this.out) throw new WellspringError('table_unavailable', 'out');
        const page = await table.query(query);
        await this.before();
        return page;
      },
    };
  }

  async put(item: string): Promise<void> {
    await saveProducts(
      this.table,
      't',
      new Map([[item, productOf({ name: item }, RANK.catalogue, this.now)]]),
    );
  }

  async items(): Promise<string[]> {
    return (await this.shelves.of('t')).newest.map(({ item }) => item).sort();
  }

  /** Lets what runs behind an answer come to its end. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise((done) => setImmediate(done));
  }
}

describe('shelves', () => {
  it('answer from memory, and know some seconds later what is new', async () => {
    const rig = new Rig();
    await rig.put('a');
    expect(await rig.items()).toEqual(['a']);
    await rig.put('b');
    expect(await rig.items()).toEqual(['a']);
    expect(rig.queries).toBe(1);
    rig.now += 5000;
    expect(await rig.items()).toEqual(['a']);
    await rig.settle();
    expect(await rig.items()).toEqual(['a', 'b']);
    expect(rig.queries).toBe(2);
  });

  it('read once for many who ask at the same time', async () => {
    const rig = new Rig();
    await Promise.all(Array.from({ length: 20 }, () => rig.items()));
    expect(rig.queries).toBe(1);
  });

  it('go on with what they know while the table is out, and try again', async () => {
    const rig = new Rig();
    rig.out = true;
    await expect(rig.items()).rejects.toMatchObject({ code: 'table_unavailable' });
    rig.out = false;
    await rig.put('a');
    expect(await rig.items()).toEqual(['a']);
    rig.out = true;
    rig.now += 5000;
    await rig.items();
    await rig.settle();
    expect(await rig.items()).toEqual(['a']);
    rig.out = false;
    await rig.put('b');
    rig.now += 5000;
    await rig.items();
    await rig.settle();
    expect(await rig.items()).toEqual(['a', 'b']);
  });

  it('do not return to what was read before a write of their own', async () => {
    const rig = new Rig();
    await rig.items();
    rig.now += 5000;
    let go: (() => void) | undefined;
    rig.before = () =>
      new Promise((done) => {
        go = done;
      });
    await rig.items();
    await rig.settle();
    rig.before = async () => {};
    await rig.put('a');
    rig.shelves.forget('t');
    expect(await rig.items()).toEqual(['a']);
    go?.();
    await rig.settle();
    expect(await rig.items()).toEqual(['a']);
  });
});
