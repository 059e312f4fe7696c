/** How fast the served network answers inside this process, and how near that is to what the processor can do. */
import { seededRandom } from '../../../domain/random.ts';
import { fieldNames, type NetworkConfig } from '../../../models/behaviour/config.ts';
import { initialWeights } from '../../../models/behaviour/network.ts';
import { RESERVED } from '../../../models/behaviour/sequence.ts';
import { servingGraph } from '../../../models/behaviour/serving-graph.ts';
import { Graph } from '../../../models/engine/graph.ts';
import { type Feed, Session } from '../../../models/engine/session.ts';
import { matmul } from '../../../models/engine/shaping.ts';
import type { BenchOptions, BenchRow } from './row.ts';

const config: NetworkConfig = {
  items: 10_000 + RESERVED,
  width: 64,
  heads: 4,
  blocks: 2,
  length: 50,
  scale: 16,
  fields: { kind: 12, category: 64, price: 18, gap: 17 },
  outcomes: true,
};
const SET = 'histories of 50 events, 10,000 items, width 64, 2 blocks, top 20 and three outcomes';

export async function servingRows({ quick, progress }: BenchOptions): Promise<BenchRow[]> {
  const runs = quick ? 20 : 500;
  progress('serving inside the process');
  const before = await sgemmPerSecond();
  const random = seededRandom(1);
  const session = await Session.of(servingGraph(config, initialWeights(config, random), 20));
  const measured: { batch: number; times: number[] }[] = [];
  for (const batch of [1, 8, 64]) {
    const count = Math.max(20, Math.floor(runs / Math.sqrt(batch)));
    measured.push({ batch, times: await timesOf(session, feedsOf(batch, random), count) });
  }
  await session.release();
  // Another program may have slowed one of the two down.
  const ceiling = Math.max(before, await sgemmPerSecond());
  return measured.map(({ batch, times }) => rowOf(batch, times, ceiling));
}

function rowOf(batch: number, times: readonly number[], ceiling: number): BenchRow {
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return {
    set: SET,
    model: `serving, batch ${batch}, one thread`,
    metrics: {
      'p50 ms': at(0.5),
      'p99 ms': at(0.99),
      'sequences/s': (1000 * batch) / at(0.5),
      'share of sgemm, %': (100 * batch * operations(config)) / (at(0.5) / 1000) / ceiling,
    },
    source: 'ours',
    note: `the ceiling is one 1,024 x 1,024 product in the same runtime: ${(ceiling / 1e9).toFixed(0)} GFLOP/s`,
  };
}

/** Floating point operations of the products for one history; norms, softmax and the like are not counted. */
function operations({ width, length, blocks, items, fields }: NetworkConfig): number {
  const perToken = 24 * width ** 2 + 4 * length * width;
  const hot = fieldNames.reduce((total, name) => total + (fields?.[name] ?? 0), 0);
  return length * (blocks * perToken + 2 * hot * width) + 2 * width * items;
}

function feedsOf(batch: number, random: () => number): Record<string, Feed> {
  const { length, items, fields } = config;
  const cells = (size: number): BigInt64Array =>
    BigInt64Array.from({ length: batch * length }, () => BigInt(1 + Math.floor(random() * (size - 1))));
  const sizes = { item: items, ...fields };
  return {
    ...Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [name, { data: cells(size), shape: [batch, length] }]),
    ),
    lengths: { data: new BigInt64Array(batch).fill(BigInt(length)), shape: [batch] },
  };
}

/** Milliseconds of each run, rising. */
async function timesOf(session: Session, feeds: Record<string, Feed>, runs: number): Promise<number[]> {
  for (let i = 0; i < 10; i++) await session.run(feeds);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begun = performance.now();
    await session.run(feeds);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

async function sgemmPerSecond(): Promise<number> {
  const size = 1024;
  const graph = new Graph();
  graph.output('c', matmul(graph, graph.input('a', [size, size]), graph.input('b', [size, size])));
  const session = await Session.of(graph);
  const side: Feed = { data: new Float32Array(size ** 2).fill(0.5), shape: [size, size] };
  const [fastest = Number.NaN] = await timesOf(session, { a: side, b: side }, 30);
  await session.release();
  return (2 * size ** 3) / (fastest / 1000);
}
