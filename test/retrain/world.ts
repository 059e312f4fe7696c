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

/** `people`: of the tenant `t`. */
export async function makeWorld(people: number): Promise<World> {
  let time = START + DAYS * DAY_MS;
  const clock = { now: () => time };
  const folder = testFolder();
  const objects = new EmbeddedObjects(folder.path);
  const lake = new DuckLake({ objects, root: folder.path, scratch: `${folder.path}/scratch` });
  const profiles = new EmbeddedTable({ path: ':memory:', clock });
  const events = simulateShop({ people, days: DAYS, start: START, seed: 3 });
  // The lake keeps hours apart by receipt; an import brings everything in one.
  await lake.append(
    'history',
    events.map((event) => Buffer.from(JSON.stringify({ ...event, receivedAt: time }))),
  );
  const ids = events.map((event) => {
    const primary = primaryIdentity(event);
    return primary ? profileId(SECRET, 't', primary.kind, primary.id) : '';
  });
  await profiles.put(
    [...new Set(ids)].map((id) => ({
      ...profileKey('t', id),
      data: encodeProfile(freshProfile('t', id)),
    })),
  );
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
