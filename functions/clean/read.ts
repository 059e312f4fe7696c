/** Bytes -> JSON object, with the limits that must hold before anything is looked at. */

import { quarantine, type Refusal, suppress } from '../../domain/outcome.ts';
import { withheld } from '../../events/envelope.ts';
import { isObject, type JsonObject } from '../../events/json.ts';
import { scanEvent } from '../../events/scan.ts';

/** Bytes of one event, at most. */
export const EVENT_BYTES = 32 * 1024;
/** Keys of one event at all levels, at most. */
export const EVENT_KEYS = 1000;

export interface ReadEvent {
  readonly kind: 'read';
  readonly document: JsonObject;
  /** True when the document holds keys that must not be passed on. */
  readonly unsafe: boolean;
}

/** Parses an event. Never throws. */
export function readEvent(bytes: Uint8Array): ReadEvent | Refusal {
  // What the collector puts in the place of a suppressed person's event.
  if (bytes.length === withheld.length) return suppress('suppressed');
  if (bytes.length > EVENT_BYTES) return quarantine('event_too_large');
  const scan = scanEvent(bytes);
  if (!scan.ok) return quarantine('invalid_json', scan.error === 'invalid_json' ? undefined : scan.error);
  if (scan.keys > EVENT_KEYS) return quarantine('too_many_keys');
  const document = parse(bytes);
  if (document === undefined) return quarantine('invalid_json');
  if (scan.duplicate !== undefined) return quarantine('duplicate_key', scan.duplicate);
  return { kind: 'read', document, unsafe: scan.unsafe };
}

function parse(bytes: Uint8Array): JsonObject | undefined {
  const mark = bytes[0] === 0xef ? 3 : 0;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + mark, bytes.byteLength - mark).toString('utf8');
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
