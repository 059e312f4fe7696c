/** Made-up customers whose future follows rules, for tests: what a model should find in them is known. */
import { seededRandom } from '../../domain/random.ts';
import type { BehaviourEvent, Example } from './example.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

/** Items of a category form a ring; a customer walks along one ring. */
export const RINGS = 4;
export const RING = 8;

/**
 * Next item: the one after it in the ring. Purchase: what was put into the cart. Churn: nothing for ten days. Value: the
 * price of the ring. Each rule holds in nine of ten cases.
 */
export function madeUp(count: number, seed: number): Example[] {
  const random = seededRandom(seed);
  const holds = (rule: boolean): 0 | 1 => (random() < 0.9 === rule ? 1 : 0);
  return Array.from({ length: count }, (_, profile): Example => {
    const ring = Math.floor(random() * RINGS);
    let place = Math.floor(random() * RING);
    let at = START + Math.floor(random() * 30 * DAY);
    const events = Array.from({ length: 2 + Math.floor(random() * 8) }, (): BehaviourEvent => {
      place = (random() < 0.9 ? place + 1 : Math.floor(random() * RING)) % RING;
      at += Math.floor(random() * 60_000);
      return {
        kind: random() < 0.1 ? 'Product Added' : 'Product Viewed',
        item: `item ${ring}-${place}`,
        category: `ring ${ring}`,
        price: 10 * 4 ** ring,
        at,
      };
    });
    const silent = random() < 0.3;
    const bought = holds(events.some(({ kind }) => kind === 'Product Added'));
    return {
      profile: `profile ${profile}`,
      cut: at + (silent ? 10 + random() * 20 : random()) * DAY,
      events,
      labels: {
        ...(random() < 0.9 ? { purchase: bought } : {}),
        churn: holds(silent),
        ...(bought ? { value: 10 * 4 ** ring * (0.8 + 0.4 * random()) } : {}),
      },
    };
  });
}
