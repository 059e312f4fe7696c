import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { CleanEvent } from '../../events/envelope.ts';
import { EmbeddedObjects } from '../embedded/objects.ts';
import { DuckLake } from './duckdb.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 1, 10);
const home = mkdtempSync(join(tmpdir(), 'lake-laws-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const people = ['ada', 'bob'];
const json = fc
  .dictionary(fc.string({ unit: 'binary', maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  .map((value): CleanEvent['properties'] => JSON.parse(JSON.stringify(value)));

/** Few ids, times and receipts, so that copies meet in every way. */
const eventLike: fc.Arbitrary<CleanEvent> = fc
  .record({
    receipt: fc.constantFrom('s:9:0', 's:10:0', 's:10:1'),
    source: fc.constantFrom('web', 'shop'),
    messageId: fc.constantFrom('a', 'b', "c'", 'd', 'e'),
    event: fc.constantFrom('x', 'y'),
    person: fc.constantFrom(...people),
    device: fc.constantFrom('d1', 'd2'),
    hour: fc.constantFrom(0, 1, 30, 400),
    offset: fc.integer({ min: 0, max: 2 }),
    properties: json,
  })
  .map(({ person, device, hour, offset, ...rest }) => ({
    version: 1,
    tenant: 'acme',
    trust: 'public',
    type: 'track',
    userId: person,
    anonymousId: device,
    timestamp: START + hour * HOUR,
    receivedAt: START + hour * HOUR + offset,
    traits: {},
    context: {},
    flags: [],
    ...rest,
  }));

const query = fc.record({
  userIds: fc.subarray(people),
  anonymousIds: fc.subarray(['d1', 'd2']),
  limit: fc.integer({ min: 1, max: 12 }),
  window: fc.constantFrom({}, { from: START + HOUR }, { to: START + 30 * HOUR }),
});

test('compaction, whole or by parts and repeated, changes no answer', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(eventLike, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      fc.array(query, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(START + HOUR, START + 31 * HOUR),
      async (batches, queries, part) => {
        const root = join(home, `${run++}`);
        const lake = new DuckLake({
          objects: new EmbeddedObjects(root),
          scratch: join(home, 'scratch'),
          root,
        });
        const ask = (): Promise<CleanEvent[][]> =>
          Promise.all(
            queries.map(({ window, ...rest }) => lake.events({ tenant: 'acme', ...rest, ...window })),
          );
        try {
          for (const [i, batch] of batches.entries()) {
            await lake.append(
              `b${i}`,
              batch.map((one) => new TextEncoder().encode(JSON.stringify(one))),
            );
          }
          const before = await ask();
          for (const answer of before) {
            const messages = answer.map(({ source, messageId }) => `${source} ${messageId}`);
            expect(new Set(messages).size).toBe(messages.length);
          }
          await lake.compact(part);
          expect(await ask()).toEqual(before);
          await lake.compact(START + 1000 * HOUR);
          expect(await ask()).toEqual(before);
          expect(await lake.compact(START + 1000 * HOUR)).toMatchObject({ hours: 0 });
        } finally {
          await lake.close();
        }
      },
    ),
    { numRuns: 15 },
  );
});
