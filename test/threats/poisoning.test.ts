/** Made-up customers who come through the public key: what they do to a model that is judged on real ones. */
import { expect, it } from 'vitest';
import { seededRandom } from '../../domain/random.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import type { Example } from '../../models/behaviour/example.ts';
import { trainLogistic } from '../../models/linear/classification.ts';
import { predict } from '../../models/linear/model.ts';
import { rocAuc } from '../../models/measure/binary.ts';
import type { Matrix } from '../../models/selection/learner.ts';
import { History } from '../../models/snapshot/history.ts';
import { trainingSet } from '../../models/snapshot/training-set.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const DAYS = 140;
const PEOPLE = 500;
const names = ['Product Viewed', 'Product Added', 'Checkout Started'];

interface Made {
  readonly event: CleanEvent;
  readonly profile: string;
}

const made = (profile: string, at: number, event: string, trust: CleanEvent['trust']): Made => ({
  profile,
  event: {
    version: 1,
    receipt: `0:${at}:0`,
    tenant: 't',
    source: 's',
    trust,
    messageId: `${profile}-${at}-${event}`,
    type: 'track',
    event,
    timestamp: at,
    receivedAt: at,
    properties:
      event === 'Order Completed' ? { revenue: 20, order_id: `${profile}-${at}` } : { product_id: 'i1' },
    traits: {},
    context: {},
    flags: [],
    userId: profile,
  },
});

/** Who puts things into the basket buys within days; who only looks does not. Shops report orders by their servers. */
function honest(): Made[] {
  const random = seededRandom(5);
  return Array.from({ length: PEOPLE }, (_, i) => `real-${i}`).flatMap((profile) => {
    const eager = random();
    // The shop's server says once that this is a customer.
    const events = [made(profile, START, 'Logged In', 'secret')];
    for (let day = 0; day < DAYS; day++) {
      if (random() > 0.15) continue;
      const at = START + day * DAY_MS + Math.floor(random() * 20) * 3_600_000;
      events.push(made(profile, at, 'Product Viewed', 'public'));
      if (random() < eager) events.push(made(profile, at + 60_000, 'Product Added', 'public'));
      if (random() < eager * 0.5) events.push(made(profile, at + 90_000, 'Checkout Started', 'public'));
      if (random() < eager * 0.6) events.push(made(profile, at + 120_000, 'Order Completed', 'secret'));
    }
    return events;
  });
}

/** They look and never put anything into a basket, and say that they buy all the time: the opposite of the truth. */
function poison(share: number, trust: CleanEvent['trust']): Made[] {
  const count = Math.round((PEOPLE * share) / (1 - share));
  return Array.from({ length: count }, (_, i) => `fake-${i}`).flatMap((profile) =>
    Array.from({ length: DAYS / 2 }, (_, n) => START + n * 2 * DAY_MS).flatMap((at) => [
      made(profile, at, 'Product Viewed', trust),
      made(profile, at + 120_000, 'Order Completed', trust),
    ]),
  );
}

const real = ({ profile }: Example): boolean => profile.startsWith('real-');

function table(examples: readonly Example[]): { x: Matrix; y: Float64Array } {
  const labelled = examples.filter(({ labels }) => labels.purchase !== undefined);
  const data = labelled.flatMap(({ events }) => {
    const shares = names.map((name) => events.filter(({ kind }) => kind === name).length / events.length);
    return [...shares, Math.log1p(events.length)];
  });
  return {
    x: { rows: labelled.length, columns: names.length + 1, data: Float64Array.from(data) },
    y: Float64Array.from(labelled, ({ labels }) => labels.purchase ?? 0),
  };
}

/** Learns from everybody, is judged on real customers of a later time. */
function aucWith(attack: readonly Made[]): number {
  const history = new History();
  for (const { event, profile } of [...honest(), ...attack]) history.add(event, profile);
  const { examples } = trainingSet(history);
  const { x, y } = table(examples.train);
  const holdout = table(examples.holdout.filter(real));
  return rocAuc(holdout.y, predict(trainLogistic(x, y, { ridge: 1, errors: false }), holdout.x));
}

it('changes next to nothing, because the public key alone makes no label; were it believed, it would', () => {
  const clean = aucWith([]);
  expect(clean).toBeGreaterThan(0.65);
  const figures = [0.05, 0.2].map((share) => ({
    share,
    kept: clean - aucWith(poison(share, 'public')),
    believed: clean - aucWith(poison(share, 'secret')),
  }));
  console.info(`hold-out AUC ${clean.toFixed(4)}; lost: ${JSON.stringify(figures)}`);
  for (const { kept } of figures) expect(Math.abs(kept)).toBeLessThan(0.005);
  expect(figures.at(-1)?.believed).toBeGreaterThan(0.01);
});
