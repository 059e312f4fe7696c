/** How a file is cut into chunks says nothing about what is in it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapped } from './bytes.ts';

const shop = {
  name: 'shop',
  format: 'csv',
  event: 'Order Completed',
  time: 'at',
  ids: { userId: 'who' },
  group: {
    by: ['order'],
    lines: 'products',
    line: { name: 'what', price: { column: 'price', as: 'number' } },
    sums: { revenue: ['price'] },
    more: 'Order Updated',
  },
};
const web = {
  name: 'web',
  format: 'combined',
  type: 'page',
  time: { column: 'time', format: 'log' },
  ids: { anonymousId: { hash: ['ip', 'agent'] } },
  properties: { path: 'path' },
};

const csv = [
  'order,who,what,price,at',
  '1,ann,"tea, gr\u00fcn",2.50,2024-02-01 10:00',
  '1,ann,"two',
  'lines",1,2024-02-01 10:00',
  '2,bob,"say ""hi""",0.1,2024-02-01 10:01',
  '2,bob,too few',
  '1,ann,again,0.2,2024-02-01 10:02',
  '3,eve,\u{1F375},x,2024-02-01 10:03',
  '',
].join('\r\n');
const log = [
  '203.0.113.7 - - [17/May/2015:10:05:03 +0000] "GET /\u00fc HTTP/1.1" 200 5 "-" "\u{1F98A}"',
  'cut off',
  '203.0.113.8 - - [17/May/2015:10:05:03 +0200] "GET /b HTTP/1.1" 200 5 "-" "b"',
].join('\n');
const ndjson =
  '{"type":"track","event":"\u00e4","userId":"1"}\n\n{"broken\n{"type":"page","anonymousId":"\u{1F375}"}';

test.each([
  ['csv', csv, shop, 2, 2],
  ['combined log', log, web, 2, 1],
  ['ndjson', ndjson, undefined, 2, 1],
])('any cut of %s gives the same events and the same rejects', async (_, text, mapping, events, rejects) => {
  const whole = await mapped(text, mapping);
  expect([whole.events.length, whole.rejects.length]).toEqual([events, rejects]);
  const size = Buffer.byteLength(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(size), { maxLength: 40 }), async (places) => {
      expect(await mapped(text, mapping, places)).toEqual(whole);
    }),
    { numRuns: 100 },
  );
});

test('every row is an event, left out, rejected, or a line of an event: none goes missing', async () => {
  const row = fc.record({
    order: fc.integer({ min: 1, max: 30 }),
    who: fc.constantFrom('', 'ann', 'bob'),
    price: fc.constantFrom('1', '2.5', 'x', ''),
    at: fc.constantFrom('2024-02-01 10:00', 'yesterday'),
  });
  const mapping = {
    ...shop,
    group: { ...shop.group, most: 3 },
    checks: [{ name: 'nobody', when: { column: 'who', empty: true }, skip: true }],
  };
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 100 }), async (rows) => {
      const lines = rows.map(({ order, who, price, at }, i) => `${order},${who},thing ${i},${price},${at}`);
      const { events, tally } = await mapped(`order,who,what,price,at\n${lines.join('\n')}\n`, mapping);
      const products = events.flatMap((event) => Object(event).properties.products).length;
      const leftOut = [...tally.dirt.values()].reduce((sum, kind) => sum + kind.leftOut, 0);
      expect(products + leftOut + tally.rejectCount).toBe(rows.length);
      expect(tally.rows).toBe(rows.length);
    }),
    { numRuns: 200 },
  );
});
