import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { rocAuc } from '../measure/binary.ts';
import { ORDER, ofClean, ofRecent } from './behaviour-event.ts';
import { DAY_MS, exampleAt, windows } from './examples.ts';
import { History } from './history.ts';
import { nextCases } from './next-cases.ts';
import { cutsOf, trainingSet } from './training-set.ts';
import { visitsOf } from './visits.ts';

const START = Date.UTC(2026, 0, 1);

const event = (
  at: number,
  name: string,
  properties: CleanEvent['properties'] = {},
  trust: CleanEvent['trust'] = 'secret',
): CleanEvent => ({
  version: 1,
  receipt: '0:1:0',
  tenant: 't',
  source: 's',
  trust,
  messageId: `${at}-${name}`,
  type: 'track',
  event: name,
  timestamp: at,
  receivedAt: at,
  properties,
  traits: {},
  context: {},
  flags: [],
  userId: 'u',
});

/** A shop of `people`, each active now and then over 120 days. */
function simulated(people: number, seed: number): { profile: string; event: CleanEvent }[] {
  const random = seededRandom(seed);
  return Array.from({ length: people }, (_, person) =>
    Array.from({ length: 12 }, () => {
      const at = START + Math.floor(random() * 120 * DAY_MS);
      const name = random() < 0.2 ? ORDER : 'Product Viewed';
      return {
        profile: `p${person}`,
        event: event(at, name, { product_id: `i${Math.floor(random() * 9)}`, revenue: 20 }),
      };
    }),
  ).flat();
}

function historyOf(list: readonly { profile: string; event: CleanEvent }[], most?: number): History {
  const history = new History(most);
  for (const one of list) history.add(one.event, one.profile);
  return history;
}

describe('an example', () => {
  const cut = START + 50 * DAY_MS;
  const person = (events: CleanEvent[]) =>
    historyOf(events.map((one) => ({ profile: 'p', event: one }))).people()[0]!;
  const end = cut + 60 * DAY_MS;

  it('holds what was before the cut, and labels from what came after', () => {
    const found = exampleAt(
      person([
        event(cut - DAY_MS, 'Product Viewed', { product_id: 'a', category: 'lamps/desk', price: 12.5 }),
        event(cut, 'Product Viewed', { product_id: 'b' }),
        event(cut + 2 * DAY_MS, ORDER, { revenue: 40 }),
      ]),
      cut,
      end,
    );
    expect(found?.events).toEqual([
      { kind: 'Product Viewed', item: 'a', category: 'lamps', price: 12.5, at: cut - DAY_MS },
    ]);
    expect(found?.labels).toEqual({ purchase: 1, churn: 0, value: 40 });
  });

  it('leaves a gap: what ends the visit of the cut is no label', () => {
    const before = event(cut - 1, 'Product Viewed');
    const within = exampleAt(person([before, event(cut + windows.gap - 1, ORDER, { revenue: 5 })]), cut, end);
    expect(within?.labels).toEqual({ purchase: 0, churn: 1 });
    const after = exampleAt(person([before, event(cut + windows.gap, ORDER, { revenue: 5 })]), cut, end);
    expect(after?.labels).toEqual({ purchase: 1, churn: 0, value: 5 });
  });

  it('takes labels from trusted senders only', () => {
    const found = exampleAt(
      person([event(cut - 1, 'Product Viewed'), event(cut + DAY_MS, ORDER, { revenue: 5 }, 'public')]),
      cut,
      end,
    );
    expect(found?.labels).toEqual({ purchase: 0, churn: 0 });
  });

  it('says nothing of a purchase while only the public key has spoken of the person', () => {
    const unknown = [event(cut - 1, 'Product Viewed', {}, 'public'), event(cut + 1, 'Logged In')];
    expect(exampleAt(person(unknown), cut, end)?.labels).toEqual({ churn: 1 });
    const known = [event(cut - 2, 'Logged In'), ...unknown];
    expect(exampleAt(person(known), cut, end)?.labels).toEqual({ purchase: 0, churn: 1 });
  });

  it('has no label whose window is not over', () => {
    const found = exampleAt(person([event(cut - 1, 'Product Viewed')]), cut, cut + 8 * DAY_MS);
    expect(found?.labels).toEqual({ purchase: 0 });
  });

  it('is nobody who was away for long', () => {
    expect(exampleAt(person([event(cut - windows.active - 1, 'Product Viewed')]), cut, end)).toBeUndefined();
  });

  it('never sees the future: later events change no history', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 * DAY_MS }), { maxLength: 6 }), (later) => {
        const past = [
          event(cut - 2 * DAY_MS, 'Product Viewed', { product_id: 'a' }),
          event(cut - 5, ORDER, { revenue: 1 }),
        ];
        const future = later.map((after) => event(cut + after, 'Planted', { product_id: 'future' }));
        const [without, withIt] = [
          exampleAt(person(past), cut, end),
          exampleAt(person([...past, ...future]), cut, end),
        ];
        expect(withIt?.events).toEqual(without?.events);
      }),
    );
  });
});

describe('a planted feature', () => {
  const cut = START + 50 * DAY_MS;
  const random = seededRandom(7);
  const people = Array.from({ length: 300 }, () => (random() < 0.5 ? 1 : 0));
  /** How well the number of planted events in the history tells who will buy. */
  const areaWhenPlantedAt = (at: number): number => {
    const examples = people.map((label) => {
      const events = [event(cut - DAY_MS, 'Product Viewed')];
      if (label) events.push(event(at, 'Planted'), event(cut + 2 * DAY_MS, ORDER, { revenue: 9 }));
      const [person] = historyOf(events.map((one) => ({ profile: 'p', event: one }))).people();
      return person && exampleAt(person, cut, cut + 60 * DAY_MS);
    });
    expect(examples.map((example) => example?.labels.purchase)).toEqual(people);
    const counts = examples.map(
      (example) => example?.events.filter(({ kind }) => kind === 'Planted').length ?? 0,
    );
    return rocAuc(people, counts);
  };

  it('of the future tells nothing, not even at the very cut or within the gap', () => {
    for (const after of [0, 1, windows.gap - 1, windows.gap, DAY_MS])
      expect(areaWhenPlantedAt(cut + after)).toBe(0.5);
  });

  it('of the past tells everything: the test above can fail', () => {
    expect(areaWhenPlantedAt(cut - 1)).toBe(1);
  });
});

