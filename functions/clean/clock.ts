/** Step: when it happened, by a clock that can be trusted. */

import { correctTime } from '../../domain/clock-skew.ts';
import type { Refusal } from '../../domain/outcome.ts';
import type { Json } from '../../events/json.ts';
import { type CleanContext, type Draft, flag } from './draft.ts';

/** History has no moment of sending to compare with: its times stay as they are. */
export function clock(draft: Draft, { rules }: CleanContext): Refusal | undefined {
  const { document, envelope } = draft;
  const seconds = rules.secondsSources.length > 0 && rules.secondsSources.includes(envelope.source);
  const read = (value: Json | undefined): Json | undefined =>
    seconds && typeof value === 'number' ? value * 1000 : value;
  const { timestamp, flags } = correctTime({
    originalTimestamp: read(document['originalTimestamp']),
    timestamp: read(document['timestamp']),
    sentAt: envelope.replay ? undefined : (read(document['sentAt']) ?? envelope.sentAt),
    receivedAt: envelope.receivedAt,
  });
  draft.timestamp = timestamp;
  for (const name of flags) flag(draft, name);
  return undefined;
}
