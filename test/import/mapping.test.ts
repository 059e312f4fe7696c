/** What a mapping makes of rows, and what is said about one that does not fit. */
import { describe, expect, test } from 'vitest';
import { loadMapping, parseMapping, shippedMappings } from '../../local/import/mapping.ts';
import { timeReader } from '../../local/import/time.ts';
import { mapped } from './bytes.ts';

const simple = { name: 'simple', format: 'csv', event: 'Seen', time: 'at', ids: { userId: 'id' } };

describe('a retail file by the shipped mapping', () => {
  const retail = loadMapping('online-retail');
  const names = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  const file = (...rows: string[]): string => `${[names, ...rows].join('\n')}\n`;
  const tea = '1,T,Tea,2,2011-07-01 10:00:00,1.10,17,France';

  test('rows of one invoice are one order, also around a row of another', async () => {
    const { events } = await mapped(
      file(tea, '2,C,Cup,1,2011-07-01 10:00:00,5,18,France', '1,P,Pot,1,2011-07-01 10:01:00,0.2,17,France'),
      retail,
    );
    expect(events).toHaveLength(2);
    // The group that was touched last comes last.
    expect(events[1]).toEqual({
      type: 'track',
      event: 'Order Completed',
      messageId: expect.stringMatching(/^import-[0-9a-f]{32}$/),
      // British summer time.
      timestamp: '2011-07-01T09:00:00.000Z',
      userId: '17',
      properties: {
        order_id: '1',
        currency: 'GBP',
        country: 'France',
        products: [
          { product_id: 'T', name: 'Tea', quantity: 2, price: 1.1 },
          { product_id: 'P', name: 'Pot', quantity: 1, price: 0.2 },
        ],
        revenue: 2.4,
      },
    });
  });

  test('cancellations and returns are refunds with amounts above 0', async () => {
    const { events } = await mapped(
      file(
        'C9,T,Tea,-2,2011-07-01 10:00:00,1.10,17,France',
        '3,T,Tea,5,2011-07-01 10:00:00,1.10,17,France',
        '3,P,Pot,-1,2011-07-01 10:00:00,4,17,France',
      ),
      retail,
    );
    const facts = events.map((event) => {
      const { event: name, properties } = Object(event);
      return [name, properties.order_id, properties.revenue, properties.products.length];
    });
    expect(facts).toEqual([
      ['Order Refunded', 'C9', 2.2, 1],
      ['Order Completed', '3', 5.5, 1],
      ['Order Refunded', '3', 4, 1],
    ]);
  });

  test('every kind of dirt is counted, a row in each kind it shows, and left out once', async () => {
    const { events, tally } = await mapped(
      file(tea, tea, '4,X,,-9,2011-07-01 10:00:00,0,,France', '5,G,Gift,1,2011-07-01 10:00:00,0,17,France'),
      retail,
    );
    expect(events).toHaveLength(1);
    expect([...tally.dirt.values()]).toEqual([
      { name: 'without customer', rows: 1, leftOut: 1 },
      { name: 'cancellations', rows: 0, leftOut: 0 },
      { name: 'negative quantities', rows: 1, leftOut: 0 },
      { name: 'price of 0 or less', rows: 2, leftOut: 1 },
      { name: 'duplicates', rows: 1, leftOut: 1 },
    ]);
  });

  test('an order of more lines than an event may hold counts once, with its whole revenue', async () => {
    const rows = Array.from({ length: 250 }, (_, i) => `1,P${i},Pot,1,2011-07-01 10:00:00,2,17,France`);
    const { events } = await mapped(file(...rows), retail);
    const facts = events.map((event) => {
      const { event: name, properties } = Object(event);
      return [name, properties.revenue, properties.products.length];
    });
    expect(facts).toEqual([
      ['Order Completed', 500, 100],
      ['Order Updated', undefined, 100],
      ['Order Updated', undefined, 50],
    ]);
    expect(new Set(events.map((event) => Object(event).messageId)).size).toBe(3);
  });
});

