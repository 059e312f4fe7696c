/** The proof of an erasure as a report: what a scan of every byte finds before and after, store by store. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { enter, leaveBehind, newPerson, valuesOf } from './canary.ts';
import { type Scan, scan } from './scan.ts';
import { startShop, workWith } from './shop.ts';

/** For which streams hold everything, ms, before their time is over. */
const LONG = 600_000;

export interface ErasureProof {
  readonly before: Scan;
  readonly after: Scan;
  /** From the request until nothing was left but in streams, and from when streams had let go to the end, s. */
  readonly live: number;
  readonly rest: number;
}

/** `others`: people who stay, each with as many events. */
export async function proveErasure(folder: string, others: number): Promise<ErasureProof> {
  const data = join(folder, 'data');
  const canary = newPerson();
  let shop = await startShop(data, LONG);
  for (const person of [canary, ...Array.from({ length: others }, newPerson)])
    await enter(shop.host, folder, person);
  await shop.host.drain();
  await workWith(shop, canary);
  await leaveBehind(data, canary);
  const before = await scan(data, valuesOf(canary));
  const asked = performance.now();
  await shop.erase(canary.userId);
  const live = (performance.now() - asked) / 1000;
  await shop.stop();
  shop = await startShop(data, 0);
  const again = performance.now();
  while ((await shop.goOn()).state !== 'finished') await wait(50);
  const rest = (performance.now() - again) / 1000;
  const after = await scan(data, valuesOf(canary));
  await shop.stop();
  return { before, after, live, rest };
}

export const held = ({ before, after }: ErasureProof): boolean =>
  before.hits.length > 0 && after.hits.length === 0;

export function erasureReport({ before, after, live, rest }: ErasureProof): string {
  const stores = [...new Set([...before.stores.keys(), ...after.stores.keys()])].sort();
  const row = (name: string, bytes: number, hits: number, left: number): string =>
    `${name.padEnd(26)}${bytes.toLocaleString('en-US').padStart(14)}${`${hits}`.padStart(14)}${`${left}`.padStart(12)}`;
  return [
    `${'store'.padEnd(26)}${'bytes'.padStart(14)}${'hits before'.padStart(14)}${'after'.padStart(12)}`,
    ...stores.map((name) => {
      const [was, is] = [before.stores.get(name), after.stores.get(name)];
      return row(name, Math.max(was?.bytes ?? 0, is?.bytes ?? 0), was?.hits ?? 0, is?.hits ?? 0);
    }),
    '',
    `stores ${stores.length} | bytes ${(before.bytes + after.bytes).toLocaleString('en-US')} | encodings ${after.forms} | ` +
      `hits before ${before.hits.length}, after ${after.hits.length} | live stores ${live.toFixed(1)} s, rest ${rest.toFixed(1)} s | ` +
      `scans ${(before.seconds + after.seconds).toFixed(1)} s`,
  ].join('\n');
}
