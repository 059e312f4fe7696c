/**
 * Keeps the running field statistics of all tenants: read from the table now and then, added to in memory,
 * written back every few seconds, one item per tenant and shard. They feed estimates, so what a crash takes
 * with it (seconds of counts) is worth less than a write per batch.
 */
import type { Table } from '../../domain/ports.ts';
import type { StatisticsContext } from './draft.ts';
import { FieldStatistics } from './statistics.ts';

const WRITE_MS = 10_000;
const READ_MS = 300_000;
const TRIES = 3;

export class StatisticsStore implements StatisticsContext {
  readonly #table: Table;
  readonly #known = new Map<string, FieldStatistics>();
  readonly #loadedAt = new Map<string, number>();
  #fresh = new Map<string, FieldStatistics>();
  #wroteAt: number | undefined;

  constructor(table: Table) {
    this.#table = table;
  }

  known = (tenant: string): FieldStatistics | undefined => this.#known.get(tenant);

  fresh = (tenant: string): FieldStatistics => {
    let statistics = this.#fresh.get(tenant);
    if (!statistics) this.#fresh.set(tenant, (statistics = new FieldStatistics()));
    return statistics;
  };

  /** Reads what all shards know about these tenants, unless it was read a short while ago. */
  async load(tenants: Iterable<string>, now: number): Promise<void> {
    for (const tenant of tenants) {
      if (now - (this.#loadedAt.get(tenant) ?? Number.NEGATIVE_INFINITY) < READ_MS) continue;
      this.#loadedAt.set(tenant, now);
      const { items } = await this.#table.query({ pk: `${tenant}#fields`, limit: 1000 });
      const all = new FieldStatistics();
      for (const item of items) all.merge(FieldStatistics.decode(item.data));
      this.#known.set(tenant, all);
    }
  }

  /** Adds what was seen since the last write to this shard's items, when it is time to. */
  async save(shard: string, now: number): Promise<void> {
    this.#wroteAt ??= now;
    if (now - this.#wroteAt < WRITE_MS) return;
    this.#wroteAt = now;
    const fresh = this.#fresh;
    this.#fresh = new Map();
    for (const [tenant, statistics] of fresh) {
      if (statistics.empty) continue;
      this.#known.get(tenant)?.merge(statistics);
      await this.#add(`${tenant}#fields`, shard, statistics);
    }
  }

  async #add(pk: string, sk: string, statistics: FieldStatistics): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [item] = await this.#table.get([{ pk, sk }], { consistent: true });
      const all = item ? FieldStatistics.decode(item.data) : new FieldStatistics();
      all.merge(statistics);
      const [result] = await this.#table.put([{ pk, sk, data: all.encode(), expect: item?.version ?? 0 }]);
      if (result?.outcome === 'written') return;
    }
  }
}
