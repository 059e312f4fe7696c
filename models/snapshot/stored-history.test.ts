import fc from 'fast-check';
import { expect, it } from 'vitest';
import { History, type PastEvent } from './history.ts';
import { restoreHistory, storeHistory } from './stored-history.ts';

const event: fc.Arbitrary<PastEvent> = fc.record(
  {
    kind: fc.string(),
    item: fc.string({ unit: 'grapheme' }),
    category: fc.string(),
    price: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
    at: fc.nat(),
    order: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
  },
  { requiredKeys: ['kind', 'at'], noNullPrototype: true },
);

function historyOf(events: readonly (readonly [PastEvent, number])[]): History {
  const history = new History();
  for (const [past, person] of events) history.put(past, `p${person}`);
  return history;
}

it('comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(5))), (events) => {
      const history = historyOf(events);
      const restored = restoreHistory(storeHistory(history));
      expect(restored.people()).toEqual(history.people());
      expect(restored.events).toBe(history.events);
      expect(restored.span).toEqual(history.span);
    }),
  );
});

it('comes back from several pieces', () => {
  const people = Array.from({ length: 2500 }, (_, i): [PastEvent, number] => [{ kind: 'a', at: i }, i]);
  expect(restoreHistory(storeHistory(historyOf(people))).people()).toHaveLength(2500);
});

it('refuses what it did not write', () => {
  const stored = storeHistory(historyOf([[{ kind: 'a', at: 1 }, 1]]));
  expect(() => restoreHistory(stored.subarray(0, -9))).toThrow('cannot be read');
  expect(() => restoreHistory(Uint8Array.of(1, 2))).toThrow('cannot be read');
});
