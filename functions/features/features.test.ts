/** What becomes of events that name people in different ways. */
import { expect, it } from 'vitest';
import { LINKED_DEVICES } from '../../domain/identity.ts';
import { decodeProfile, type Profile, profileKey } from '../../domain/profile/item.ts';
import { view } from '../../domain/profile/view.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import { suppress } from '../../domain/vault/suppression.ts';
import { type ChainRun, NOW, runChain, SECRET, type Sent, TENANT } from '../../test/fixtures/chain.ts';
import { testFolder } from '../../test/fixtures/folder.ts';
import { profileIdOf } from '../../test/fixtures/person.ts';

type Fields = Record<string, unknown>;

const call = (fields: Fields): string =>
  JSON.stringify({
    type: 'track',
    event: 'Looked',
    timestamp: new Date(NOW - 1000).toISOString(),
    ...fields,
  });
const fromServer = (...events: Fields[]): Sent => ({ events: events.map(call) });
const fromPage = (...events: Fields[]): Sent => ({ trust: 'public', events: events.map(call) });

async function withRun<T>(requests: readonly Sent[], look: (run: ChainRun) => Promise<T>): Promise<T> {
  using folder = testFolder();
  // One shard and one record a batch: each request meets what the one before it left in the table.
  const run = await runChain(requests, { folder: folder.path, batch: 1, shards: 1 });
  try {
    return await look(run);
  } finally {
    run.close();
  }
}

async function profileOf(
  run: ChainRun,
  kind: 'user' | 'claim' | 'anonymous',
  id: string,
): Promise<Profile | undefined> {
  const key = profileIdOf(SECRET, TENANT, kind, id);
  const [item] = await run.profiles.get([profileKey(TENANT, key)]);
  return item && decodeProfile(TENANT, key, item);
}

const eventsOf = (profile: Profile | undefined): number | undefined =>
  profile && view(profile.state, NOW).dynamic.events;

it('gives the past of a device to the person who is recognised on it', async () => {
  const device = { anonymousId: 'd-1' };
  const requests = [
    fromPage({ ...device, messageId: 'a' }, { ...device, messageId: 'b' }),
    fromServer({ ...device, userId: 'u-1', type: 'identify', messageId: 'c', traits: { plan: 'club' } }),
    fromPage({ ...device, messageId: 'd' }),
  ];
  await withRun(requests, async (run) => {
    const person = await profileOf(run, 'user', 'u-1');
    expect(eventsOf(person)).toBe(4);
    expect(person?.meta.linked).toHaveLength(1);
    expect((await profileOf(run, 'anonymous', 'd-1'))?.meta.into).toBe(person?.id);
    expect(run.ledger).toMatchObject({ totals: { accepted: 4, applied: 4 }, inFlight: 0 });
  });
});

it('never lets a page write into the profile that servers feed', async () => {
  const requests = [
    fromServer({ userId: 'u-1', type: 'identify', messageId: 'a', traits: { email: 'real@example.com' } }),
    fromPage({ userId: 'u-1', type: 'identify', messageId: 'b', traits: { email: 'thief@example.com' } }),
  ];
  await withRun(requests, async (run) => {
    expect(eventsOf(await profileOf(run, 'user', 'u-1'))).toBe(1);
    expect(eventsOf(await profileOf(run, 'claim', 'u-1'))).toBe(1);
  });
});

it('leaves a shared device with whom it was linked to first', async () => {
  const device = { anonymousId: 'till' };
  const requests = [
    fromServer({ ...device, userId: 'u-1', messageId: 'a' }),
    fromServer({ ...device, userId: 'u-2', messageId: 'b' }),
    fromPage({ ...device, messageId: 'c' }),
  ];
  await withRun(requests, async (run) => {
    expect(eventsOf(await profileOf(run, 'user', 'u-1'))).toBe(2);
    expect(eventsOf(await profileOf(run, 'user', 'u-2'))).toBe(1);
  });
});

