/** Whose events a batch of the stream `events` holds. */
import type { StreamRecord } from '../domain/ports.ts';
import { parseBatchHeader } from '../events/envelope-schema.ts';
import { headerOf } from '../events/packed.ts';

/** Records that cannot be read are nobody's: whoever reads them finds that out. */
export function tenantsOf(records: readonly StreamRecord[]): Set<string> {
  const headers = new Set<string>();
  const tenants = new Set<string>();
  for (const { data } of records) {
    try {
      const header = headerOf(data);
      if (headers.has(header)) continue;
      headers.add(header);
      tenants.add(parseBatchHeader(header).tenant);
    } catch {
      // Nobody's.
    }
  }
  return tenants;
}
