/** Schedule step: whether the books of all tenants balance, as a figure that an alarm watches. */
import { reconcile } from '../../domain/reconcile.ts';
import type { Services } from '../services.ts';

/** Events that are missing or were counted twice; 0 when all is well. An alarm watches it. */
export const DIFFERENCE = 'LedgerDifference';

export interface ReconcileReport {
  readonly tenants: number;
  /** Minutes and sources that were compared. */
  readonly compared: number;
  readonly difference: number;
}

/** Builds the step. */
export function makeReconcile({
  clock,
  metrics,
  tables,
}: Services<'reconcile'>): () => Promise<ReconcileReport> {
  return async () => {
    const found = [...(await reconcile(tables.ledger, clock.now())).values()];
    const sum = (of: 'compared' | 'difference'): number => found.reduce((all, one) => all + one[of], 0);
    const difference = sum('difference');
    metrics.count(DIFFERENCE, difference);
    return { tenants: found.length, compared: sum('compared'), difference };
  };
}
