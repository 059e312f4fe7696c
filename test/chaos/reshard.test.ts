/** Shards are split and merged, twice, while events stream in: by Kinesis' rules, with every batch delivered once more at times. */
import { expect, it } from 'vitest';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { readLedger } from '../../domain/ledger.ts';
import type { Stream, StreamEntry, StreamRecord, StreamStep } from '../../domain/ports.ts';
import { decodeProfile, PROFILE } from '../../domain/profile/item.ts';
import { view } from '../../domain/profile/view.ts';
import { seededRandom } from '../../domain/random.ts';
import { unpack } from '../../events/packed.ts';
import { makeClean } from '../../functions/clean/clean.ts';
import { makeFeatures } from '../../functions/features/features.ts';
import { LanePacker } from '../../functions/lanes.ts';
import { testFolder } from '../fixtures/folder.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const TENANT = 'test';
const PEOPLE = 30;
const ROUNDS = 24;
const LANES = 16;
const clock = { now: () => NOW };

interface Shard {
  readonly name: string;
  /** Lanes that go there, [from, to). */
  readonly from: number;
  readonly to: number;
  readonly parents: readonly Shard[];
  open: boolean;
  readonly records: StreamRecord[];
  /** How many are done. */
  done: number;
}

const drained = ({ open, records, done }: Shard): boolean => !open && done === records.length;

/** A stream whose shards come and go; a child is read once its parents are drained. */
class ChangingStream implements Stream {
  readonly shards: Shard[] = [];

  constructor() {
    this.#add(0, LANES, []);
  }

  async append(entries: readonly StreamEntry[]): Promise<void> {
    for (const entry of entries) {
      const lane = Number.parseInt(entry.key, 10);
      const shard = this.#open().find(({ from, to }) => from <= lane && lane < to);
      if (!shard) throw new Error('no shard takes this lane');
      // Numbers begin anew in each shard: nobody may compare those of two.
      const sequence = `${shard.records.length + 1}`;
      shard.records.push({ ...entry, shard: shard.name, sequence, arrivedAt: NOW });
    }
  }

  split(): void {
    for (const shard of this.#open()) {
      shard.open = false;
      const middle = (shard.from + shard.to) >> 1;
      this.#add(shard.from, middle, [shard]);
      this.#add(middle, shard.to, [shard]);
    }
  }

  merge(): void {
    const open = this.#open();
    for (let i = 0; i + 1 < open.length; i += 2) {
      const [a, b] = [open[i], open[i + 1]];
      if (!a || !b) continue;
      a.open = b.open = false;
      this.#add(a.from, b.to, [a, b]);
    }
  }

  /** Delivers a batch of each shard whose turn it is; returns how many records. */
  async deliver(step: StreamStep, most: number, random: () => number): Promise<number> {
    let delivered = 0;
    for (const shard of this.shards) {
      if (!shard.parents.every(drained)) continue;
      const batch = shard.records.slice(shard.done, shard.done + most);
      if (batch.length === 0) continue;
      await step(batch);
      // The answer was lost, and the next delivery is cut elsewhere.
      if (random() < 0.3) continue;
      shard.done += batch.length;
      delivered += batch.length;
    }
    return delivered;
  }

  waiting(): boolean {
    return this.shards.some(({ records, done }) => done < records.length);
  }

  #open = (): Shard[] => this.shards.filter(({ open }) => open).sort((a, b) => a.from - b.from);

  #add(from: number, to: number, parents: readonly Shard[]): void {
    this.shards.push({
      name: `shard-${this.shards.length}`,
      from,
      to,
      parents,
      open: true,
      records: [],
      done: 0,
    });
  }
}

function request(round: number): StreamEntry[] {
  const packer = new LanePacker(LANES);
  const envelope = { version: 1, tenant: TENANT, source: 'web', trust: 'secret', receivedAt: NOW };
  for (let person = 0; person < PEOPLE; person++) {
    const event = {
      type: round === 3 ? 'identify' : 'track',
      event: 'Looked',
      messageId: `m-${person}-${round}`,
      anonymousId: `device-${person}`,
      ...(round >= 3 && { userId: `person-${person}` }),
      timestamp: new Date(NOW - 86_400_000 + round * 60_000).toISOString(),
      properties: { round },
    };
    packer.add(JSON.stringify(envelope), TENANT, `device-${person}`, JSON.stringify(event));
  }
  return packer.take();
}

interface Outcome {
  readonly people: unknown[];
  readonly totals: unknown;
  readonly inFlight: number;
  readonly disorder: number;
  readonly shards: number;
}

/** `change`: called before each round with the streams. */
async function run(
  change: (round: number, streams: readonly ChangingStream[]) => void,
  seed: number,
): Promise<Outcome> {
  using folder = testFolder();
  const random = seededRandom(seed);
  const table = (): EmbeddedTable => new EmbeddedTable({ path: ':memory:', clock });
  const tables = {
    profiles: table(),
    ledger: table(),
    statistics: table(),
    suppression: table(),
    vault: table(),
  };
  const [clickstream, events] = [new ChangingStream(), new ChangingStream()];
  const streams = { events, changes: { append: async () => {} } };
  const objects = new EmbeddedObjects(folder.path);
  const base = { clock, metrics: { count: () => {} }, secret: '5e'.repeat(32), objects, streams, tables };
  const seen = new Map<string, number>();
  let disorder = 0;
  const features = makeFeatures(base);
  const watched: StreamStep = (records) => {
    for (const { data } of records) {
      for (const part of unpack(data).parts) {
        const { anonymousId, properties, messageId } = JSON.parse(new TextDecoder().decode(part));
        if (seen.has(messageId)) continue;
        seen.set(messageId, 0);
        if ((seen.get(anonymousId) ?? -1) > properties.round) disorder++;
        seen.set(anonymousId, properties.round);
      }
    }
    return features(records);
  };
  const clean = makeClean(base);
  for (let round = 0; round < ROUNDS; round++) {
    change(round, [clickstream, events]);
    await clickstream.append(request(round));
    await clickstream.deliver(clean, 3, random);
    await events.deliver(watched, 3, random);
  }
  while (clickstream.waiting() || events.waiting()) {
    await clickstream.deliver(clean, 5, random);
    await events.deliver(watched, 5, random);
  }
  const { items } = await tables.profiles.scan({});
  const people = items
    .filter(({ sk }) => sk === PROFILE)
    .map((item) => decodeProfile(TENANT, item.pk.slice(TENANT.length + 1), item))
    .filter(({ meta }) => meta.into === undefined)
    .map(({ id, state }) => ({ id, ...view(state, NOW) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const { totals, inFlight } = await readLedger(tables.ledger, TENANT);
  for (const one of Object.values(tables)) one.close();
  return { people, totals, inFlight, disorder, shards: clickstream.shards.length };
}

it.each([1, 2, 3])(
  'nobody notices: order, people and books are those of one shard (seed %i)',
  async (seed) => {
    const calm = await run(() => {}, seed);
    expect(calm).toMatchObject({ disorder: 0, inFlight: 0, totals: { applied: PEOPLE * ROUNDS }, shards: 1 });
    const changed = await run((round, streams) => {
      for (const [i, stream] of streams.entries()) {
        if ([4 + i, 10 + i].includes(round)) stream.split();
        if ([7 + i, 15 + i].includes(round)) stream.merge();
      }
    }, seed);
    expect(changed.shards).toBeGreaterThan(5);
    expect({ ...changed, shards: 1 }).toEqual(calm);
  },
);
