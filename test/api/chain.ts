/** The API on embedded adapters, with a chain behind it that works off its streams when told to. Time moves when told to. */
import { EmbeddedEndpoint } from '../../adapters/embedded/endpoint.ts';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedStream } from '../../adapters/embedded/stream.ts';
import { EmbeddedStreamReader } from '../../adapters/embedded/stream-reader.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { EmbeddedTail } from '../../adapters/embedded/tail.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { newKey, registration, type SourceKey } from '../../domain/keys.ts';
import type { Lake } from '../../domain/lake.ts';
import type { Objects, StreamStep, Table } from '../../domain/ports.ts';
import type { Envelope, MembershipChanged } from '../../events/envelope.ts';
import { unpack } from '../../events/packed.ts';
import { readCleanEvent } from '../../events/upcast.ts';
import { makeApi } from '../../functions/api/api.ts';
import type { Waiting } from '../../functions/api/route.ts';
import { chain, type StreamName } from '../../functions/chain.ts';
import { makeCheck } from '../../functions/clean/check.ts';
import { makeClean } from '../../functions/clean/clean.ts';
import { makeFeatures } from '../../functions/features/features.ts';
import type { HttpReply, HttpRequest } from '../../functions/http.ts';
import { LanePacker } from '../../functions/lanes.ts';
import { makeProducts } from '../../functions/products/products.ts';
import { makeScore } from '../../functions/score/score.ts';
import { makeSegment } from '../../functions/segment/segment.ts';
import { makeSweep } from '../../functions/sweep/sweep.ts';
import { testFolder } from '../fixtures/folder.ts';

export const NOW = Date.parse('2026-03-01T12:00:00Z');
export const SECRET = '5e'.repeat(32);
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sent as Bearer. @default a secret key of the tenant `test` */
  readonly key?: string | undefined;
}

export interface TestChain extends Disposable {
  readonly profiles: Table;
  readonly segments: Table;
  readonly destinations: Table;
  readonly suppression: Table;
  readonly vault: Table;
  readonly privacy: Table;
  readonly objects: Objects;
  /** Moves time on, ms. */
  wait(ms: number): void;
  readonly keys: Readonly<Record<'secret' | 'public' | 'disabled' | 'stranger', string>>;
  /** Asks the API; `target` is a path with its query. */
  ask(target: string, asked?: Asked): Promise<HttpReply>;
  /** Stores one request of the tenant `test` and delivers it. */
  send(envelope: Partial<Envelope>, ...events: readonly (object | string)[]): Promise<void>;
  /** Delivers until nothing waits. */
  deliver(): Promise<void>;
  /** One run of the clock's function. */
  sweep(): Promise<void>;
  /** Who entered and left which segment, in order. */
  announced(): MembershipChanged[];
  /** Delivers everything to a function once more. */
  redeliver(name: Delivered): Promise<void>;
}

type Delivered = 'clean' | 'features' | 'score' | 'products' | 'segment';

export interface ChainOptions {
  /** @default nothing serves */
  readonly endpoint?: (objects: Objects) => Endpoint;
  readonly pending?: () => Waiting[];
  /** @default the stream `events` itself, which answers about one person only */
  readonly lake?: Lake;
}

export async function testChain(options: ChainOptions = {}): Promise<TestChain> {
  const folder = testFolder();
  let now = NOW;
  const clock = { now: (): number => now };
  const at = (name: string): string => `${folder.path}/${name}.db`;
  const streamOf = (name: StreamName): EmbeddedStream =>
    new EmbeddedStream({ path: at(name), clock, shards: 2 });
  const streams = {
    clickstream: streamOf('clickstream'),
    events: streamOf('events'),
    changes: streamOf('changes'),
    memberships: streamOf('memberships'),
  };
  const tableOf = (name: string): EmbeddedTable => new EmbeddedTable({ path: at(name), clock });
  const tables = {
    profiles: tableOf('profiles'),
    ledger: tableOf('ledger'),
    statistics: tableOf('statistics'),
    sources: tableOf('sources'),
    access: tableOf('access'),
    products: tableOf('products'),
    segments: tableOf('segments'),
    destinations: tableOf('destinations'),
    suppression: tableOf('suppression'),
    vault: tableOf('vault'),
    privacy: tableOf('privacy'),
  };
  const objects = new EmbeddedObjects(`${folder.path}/lake`);
  const base = { clock, metrics: { count: () => {} }, secret: SECRET, objects };
  const readers = {
    clickstream: new EmbeddedStreamReader(at('clickstream')),
    events: new EmbeddedStreamReader(at('events')),
    changes: new EmbeddedStreamReader(at('changes')),
    memberships: new EmbeddedStreamReader(at('memberships')),
  };
  const endpoint = options.endpoint?.(objects) ?? new EmbeddedEndpoint({ resolve: async () => undefined });
  const api = makeApi({
    ...base,
    runsOn: 'machine',
    streams,
    tables,
    lake: options.lake ?? lakeOf(readers.events),
    endpoint,
    arriving: new EmbeddedTail(readers.clickstream),
    check: makeCheck(SECRET),
    ...(options.pending && { pending: options.pending }),
  });
  const { deliver, redeliver } = delivery(readers, {
    clean: makeClean({ ...base, streams, tables }),
    features: makeFeatures({ ...base, streams, tables }),
    score: makeScore({ ...base, streams: {}, tables, endpoint }).step,
    products: makeProducts({ ...base, streams: {}, tables }),
    segment: makeSegment({ ...base, streams, tables }),
  });
  const keys = await registerKeys(tables.sources);
  return {
    profiles: tables.profiles,
    segments: tables.segments,
    destinations: tables.destinations,
    suppression: tables.suppression,
    vault: tables.vault,
    privacy: tables.privacy,
    sweep: async () => {
      await makeSweep({ ...base, streams, tables })();
    },
    announced: () => announcedIn(readers.memberships),
    objects,
    wait: (ms) => {
      now += ms;
    },
    keys,
    deliver,
    redeliver,
    ask: (target, asked = {}) => api(requestOf(target, { key: keys.secret, ...asked })),
    send: async (envelope, ...events) => {
      await streams.clickstream.append(packed(envelope, events));
      await deliver();
    },
    [Symbol.dispose]: () => {
      for (const open of [...Object.values(readers), ...Object.values(streams), ...Object.values(tables)])
        open.close();
      folder[Symbol.dispose]();
    },
  };
}

