/**
 * Refused events, kept with their reason and original bytes. One object per batch, tenant and receipt hour;
 * its name comes from the first and the last entry, so that a batch delivered again overwrites itself and no
 * other. A batch cut differently on its second delivery may write an entry twice: readers go by receipt.
 */
import { hash } from 'node:crypto';
import type { Envelope, Quarantined } from '../events/envelope.ts';
import type { QuarantineReason } from '../events/reasons.ts';
import type { Objects } from './ports.ts';

/** Bytes kept of an event that is too large to keep whole. */
const HEAD_LIMIT = 1024;

export interface Refused {
  readonly envelope: Envelope;
  /** `shard:sequence:index` of the accepted copy. */
  readonly receipt: string;
  readonly bytes: Uint8Array;
  readonly reason: QuarantineReason;
  readonly detail?: string;
}

/** Builds the record that is kept. `at`: now, ms. */
export function quarantined(refused: Refused, step: Quarantined['step'], at: number): Quarantined {
  const { envelope, bytes, reason, receipt, detail } = refused;
  const kept = reason === 'event_too_large' ? bytes.subarray(0, HEAD_LIMIT) : bytes;
  return {
    version: 1,
    receipt,
    tenant: envelope.tenant,
    source: envelope.source,
    reason,
    ...(detail === undefined ? {} : { detail }),
    step,
    at,
    envelope,
    original: Buffer.from(kept).toString('base64'),
    digest: hash('sha256', bytes, 'hex'),
  };
}

const folderOf = (entry: Quarantined): string => {
  const iso = new Date(entry.envelope.receivedAt).toISOString();
  return `quarantine/${entry.tenant}/${iso.slice(0, 10)}/${iso.slice(11, 13)}`;
};

/** Writes entries of one batch of one shard; durable when it resolves. */
export async function writeQuarantine(objects: Objects, entries: readonly Quarantined[]): Promise<void> {
  const groups = new Map<string, Quarantined[]>();
  for (const entry of entries) {
    const folder = folderOf(entry);
    const group = groups.get(folder);
    if (group) group.push(entry);
    else groups.set(folder, [entry]);
  }
  await Promise.all(
    [...groups].map(([folder, group]) => {
      const name = [group[0]?.step, group[0]?.receipt, group.at(-1)?.receipt].join('-').replaceAll(':', '-');
      const lines = group.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      return objects.put(`${folder}/${name}.ndjson`, new TextEncoder().encode(lines));
    }),
  );
}
