/** Events as the fold needs them: with the fingerprints and tags that tell copies apart. */

import { type Identity, primaryIdentity } from '../../domain/identity.ts';
import { type Fingerprint, fingerprint, profileId, tag32 } from '../../domain/ids.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import type { CleanEvent } from '../../events/envelope.ts';

const HOUR = 3_600_000;

export interface Arrival {
  readonly event: CleanEvent;
  /** The event as it lay in the stream. */
  readonly bytes: Uint8Array;
  readonly sequence: string;
  readonly message: Fingerprint;
  readonly receiptTag: number;
  readonly sequenceTag: number;
  /** 16 bits of the content: the same message id with another content is not a repeat. */
  readonly content: number;
  /** Hour in which the stream took the record, since the epoch. */
  readonly hour: number;
  /** Profile that the event names, before links are followed. */
  readonly primary: string;
  /** Profile of the device the event came from, where it may be linked to the primary. */
  readonly device: string | undefined;
  /** The person is on the suppression list: the event is counted and nothing more. */
  readonly withheld: boolean;
}

/** What of an event makes two copies the same: not its times, which depend on when each copy was sent. */
function contentTag(event: CleanEvent): number {
  const { type, event: name, userId, anonymousId, properties, traits } = event;
  return tag32(JSON.stringify([type, name, userId, anonymousId, properties, traits])) & 0xffff;
}

/** Undefined for an event without any identity, which clean never lets through. `suppressed`: whether its person is. */
export function arrivalOf(
  event: CleanEvent,
  bytes: Uint8Array,
  record: StreamRecord,
  secret: string,
  suppressed: (event: CleanEvent) => boolean = () => false,
): Arrival | undefined {
  const primary = primaryIdentity(event);
  if (!primary) return undefined;
  const device = deviceOf(event, primary);
  const profileOf = ({ kind, id }: Identity): string => profileId(secret, event.tenant, kind, id);
  return {
    event,
    bytes,
    sequence: record.sequence,
    message: fingerprint(secret, event.tenant, event.source, event.messageId),
    receiptTag: tag32(event.receipt),
    sequenceTag: tag32(`${record.shard}/${record.sequence}`),
    content: contentTag(event),
    hour: Math.floor(record.arrivedAt / HOUR),
    primary: profileOf(primary),
    device: device && profileOf(device),
    withheld: event.flags.includes('withheld') || suppressed(event),
  };
}

function deviceOf(event: CleanEvent, primary: Identity): Identity | undefined {
  if (primary.kind === 'anonymous') return undefined;
  const id = event.anonymousId ?? (event.type === 'alias' ? event.previousId : undefined);
  return id === undefined ? undefined : { kind: 'anonymous', id };
}
