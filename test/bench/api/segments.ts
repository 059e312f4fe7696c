/** Profiles of many people: reads and previews through HTTP, and all segments over everybody. */
import { EmbeddedTable } from '../../../adapters/embedded/table.ts';
import { fingerprint, profileId } from '../../../domain/ids.ts';
import { fold } from '../../../domain/profile/fold.ts';
import { encodeProfile, freshProfile, profileKey } from '../../../domain/profile/item.ts';
import { emptyState } from '../../../domain/profile/state.ts';
import { seededRandom } from '../../../domain/random.ts';
import { compile } from '../../../domain/segments/evaluate.ts';
import { standingKey } from '../../../domain/segments/keys.ts';
import { encodeStanding } from '../../../domain/segments/standing.ts';
import { subjectOf } from '../../../domain/vault/subject.ts';
import { PeopleKeeper } from '../../../functions/api/segments/people.ts';
import { credentials } from '../../../local/credentials.ts';
import { files } from '../../../local/files.ts';
import { TENANT } from '../../../local/host.ts';
import { testFolder } from '../../fixtures/folder.ts';
import { inOwnProcess } from '../part.ts';
import type { Figure } from '../report.ts';
import { say } from '../running.ts';
import { peopleNote, plans, rules } from './asked.ts';

const DAY = 86_400_000;
const names = ['Product Viewed', 'Product Viewed', 'Product Added', 'Order Completed'];

/** People with 5 events each over 60 days, and traits. */
async function people(data: string, count: number): Promise<void> {
  const random = seededRandom(7);
  const { secret } = credentials(data);
  const now = Date.now();
  const profiles = new EmbeddedTable({ path: files.table(data, 'profiles'), clock: Date });
  const segments = new EmbeddedTable({ path: files.table(data, 'segments'), clock: Date });
  for (let at = 0; at < count; at += 1000) {
    const made = Array.from({ length: 1000 }, (_, i) => person(at + i, { now, random, secret }));
    await profiles.put(made.map(({ id, data: bytes }) => ({ ...profileKey(TENANT, id), data: bytes })));
    const standing = encodeStanding({
      version: 1,
      profileVersion: 1,
      revision: 0,
      in: [],
      out: [],
      gone: false,
    });
    await segments.put(made.map(({ id }) => ({ ...standingKey(TENANT, id), data: standing })));
  }
  profiles.close();
  segments.close();
}

interface Making {
  readonly now: number;
  readonly random: () => number;
  /** The host's, by which it finds people. */
  readonly secret: string;
}

function person(number: number, { now, random, secret }: Making): { id: string; data: Uint8Array } {
  const userId = subjectOf(secret, TENANT, 'user', `u-${number}`);
  const id = profileId(secret, TENANT, 'user', userId);
  let state = emptyState();
  for (let i = 0; i < 5; i++) {
    const timestamp = Math.floor(now - random() * 60 * DAY);
    const messageId = `${number}-${i}`;
    const event = {
      version: 1 as const,
      receipt: '0:0:0',
      tenant: TENANT,
      source: 'web',
      trust: 'secret' as const,
      type: i === 0 ? ('identify' as const) : ('track' as const),
      event: i === 0 ? 'identify' : (names[Math.floor(random() * names.length)] ?? ''),
      messageId,
      receivedAt: timestamp,
      timestamp,
      userId,
      properties: { product_id: `p${i}`, category: `c${Math.floor(random() * 20)}`, revenue: random() * 200 },
      traits:
        i === 0 ? { plan: plans[number % 3] ?? '', name: `Person ${number}`, age: 18 + (number % 60) } : {},
      context: { locale: 'en' },
      flags: [],
    };
    state = fold(state, event, fingerprint(secret, TENANT, 'web', messageId), id);
  }
  return { id, data: encodeProfile({ ...freshProfile(TENANT, id), state }) };
}

/** `seconds` of asking, of each kind, while events stream in; the host in a process of its own, as `npm start` runs it. */
export async function segmentFigures({
  quick,
  seconds,
}: {
  readonly quick: boolean;
  readonly seconds: number;
}): Promise<Figure[]> {
  using folder = testFolder();
  const count = quick ? 10_000 : 100_000;
  say(`${count} people`);
  await people(folder.path, count);
  const figures = await bulk(folder.path, peopleNote(count));
  return [...figures, ...(await inOwnProcess('profiles', folder.path, count, seconds))];
}

async function bulk(data: string, note: string): Promise<Figure[]> {
  const tables = {
    profiles: new EmbeddedTable({ path: files.table(data, 'profiles'), clock: Date }),
    segments: new EmbeddedTable({ path: files.table(data, 'segments'), clock: Date }),
  };
  const before = process.memoryUsage();
  const started = performance.now();
  const { roster } = await new PeopleKeeper({ clock: Date, tables }).of(TENANT);
  const filled = performance.now();
  for (const rule of rules) roster.select(compile(rule), Date.now());
  const done = performance.now();
  const after = process.memoryUsage();
  const held = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  for (const table of Object.values(tables)) table.close();
  return [
    { what: 'facts of all people into memory', value: (filled - started) / 1000, unit: 's', note },
    { what: 'memory of the facts, rubbish included', value: held / 2 ** 20, unit: 'MB', note },
    {
      what: `${rules.length} segments over all people`,
      value: (done - filled) / 1000,
      unit: 's',
      aim: 'seconds',
      note,
    },
  ];
}
