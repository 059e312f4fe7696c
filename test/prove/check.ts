/** Compares what the stores hold with what the plan says they must; nothing but the books is asked of the system itself. */
import { fingerprint } from '../../domain/ids.ts';
import type { Profile } from '../../domain/profile/item.ts';
import { view } from '../../domain/profile/view.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import { credentials } from '../../local/credentials.ts';
import { TENANT } from '../../local/host.ts';
import type { Books } from './life.ts';
import { NOISY, type Noise } from './noise.ts';
import { effectsIn } from './notes.ts';
import type { Person, Plan } from './plan.ts';
import { changesIn, lakeIn, ledgerOf, peopleIn, quarantineIn } from './stores.ts';

/** Promises by the words that name them. */
export const promises = {
  books: 'accepted = applied + duplicates + quarantined + suppressed',
  once: 'every event answered with 200 was applied once',
  profiles: 'every profile equals the reference, whatever the clocks said',
  quarantine: 'every bad event is in quarantine with its reason',
  crawlers: 'every crawler was suppressed',
  lake: 'the lake holds what was applied',
  announced: 'every change was announced',
  noise: 'a noisy tenant is held to its rate, and its books balance too',
} as const;
export type PromiseName = keyof typeof promises;

/** A promise, and how much speaks against it. */
export interface Finding {
  readonly promise: PromiseName;
  /** 0 when it held. */
  readonly wrong: number;
  /** What is counted. */
  readonly what: string;
}

export interface Evidence {
  readonly plan: Plan;
  readonly books: Books;
  readonly noise: Noise;
  /** Folders of the system and of the notes. */
  readonly data: string;
  readonly notes: string;
}

/** Network and rounding: the correction of clocks promises no more, ms. */
const CLOCK_MS = 60_000;
const WORD = 1n << 64n;

export async function check({ plan, books, noise, data, notes }: Evidence): Promise<Finding[]> {
  const [people, lake] = await Promise.all([peopleIn(data), lakeIn(data)]);
  const wanted = new Set(plan.people.flatMap(({ applied }) => [...applied.keys()]));
  const { secret } = credentials(data);
  const found = (promise: PromiseName, wrong: number, what: string): Finding => ({ promise, wrong, what });
  return [
    found('books', Math.abs(books.inFlight), 'events apart'),
    found('once', Math.abs((books.totals['applied'] ?? 0) - wanted.size), 'events more or less than sent'),
    found(
      'profiles',
      plan.people.filter((person) => isWrong(person, people, secret)).length,
      'profiles wrong',
    ),
    found(
      'quarantine',
      wrongRefusals(plan, await quarantineIn(data)),
      'missing, too many or with a wrong reason',
    ),
    found('crawlers', [...plan.suppressed].filter((id) => lake.has(id)).length, 'in the lake'),
    found('lake', apart(wanted, lake), 'events missing or too many'),
    found('announced', unannounced(people, changesIn(data), effectsIn(notes)), 'changes nobody was told of'),
    found('noise', await uncontrolled(noise, data), 'events too many or unaccounted for'),
  ];
}

/** Number, sum of fingerprints, times, orders and revenue, reckoned from the plan alone. */
function isWrong(person: Person, profiles: ReadonlyMap<string, Profile>, secret: string): boolean {
  if (person.applied.size === 0) return false;
  const { userId, devices } = person;
  const subject =
    userId === undefined
      ? subjectOf(secret, TENANT, 'device', devices[0] ?? '')
      : subjectOf(secret, TENANT, 'user', userId);
  const profile = profiles.get(subject);
  if (!profile) return true;
  let sum = 0n;
  for (const [messageId, source] of person.applied) {
    const [high, low] = fingerprint(secret, TENANT, source, messageId);
    sum = (sum + (BigInt(high) << 32n) + BigInt(low)) % WORD;
  }
  const { events, checksum, frequency, monetary, firstSeen, lastSeen } = view(
    profile.state,
    Date.now(),
  ).dynamic;
  const near = (text: string | undefined, at: number): boolean =>
    text !== undefined && Math.abs(Date.parse(text) - at) <= CLOCK_MS;
  return !(
    events === person.applied.size &&
    checksum === sum.toString(16).padStart(16, '0') &&
    frequency === person.orders &&
    Math.round(monetary * 100) === person.revenueMinor &&
    near(firstSeen, person.firstAt) &&
    near(lastSeen, person.lastAt)
  );
}

/** Members that only one of the two has. */
const apart = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  [...a].filter((id) => !b.has(id)).length + [...b].filter((id) => !a.has(id)).length;

function wrongRefusals({ refused }: Plan, found: ReadonlyMap<string, string>): number {
  const missing = [...refused].filter(([id, reason]) => found.get(id) !== reason).length;
  return missing + [...found.keys()].filter((id) => !refused.has(id)).length;
}

/** Profiles whose newest stored change was never announced; one that was merged leaves its word to the survivor. */
function unannounced(
  people: ReadonlyMap<string, Profile>,
  told: ReadonlySet<string>,
  stored: readonly string[],
): number {
  const newest = new Map<string, { readonly version: number; readonly id: string }>();
  for (const id of stored) {
    const [profile = '', text] = id.split('-');
    const version = Number(text);
    if ((newest.get(profile)?.version ?? 0) < version) newest.set(profile, { version, id });
  }
  const living = new Set([...people.values()].map(({ id }) => id));
  return [...newest].filter(([profile, { id }]) => living.has(profile) && !told.has(id)).length;
}

/** What came through beyond the limit, and what is not between the answers given and the answers lost. */
async function uncontrolled({ accepted, unclear, allowed }: Noise, data: string): Promise<number> {
  const { totals, inFlight } = await ledgerOf(NOISY.tenant, data);
  const most = Math.min(allowed, accepted + unclear);
  return (
    Math.abs(inFlight) +
    Math.max(0, accepted - totals.accepted) +
    Math.max(0, Math.ceil(totals.accepted - most))
  );
}
