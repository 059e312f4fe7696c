/** The whole chain on one machine: the map's functions, each stream function in a thread of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { WellspringError } from '../domain/errors.ts';
import { newKey, registration, type SourceKey } from '../domain/keys.ts';
import { type LedgerReport, readLedger } from '../domain/ledger.ts';
import { makeApi } from '../functions/api/api.ts';
import { loginLink } from '../functions/api/sessions.ts';
import { entryOf, type FunctionName, functionNames, type StreamName } from '../functions/chain.ts';
import { makeCheck } from '../functions/clean/check.ts';
import { makeCollect } from '../functions/collect/collect.ts';
import { buildTag } from '../web/tag/build.ts';
import { Backlog, type Waiting } from './backlog.ts';
import { credentials } from './credentials.ts';
import { files } from './files.ts';
import { type Application, makeServer } from './http.ts';
import { lockFolder } from './lock.ts';
import type { Log } from './log.ts';
import { type Ports, portsOf } from './ports.ts';
import { startNightly } from './retraining/nightly.ts';
import { startSchedules } from './schedules.ts';
import { LocalServices } from './services.ts';
import { ownedBy, startUpkeep } from './upkeep.ts';
import type { DeliverySettings } from './worker.ts';
import { startWorkers, type Workers } from './workers.ts';

export const TENANT = 'local';

/** For which the link that a start prints works. */
const LOGIN_MS = 24 * 3_600_000;

/** Events per second and key: more than one machine takes. */
const RATE = 100_000;

export interface HostOptions {
  readonly data: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly log?: Log;
  /** Stream functions that run; others leave their stream alone. @default all */
  readonly run?: readonly FunctionName[];
  /** Module that puts faults between functions and stores, for proofs. @default none */
  readonly ports?: string;
  /** @default as in the map */
  readonly delivery?: DeliverySettings;
}

export interface Host {
  readonly url: string;
  readonly writeKey: string;
  readonly secretKey: string;
  /** What waits in the streams, per function and shard. */
  waiting(): Waiting[];
  /** Resolves when all streams are empty. `onProgress` gets the number of waiting records. */
  drain(onProgress?: (records: number) => void): Promise<LedgerReport>;
  /** A link that opens the console, once, as an administrator. */
  loginLink(): Promise<string>;
  /** Makes a key known at once and returns it. */
  addKey(key: Partial<SourceKey> & Pick<SourceKey, 'kind'>): Promise<string>;
  stop(): Promise<void>;
}

const streamFunctions = functionNames.filter((name) => entryOf(name).trigger.kind === 'stream');

/**
 * Starts everything and resolves when requests are answered.
 * @throws WellspringError `data_in_use` or `port_in_use`.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const data = resolve(options.data);
  const log: Log = options.log ?? (() => {});
  mkdirSync(data, { recursive: true });
  const unlock = lockFolder(data);
  const keys = credentials(data);
  let workers: Workers | undefined;
  const services = new LocalServices({
    data,
    secret: keys.secret,
    clock: { now: () => Date.now() },
    metrics: { count: () => {} },
    onAppend: (stream: StreamName) => workers?.notify(stream),
  });
  await services.table('sources').put([
    registration(keys.writeKey, {
      tenant: TENANT,
      source: 'web',
      kind: 'public',
      disabled: false,
      eventsPerSecond: RATE,
    }),
    registration(keys.secretKey, {
      tenant: TENANT,
      source: 'server',
      kind: 'secret',
      disabled: false,
      eventsPerSecond: RATE,
    }),
  ]);
  const shards = services.stream('clickstream').shards;
  const names = options.run ?? streamFunctions;
  const [tag, started] = await Promise.all([
    buildTag(),
    startWorkers(
      names,
      { data, secret: keys.secret, shards, ports: options.ports, delivery: options.delivery },
      log,
    ),
  ]);
  workers = started;
  const backlog = new Backlog(data, names, shards);
  const failed = (error: unknown): void =>
    log('upkeep_failed', { error: error instanceof Error ? error.name : 'unknown' });
  const stopUpkeep = startUpkeep(services, data, ownedBy('collect'), failed);
  const schedules = startSchedules({ data, secret: keys.secret }, log);
  const nightly = startNightly({ data, secret: keys.secret, tenant: TENANT }, () => Date.now(), log);
  const server = makeServer(
    applications(services, tag, backlog, await portsOf(options.ports, 'collect')),
    (error, requestId) =>
      log('request_failed', { requestId, error: error instanceof Error ? error.name : 'unknown' }),
  );
  const stopAll = async (): Promise<void> => {
    stopUpkeep();
    await started.stop();
    await schedules.stop();
    await nightly.stop();
    backlog.close();
    await services.close();
    unlock();
  };
  const url = await listen(server, options.port).catch(async (error: unknown) => {
    await stopAll();
    throw error;
  });
  writeFileSync(files.host(data), JSON.stringify({ url, pid: process.pid }));
  return {
    url,
    writeKey: keys.writeKey,
    secretKey: keys.secretKey,
    waiting: () => backlog.waiting(),
    drain: async (onProgress) => {
      await backlog.drained((records) => {
        started.hurry();
        onProgress?.(records);
      });
      return readLedger(services.table('ledger'), TENANT);
    },
    loginLink: async () => {
      const login = newKey('login');
      const expiresAt = Date.now() + LOGIN_MS;
      await services.table('sources').put([loginLink(login, { tenant: TENANT, role: 'admin', expiresAt })]);
      return `${url}/#login=${login}`;
    },
    addKey: async (key) => {
      const made = newKey(key.kind);
      const value = {
        tenant: TENANT,
        source: made.slice(0, 9),
        disabled: false,
        eventsPerSecond: RATE,
        ...key,
      };
      await services.table('sources').put([registration(made, value)]);
      return made;
    },
    stop: async () => {
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
      });
      await stopAll();
    },
  };
}

function listen(server: ReturnType<typeof makeServer>, port: number): Promise<string> {
  return new Promise((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(
        cause.code === 'EADDRINUSE'
          ? new WellspringError('port_in_use', `Port ${port} is taken.`, { cause })
          : cause,
      ),
    );
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo;
      done(`http://127.0.0.1:${address.port}`);
    });
  });
}

function applications(services: LocalServices, tag: string, backlog: Backlog, ports: Ports): Application {
  const { clock, metrics, secret } = services;
  const collect = makeCollect({
    services: {
      clock,
      metrics,
      secret,
      streams: { clickstream: ports.stream(services.stream('clickstream')) },
      tables: { sources: services.table('sources') },
    },
    tag,
    healthy: () => services.stream('clickstream').writable(),
    check: makeCheck(secret),
  });
  const api = makeApi({
    clock,
    metrics,
    secret,
    streams: { clickstream: services.stream('clickstream') },
    tables: {
      sources: services.table('sources'),
      access: services.table('access'),
      profiles: services.table('profiles'),
      ledger: services.table('ledger'),
    },
    objects: services.objects,
    lake: services.lake,
    endpoint: services.endpoint,
    pending: () => backlog.waiting(),
  });
  return (request) => (request.path.startsWith('/api/') ? api(request) : collect(request));
}
