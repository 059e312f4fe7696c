/** Objects of folders that the map lets expire go when their time is over, as the bucket's lifecycle does on AWS. */
import { type Objects, pages } from '../domain/ports.ts';
import { type FolderName, folders } from '../functions/chain.ts';
import { namesOf } from '../functions/uses.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;

/** Deletes what was last written longer ago than its folder allows; returns how many objects. `now`: ms. */
export async function expireObjects(objects: Objects, now: number): Promise<number> {
  let deleted = 0;
  for (const name of namesOf(folders)) {
    const days = daysOf(name);
    if (days !== undefined) deleted += await expireFolder(objects, `${name}/`, now - days * DAY_MS);
  }
  return deleted;
}

const daysOf = (name: FolderName): number | undefined => folders[name].expireDays;

async function expireFolder(objects: Objects, prefix: string, before: number): Promise<number> {
  let deleted = 0;
  for await (const files of pages((from) => objects.list({ prefix, ...from }))) {
    const old = files.filter(({ modifiedAt }) => modifiedAt < before).map(({ key }) => key);
    await objects.delete(old);
    deleted += old.length;
  }
  return deleted;
}

/** Now and every hour, until the returned function is called. */
export function startExpiry(
  objects: Objects,
  clock: { now(): number },
  onError: (error: unknown) => void,
): () => void {
  const look = (): void => void expireObjects(objects, clock.now()).catch(onError);
  look();
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
