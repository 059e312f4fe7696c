/** The shipped mappings on the real files they are for, where the optional data folder is present. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { eventsOf } from '../../local/import/events.ts';
import { loadMapping } from '../../local/import/mapping.ts';
import { openFile } from '../../local/import/open-file.ts';
import { Tally } from '../../local/import/tally.ts';

const data = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const files = {
  retail: join(data, 'online_retail', 'online_retail.csv.gz'),
  web: join(data, 'snowplow_web', 'snowplow_web_events.csv.gz'),
  logs: join(data, 'apache_logs', 'apache_logs.gz'),
};

const parse = (text: string): Json => JSON.parse(text);

async function read(file: string, mapping: string, take: (event: JsonObject) => void): Promise<Tally> {
  const tally = new Tally();
  for await (const { json, name } of eventsOf(openFile(file).chunks, loadMapping(mapping), 'key', tally)) {
    tally.event(name);
    const event = parse(json);
    if (isObject(event)) take(event);
  }
  return tally;
}

const rowsOf = (tally: Tally): Record<string, number> =>
  Object.fromEntries([...tally.dirt.values()].map(({ name, rows }) => [name, rows]));

describe.skipIf(!existsSync(files.retail))('online_retail', () => {
  test('reports its dirt exactly, and orders and refunds add up to what the rows say', async () => {
    const people = new Set<Json | undefined>();
    const messages = new Set<Json | undefined>();
    let products = 0;
    const revenue = { 'Order Completed': 0, 'Order Refunded': 0 };
    const tally = await read(files.retail, 'online-retail', ({ event, messageId, properties, userId }) => {
      people.add(userId);
      messages.add(messageId);
      if (!isObject(properties)) return;
      if (Array.isArray(properties['products'])) products += properties['products'].length;
      if (event === 'Order Completed' || event === 'Order Refunded') {
        revenue[event] += Number(properties['revenue']);
      }
    });
    expect(tally.rows).toBe(541_909);
    expect(rowsOf(tally)).toEqual({
      'without customer': 135_080,
      cancellations: 9_288,
      'negative quantities': 10_624,
      'price of 0 or less': 2_517,
      duplicates: 5_268,
    });
    expect(tally.rejectCount).toBe(0);
    expect(Object.fromEntries(tally.events)).toEqual({
      'Order Completed': 18_532,
      'Order Refunded': 3_654,
      'Order Updated': 277,
    });
    const leftOut = [...tally.dirt.values()].reduce((sum, kind) => sum + kind.leftOut, 0);
    expect(products + leftOut).toBe(541_909);
    // Customers, and the sums of quantity x price, of the rows that are not left out.
    expect(people.size).toBe(4_371);
    expect(revenue['Order Completed']).toBeCloseTo(8_887_208.89, 1);
    expect(revenue['Order Refunded']).toBeCloseTo(608_689.47, 1);
    expect(messages.size).toBe(tally.eventCount);
  }, 120_000);
});

describe.skipIf(!existsSync(files.web))('snowplow_web', () => {
  test('all 160 rows are events: page views, pings and the rest', async () => {
    const types: Record<string, number> = {};
    const messages = new Set<Json | undefined>();
    const tally = await read(files.web, 'snowplow-web', ({ type, messageId }) => {
      types[String(type)] = (types[String(type)] ?? 0) + 1;
      messages.add(messageId);
    });
    expect([tally.rows, tally.eventCount, tally.rejectCount]).toEqual([160, 160, 0]);
    expect(types).toEqual({ track: 110, page: 50 });
    expect(tally.events.get('Page Ping')).toBe(8);
    // Three event ids occur twice in the file: the chain applies each once.
    expect(messages.size).toBe(157);
  });
});

describe.skipIf(!existsSync(files.logs))('apache_logs', () => {
  test('all but the line that was cut off are read; no address leaves the file', async () => {
    let text = '';
    const visitors = new Set<Json | undefined>();
    const tally = await read(files.logs, 'apache-logs', (event) => {
      text += JSON.stringify(event);
      visitors.add(event['anonymousId']);
    });
    expect(tally.rows).toBe(10_000);
    expect([...tally.rejected.values()]).toEqual([
      { problem: 'line is not in combined log format', count: 1, firstLine: 8899 },
    ]);
    expect(rowsOf(tally)).toMatchObject({ 'not a GET': 48, duplicates: 19 });
    const leftOut = [...tally.dirt.values()].reduce((sum, kind) => sum + kind.leftOut, 0);
    expect(tally.eventCount + leftOut + tally.rejectCount).toBe(10_000);
    expect(visitors.size).toBeGreaterThan(1000);
    expect(text).not.toMatch(/203\.0\.\d+\.\d+/);
  });
});