describe('rows', () => {
  test('import again gives the same events', async () => {
    const text = 'id,at\n1,2024-01-01\n2,2024-01-01\n';
    const once = await mapped(text, simple);
    expect(await mapped(text, simple)).toEqual(once);
    expect(new Set(once.events.map((event) => Object(event).messageId)).size).toBe(2);
  });

  test('equal rows are one event, or as many as the mapping says', async () => {
    const text = 'id,at\n1,2024-01-01\n1,2024-01-01\n';
    expect((await mapped(text, simple)).events).toHaveLength(1);
    const { events, tally } = await mapped(text, { ...simple, repeats: 'keep' });
    expect(new Set(events.map((event) => Object(event).messageId)).size).toBe(2);
    expect([...tally.dirt.values()]).toEqual([{ name: 'duplicates', rows: 1, leftOut: 0 }]);
  });

  test('cells give numbers, flags, JSON, fixed values and nested fields; empty columns give nothing', async () => {
    const { events } = await mapped('id,at,n,f,j,empty\n1,2024-01-01,-2.5,yes,"{""a"":[1]}",\n', {
      ...simple,
      properties: {
        n: { column: 'n', as: 'number' },
        size: { column: 'n', as: 'number', absolute: true },
        'deep.flag': { column: 'f', as: 'flag' },
        'deep.json': { column: 'j', as: 'json' },
        fixed: { value: { x: [1] } },
        code: { column: 'n', prefix: 'n' },
        empty: 'empty',
      },
    });
    expect(Object(events[0]).properties).toEqual({
      n: -2.5,
      size: 2.5,
      deep: { flag: true, json: { a: [1] } },
      fixed: { x: [1] },
      code: 'n-2.5',
    });
  });

  test('a row that cannot become an event is rejected with its line and the column, not its content', async () => {
    const { events, rejects } = await mapped(
      'id,at,n\n1,2024-02-30,1\n,2024-01-01,1\n1,2024-01-01,many\n1,2024-01-01,1\n',
      { ...simple, properties: { n: { column: 'n', as: 'number' } } },
    );
    expect(events).toHaveLength(1);
    expect(rejects).toEqual([
      '2: at is not a time of the stated form',
      '3: no person',
      '4: n is not a number',
    ]);
  });

  test('a hash tells people apart, and nobody can compute it without the key', async () => {
    const mapping = { ...simple, ids: { anonymousId: { hash: ['id'], prefix: 'log-' } } };
    const { events } = await mapped('id,at\n1,2024-01-01\n2,2024-01-01\n1,2024-01-02\n', mapping);
    const ids = events.map((event) => Object(event).anonymousId);
    expect(ids[0]).toMatch(/^log-[0-9a-f]{32}$/);
    expect([ids[0] === ids[2], ids[0] === ids[1]]).toEqual([true, false]);
  });

  test('NDJSON rows go by a mapping too', async () => {
    const { events } = await mapped('{"id":7,"at":"2024-01-01T00:00:00Z","x":{"y":1}}\n', {
      ...simple,
      format: 'ndjson',
      properties: { x: { column: 'x', as: 'json' } },
    });
    expect(events[0]).toMatchObject({ userId: '7', properties: { x: { y: 1 } } });
  });
});

describe('times', () => {
  test.each([
    [{ column: 't' }, '2024-03-01', '2024-03-01T00:00:00.000Z'],
    [{ column: 't' }, '2024-03-01 10:20:30.123456', '2024-03-01T10:20:30.123Z'],
    [{ column: 't' }, '2024-03-01T10:20+02:00', '2024-03-01T08:20:00.000Z'],
    [{ column: 't', zone: 'Europe/London' }, '2011-03-27 00:59:59', '2011-03-27T00:59:59.000Z'],
    [{ column: 't', zone: 'Europe/London' }, '2011-03-27 02:00:00', '2011-03-27T01:00:00.000Z'],
    [{ column: 't', zone: 'America/New_York' }, '2024-12-31 23:00', '2025-01-01T04:00:00.000Z'],
    [{ column: 't', zone: 'Asia/Kolkata' }, '2024-01-01 00:00', '2023-12-31T18:30:00.000Z'],
    [{ column: 't', format: 'day-first' }, '1/12/2010 8:26', '2010-12-01T08:26:00.000Z'],
    [{ column: 't', format: 'month-first' }, '12/1/2010 8:26', '2010-12-01T08:26:00.000Z'],
    [{ column: 't', format: 'seconds' }, '1700000000.5', '2023-11-14T22:13:20.500Z'],
    [{ column: 't', format: 'milliseconds' }, '1700000000500', '2023-11-14T22:13:20.500Z'],
    [{ column: 't', format: 'log' }, '17/May/2015:10:05:03 -0130', '2015-05-17T11:35:03.000Z'],
  ] as const)('%o reads %s', (spec, text, time) => {
    expect(new Date(timeReader(spec)(text) ?? Number.NaN).toISOString()).toBe(time);
  });

  test.each([
    [{ column: 't' }, ''],
    [{ column: 't' }, '2023-02-29'],
    [{ column: 't' }, '2023-02-01 24:00'],
    [{ column: 't' }, '01/02/2023'],
    [{ column: 't', format: 'day-first' }, '12/13/2010'],
    [{ column: 't', format: 'seconds' }, ''],
    [{ column: 't', format: 'seconds' }, '1700000000000000'],
    [{ column: 't', format: 'log' }, '17/Foo/2015:10:05:03 +0000'],
  ] as const)('%o refuses %s', (spec, text) => {
    expect(timeReader(spec)(text)).toBeUndefined();
  });
});

describe('mapping files', () => {
  const problem = (mapping: object): string => {
    try {
      parseMapping(JSON.stringify(mapping), 'm.json');
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return 'no error';
  };

  test('all shipped ones can be read', () => {
    expect(shippedMappings()).toEqual(['apache-logs', 'online-retail', 'snowplow-web']);
    for (const name of shippedMappings()) expect(loadMapping(name).name).toBe(name);
  });

  test.each([
    ['time', { ...simple, time: undefined }],
    ['ids', { ...simple, ids: {} }],
    ['ids.userId', { ...simple, ids: { userId: { colum: 'x' } } }],
    ['time', { ...simple, time: { column: 'at', zone: 'Mars/Olympus' } }],
    ['properties.a.__proto__.b', { ...simple, properties: { 'a.__proto__.b': 'x' } }],
    ['checks.0.when.matches', { ...simple, checks: [{ name: 'x', when: { column: 'x', matches: '(' } }] }],
    ['typo', { ...simple, typo: 1 }],
  ])('an error names the field %s', (place, mapping) => {
    expect(problem(mapping)).toContain(place);
  });

  test('an unknown name says what there is', () => {
    expect(() => loadMapping('online-retial')).toThrow('online-retail');
  });

  test('a column that the file lacks is named before anything is read', async () => {
    await expect(mapped('id,when\n1,2024-01-01\n', simple)).rejects.toThrow(
      'The file has no column at, which the mapping simple names at time.',
    );
  });
});
