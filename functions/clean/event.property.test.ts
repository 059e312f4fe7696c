import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanEvent } from './event.ts';
import { cleanJson, exampleContext, exampleEnvelope, exampleEvent } from './example.ts';

const kinds = ['ok', 'quarantine', 'suppress'];
const encoder = new TextEncoder();
const kindOf = (bytes: Uint8Array): string =>
  cleanEvent({ envelope: exampleEnvelope, bytes, receipt: '0:0:0' }, exampleContext).kind;

const hostileKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  'toJSON',
  'length',
);
const fieldName = fc.constantFrom(
  'type',
  'event',
  'userId',
  'anonymousId',
  'previousId',
  'groupId',
  'messageId',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'properties',
  'traits',
  'context',
  'channel',
  'name',
  'category',
  'page',
  'url',
  'referrer',
  'search',
  'campaign',
  'userAgent',
  'library',
  'locale',
  'timezone',
  'consent',
  'gpc',
  'ip',
  'location',
  'country',
  'products',
  'price',
  'currency',
  'email',
  'phone',
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    'track',
    'page',
    'identify',
    'https://a:b@h/p;jsessionid=1?x=%&utm_source=%zz#f',
    'a@b.example',
    '+',
    '@@',
    'EUR',
    'en_GB',
  ),
);
const scalar = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium' },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fieldName, hostileKey, text), tie('tree'), { maxKeys: 6, noNullPrototype: true }),
  ),
}));
const event = fc.record(
  {
    type: fc.oneof(fc.constantFrom('track', 'page', 'identify', 'screen', 'group', 'alias'), tree),
    event: fc.oneof(text, tree),
    userId: fc.oneof(text, tree),
    anonymousId: fc.oneof(fc.constant('a-1'), tree),
    messageId: fc.oneof(text, tree),
    timestamp: fc.oneof(fc.constant('2026-11-23T15:00:00Z'), tree),
    sentAt: tree,
    properties: tree,
    traits: tree,
    context: tree,
    name: tree,
  },
  { requiredKeys: [] },
);

describe('cleanEvent', () => {
  it('answers for any JSON, never throws, and leaves every prototype as it was', () => {
    fc.assert(
      fc.property(event, (value) => {
        const outcome = cleanJson(value);
        expect(kinds).toContain(outcome.kind);
        const written = JSON.stringify(outcome);
        expect(Object.keys(Object.prototype)).toEqual([]);
        expect(written).not.toMatch(/"(?:__proto__|constructor|prototype)":/);
      }),
      { numRuns: 3000 },
    );
  });

  it('answers for any bytes, and for any event with a few bytes broken', () => {
    const typical = encoder.encode(JSON.stringify(exampleEvent(1)));
    const breaks = fc.array(fc.tuple(fc.nat(typical.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    const broken = breaks.map((changes) => {
      const bytes = typical.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), broken), (bytes) => {
        expect(kinds).toContain(kindOf(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('says the same of the same bytes, and writes JSON that reads back as itself', () => {
    fc.assert(
      fc.property(event, (value) => {
        const first = JSON.stringify(cleanJson(value));
        expect(JSON.stringify(cleanJson(value))).toBe(first);
        expect(JSON.stringify(JSON.parse(first))).toBe(first);
      }),
      { numRuns: 500 },
    );
  });
});
