/** Destinations that answer by a script, in time that the test moves: order, repeats, isolation, and what is never sent. */
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import type { StreamRecord } from '../../domain/ports.ts';
import { seal } from '../../domain/privacy/sealed.ts';
import { encodeProfile, freshProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { seededRandom } from '../../domain/random.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import { suppress } from '../../domain/vault/suppression.ts';
import { type Destination, destinationWrite, sealedFor } from '../../domain/webhook/destination.ts';
import type { Letter, SendOutcome } from '../../domain/webhook/sender.ts';
import { isGenuine, secretText } from '../../domain/webhook/signature.ts';
import type { MembershipChanged } from '../../events/envelope.ts';
import { pack } from '../../events/packed.ts';
import { makeDeliver } from '../../functions/deliver/deliver.ts';
import { makeRedeliver } from '../../functions/redeliver/redeliver.ts';
import { testFolder } from '../fixtures/folder.ts';
import { VirtualTime } from './virtual-time.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const SECRET = '5e'.repeat(32);
const SIGNING = secretText(Buffer.alloc(32, 7));
const SEGMENT = '0123456789abcdef';
const TENANT = 't';

const sentBody = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.object({ profileId: z.string(), segmentId: z.string(), userIds: z.array(z.string()) }),
});
interface Arrival {
  readonly host: string;
  readonly id: string;
  readonly person: string;
  readonly at: number;
  readonly status: number | undefined;
}
/** Answers a delivery; `ms` after it came. */
type Script = (letter: Letter, nth: number) => { readonly outcome: SendOutcome; readonly ms?: number };

