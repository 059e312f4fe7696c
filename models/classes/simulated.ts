/** A population whose lifecycle and tastes are known, for tests. */
import { seededRandom } from '../../domain/random.ts';
import type { BehaviourEvent, Example } from '../behaviour/example.ts';
import { type Outcome, outcomeOf } from './lifecycle.ts';

const DAY_MS = 86_400_000;
const CUT = Date.UTC(2025, 5, 1);

export interface Simulated {
  readonly examples: Example[];
  readonly outcomes: Outcome[];
  /** Index of the taste that each customer was made with. */
  readonly taste: number[];
}

/** Categories liked, with price level. */
const tastes = [
  { category: 'lamps', price: 200 },
  { category: 'rugs', price: 40 },
  { category: 'books', price: 8 },
] as const;

/** Habits: visits a day, chance that a visit ends in an order, and days since the habit ended (0: goes on). */
const habits = [
  { rate: 0.5, buys: 0.4, ended: 0 },
  { rate: 0.25, buys: 0, ended: 0 },
  { rate: 0.4, buys: 0.1, ended: 25 },
] as const;

/** `customers` with 90 days of history, and the 30 days after. */
export function simulate(customers: number, seed: number): Simulated {
  const random = seededRandom(seed);
  const made: Simulated = { examples: [], outcomes: [], taste: [] };
  for (let i = 0; i < customers; i++) {
    const taste = Math.floor(random() * tastes.length);
    const events = historyOf(Math.floor(random() * habits.length), taste, random);
    const past = events.filter(({ at }) => at < CUT).slice(-50);
    if (past.length === 0) continue;
    made.examples.push({ profile: `customer-${i}`, cut: CUT, events: past, labels: {} });
    made.outcomes.push(outcomeOf(events, CUT));
    made.taste.push(taste);
  }
  return made;
}

function historyOf(habit: number, taste: number, random: () => number): BehaviourEvent[] {
  const { rate, buys, ended } = habits[habit] ?? habits[0];
  const { price } = tastes[taste] ?? tastes[0];
  const events: BehaviourEvent[] = [];
  for (let day = -90; day < 30; day++) {
    if (random() >= (ended > 0 && day > -ended ? rate / 20 : rate)) continue;
    let at = CUT + (day + random() * 0.9) * DAY_MS;
    const add = (kind: string): void => {
      const liked = random() < 0.85 ? taste : Math.floor(random() * tastes.length);
      const { category } = tastes[liked] ?? tastes[0];
      events.push({
        kind,
        category,
        price: Math.round(price * (0.5 + random())),
        at: Math.floor((at += 60_000)),
      });
    };
    add('Product Viewed');
    if (random() < 0.5) add('Product Viewed');
    if (random() < buys) {
      add('Product Added');
      events.push({ kind: 'Order Completed', at: Math.floor((at += 60_000)) });
    }
  }
  return events;
}
