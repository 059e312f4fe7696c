import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callTypes } from './envelope.ts';
import type { JsonObject } from './json.ts';
import { CURRENT, lift, readCleanEvent, type Upcaster, upcasters } from './upcast.ts';

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Events as that version of `clean` wrote them. These files never change: what was stored stays readable. */
const stored = (version: number): JsonObject[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, `samples/clean-events-v${version}.json`), 'utf8'));

describe('stored events', () => {
  const versions = Array.from({ length: CURRENT }, (_, i) => i + 1);

  it.each(versions)('of version %i are read, one of each call', (version) => {
    const events = stored(version);
    expect(events.map((event) => event['version'])).toEqual(events.map(() => version));
    const read = events.map((event) => readCleanEvent(bytesOf(event)));
    expect(read.map((event) => event.version)).toEqual(read.map(() => CURRENT));
    expect(new Set(read.map((event) => event.type))).toEqual(new Set(callTypes));
    expect(read.map((event) => event.messageId)).toEqual(events.map((event) => event['messageId']));
  });

  it('of the current version come back as they were written', () => {
    const events = stored(CURRENT);
    expect(events.map((event) => readCleanEvent(bytesOf(event)))).toEqual(events);
  });

  it('have a step from every older version', () => {
    expect(Object.keys(upcasters).map(Number)).toEqual(versions.slice(0, -1));
  });

  it('are read out of the middle of a record', () => {
    const [event] = stored(CURRENT);
    const bytes = bytesOf(event);
    const record = new Uint8Array(bytes.length + 20).fill(123);
    record.set(bytes, 7);
    expect(readCleanEvent(record.subarray(7, 7 + bytes.length))).toEqual(event);
  });
});

describe('lift', () => {
  /** The name was `name` in version 1; version 2 had no flags. */
  const steps: Record<number, Upcaster> = {
    1: ({ name, ...rest }) => ({ ...rest, event: name ?? '' }),
    2: (event) => ({ ...event, flags: [] }),
  };

  it('goes up one version at a time, in order', () => {
    const old = { version: 1, name: 'Product Viewed', tenant: 'shop' };
    const before = structuredClone(old);
    expect(lift(old, steps, 3)).toEqual({ version: 3, event: 'Product Viewed', tenant: 'shop', flags: [] });
    expect(old).toEqual(before);
    expect(lift({ version: 2, event: 'a' }, steps, 3)).toEqual({ version: 3, event: 'a', flags: [] });
  });

  it('sets the version even where a step forgets it', () => {
    expect(lift({ version: 1 }, { 1: () => ({ version: 99 }) }, 2)).toEqual({ version: 2 });
  });

  it('leaves an event of the wanted version alone', () => {
    const event = { version: 3, event: 'a' };
    expect(lift(event, steps, 3)).toBe(event);
  });

  it.each([0, 4, -1, 1.5, Number.NaN, '1e999', null, undefined])('refuses version %s', (version) => {
    const event: JsonObject = version === undefined ? {} : { version };
    expect(() => lift(event, steps, 3)).toThrow(TypeError);
  });
});

describe('readCleanEvent refuses', () => {
  const [event = {}] = stored(CURRENT);

  it('what is no clean event', () => {
    for (const value of [null, 1, 'a', [], [event], {}, { version: CURRENT }]) {
      expect(() => readCleanEvent(bytesOf(value))).toThrow(TypeError);
    }
  });

  it.each(['tenant', 'source', 'messageId', 'receipt', 'timestamp', 'receivedAt', 'properties', 'traits'])(
    'an event whose %s is missing or of another type',
    (field) => {
      const { [field]: _, ...rest } = event;
      expect(() => readCleanEvent(bytesOf(rest))).toThrow(TypeError);
      expect(() => readCleanEvent(bytesOf({ ...event, [field]: [] }))).toThrow(TypeError);
    },
  );

  it('a version that is still to come', () => {
    expect(() => readCleanEvent(bytesOf({ ...event, version: CURRENT + 1 }))).toThrow(TypeError);
  });
});
