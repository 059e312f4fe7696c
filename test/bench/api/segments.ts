/** Profiles of many people: reads and previews through HTTP, and all segments over everybody. */
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedTable } from '../../../adapters/embedded/table.ts';
import { fingerprint, profileId } from '../../../domain/ids.ts';
import { fold } from '../../../domain/profile/fold.ts';
import { encodeProfile, freshProfile, profileKey } from '../../../domain/profile/item.ts';
import { emptyState } from '../../../domain/profile/state.ts';
import { seededRandom } from '../../../domain/random.ts';
import { compile } from '../../../domain/segments/evaluate.ts';
import { standingKey } from '../../../domain/segments/keys.ts';
import { readySegments, usualMarks } from '../../../domain/segments/ready.ts';
import type { Rule } from '../../../domain/segments/rule.ts';
import { encodeStanding } from '../../../domain/segments/standing.ts';
import { subjectOf } from '../../../domain/vault/subject.ts';
import { PeopleKeeper } from '../../../functions/api/segments/people.ts';
import { credentials } from '../../../local/credentials.ts';
import { files } from '../../../local/files.ts';
import { TENANT } from '../../../local/host.ts';
import { testFolder } from '../../fixtures/folder.ts';
import type { Figure } from '../report.ts';
import { withHost } from '../running.ts';
import { figuresOf, warm } from './asking.ts';

const DAY = 86_400_000;
const SEGMENTS = 100;
const SETTLING_MS = 10_000;
const WARM_SECONDS = 8;
/** People whose profiles are read in turn: few, or more than are asked for. */
const AGAIN = 20;
const FIRST = 1000;
const names = ['Product Viewed', 'Product Viewed', 'Product Added', 'Order Completed'];
const plans = ['free', 'club', 'gold'];

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

const rules: readonly Rule[] = [
  ...readySegments(usualMarks).map(({ rule }) => rule),
  ...Array.from(
    { length: SEGMENTS },
    (_, i): Rule => ({
      all: [
        { kind: 'count', of: 'productViews', days: 1 + (i % 35), op: 'gte', value: 1 },
        {
          any: [
            { kind: 'trait', name: 'plan', op: 'eq', value: plans[i % 3] ?? '' },
            { kind: 'since', of: 'lastSeen', op: 'lt', value: i % 40 },
          ],
        },
        { not: { kind: 'trait', name: 'age', op: 'lt', value: 20 + (i % 40) } },
      ],
    }),
  ),
].slice(0, SEGMENTS);

/** `seconds` of asking, of each kind, while events stream in. */
export async function segmentFigures(
  { quick, seconds }: { readonly quick: boolean; readonly seconds: number },
  say: (line: string) => void,
): Promise<Figure[]> {
  using folder = testFolder();
  const count = quick ? 10_000 : 100_000;
  say(`${count} people`);
  await people(folder.path, count);
  const note = `${count.toLocaleString('en-US')} people`;
  const figures = await bulk(folder.path, note);
  return [...figures, ...(await asked(folder.path, { count, note, seconds, say }))];
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

interface Asked {
  readonly count: number;
  readonly note: string;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

const previewQuestions = rules.map((rule) => ({
  method: 'POST',
  path: '/api/segments/preview',
  body: JSON.stringify({ rule }),
}));

async function asked(data: string, { count, note, seconds, say }: Asked): Promise<Figure[]> {
  return withHost(data, async (host) => {
    say('first preview');
    const started = performance.now();
    const reply = await fetch(`${host.url}/api/segments/preview`, {
      method: 'POST',
      headers: { authorization: `Bearer ${host.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rule: { all: [] } }),
    });
    await reply.arrayBuffer();
    if (!reply.ok) throw new Error(`a preview was answered with ${reply.status}`);
    const took = performance.now() - started;
    const key = host.secretKey;
    const reads = (many: number) =>
      Array.from({ length: many }, (_, i) => ({
        method: 'GET',
        path: `/api/profiles/u-${(i * 7919) % count}`,
      }));
    const aim = 'under 10';
    // Looking on at the same person is noted in the audit log once a minute: these are the second looks.
    const again = { what: 'read of a profile, again', key, questions: reads(AGAIN), aim };
    const first = { what: 'read of a profile, noted in the audit log', key, questions: reads(FIRST), aim };
    const previews = { what: 'preview of a rule', key, questions: previewQuestions, aim: 'under 300' };
    const figures: Figure[] = [
      { what: 'preview of a rule, the first after a start', value: took, unit: 'ms', note },
    ];
    // A host that has just started looks at everybody once.
    await pause(SETTLING_MS);
    await warm(host, WARM_SECONDS);
    await host.drain();
    for (const kind of [again, first, previews]) {
      say(`${kind.what}, events streaming in`);
      figures.push(...(await figuresOf(host, kind, { seconds, streaming: true })));
    }
    return figures;
  });
}
