/** A lake with the history of a small shop, and the profiles of its people, for runs of the workflow. */
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { DuckLake } from '../../adapters/lake/duckdb.ts';
import { primaryIdentity } from '../../domain/identity.ts';
import { profileId } from '../../domain/ids.ts';
import { encodeProfile, freshProfile, profileKey } from '../../domain/profile/item.ts';
import type { StepServices } from '../../functions/retrain/run.ts';
import { testFolder } from '../fixtures/folder.ts';
import { simulateShop } from './shop.ts';

const START = Date.UTC(2026, 0, 1);
const DAYS = 120;
const SECRET = 'ab'.repeat(32);
const DAY_MS = 86_400_000;

export interface World {
  readonly objects: EmbeddedObjects;
  readonly services: Omit<StepServices, 'onProgress'>;
  /** Moves the clock and returns it, ms. */
  tick(): number;
  close(): Promise<void>;
}

interface Shop {
  readonly lake: DuckLake;
  readonly profiles: EmbeddedTable;
  readonly secret: string;
  readonly tenant: string;
  readonly people: number;
  /** When the history ends, ms. */
  readonly until: number;
}

/** Brings a shop's history of 120 days into a lake, and its people among the profiles. */
export async function bringShop({ lake, profiles, secret, tenant, people, until }: Shop): Promise<void> {
  const events = simulateShop({ people, days: DAYS, start: until - DAYS * DAY_MS, seed: 3, tenant });
  // The lake keeps hours apart by receipt; an import brings everything in one.
  await lake.append(
    'history',
    events.map((event) => Buffer.from(JSON.stringify({ ...event, receivedAt: until }))),
  );
  const ids = events.map((event) => {
    const primary = primaryIdentity(event);
    return primary ? profileId(secret, tenant, primary.kind, primary.id) : '';
  });
  await profiles.put(
    [...new Set(ids)].map((id) => ({
      ...profileKey(tenant, id),
      data: encodeProfile(freshProfile(tenant, id)),
    })),
  );
}

/** `people`: of the tenant `t`. */
export async function makeWorld(people: number): Promise<World> {
  let time = START + DAYS * DAY_MS;
  const clock = { now: () => time };
  const folder = testFolder();
  const objects = new EmbeddedObjects(folder.path);
  const lake = new DuckLake({ objects, root: folder.path, scratch: `${folder.path}/scratch` });
  const profiles = new EmbeddedTable({ path: ':memory:', clock });
  await bringShop({ lake, profiles, secret: SECRET, tenant: 't', people, until: time });
  return {
    objects,
    services: {
      clock,
      metrics: { count: () => {} },
      secret: SECRET,
      streams: {},
      tables: { profiles },
      objects,
      lake,
      code: 'test',
    },
    tick: () => (time += 1000),
    close: async () => {
      await lake.close();
      profiles.close();
      folder[Symbol.dispose]();
    },
  };
}
