/** `wellspring start`: the running system, with simulated shoppers unless told otherwise. */
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { snippet } from '../../web/tag/snippet.ts';
import { credentials } from '../credentials.ts';
import { type FirstModels, startFirstModels } from '../demo/first-models.ts';
import { loadCatalogue } from '../demo/load-catalogue.ts';
import { startDemo } from '../demo/stream.ts';
import { type Host, startHost } from '../host.ts';
import { type Log, makeLog } from '../log.ts';
import { progressPrinter } from './retrain.ts';

export interface StartOptions {
  readonly port: number;
  readonly data: string;
  readonly demo: boolean;
  /** Events per second of the demo. */
  readonly rate: number;
  /** Days that the demo's shoppers have been coming; 0 lets them begin today. */
  readonly past: number;
  readonly json: boolean;
  /** Webhooks may go to `http://127.0.0.1`. */
  readonly loopbackWebhooks: boolean;
}

function banner(host: Host, login: string, options: StartOptions, seconds: string): string {
  return `
Wellspring is ready (${seconds} s).

  Console     ${login}
              (opens once and for 24 hours; wellspring login prints another)
  Shop        ${host.url}/shop/

  Events      POST ${host.url}/v1/batch        (Segment's tracking API; SDKs need only this host)
  Profiles    GET  ${host.url}/api/profiles/{id}
  API         ${host.url}/api/openapi.json
  Data        ${options.data}

  Write key   ${host.writeKey}   (public: for pages and apps)
  Secret key  ${host.secretKey}   (for servers and for reading: Authorization: Bearer)

  The tag, for every page:

${snippet({ origin: host.url, writeKey: host.writeKey })}

  ${options.demo ? `Simulated shoppers send ${options.rate} events/s; --no-demo turns them off.` : 'Waiting for events.'}
  Ctrl-C stops cleanly; the next start goes on from here.
`;
}

/** Resolves after Ctrl-C or SIGTERM, when everything is stored and closed. @throws WellspringError `function_died`. */
export async function start(options: StartOptions): Promise<void> {
  const log = makeLog(
    options.json,
    () => Date.now(),
    (line) => process.stdout.write(`${line}\n`),
  );
  const host = await startHost({
    data: options.data,
    port: options.port,
    loopbackWebhooks: options.loopbackWebhooks,
    log,
  });
  // Measured from the start of the process, which is what a person waits for.
  const seconds = (performance.now() / 1000).toFixed(1);
  const { url, writeKey, secretKey } = host;
  const login = await host.loginLink();
  if (options.json)
    log('ready', { url, login, writeKey, secretKey, data: options.data, seconds: Number(seconds) });
  else process.stdout.write(banner(host, login, options, seconds));
  if (options.demo) await loadCatalogue(host).catch(() => log('catalogue_failed'));
  const first = options.demo && options.past > 0 ? firstModels(host, options, log) : undefined;
  const demo = options.demo ? startDemo({ url, writeKey, rate: options.rate, seed: 1 }) : undefined;
  const asked = new Promise<void>((done) => {
    // Not once: a terminal sends Ctrl-C to the caller too, which hands it on.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => done());
  });
  const dead = await Promise.race([asked, host.died]);
  log('stopping');
  await first?.stop();
  await demo?.stop();
  await host.stop();
  log('stopped');
  if (dead) throw dead;
}

/** Brings the demo's past in and trains on it, and says so. */
function firstModels(host: Host, { data, past, json }: StartOptions, log: Log): FirstModels {
  const print = progressPrinter(process.stderr, () => performance.now());
  const first = startFirstModels({
    host,
    data: resolve(data),
    secret: credentials(resolve(data)).secret,
    days: past,
    now: () => Date.now(),
    say: (step, share, says) =>
      json ? log('training', { step, share, says }) : print({ step, share, says }),
  });
  void first.done.then((outcome) => {
    if (outcome === undefined) return;
    if (json) log('trained', { outcome });
    else process.stdout.write(`\nFirst models: ${outcome}.\n`);
  });
  return first;
}
