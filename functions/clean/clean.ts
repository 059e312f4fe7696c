/** Stream step: requests as they came -> clean events, quarantine, and the counts of both. */
import { LedgerBatch } from '../../domain/ledger.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import { noteProgress } from '../../domain/progress.ts';
import { quarantined, type Refused, writeQuarantine } from '../../domain/quarantine.ts';
import type { CleanEvent, Envelope } from '../../events/envelope.ts';
import { batchHeader, parseEnvelope } from '../../events/envelope-schema.ts';
import { unpack } from '../../events/packed.ts';
import { streams } from '../chain.ts';
import { LanePacker } from '../lanes.ts';
import type { Services } from '../services.ts';
import type { StreamResult } from '../stream-step.ts';
import { cleanEvent } from './event.ts';

const encoder = new TextEncoder();

/** Under which tenant a record is kept that does not even say whose it is. */
const NOBODY: Envelope = {
  version: 1,
  tenant: 'unreadable',
  source: 'unreadable',
  trust: 'public',
  receivedAt: 0,
};

interface Batch {
  readonly packer: LanePacker;
  readonly ledger: LedgerBatch;
  readonly refused: Refused[];
}

function take(
  batch: Batch,
  record: StreamRecord,
  envelope: Envelope,
  bytes: Uint8Array,
  index: number,
): void {
  const receipt = `${record.shard}:${record.sequence}:${index}`;
  const at = {
    tenant: envelope.tenant,
    source: envelope.source,
    receivedAt: envelope.receivedAt,
    sequence: record.sequence,
  };
  batch.ledger.note(at, 'accepted');
  const outcome = cleanEvent({ envelope, bytes, receipt });
  if (outcome.kind === 'ok') {
    const event: CleanEvent = outcome.value;
    const person = event.userId ?? event.anonymousId ?? event.messageId;
    batch.packer.add(batchHeader(event.tenant), event.tenant, person, encoder.encode(JSON.stringify(event)));
  } else if (outcome.kind === 'suppress') {
    batch.ledger.note(at, 'suppressed', 1, outcome.reason);
  } else {
    batch.ledger.note(at, 'quarantined', 1, outcome.reason);
    const { reason, detail } = outcome;
    batch.refused.push({ envelope, receipt, bytes, reason, ...(detail === undefined ? {} : { detail }) });
  }
}