const answered = (status: number, retryAfterMs?: number): SendOutcome => ({
  kind: 'answered',
  status,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const fine: Script = () => ({ outcome: answered(200), ms: 20 });

const idOf = (i: number): string => `${i}`.padStart(16, '0');

const open: { [Symbol.dispose](): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

async function makeWorld(scripts: Readonly<Record<string, Script>>, people = 4) {
  const folder = testFolder();
  const time = new VirtualTime(NOW);
  const table = (): EmbeddedTable => new EmbeddedTable({ path: ':memory:', clock: time });
  const tables = { destinations: table(), profiles: table(), suppression: table(), vault: table() };
  const objects = new EmbeddedObjects(`${folder.path}/lake`);
  const arrivals: Arrival[] = [];
  const nth = new Map<string, number>();
  const sender = {
    send: async (letter: Letter): Promise<SendOutcome> => {
      const { host } = new URL(letter.url);
      const { data } = sentBody.parse(JSON.parse(letter.body));
      expect(isGenuine(letter.headers, letter.body, SIGNING, time.now() / 1000)).toBe(true);
      const id = letter.headers['webhook-id'] ?? '';
      const tries = (nth.get(`${host} ${id}`) ?? 0) + 1;
      nth.set(`${host} ${id}`, tries);
      const { outcome, ms = 0 } = (scripts[host] ?? fine)(letter, tries);
      const at = time.now();
      const status = outcome.kind === 'answered' ? outcome.status : undefined;
      arrivals.push({ host, id, person: data.profileId, at, status });
      await time.wait(ms);
      return outcome;
    },
  };
  const services = {
    clock: time,
    metrics: { count: () => {} },
    secret: SECRET,
    streams: {},
    tables,
    objects,
    sender,
    random: seededRandom(1),
  };
  const destinations = Object.keys(scripts).map(
    (host, i): Destination => ({
      version: 1,
      tenant: TENANT,
      id: idOf(i),
      url: `https://${host}/hook`,
      segments: [],
      secrets: [{ sealed: seal(SECRET, sealedFor({ tenant: TENANT, id: idOf(i) }), SIGNING) }],
      createdAt: NOW,
    }),
  );
  await tables.destinations.put(destinations.map(destinationWrite));
  const put = (profile: Profile) =>
    tables.profiles.put([{ ...profileKey(TENANT, profile.id), data: encodeProfile(profile) }]);
  const person = (i: number): Profile => {
    const profile = freshProfile(TENANT, `${i}`.padStart(32, '0'));
    profile.state.userIds.add(subjectOf(SECRET, TENANT, 'user', `user-${i}`));
    return profile;
  };
  for (let i = 0; i < people; i++) await put(person(i));
  open.push({
    [Symbol.dispose]: () => {
      for (const one of Object.values(tables)) one.close();
      folder[Symbol.dispose]();
    },
  });
  const step = makeDeliver(services);
  let sequence = 0;
  const recordOf = (changes: readonly MembershipChanged[]): StreamRecord => ({
    shard: '0',
    sequence: `${++sequence}`,
    key: 'lane',
    arrivedAt: time.now(),
    data: pack(
      '{}',
      changes.map((change) => JSON.stringify(change)),
    ),
  });
  const redeliver = makeRedeliver(services);
  return {
    time,
    arrivals,
    objects,
    suppression: tables.suppression,
    person,
    put,
    recordOf,
    deliver: (...records: readonly StreamRecord[]) => time.during(step(records)),
    /** The clock's function, once in so many minutes. */
    minutes: async (count: number, every = 1): Promise<void> => {
      for (let i = 0; i < count; i += every) {
        time.pass(every * 60_000);
        await time.during(redeliver());
      }
    },
  };
}

const change = (person: number, n: number, kind: 'entered' | 'left' = 'entered'): MembershipChanged => ({
  version: 1,
  id: `c-${person}-${n}`,
  tenant: TENANT,
  profileId: `${person}`.padStart(32, '0'),
  segmentId: SEGMENT,
  kind,
  at: NOW + n,
});

/** Ids as they were first answered for good, by person. */
function orderOf(arrivals: readonly Arrival[], host: string): Map<string, string[]> {
  const order = new Map<string, string[]>();
  for (const { person, id, host: to } of arrivals) {
    const seen = order.get(person) ?? [];
    order.set(person, seen);
    if (to === host && seen.at(-1) !== id) seen.push(id);
  }
  return order;
}

async function undelivered(objects: EmbeddedObjects): Promise<string[]> {
  const { items } = await objects.list({ prefix: 'undelivered/' });
  const found = items.map(async ({ key }) => {
    const value: unknown = JSON.parse(new TextDecoder().decode(await objects.get(key)));
    return z.object({ reason: z.string(), change: z.object({ id: z.string() }) }).parse(value);
  });
  return (await Promise.all(found)).map(({ change: { id }, reason }) => `${id} ${reason}`).sort();
}

describe('whatever a destination answers', () => {
  it('each person is told in order, each change as often as its script says, and what it refuses is kept', async () => {
    const people = 20;
    const each = 6;
    const random = seededRandom(7);
    const scripts = new Map<string, readonly number[]>();
    for (let p = 0; p < people; p++)
      for (let n = 0; n < each; n++) {
        const chance = random();
        const script =
          chance < 0.6 ? [200] : chance < 0.75 ? [500, 200] : chance < 0.9 ? [503, 429, 200] : [400];
        scripts.set(change(p, n).id, script);
      }
    const world = await makeWorld(
      {
        'hook.example.com': ({ headers }, nth) => {
          const status = scripts.get(headers['webhook-id'] ?? '')?.[nth - 1] ?? 599;
          return { outcome: answered(status), ms: 1 + Math.floor(random() * 50) };
        },
      },
      people,
    );
    for (let n = 0; n < each; n++)
      await world.deliver(world.recordOf(Array.from({ length: people }, (_, p) => change(p, n))));
    await world.minutes(240);
    const { arrivals } = world;
    for (const [id, script] of scripts)
      expect(arrivals.filter((one) => one.id === id).map(({ status }) => status)).toEqual(script);
    for (const [, ids] of orderOf(arrivals, 'hook.example.com')) expect(ids).toEqual(ids.toSorted());
    const refused = [...scripts].filter(([, script]) => script.at(-1) === 400);
    expect(refused.length).toBeGreaterThan(3);
    expect(await undelivered(world.objects)).toEqual(refused.map(([id]) => `${id} status_400`).sort());
  });

  it('no change is told twice, though records come again and changes are announced twice', async () => {
    const world = await makeWorld({ 'hook.example.com': fine });
    const first = world.recordOf([change(0, 0), change(1, 0)]);
    await world.deliver(first);
    await world.deliver(first);
    await world.deliver(world.recordOf([change(0, 0), change(0, 1, 'left')]), first);
    await world.minutes(2);
    expect(world.arrivals.map(({ id }) => id).sort()).toEqual(['c-0-0', 'c-0-1', 'c-1-0']);
  });

  it('nobody comes back sooner than it asks', async () => {
    const world = await makeWorld({
      'hook.example.com': (_, nth) => ({ outcome: nth === 1 ? answered(429, 600_000) : answered(200) }),
    });
    await world.deliver(world.recordOf([change(0, 0)]));
    await world.minutes(30);
    const [once, again] = world.arrivals;
    expect((again?.at ?? 0) - (once?.at ?? 0)).toBeGreaterThanOrEqual(600_000);
    expect(world.arrivals).toHaveLength(2);
  });
});

describe('dead and slow destinations', () => {
  const PEOPLE = 2;
  const ROUNDS = 150;
  const HEALTHY = 3;
  const sick: Readonly<Record<string, Script>> = {
    'dead.example.com': () => ({ outcome: { kind: 'failed', reason: 'timed_out' }, ms: 5000 }),
    'broken.example.com': () => ({ outcome: answered(500), ms: 30 }),
    'busy.example.com': () => ({ outcome: answered(429, 3_600_000), ms: 30 }),
    'slow.example.com': () => ({ outcome: answered(200), ms: 4900 }),
  };
  const healthy = Object.fromEntries(
    Array.from({ length: HEALTHY }, (_, i) => [`ok-${i}.example.com`, fine]),
  );

  /** Times from announcement, one batch a second, to arrival at a healthy one, ms: 95th percentile and longest. */
  async function delay(
    scripts: Readonly<Record<string, Script>>,
  ): Promise<{ p95: number; longest: number; sent: number }> {
    const world = await makeWorld(scripts, PEOPLE);
    const announced = new Map<string, number>();
    for (let n = 0; n < ROUNDS; n++) {
      const due = NOW + n * 1000;
      world.time.pass(Math.max(0, due - world.time.now()));
      const changes = Array.from({ length: PEOPLE }, (_, p) => change(p, n));
      for (const { id } of changes) announced.set(id, due);
      await world.deliver(world.recordOf(changes));
    }
    const delays = world.arrivals
      .filter(({ host }) => host.startsWith('ok-'))
      .map(({ id, at }) => at - (announced.get(id) ?? 0))
      .sort((a, b) => a - b);
    const p95 = delays[Math.floor(delays.length * 0.95)] ?? Number.NaN;
    return { p95, longest: delays.at(-1) ?? Number.NaN, sent: delays.length };
  }

  it('hold nobody else up', async () => {
    const alone = await delay(healthy);
    const beside = await delay({ ...sick, ...healthy });
    expect(alone.sent).toBe(HEALTHY * PEOPLE * ROUNDS);
    expect(beside.sent).toBe(alone.sent);
    const shown = ({ p95, longest }: typeof alone): string => `p95 ${p95} ms, longest ${longest} ms`;
    console.info(`healthy destinations: alone ${shown(alone)}; beside four sick ones ${shown(beside)}`);
    expect(beside.p95).toBeLessThanOrEqual(alone.p95 + 50);
    // Once, until it is known who is sick.
    expect(beside.longest).toBeLessThanOrEqual(6000);
  });

  it('are left alone for longer and longer, and after a day what they did not take is kept with the reason', async () => {
    const world = await makeWorld({
      'dead.example.com': sick['dead.example.com'] ?? fine,
      'ok.example.com': fine,
    });
    await world.deliver(world.recordOf([change(0, 0), change(1, 0)]));
    await world.minutes(25 * 60, 10);
    expect(await undelivered(world.objects)).toEqual(['c-0-0 timed_out', 'c-1-0 timed_out']);
    const tries = world.arrivals.filter(({ host }) => host === 'dead.example.com').length;
    expect(tries).toBeGreaterThan(50);
    expect(tries).toBeLessThan(310);
    expect(world.arrivals.filter(({ host }) => host === 'ok.example.com')).toHaveLength(2);
  });
});

it('of who is erased, suppressed or unknown nothing is said; of who refused profiling only that they left', async () => {
  const world = await makeWorld({ 'hook.example.com': fine });
  const suppressed = [subjectOf(SECRET, TENANT, 'user', 'user-3')];
  await suppress(world.suppression, TENANT, suppressed, { reason: 'objected', now: NOW });
  const objecting = world.person(0);
  const decidedNo = { granted: false, at: NOW, source: 'web', signals: ['own'] } as const;
  objecting.state.consent.answers.set('profiling', { decidedNo });
  await world.put(objecting);
  const erased = world.person(1);
  erased.meta.erased = true;
  await world.put(erased);
  const changes = [0, 1, 2, 3, 99].flatMap((p) => [change(p, 0), change(p, 1, 'left')]);
  await world.deliver(world.recordOf(changes));
  await world.minutes(1);
  expect(world.arrivals.map(({ id }) => id).sort()).toEqual(['c-0-1', 'c-2-0', 'c-2-1']);
});
