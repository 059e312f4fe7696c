/** How fast the served network answers inside this process and through HTTP, what that costs, and how near that is to what the processor can do. */
import type { Tensor } from '../../../domain/endpoint.ts';
import { requestText } from '../../../domain/kserve.ts';
import { seededRandom } from '../../../domain/random.ts';
import { makeModelServer } from '../../../local/model-server/server.ts';
import { fieldNames, type NetworkConfig } from '../../../models/behaviour/config.ts';
import { initialWeights } from '../../../models/behaviour/network.ts';
import { RESERVED } from '../../../models/behaviour/sequence.ts';
import { servingGraph, servingSchema } from '../../../models/behaviour/serving-graph.ts';
import { encodeModel } from '../../../models/engine/encode.ts';
import { Graph } from '../../../models/engine/graph.ts';
import { type Feed, Session } from '../../../models/engine/session.ts';
import { matmul } from '../../../models/engine/shaping.ts';
import { prices } from '../../../models/sagemaker/sizes.ts';
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
  const measured: Measured[] = [];
  for (const batch of BATCHES) {
    const feeds = feedsOf(batch, random);
    const count = Math.max(20, Math.floor(runs / Math.sqrt(batch)));
    measured.push({ where: 'inside', batch, times: await timesOf(() => session.run(feeds), count) });
  }
  await session.release();
  // Another program may have slowed one of the two down.
  const ceiling = Math.max(before, await sgemmPerSecond());
  progress('serving through HTTP');
  const asked = [...measured, ...(await timesThroughHttp(runs))];
  return [...asked.map((one) => rowOf(one, ceiling)), ...costRows(asked)];
}

const BATCHES = [1, 8, 64];

export interface Measured {
  /** In this process, or through the contract of the model server. */
  readonly where: 'inside' | 'HTTP';
  readonly batch: number;
  /** ms, rising. */
  readonly times: readonly number[];
}

async function timesThroughHttp(runs: number): Promise<Measured[]> {
  const random = seededRandom(1);
  const onnx = encodeModel(servingGraph(config, initialWeights(config, random), 20), 'a benchmark');
  const model = { version: '1', schema: servingSchema(config, 20), onnx: async () => onnx };
  const { server, endpoint } = makeModelServer(new Map([['behaviour', model]]));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const measured: Measured[] = [];
  for (const batch of BATCHES) {
    const body = requestText(
      Object.entries(feedsOf(batch, random)).map(([name, { data, shape }]): Tensor => {
        if (!(data instanceof BigInt64Array)) throw new TypeError(`${name} is no whole number`);
        return { name, datatype: 'INT64', shape, data };
      }),
    );
    const ask = async (): Promise<unknown> => {
      const reply = await fetch(`http://127.0.0.1:${port}/invocations`, { method: 'POST', body });
      if (!reply.ok) throw new Error(await reply.text());
      return reply.json();
    };
    const count = Math.max(20, Math.floor(runs / Math.sqrt(batch)));
    measured.push({ where: 'HTTP', batch, times: await timesOf(ask, count) });
  }
  await new Promise((done) => server.close(done));
  await endpoint.close();
  return measured;
}

/** Dollars for a million profiles on a busy CPU machine, and how fast a GPU machine must be to cost the same. */
function costRows(measured: readonly Measured[]): BenchRow[] {
  const largest = measured.findLast(({ where }) => where === 'HTTP');
  if (!largest) return [];
  const perSecond = (1000 * largest.batch) / middleOf(largest.times);
  const { machines, date } = prices;
  const dollars = (machines['ml.c5.large'].hourly / 3600 / perSecond) * 1e6;
  const gpu = (machines['ml.g6.xlarge'].hourly / machines['ml.c5.large'].hourly) * perSecond;
  return [
    {
      set: SET,
      model: `scoring a million profiles, list prices of ${date}`,
      metrics: { 'ml.c5.large, $': dollars, 'ml.g6.xlarge costs as much at, sequences/s': gpu },
      source: 'ours',
      note: 'the CPU machine taken to be as fast as one thread here and always busy; no GPU was measured',
    },
  ];
}

const middleOf = (times: readonly number[]): number => times[Math.floor(times.length / 2)] ?? 0;

function rowOf({ where, batch, times }: Measured, ceiling: number): BenchRow {
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return {
    set: SET,
    model: `serving ${where === 'HTTP' ? 'through HTTP' : 'inside'}, batch ${batch}, one thread`,
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
    lengths: { data: new BigInt64Array(batch).fill(BigInt(length)), shape: [batch, 1] },
  };
}

/** Milliseconds of each run, rising. */
async function timesOf(ask: () => Promise<unknown>, runs: number): Promise<number[]> {
  for (let i = 0; i < 10; i++) await ask();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begun = performance.now();
    await ask();
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
  const [fastest = Number.NaN] = await timesOf(() => session.run({ a: side, b: side }), 30);
  await session.release();
  return (2 * size ** 3) / (fastest / 1000);
}
