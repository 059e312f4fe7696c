/** A person with values that nobody else has, and every way in which they come into a system. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeFailure } from '../../adapters/embedded/failures.ts';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { pack } from '../../events/packed.ts';
import { importFile } from '../../local/commands/import.ts';
import { files } from '../../local/files.ts';
import type { Host } from '../../local/host.ts';
import { basic } from '../fixtures/host.ts';

export interface Person {
  readonly userId: string;
  readonly anonymousId: string;
  readonly email: string;
  readonly phone: string;
  readonly name: string;
  readonly street: string;
}

export function newPerson(): Person {
  const mark = (): string => randomBytes(6).toString('hex');
  return {
    userId: `Canary-User-${mark()}`,
    anonymousId: `canary-device-${mark()}`,
    email: `Canary.${mark()}@example.com`,
    phone: `+49301${Math.floor(1e8 + Math.random() * 8e8)}`,
    name: `Canarina ${mark()}`,
    street: `Canary Lane ${mark()}`,
  };
}

export const valuesOf = (person: Person): string[] => Object.values(person);

const track = (person: Person, event: string, properties: object, ids: object = {}) => ({
  type: 'track',
  event,
  messageId: randomBytes(8).toString('hex'),
  userId: person.userId,
  anonymousId: person.anonymousId,
  properties,
  ...ids,
});

/** What a page says of the person. */
const fromPages = (person: Person): object[] => [
  track(person, 'Product Viewed', { product_id: 'lamp', coupon: person.email }, { userId: undefined }),
  {
    type: 'page',
    name: 'Account',
    messageId: randomBytes(8).toString('hex'),
    anonymousId: person.anonymousId,
    properties: {
      url: `https://shop.example/account?email=${encodeURIComponent(person.email)}`,
      title: person.name,
    },
  },
];

/** What a server says. */
const fromServers = (person: Person): object[] => [
  {
    type: 'identify',
    messageId: randomBytes(8).toString('hex'),
    userId: person.userId,
    anonymousId: person.anonymousId,
    traits: {
      email: person.email,
      phone: person.phone,
      name: person.name,
      address: { street: person.street },
    },
  },
  track(person, 'Order Completed', {
    order_id: `o-${randomBytes(4).toString('hex')}`,
    total: 42,
    note: person.street,
  }),
];

/** Refused: an event without a name, and one that is no JSON. */
const refused = (person: Person): (object | string)[] => [
  {
    type: 'track',
    messageId: randomBytes(8).toString('hex'),
    userId: person.userId,
    properties: { mail: person.email },
  },
];

async function post(
  host: Host,
  path: string,
  key: string,
  body: string | Uint8Array,
  headers = {},
): Promise<void> {
  const response = await fetch(`${host.url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/json', authorization: basic(key), ...headers },
  });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
}

/** Through every entrance of the collector: tag, beacon, servers, compressed, imported; good and bad. `folder`: for files. */
export async function enter(host: Host, folder: string, person: Person): Promise<void> {
  const batch = (events: readonly unknown[]): string => JSON.stringify({ batch: events, sentAt: new Date() });
  const { writeKey, secretKey } = host;
  await post(host, '/v1/batch', writeKey, batch(fromPages(person)));
  await post(host, '/beacon/v1/batch', writeKey, batch(fromPages(person)));
  await post(host, '/v1/batch', secretKey, batch([...fromServers(person), ...refused(person)]));
  const packed = gzipSync(
    batch([track(person, 'Product Added', { product_id: 'lamp', gift_for: person.name })]),
  );
  await post(host, '/v1/batch', secretKey, packed, { 'content-encoding': 'gzip' });
  const claim = track(
    person,
    'Product Viewed',
    { product_id: 'rug' },
    { anonymousId: `${person.anonymousId}-2` },
  );
  await post(host, '/v1/track', writeKey, JSON.stringify(claim));
  await importCsv(host, folder, person);
}

/** What servers say of somebody whom they recognise on another device. */
export const identify = (host: Host, person: Person): Promise<void> =>
  post(host, '/v1/batch', host.secretKey, JSON.stringify({ batch: fromServers(person) }));

/** A file of a newsletter tool, by a mapping of its own. */
const mapping = {
  name: 'newsletter',
  format: 'csv',
  event: 'Newsletter Opened',
  time: 'at',
  ids: { userId: 'id' },
  properties: { address: 'mail' },
};

export async function importCsv(host: Host, folder: string, person: Person): Promise<void> {
  const [map, csv] = [join(folder, 'map.json'), join(folder, 'old.csv')];
  writeFileSync(map, JSON.stringify(mapping));
  writeFileSync(csv, `id,mail,at\n${person.userId},${person.email},${new Date().toISOString()}\n`);
  const target = { url: host.url, key: host.secretKey, dryRun: false, json: true };
  await importFile(csv, { ...target, map, data: folder }, { write: () => true });
}

/** What consumers leave behind when they give up or cannot read: written as they write it. */
export async function leaveBehind(data: string, person: Person): Promise<void> {
  const objects = new EmbeddedObjects(files.lake(data));
  const parts = [
    JSON.stringify(track(person, 'Product Viewed', {})),
    JSON.stringify({ userId: 'somebody-else' }),
  ];
  const record = { shard: '0', sequence: '1', key: '3', arrivedAt: Date.now() };
  await writeFailure(objects, {
    function: 'clean',
    stream: 'clickstream',
    records: [{ ...record, data: pack('{"version":1}', parts) }],
    condition: 'RetryAttemptsExhausted',
    invokeCount: 3,
    at: Date.now(),
    id: randomBytes(4).toString('hex'),
  });
  await objects.put('events/unreadable/0-1-1-1.packed', pack('{"version":1}', parts));
}