it('believes a server over a page about whose device it is, from then on', async () => {
  const device = { anonymousId: 'd-1' };
  const requests = [
    fromPage({ ...device, messageId: 'a' }),
    fromPage({ ...device, userId: 'somebody', messageId: 'b' }),
    fromServer({ ...device, userId: 'u-1', messageId: 'c' }),
    fromPage({ ...device, messageId: 'd' }),
  ];
  await withRun(requests, async (run) => {
    expect(eventsOf(await profileOf(run, 'claim', 'somebody'))).toBe(2);
    expect(eventsOf(await profileOf(run, 'user', 'u-1'))).toBe(2);
  });
});

it('counts a repeat once, and keeps another event under a used id for a person to look at', async () => {
  const requests = [
    fromServer({ userId: 'u-1', messageId: 'a' }),
    fromServer({ userId: 'u-1', messageId: 'a' }),
    fromServer({ userId: 'u-1', messageId: 'a', event: 'Left' }),
  ];
  await withRun(requests, async (run) => {
    expect(eventsOf(await profileOf(run, 'user', 'u-1'))).toBe(1);
    expect(run.ledger).toMatchObject({
      totals: { accepted: 3, applied: 1, duplicates: 1, quarantined: 1 },
      reasons: { id_reuse: 1 },
      inFlight: 0,
    });
    const { items } = await run.objects.list({ prefix: 'quarantine/' });
    expect(items).toHaveLength(1);
  });
});

it(`takes over ${LINKED_DEVICES} devices and leaves the others what they are`, async () => {
  const ids = Array.from({ length: LINKED_DEVICES + 3 }, (_, i) => `d-${i}`);
  const requests = ids.flatMap((anonymousId) => [
    fromPage({ anonymousId, messageId: `page-${anonymousId}` }),
    fromServer({ anonymousId, userId: 'u-1', messageId: `login-${anonymousId}` }),
  ]);
  await withRun(requests, async (run) => {
    const person = await profileOf(run, 'user', 'u-1');
    expect(person?.meta.linked).toHaveLength(LINKED_DEVICES);
    expect(eventsOf(person)).toBe(LINKED_DEVICES * 2 + 3);
    expect(run.ledger).toMatchObject({ totals: { applied: ids.length * 2 }, inFlight: 0 });
  });
});

it('remembers more messages than an item holds, for a day', async () => {
  const many = Array.from({ length: 400 }, (_, i) => ({ userId: 'u-1', messageId: `m-${i}` }));
  const requests = [fromServer(...many.slice(0, 200)), fromServer(...many.slice(200)), fromServer(...many)];
  await withRun(requests, async (run) => {
    const person = await profileOf(run, 'user', 'u-1');
    expect(eventsOf(person)).toBe(400);
    expect(person?.meta.spill.length).toBeGreaterThan(0);
    expect(run.ledger).toMatchObject({ totals: { accepted: 800, applied: 400, duplicates: 400 } });
  });
});

it('leaves out who was suppressed while their events were under way, whatever is delivered again', async () => {
  const people = Array.from({ length: 6 }, (_, n) => `u-${n}`);
  const requests = people.flatMap((userId) =>
    ['a', 'b', 'c'].map((id) =>
      fromServer({ userId, anonymousId: `d-${userId}`, messageId: `${userId}-${id}` }),
    ),
  );
  using folder = testFolder();
  const run = await runChain(requests, {
    folder: folder.path,
    batch: 3,
    rates: { redeliver: 0.3, lostAnswer: 0.1, throttle: 0.1, crash: 0.1, zombie: 0.2 },
    between: (table) =>
      suppress(
        table,
        TENANT,
        [subjectOf(SECRET, TENANT, 'user', 'u-1'), subjectOf(SECRET, TENANT, 'device', 'd-u-4')],
        { reason: 'erased', now: NOW },
      ),
  });
  const events = await Promise.all(people.map(async (id) => eventsOf(await profileOf(run, 'user', id))));
  expect(events).toEqual([3, 0, 3, 3, 0, 3]);
  expect(run.ledger).toMatchObject({
    totals: { accepted: 18, applied: 12, suppressed: 6 },
    reasons: { suppressed: 6 },
    inFlight: 0,
  });
  run.close();
});
