/** The archive: files that hold rows of the person are written again without them, and so is what could not be read. */
import { noCounts, plus } from '../../domain/privacy/request.ts';
import { cleanse } from './files.ts';
import { marksOf } from './marks-of.ts';
import { withoutParts } from './refused.ts';
import type { Done, Work } from './work.ts';

/** Keeps its place after every group of files: an archive of years takes longer than one run. */
export async function eraseFromLake(work: Work, place: string | undefined): Promise<Done> {
  const { services, request, isOver } = work;
  const { lake, objects } = services;
  const { tenant, subjects } = request;
  let counts = noCounts;
  for await (const { through, ...group } of lake.erase({ tenant, people: subjects, after: place })) {
    counts = plus(counts, group);
    if (isOver()) return { counts, unfinished: { place: through } };
  }
  const marks = marksOf(work);
  const unreadable = await cleanse(objects, 'events/unreadable/', (data) => withoutParts(data, marks));
  return { counts: plus(counts, unreadable) };
}
