/** Reads clean events of every version there ever was: old ones are lifted one version at a time. */
import type { CleanEvent } from './envelope.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

export const CURRENT = 1;

/** Lifts an event by one version. */
export type Upcaster = (event: JsonObject) => JsonObject;

/** `upcasters[n]` lifts version n to n + 1. */
export const upcasters: Readonly<Record<number, Upcaster>> = {};

/** Lifts an event to `to`, step by step. @throws TypeError when a step is missing. */
export function lift(event: JsonObject, steps: Readonly<Record<number, Upcaster>>, to: number): JsonObject {
  let lifted = event;
  for (let version = Number(event['version']); version !== to; version++) {
    const step = steps[version];
    if (!step) throw new TypeError('an event has a version that this code cannot lift');
    lifted = { ...step(lifted), version: version + 1 };
  }
  return lifted;
}

const isCleanEvent = (value: JsonObject): boolean =>
  typeof value['tenant'] === 'string' &&
  typeof value['source'] === 'string' &&
  typeof value['messageId'] === 'string' &&
  typeof value['receipt'] === 'string' &&
  typeof value['timestamp'] === 'number' &&
  typeof value['receivedAt'] === 'number' &&
  isObject(value['properties']) &&
  isObject(value['traits']) &&
  isObject(value['context']) &&
  Array.isArray(value['flags']);

/**
 * The event in `bytes`, JSON that `clean` wrote. Its shape is checked as far as code relies on it.
 * @throws TypeError for anything else.
 */
export function readCleanEvent(bytes: Uint8Array): CleanEvent {
  const value: Json = JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
  );
  const event = isObject(value)
    ? value['version'] === CURRENT
      ? value
      : lift(value, upcasters, CURRENT)
    : undefined;
  if (!event || !isCleanEvent(event)) throw new TypeError('not a clean event');
  return event as unknown as CleanEvent;
}
