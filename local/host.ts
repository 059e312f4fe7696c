/** The whole chain on one machine: the map's functions, each stream function in a thread of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { EmbeddedStreamReader } from '../adapters/embedded/stream-reader.ts';
import { WellspringError } from '../domain/errors.ts';
import { newKey, registration, type SourceKey } from '../domain/keys.ts';
import { type LedgerReport, readLedger } from '../domain/ledger.ts';
import type { Write } from '../domain/ports.ts';
import { loginLink } from '../functions/api/sessions.ts';
import { entryOf, type FunctionName, functionNames, type StreamName, streams } from '../functions/chain.ts';
import { applyAgain } from '../functions/forget/apply-again.ts';
import { namesOf } from '../functions/uses.ts';
import { buildTag } from '../web/tag/build.ts';
import { applications } from './applications.ts';
import { Backlog, type Waiting } from './backlog.ts';
import { type Credentials, credentials } from './credentials.ts';
import { vouchedPeople } from './demo/people.ts';
import { startExpiry } from './expiry.ts';
import { files } from './files.ts';
import { forgetServices } from './forget.ts';
import { makeServer } from './http.ts';
import { lockFolder } from './lock.ts';
import type { Log } from './log.ts';
import { portsOf } from './ports.ts';
import { startNightly } from './retraining/nightly.ts';
import { startSchedules } from './schedules.ts';
import { LocalServices } from './services.ts';
import { ownedBy, startUpkeep, type UpkeepSettings } from './upkeep.ts';
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
  /** When records go that everybody has read. */
  readonly upkeep?: UpkeepSettings;
  /** Lets webhooks go to `http://127.0.0.1`, for those who try them out. @default false */
  readonly loopbackWebhooks?: boolean;
}

export interface Host {
  readonly url: string;
  readonly writeKey: string;
  readonly secretKey: string;
  /** What waits in the streams, per function and shard. */
  waiting(): Waiting[];
  /** Resolves when a function has died, which only a new start mends. */
  readonly died: Promise<WellspringError>;
  /** Resolves when all streams are empty. `onProgress` gets the number of waiting records. */
  drain(onProgress?: (records: number) => void): Promise<LedgerReport>;
  /** Runs a scheduled function now. */
  run(name: FunctionName): Promise<void>;
  /** A link that opens the console, once, as an administrator. */
  loginLink(): Promise<string>;
  /** Makes a key known at once and returns it. */
  addKey(key: Partial<SourceKey> & Pick<SourceKey, 'kind'>): Promise<string>;
  stop(): Promise<void>;
}

const streamFunctions = functionNames.filter((name) => entryOf(name).trigger.kind === 'stream');

/**
 * Starts everything and resolves when requests are answered.
 * @throws WellspringError `data_in_use`, `port_in_use` or `function_died`.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const data = resolve(options.data);
  const log: Log = options.log ?? (() => {});
  mkdirSync(data, { recursive: true });
  const unlock = lockFolder(data);
  const keys = credentials(data);
  const { loopbackWebhooks } = options;
  let workers: Workers | undefined;
  const services = new LocalServices({
    data,
    secret: keys.secret,
    clock: { now: () => Date.now() },
    metrics: { count: () => {} },
    onAppend: (stream: StreamName) => workers?.notify(stream),
    loopbackWebhooks,
  });
  await services.table('sources').put(firstKeys(keys));
  const shards = services.stream('clickstream').shards;
  // Readers find every stream as this version writes it.
  for (const name of namesOf(streams)) services.stream(name);
  const names = options.run ?? streamFunctions;
  const died = Promise.withResolvers<WellspringError>();
  const [tag, started] = await Promise.all([
    buildTag(),
    startWorkers(
      names,
      {
        data,
        secret: keys.secret,
        shards,
        ports: options.ports,
        delivery: options.delivery,
        upkeep: options.upkeep,
        loopbackWebhooks,
      },
      log,
      died.resolve,
    ),
  ]).catch(async (error: unknown) => {
    await services.close();
    unlock();
    throw error;
  });
  workers = started;
  const backlog = new Backlog(data, names, shards);
  const arriving = new EmbeddedStreamReader(files.stream(data, 'clickstream'));
  const failed = (error: unknown): void =>
    log('upkeep_failed', { error: error instanceof Error ? error.name : 'unknown' });
  const stopUpkeep = startUpkeep(services, data, ownedBy('collect'), {
    settings: options.upkeep,
    onError: failed,
  });
  const stopExpiry = startExpiry(services.objects, services.clock, failed);
  const schedules = startSchedules(
    { data, secret: keys.secret, upkeep: options.upkeep, loopbackWebhooks },
    log,
  );
  const nightly = startNightly({ data, secret: keys.secret, tenant: TENANT }, () => Date.now(), log);
  const server = makeServer(
    await applications({
      services,
      tag,
      backlog,
      arriving,
      ports: await portsOf(options.ports, 'collect'),
      writeKey: keys.writeKey,
      shoppers: vouchedPeople(keys.secret, TENANT),
      onRequest: () => void schedules.run('forget'),
    }),
    (error, requestId) =>
      log('request_failed', { requestId, error: error instanceof Error ? error.name : 'unknown' }),
  );
  const stopAll = async (): Promise<void> => {
    stopUpkeep();
    stopExpiry();
    await started.stop();
    await schedules.stop();
    await nightly.stop();
    backlog.close();
    arriving.close();
    await services.close();
    unlock();
  };
  // A backup that was put back may hold people who were erased since.
  const erased = applyAgain(await forgetServices(services, data, options.upkeep), TENANT);
  const url = await erased
    .then(() => listen(server, options.port))
    .catch(async (error: unknown) => {
      await stopAll();
      throw error;
    });
  writeFileSync(files.host(data), JSON.stringify({ url, pid: process.pid }));
  return {
    url,
    writeKey: keys.writeKey,
    secretKey: keys.secretKey,
    died: died.promise,
    waiting: () => backlog.waiting(),
    drain: async (onProgress) => {
      let dead: WellspringError | undefined;
      void died.promise.then((error) => (dead = error));
      await backlog.drained((records) => {
        if (dead) throw dead;
        started.hurry();
        onProgress?.(records);
      });
      return readLedger(services.table('ledger'), TENANT);
    },
    run: (name) => schedules.run(name),
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

/** Known from the first start on; what people make of them later stays. */
const firstKeys = ({ writeKey, secretKey }: Credentials): Write[] => {
  const own = { tenant: TENANT, disabled: false, eventsPerSecond: RATE };
  return [
    registration(writeKey, { ...own, source: 'web', kind: 'public' }),
    registration(secretKey, { ...own, source: 'server', kind: 'secret' }),
  ].map((write) => ({ ...write, expect: 0 }));
};

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
