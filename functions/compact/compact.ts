/** Schedule step: joins the small files of hours that are over. */
import type { CompactReport } from '../../domain/lake.ts';
import { SuppressionList } from '../../domain/vault/suppression.ts';
import type { Services } from '../services.ts';

/** How long after its end an hour is left alone: by then its last batches are usually written. */
const SETTLE_MS = 10 * 60_000;

/** Builds the step. It may run twice at once or stop midway: rows are neither lost nor answered twice. */
export function makeCompact(services: Services<'compact'>): () => Promise<CompactReport> {
  const list = new SuppressionList(services.tables.suppression);
  const suppressed = async (tenant: string): Promise<string[]> => {
    await list.refresh([tenant]);
    return [...list.of(tenant)];
  };
  return () => services.lake.compact(services.clock.now() - SETTLE_MS, suppressed);
}