function packed(
  envelope: Partial<Envelope>,
  events: readonly (object | string)[],
): ReturnType<LanePacker['take']> {
  const whole: Envelope = {
    version: 1,
    tenant: 'test',
    source: 'web',
    trust: 'secret',
    receivedAt: NOW,
    ...envelope,
  };
  const packer = new LanePacker(16);
  for (const event of events) {
    const text = typeof event === 'string' ? event : JSON.stringify(event);
    packer.add(JSON.stringify(whole), whole.tenant, 'lane', new TextEncoder().encode(text));
  }
  return packer.take();
}

async function registerKeys(table: Table): Promise<TestChain['keys']> {
  const keys = {
    secret: newKey('secret'),
    public: newKey('public'),
    disabled: newKey('secret'),
    stranger: newKey('secret'),
  };
  const source = (fields: Partial<SourceKey>): SourceKey => ({
    tenant: 'test',
    source: 'server',
    kind: 'secret',
    disabled: false,
    eventsPerSecond: 1000,
    ...fields,
  });
  await table.put([
    registration(keys.secret, source({})),
    registration(keys.public, source({ kind: 'public', source: 'web' })),
    registration(keys.disabled, source({ disabled: true })),
    registration(keys.stranger, source({ tenant: 'other' })),
  ]);
  return keys;
}

function requestOf(target: string, { method = 'GET', headers = {}, body = '', key }: Asked): HttpRequest {
  const url = new URL(target, 'http://localhost');
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    requestId: 'request-1',
  };
}

function delivery(
  readers: Readonly<Record<StreamName, EmbeddedStreamReader>>,
  steps: Readonly<Record<Delivered, StreamStep>>,
): Pick<TestChain, 'deliver' | 'redeliver'> {
  const done = new Map<string, string>();
  const deliverTo = async (name: Delivered): Promise<void> => {
    const reader = readers[chain[name].trigger.stream];
    for (const shard of reader.shards()) {
      const records = reader.read(shard, done.get(`${name}${shard}`) ?? '', 1000, 10_000_000);
      if (records.length === 0) continue;
      const { failedFrom } = await steps[name](records);
      if (failedFrom !== undefined) throw new Error('a record was not taken');
      done.set(`${name}${shard}`, records.at(-1)?.sequence ?? '');
    }
  };
  return {
    deliver: async () => {
      for (const name of ['clean', 'features', 'score', 'products', 'segment'] as const)
        await deliverTo(name);
    },
    redeliver: (name) => {
      for (const key of done.keys()) if (key.startsWith(name)) done.delete(key);
      return deliverTo(name);
    },
  };
}

const announcedIn = (reader: EmbeddedStreamReader): MembershipChanged[] =>
  reader
    .shards()
    .flatMap((shard) => reader.read(shard, '', 100_000, 100_000_000))
    .flatMap(({ data }) => unpack(data).parts.map((part) => JSON.parse(new TextDecoder().decode(part))));

/** A lake that is the stream `events` itself. */
function lakeOf(reader: EmbeddedStreamReader): Lake {
  const all = () =>
    reader
      .shards()
      .flatMap((shard) => reader.read(shard, '', 100_000, 100_000_000))
      .flatMap((record) => unpack(record.data).parts.map(readCleanEvent));
  const refuse = async (): Promise<never> => {
    throw new Error('the API only reads the lake');
  };
  return {
    append: refuse,
    compact: refuse,
    erase: () => {
      throw new Error('the API erases nothing');
    },
    insights: { funnel: refuse, retention: refuse, campaigns: refuse },
    history: () => {
      throw new Error('the API asks for one person at a time');
    },
    events: async ({ tenant, userIds, anonymousIds, from = 0, to = Number.POSITIVE_INFINITY, limit }) =>
      all()
        .filter((event) => event.tenant === tenant && event.timestamp >= from && event.timestamp < to)
        .filter(
          ({ userId, anonymousId }) =>
            (userId !== undefined && userIds.includes(userId)) ||
            (anonymousId !== undefined && anonymousIds.includes(anonymousId)),
        )
        .sort((a, b) => b.timestamp - a.timestamp)
        .slice(0, limit),
  };
}
