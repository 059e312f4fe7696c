/** Stream step: requests as they came -> clean events, quarantine, and the counts of both. */
import { randomBytes } from 'node:crypto';
import { LedgerBatch } from '../../domain/ledger.ts';
import { type Outcome, quarantine } from '../../domain/outcome.ts';
import type { StreamRecord, StreamResult } from '../../domain/ports.ts';
import { progressWrite } from '../../domain/progress.ts';
import { quarantined, type Refused, writeQuarantine } from '../../domain/quarantine.ts';
import type { RandomBytes } from '../../domain/vault/item.ts';
import { Subjects } from '../../domain/vault/subject.ts';
import { type RawIds, SuppressionList } from '../../domain/vault/suppression.ts';
import type { CleanEvent, Envelope } from '../../events/envelope.ts';
import { batchHeader, parseEnvelope } from '../../events/envelope-schema.ts';
import { checkProperties } from '../../events/index.ts';
import { unpack } from '../../events/packed.ts';
import { streams } from '../chain.ts';
import { LanePacker } from '../lanes.ts';
import type { Services } from '../services.ts';
import type { CleanContext } from './draft.ts';
import { cleanEvent } from './event.ts';
import { type CleanRules, defaultRules } from './rules.ts';
import { Sealer, type Unsealed } from './sealer.ts';
import { StatisticsStore } from './statistics-store.ts';

/** Under which name a record is kept that does not even say whose it is. */
const NOBODY: Envelope = {
  version: 1,
  tenant: 'unreadable',
  source: 'unreadable',
  trust: 'public',
  receivedAt: 0,
};

/** Parts that are cleaned before keys are asked for: few questions, and events that are gone before memory is tidied. */
const RUN = 200;

export interface CleanOptions {
  readonly rules?: CleanRules;
  /** Makes keys of people. @default the system's own randomness */
  readonly random?: RandomBytes;
}

interface Part {
  readonly record: StreamRecord;
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
  readonly index: number;
}

/** Builds the step; it keeps field statistics between batches. */
export function makeClean(
  services: Services<'clean'>,
  options: CleanOptions = {},
): (records: readonly StreamRecord[]) => Promise<StreamResult> {
  const statistics = new StatisticsStore(services.tables.statistics);
  const { secret, tables } = services;
  const list = new SuppressionList(tables.suppression);
  const refusals = new SuppressionList(tables.suppression, 'refusal');
  const subjects = new Subjects(secret);
  const onList =
    (of: SuppressionList) =>
    ({ tenant, pseudonymised }: Envelope, ids: RawIds): boolean =>
      of.names(pseudonymised ? undefined : subjects, tenant, ids);
  const rules = options.rules ?? defaultRules;
  const random = options.random ?? randomBytes;
  const sealer = new Sealer({ vault: tables.vault, list, subjects, secret, random, rules });
  const context: CleanContext = {
    secret,
    rules,
    statistics,
    checkProperties,
    suppressed: onList(list),
    refuses: onList(refusals),
  };
  return async (records) => {
    const now = services.clock.now();
    const parts = open(records);
    const tenants = new Set(parts.map((part) => part.envelope.tenant));
    await Promise.all([statistics.load(tenants, now), sealer.refresh(tenants), refusals.refresh(tenants)]);
    const sorted: Sorted = {
      packer: new LanePacker(streams.events.lanes),
      ledger: new LedgerBatch(),
      refused: [],
    };
    for (let at = 0; at < parts.length; at += RUN) {
      const events = sort(parts.slice(at, at + RUN), context, sorted);
      await sealer.seal(events, now);
      for (const { event } of events) pack(event, sorted);
    }
    const { packer, ledger, refused } = sorted;
    await Promise.all([
      services.streams.events.append(packer.take()),
      writeQuarantine(
        services.objects,
        refused.map((entry) => quarantined(entry, 'clean', now)),
      ),
    ]);
    const last = records.at(-1);
    if (!last) return {};
    const where = { function: 'clean', stream: 'clickstream' };
    const beside = [progressWrite(where, last, records.length, services.clock.now())];
    // After the effects: a record that is counted is through.
    await ledger.save(services.tables.ledger, 'clean', last.shard, { beside });
    await statistics.save(last.shard, now);
    return {};
  };
}

/** A record that cannot be read is one part: the whole of it goes to quarantine. */
function open(records: readonly StreamRecord[]): Part[] {
  // The lanes of one request lie side by side and share a header, which is then read once.
  let last = { header: '', envelope: NOBODY };
  return records.flatMap((record) => {
    try {
      const { header, parts } = unpack(record.data);
      if (header !== last.header) last = { header, envelope: parseEnvelope(header) };
      const { envelope } = last;
      return parts.map((bytes, index) => ({ record, envelope, bytes, index }));
    } catch {
      return [{ record, envelope: NOBODY, bytes: record.data, index: 0 }];
    }
  });
}

interface Sorted {
  readonly packer: LanePacker;
  readonly ledger: LedgerBatch;
  readonly refused: Refused[];
}

/** Cleans parts in order: events that go on, still with the ids as they came, and the account of the others. */
function sort(parts: readonly Part[], context: CleanContext, sorted: Sorted): Unsealed[] {
  const events: Unsealed[] = [];
  for (const part of parts) {
    const { record, envelope, bytes, index } = part;
    const { tenant, source, receivedAt } = envelope;
    const at = { tenant, source, receivedAt, sequence: record.sequence };
    const receipt = `${record.shard}:${record.sequence}:${index}`;
    const outcome = guarded(part, receipt, context);
    sorted.ledger.note(at, 'accepted');
    switch (outcome.kind) {
      case 'ok':
        events.push({ event: outcome.value, pseudonymised: envelope.pseudonymised === true });
        break;
      case 'suppress':
        sorted.ledger.note(at, 'suppressed', 1, outcome.reason);
        break;
      case 'quarantine': {
        const { reason, detail } = outcome;
        sorted.ledger.note(at, 'quarantined', 1, reason);
        sorted.refused.push({
          envelope,
          receipt,
          bytes,
          reason,
          ...(detail === undefined ? {} : { detail }),
        });
        break;
      }
    }
  }
  return events;
}

const pack = (event: CleanEvent, { packer }: Sorted): void =>
  packer.add(batchHeader(event.tenant), event.tenant, personOf(event), JSON.stringify(event));

/** An event that breaks the code must not stop its shard: it is kept for us to look at. */
function guarded(part: Part, receipt: string, context: CleanContext): Outcome<CleanEvent> {
  if (part.envelope === NOBODY) return quarantine('poison', 'unreadable record');
  try {
    return cleanEvent({ envelope: part.envelope, bytes: part.bytes, receipt }, context);
  } catch (error) {
    return quarantine('poison', error instanceof Error ? error.name : 'unknown');
  }
}

const personOf = (event: CleanEvent): string => event.userId ?? event.anonymousId ?? event.messageId;
