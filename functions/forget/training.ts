/** What models learn from, and which have learned from the person. */
import { gunzipSync } from 'node:zlib';
import { type Counts, noCounts } from '../../domain/privacy/request.ts';
import { versionsThatLearnedFrom } from '../../models/registry/learned.ts';
import { below } from './files.ts';
import type { Done, Work } from './work.ts';

const DAY_MS = 86_400_000;
/** For which a model may go on serving that learned from somebody who was erased. */
const RETIRE_DAYS = 30;

/** A run that is learning from the person ends here: its model would have to go again. */
export async function stopRuns({ services, request, known }: Work): Promise<Done> {
  const { objects } = services;
  const prefix = `runs/${request.tenant}/`;
  let counts: Counts = noCounts;
  const stopped = new Set<string>();
  for await (const { key, size } of below(objects, prefix)) {
    if (!key.endsWith('/history.ndjson.gz')) continue;
    const data = await objects.get(key);
    counts = { ...counts, scanned: counts.scanned + 1, bytes: counts.bytes + size };
    const text = data && gunzipSync(data).toString('latin1');
    if (text && known.profiles.some((id) => text.includes(id)))
      stopped.add(key.slice(0, key.lastIndexOf('/') + 1));
  }
  for (const folder of stopped) {
    const keys: string[] = [];
    for await (const { key } of below(objects, folder)) keys.push(key);
    await objects.delete(keys);
    counts = { ...counts, changed: counts.changed + keys.length };
  }
  return { counts };
}

/** The next training leaves the person out by itself: they have no profile and no events any more. */
export async function listModels({ services, request, known }: Work): Promise<Done> {
  const { objects, clock } = services;
  const { looked, held } = await versionsThatLearnedFrom(objects, request.tenant, known.profiles);
  const retireBy = clock.now() + RETIRE_DAYS * DAY_MS;
  return {
    counts: { ...noCounts, scanned: looked },
    models: held.map(({ name, version }) => ({ name, version, retireBy })),
  };
}
