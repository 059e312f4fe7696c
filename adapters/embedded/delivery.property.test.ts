import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StreamRecord } from '../../domain/ports.ts';
import { Delivery } from './delivery.ts';

const record = (n: number): StreamRecord => ({
  shard: '0',
  sequence: `${n}`,
  key: 'k',
  arrivedAt: 0,
  data: new Uint8Array(),
});
const numberOf = (r: StreamRecord): number => Number(r.sequence);

interface Run {
  readonly delivered: number[];
  readonly givenUp: number[];
  readonly invocations: number;
}

/** Delivers records 0..size-1 to a function that fails on poison, by throwing or by naming the record. */
function run(
  size: number,
  poison: ReadonlySet<number>,
  names: (n: number) => boolean,
  attempts: number,
): Run {
  const delivery = new Delivery({ attempts, maxAgeSeconds: 1, bisect: true });
  const delivered: number[] = [];
  const givenUp: number[] = [];
  let invocations = 0;
  delivery.take(Array.from({ length: size }, (_, n) => record(n)));
  for (let part = delivery.current; part; part = delivery.current) {
    invocations++;
    const bad = part.find((r) => poison.has(numberOf(r)));
    const done = bad && !names(numberOf(bad)) ? undefined : delivery.doneThrough(bad?.sequence);
    if (done) {
      delivered.push(...part.slice(0, part.indexOf(done) + 1).map(numberOf));
      delivery.advance(done);
      continue;
    }
    const gone = delivery.fail(0);
    if (!gone) continue;
    givenUp.push(...gone.records.map(numberOf));
    delivery.advance(gone.records.at(-1) ?? gone.records[0]);
  }
  return { delivered, givenUp, invocations };
}

it('gives up exactly the poison, delivers the rest in order, and ends', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.uniqueArray(fc.nat(199), { maxLength: 8 }),
      fc.func(fc.boolean()),
      fc.nat(4),
      (size, bad, names, attempts) => {
        const poison = new Set(bad.filter((n) => n < size));
        const result = run(size, poison, names, attempts);
        expect(result.givenUp).toEqual([...poison].sort((a, b) => a - b));
        expect(result.delivered).toEqual(
          Array.from({ length: size }, (_, n) => n).filter((n) => !poison.has(n)),
        );
        const splits = 2 * Math.ceil(Math.log2(size + 1)) + 2;
        expect(result.invocations).toBeLessThanOrEqual(1 + poison.size * (splits + attempts + 1));
      },
    ),
  );
});
