/** A record made part by part is the record made at once, and splits into what went in. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameWriter, pack, unpack } from './packed.ts';

const part = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  // Halves of a pair are written as what stands for what cannot be read.
  fc.constantFrom('\ud800', 'a\udc00b', ''),
  fc.integer({ min: 0, max: 9000 }).map((length) => 'é'.repeat(length)),
  fc.uint8Array({ maxLength: 40 }),
);
const record = fc.tuple(fc.string({ maxLength: 20 }), fc.array(part, { minLength: 1, maxLength: 8 }));

it('parts one by one make the same bytes as all at once, record after record', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 3 }), (records) => {
      for (const [header, parts] of records) {
        const writer = new FrameWriter(header);
        for (const given of [parts, parts.toReversed()]) {
          for (const one of given) expect(writer.add(one)).toBe(Buffer.from(one).length);
          const made = writer.take();
          expect(made && Buffer.compare(made, pack(header, given))).toBe(0);
          expect(unpack(made ?? new Uint8Array()).parts.map((one) => Buffer.from(one))).toEqual(
            given.map((one) => Buffer.from(one)),
          );
        }
        expect(writer.take()).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
});