describe('a training set', () => {
  it('has labels of training and validation that end before the hold-out is cut', () => {
    const { train, validation, holdout } = cutsOf(START, START + 120 * DAY_MS);
    const reach = windows.gap + windows.churn;
    expect(validation + reach).toBeLessThanOrEqual(holdout);
    expect(Math.max(...train)).toBeLessThan(validation);
    expect(holdout + reach).toBeLessThanOrEqual(START + 120 * DAY_MS);
  });

  it('is the same for the same events in any order, and its digest says so', () => {
    const list = simulated(150, 1);
    const one = trainingSet(historyOf(list));
    const other = trainingSet(historyOf(list.toReversed()));
    expect(other).toEqual(one);
    const fewer = trainingSet(historyOf(list.slice(1)));
    expect(fewer.digest).not.toBe(one.digest);
  });

  it('counts orders of trusted senders only among what came true', () => {
    const ordersOf = (trust: CleanEvent['trust']): number => {
      const set = trainingSet(
        historyOf(simulated(150, 1).map((one) => ({ ...one, event: { ...one.event, trust } }))),
      );
      return set.outcomes.train.reduce((sum, outcome) => sum + (outcome?.orders ?? 0), 0);
    };
    expect(ordersOf('secret')).toBeGreaterThan(0);
    expect(ordersOf('public')).toBe(0);
  });

  it('has no visit of the hold-out in training', () => {
    const { visits, examples } = trainingSet(historyOf(simulated(150, 2)));
    expect(visits.train.length).toBeGreaterThan(0);
    expect(Math.max(...visits.train.map(({ at }) => at))).toBeLessThan(examples.validation[0]?.cut ?? 0);
  });

  it('says how much history is missing', () => {
    expect(() => trainingSet(historyOf([]))).toThrow('the history spans 0 days; learning needs');
    expect(() => trainingSet(historyOf(simulated(3, 3)))).toThrow('examples; learning needs 200');
  });
});

describe('a history that grows too long', () => {
  const list = simulated(400, 5);

  it('keeps whole histories of a share of the people, the same in any order', () => {
    const all = new Map(
      historyOf(list)
        .people()
        .map(({ profile, events }) => [profile, events]),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 600, max: 6000 }), (turn, most) => {
        const turned = [...list.slice(turn % list.length), ...list.slice(0, turn % list.length)];
        const [one, other] = [historyOf(list, most), historyOf(turned, most)];
        expect(other.people()).toEqual(one.people());
        expect(other.span).toEqual(one.span);
        expect(one.events).toBeLessThanOrEqual(most);
        expect(one.people().length).toBeGreaterThan(one.share * 400 * 0.7);
        for (const { profile, events } of one.people()) expect(events).toEqual(all.get(profile));
      }),
      { numRuns: 20 },
    );
  });
});

describe('visits', () => {
  it('end after half an hour, and leave out direct repeats', () => {
    const look = (minutes: number, item: string) => ({
      kind: 'Product Viewed',
      item,
      at: START + minutes * 60_000,
    });
    const found = visitsOf([
      { events: [look(0, 'a'), look(1, 'a'), look(2, 'b'), look(40, 'c'), look(41, 'd'), look(90, 'e')] },
    ]);
    expect(found.map(({ items }) => items)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });
});

describe('moments of a next item', () => {
  const look = (minutes: number, item?: string) => ({
    kind: 'Product Viewed',
    ...(item === undefined ? {} : { item }),
    at: START + minutes * 60_000,
  });
  const people = [
    {
      profile: 'p',
      events: [look(0, 'a'), look(1), look(2, 'b'), look(3, 'b'), look(4, 'c'), look(60, 'd')],
    },
  ];

  it('know the visit and everything before, and nothing of the item itself', () => {
    const found = nextCases(people, START, START + 3_600_001, 10);
    expect(found.map(({ visit, next }) => [visit, next])).toEqual([
      [['a'], 'b'],
      [['a', 'b'], 'c'],
    ]);
    expect(found[1]?.example.events).toHaveLength(4);
    expect(found.every(({ example }) => example.events.every(({ at }) => at < example.cut))).toBe(true);
  });

  it('lie within the asked time and are as many as asked', () => {
    expect(nextCases(people, START + 3 * 60_000, START + 3_600_001, 10).map(({ next }) => next)).toEqual([
      'c',
    ]);
    expect(nextCases(people, START, START + 3_600_001, 1).map(({ next }) => next)).toEqual(['b']);
  });
});

it('reads an event from the lake and from a profile alike', () => {
  const clean = event(START, 'Product Added', {
    product_id: 'a',
    category: 'lamps',
    price: 9.99,
    quantity: 2,
  });
  expect(
    ofRecent({
      time: START,
      tie: 1,
      type: 'track',
      event: 'Product Added',
      item: 'a',
      category: 'lamps',
      priceMinor: 999,
      quantity: 2,
    }),
  ).toEqual(ofClean(clean));
  expect(ofRecent({ time: START, tie: 1, type: 'page', event: 'Home' })).toEqual(
    ofClean({ ...clean, type: 'page', event: 'Home' }),
  );
});
