import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Item, StreamRecord, Table } from '../../domain/ports.ts';
import { seededRandom } from '../../domain/random.ts';
import { testFolder } from '../../test/fixtures/folder.ts';
import { Chaos, type ChaosRates, calm, type Fault } from './chaos.ts';
import { EmbeddedCheckpoints } from './checkpoints.ts';
import { Consumer } from './consumer.ts';
import { EmbeddedObjects } from './objects.ts';
import { EmbeddedStream } from './stream.ts';
import { EmbeddedStreamReader } from './stream-reader.ts';
import { EmbeddedTable } from './table.ts';

const RECORDS = 400;
const harsh: ChaosRates = {
  throttle: 0.05,
  partial: 0.1,
  lostAnswer: 0.1,
  redeliver: 0.1,
  cut: 0.2,
  crash: 0.1,
  zombie: 0.2,
};

type State = { sum: number; seen: number[] };
type MakeStep = (table: Table) => (records: readonly StreamRecord[]) => Promise<object>;

const key = { pk: 'demo#sum', sk: 'S' };
const numberOf = (record: StreamRecord): number => Number(new TextDecoder().decode(record.data));
const stateOf = (item: Item | undefined): State =>
  item ? JSON.parse(new TextDecoder().decode(item.data)) : { sum: 0, seen: [] };

async function save(table: Table, item: Item | undefined, state: State, conditional: boolean): Promise<void> {
  const data = new TextEncoder().encode(JSON.stringify(state));
  const expectation = conditional ? { expect: item?.version ?? 0 } : {};
  const [result] = await table.put([{ ...key, data, ...expectation }]);
  if (result?.outcome !== 'written') throw new Error('conflict');
}

/** What was applied is part of the state, and both are saved in one conditional write. */
const careful: MakeStep = (table) => async (records) => {
  const [item] = await table.get([key], { consistent: true });
  await nextTurn();
  const state = stateOf(item);
  for (const n of records.map(numberOf)) {
    if (state.seen.includes(n)) continue;
    state.sum += n;
    state.seen.push(n);
  }
  await save(table, item, state, true);
  return {};
};

const careless: MakeStep = (table) => async (records) => {
  const [item] = await table.get([key], { consistent: true });
  await nextTurn();
  const state = stateOf(item);
  for (const n of records.map(numberOf)) state.sum += n;
  await save(table, item, state, false);
  return {};
};

async function run(make: MakeStep, rates: Partial<ChaosRates>, seed: number) {
  using folder = testFolder();
  const clock = { now: (): number => 0 };
  const chaos = new Chaos({ rates, random: seededRandom(seed) });
  const path = `${folder.path}/events.db`;
  const inner = new EmbeddedStream({ path, clock, shards: 1 });
  const stream = chaos.stream(inner);
  const reader = new EmbeddedStreamReader(path);
  const table = new EmbeddedTable({ path: `${folder.path}/table.db`, clock });
  const checkpoints = new EmbeddedCheckpoints(`${folder.path}/checkpoints.db`);
  for (let n = 1; n <= RECORDS; n += 4) {
    const four = [n, n + 1, n + 2, n + 3].map((i) => ({ key: 'k', data: new TextEncoder().encode(`${i}`) }));
    // A sender tries again until it is answered.
    while (
      !(await stream.append(four).then(
        () => true,
        () => false,
      ))
    );
  }
  const consumer = new Consumer({
    function: 'sum',
    stream: 'events',
    shard: '0',
    batch: { records: 20, windowSeconds: 0 },
    retry: { attempts: 50, maxAgeSeconds: 1, bisect: true },
    step: chaos.step(make(chaos.table(table))),
    reader,
    checkpoints,
    failures: chaos.objects(new EmbeddedObjects(`${folder.path}/lake`)),
    clock,
    random: () => 0,
    sleep: () => nextTurn(),
  });
  consumer.start();
  while (consumer.checkpoint !== reader.head('0')) await nextTurn();
  await consumer.stop();
  await chaos.idle();
  const [item] = await table.get([key]);
  const stored = Number(reader.head('0'));
  for (const open of [inner, reader, table, checkpoints]) open.close();
  return { sum: stateOf(item).sum, injected: chaos.injected, stored };
}

const TOTAL = (RECORDS * (RECORDS + 1)) / 2;

it('injects every fault, and a careful function still applies every record exactly once', async () => {
  for (const seed of [1, 2, 3]) {
    const { sum, injected, stored } = await run(careful, harsh, seed);
    expect(sum).toBe(TOTAL);
    expect(stored).toBeGreaterThan(RECORDS);
    const faults = Object.keys(harsh) as Fault[];
    expect(faults.filter((fault) => injected[fault] === 0)).toEqual([]);
  }
});

it.each(['redeliver', 'crash', 'lostAnswer', 'zombie'] as const)(
  'shows what is wrong with a careless function by %s alone',
  async (fault) => {
    expect((await run(careless, {}, 1)).sum).toBe(TOTAL);
    expect((await run(careless, { [fault]: 0.3 }, 1)).sum).not.toBe(TOTAL);
  },
);

it('does nothing unless asked, and the same for the same seed', async () => {
  expect(await run(careful, {}, 1)).toEqual({ sum: TOTAL, injected: calm, stored: RECORDS });
  const again = await run(careful, harsh, 9);
  expect((await run(careful, harsh, 9)).injected).toEqual(again.injected);
});

it('refuses every write while the disk is full', async () => {
  using folder = testFolder();
  const chaos = new Chaos({ rates: {}, random: () => 0.5 });
  const objects = chaos.objects(new EmbeddedObjects(folder.path));
  chaos.diskFull = true;
  await expect(objects.put('a', new Uint8Array([1]))).rejects.toMatchObject({ code: 'disk_full' });
  chaos.diskFull = false;
  await objects.put('a', new Uint8Array([1]));
  expect(await objects.get('a')).toEqual(new Uint8Array([1]));
});
