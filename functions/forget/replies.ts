/** Copies that were kept for other reasons: answers to repeated writes, and examples of what fields usually hold. */
import { repliesIndex } from '../../domain/access/replies.ts';
import { type Item, type Page, pages, type Table } from '../../domain/ports.ts';
import { type Counts, noCounts } from '../../domain/privacy/request.ts';
import type { Marks } from './marks.ts';
import { marksOf } from './marks-of.ts';
import type { Done, Work } from './work.ts';

export async function dropReplies(work: Work): Promise<Done> {
  const { services, request } = work;
  const index = repliesIndex(request.tenant);
  const counts = await drop(services.tables.access, marksOf(work), (cursor) =>
    services.tables.access.queryIndex({ index, ...cursor }),
  );
  return { counts };
}

/** They only serve to estimate: those that name the person go as a whole and begin anew. */
export async function dropStatistics(work: Work): Promise<Done> {
  const { services, request } = work;
  const pk = `${request.tenant}#fields`;
  const { statistics } = services.tables;
  const counts = await drop(statistics, marksOf(work), (cursor) => statistics.query({ pk, ...cursor }));
  return { counts };
}

async function drop(
  table: Table,
  marks: Marks,
  pageAt: (cursor: { cursor?: string }) => Promise<Page<Item>>,
): Promise<Counts> {
  let counts = noCounts;
  for await (const items of pages(pageAt)) {
    const named = items.filter(({ data }) => marks.inBytes(data));
    await table.delete(named);
    counts = {
      ...counts,
      scanned: counts.scanned + items.length,
      changed: counts.changed + named.length,
      bytes: counts.bytes + items.reduce((sum, { data }) => sum + data.length, 0),
    };
  }
  return counts;
}
