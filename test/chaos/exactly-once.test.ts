/** Whatever fails in between: every event counts once, and the books balance. */
import { expect, it } from 'vitest';
import type { ChaosRates } from '../../adapters/embedded/chaos.ts';
import { decodeProfile } from '../../domain/profile/item.ts';
import { view } from '../../domain/profile/view.ts';
import { type ChainRun, NOW, runChain, type Sent, TENANT } from '../fixtures/chain.ts';
import { testFolder } from '../fixtures/folder.ts';

const PEOPLE = 12;
const harsh: ChaosRates = {
  throttle: 0.05,
  partial: 0.08,
  lostAnswer: 0.08,
  redeliver: 0.1,
  cut: 0.2,
  crash: 0.1,
  zombie: 0.15,
};

const at = (minute: number): string => new Date(NOW - 86_400_000 + minute * 60_000).toISOString();

/** Each person browses on two devices, logs in on both, orders, and one in five requests is sent twice. */
function traffic(): { requests: Sent[]; unique: number; repeats: number; broken: number } {
  const requests: Sent[] = [];
  let [unique, repeats, broken] = [0, 0, 0];
  for (let round = 0; round < 24; round++) {
    for (let person = 0; person < PEOPLE; person++) {
      const anonymousId = `device-${person}-${round % 2}`;
      const known = round >= 8 ? { userId: `person-${person}` } : {};
      const messageId = `m-${person}-${round}`;
      const base = { messageId, anonymousId, ...known, timestamp: at(round * 7 + person) };
      const order = {
        type: 'track',
        event: 'Order Completed',
        properties: {
          order_id: messageId,
          total: 10 + person,
          currency: 'USD',
          products: [{ product_id: `p-${round % 5}`, category: 'lamps', price: 10 + person, quantity: 1 }],
        },
      };
      const call =
        round % 6 === 5
          ? order
          : round % 6 === 2
            ? { type: 'identify', traits: { round } }
            : { type: 'page', name: 'Home' };
      const events = [JSON.stringify({ ...base, ...call })];
      unique++;
      if ((round + person) % 11 === 0) {
        events.push(JSON.stringify({ ...base, messageId: `broken-${messageId}`, type: 'nonsense' }));
        broken++;
      }
      requests.push({ events });
      if ((round * PEOPLE + person) % 5 === 0) {
        requests.push({ events: events.slice(0, 1) });
        repeats++;
      }
    }
  }
  return { requests, unique, repeats, broken };
}

/** What readers see of every person: the same, whichever device's part an event was counted in. */
async function people(run: ChainRun): Promise<unknown[]> {
  const { items } = await run.profiles.scan({});
  return items
    .filter((item) => item.sk === 'P')
    .map((item) => decodeProfile(TENANT, item.pk.slice(TENANT.length + 1), item))
    .filter((profile) => profile.meta.into === undefined)
    .map((profile) => ({ id: profile.id, ...view(profile.state, NOW) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function quarantinedReceipts(run: ChainRun): Promise<Set<string>> {
  const receipts = new Set<string>();
  const { items } = await run.objects.list({ prefix: 'quarantine/' });
  for (const { key } of items) {
    const lines = new TextDecoder()
      .decode(await run.objects.get(key))
      .trimEnd()
      .split('\n');
    for (const line of lines) receipts.add(JSON.parse(line).receipt);
  }
  return receipts;
}

const { requests, unique, repeats, broken } = traffic();
const books = {
  accepted: unique + repeats + broken,
  applied: unique,
  duplicates: repeats,
  quarantined: broken,
  suppressed: 0,
};

async function inCalmWeather(): Promise<unknown[]> {
  using folder = testFolder();
  const run = await runChain(requests, { folder: folder.path });
  expect(run.ledger.totals).toEqual(books);
  const seen = await people(run);
  run.close();
  return seen;
}

it('applies every event once in calm weather, and joins devices to people', async () => {
  const seen = await inCalmWeather();
  expect(seen).toHaveLength(PEOPLE);
  expect(seen[0]).toMatchObject({ dynamic: { events: 24, totals: { orders: 4 } } });
});

it.each([1, 2, 3, 4])('comes to the same under every fault (seed %i)', async (seed) => {
  const expected = await inCalmWeather();
  using folder = testFolder();
  const run = await runChain(requests, { folder: folder.path, rates: harsh, seed, batch: 7 });
  const seen = await people(run);
  expect(run.givenUp).toBe(0);
  expect(Object.entries(run.injected).filter(([, count]) => count === 0)).toEqual([]);
  expect(seen).toEqual(expected);
  expect(run.ledger).toMatchObject({ totals: books, inFlight: 0, reasons: { invalid_type: broken } });
  expect((await quarantinedReceipts(run)).size).toBe(broken);
  run.close();
});
