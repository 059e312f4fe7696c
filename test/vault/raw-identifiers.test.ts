/** Where identifiers of a person end up: sealed in the vault, as they came in the first stream and in quarantine, nowhere else. */
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import type { Role } from '../../domain/access/roles.ts';
import type { LedgerReport } from '../../domain/ledger.ts';
import { vaultKey } from '../../domain/vault/item.ts';
import { ERASED } from '../../domain/vault/seal.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import { subjectsIn, Vault } from '../../domain/vault/vault.ts';
import { credentials } from '../../local/credentials.ts';
import { files } from '../../local/files.ts';
import { TENANT } from '../../local/host.ts';
import { type TestFolder, testFolder } from '../fixtures/folder.ts';
import { basic, startTestHost, type TestHost } from '../fixtures/host.ts';

const canary = {
  userId: 'user-kx7q2',
  anonymousId: 'device-zw94m',
  email: 'kx7q2.person@example.com',
  phone: '+49 151 23456789',
  name: 'Kxqwert Zwyphon',
  street: 'Kxqweg 7',
  ip: '198.51.100.77',
  agent: 'Kxqbrowser/7.7',
  old: 'device-before-zw94m',
} as const;

let host: TestHost;
let kept: TestFolder;
let books: LedgerReport;

const event = (n: number, fields: object): object => ({ messageId: `message-${n}`, ...fields });
const context = {
  ip: canary.ip,
  userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 ${canary.agent}`,
  page: {
    url: `https://shop.example/?email=${encodeURIComponent(canary.email)}&note=call+${encodeURIComponent(canary.phone)}&tel=1#${canary.email}`,
    referrer: `https://mail.example/${canary.email}/inbox`,
    title: `Welcome ${canary.email}`,
    search: `?q=${canary.email}`,
  },
  campaign: { name: 'spring', content: canary.email, term: canary.phone },
  traits: { email: canary.email },
};
const { userId, anonymousId, email, phone, name } = canary;
const events = [
  event(1, {
    type: 'page',
    anonymousId,
    name: `Account of ${email}`,
    properties: { url: `https://shop.example/?email=${email}`, ip: canary.ip },
    context,
  }),
  event(2, {
    type: 'identify',
    userId,
    anonymousId,
    traits: {
      email,
      phone,
      name,
      address: { street: canary.street, city: 'Ulm' },
      plan: 'gold',
      note: `mail ${email}`,
      deep: { list: [{ contact: phone }] },
    },
    context,
  }),
  event(3, {
    type: 'track',
    event: 'Order Completed',
    userId,
    properties: {
      order_id: 'o-1',
      total: 42,
      email,
      phone,
      note: `for ${email}`,
      receiver: { mobile: phone },
      products: [{ product_id: 'lamp', price: 42, quantity: 1 }],
    },
    context,
  }),
  event(4, { type: 'alias', userId, previousId: canary.old }),
  // Of no type: quarantined as it came.
  event(5, { type: 'nonsense', userId, traits: { email } }),
];

beforeAll(async () => {
  kept = testFolder();
  host = await startTestHost();
  const headers = { authorization: basic(host.secretKey), 'user-agent': canary.agent };
  await host.send('/v1/batch', JSON.stringify({ batch: events }), headers);
  books = await host.drain();
});
afterAll(async () => {
  await host.remove();
  kept[Symbol.dispose]();
});

const allFiles = (): string[] =>
  readdirSync(host.data, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(host.data, path)).isFile(),
  );
const parquetFiles = (): string[] => allFiles().filter((path) => path.endsWith('.parquet'));

/** Every value of a file of the lake, as text. */
async function lakeText(path: string): Promise<string> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  const text = JSON.stringify(reader.getRowObjectsJson());
  connection.closeSync();
  instance.closeSync();
  return text;
}

/** As people and programs write a text down. */
const forms = (text: string): string[] => [
  ...new Set([
    text,
    text.toLowerCase(),
    encodeURIComponent(text),
    text.replaceAll(' ', ''),
    text.replaceAll(' ', '+'),
    Buffer.from(text).toString('hex'),
    // Inside of base64 a text has three forms, by where it begins.
    ...[0, 1, 2].map((at) =>
      Buffer.from('x'.repeat(at) + text)
        .toString('base64')
        .slice(at === 0 ? 0 : 4, -4),
    ),
  ]),
];

/** Names of the canary's identifiers that stand in a file. */
async function foundIn(path: string): Promise<string[]> {
  const bytes = readFileSync(join(host.data, path));
  const unpacked = path.endsWith('.parquet') ? await lakeText(join(host.data, path)) : '';
  return Object.entries(canary)
    .filter(([, text]) => forms(text).some((form) => bytes.includes(form) || unpacked.includes(form)))
    .map(([field]) => field);
}

test('no store but the first stream and quarantine holds an identifier as it came', async () => {
  expect(books).toMatchObject({ totals: { accepted: 5, applied: 4, quarantined: 1 }, inFlight: 0 });
  expect(parquetFiles().length).toBeGreaterThan(0);
  const holding = new Map<string, string[]>();
  for (const path of allFiles()) {
    const found = await foundIn(path);
    if (found.length > 0) holding.set(relative('.', path), found);
  }
  const allowed = /^(?:streams\/clickstream\.db|lake\/quarantine\/)/;
  expect([...holding].filter(([path]) => !allowed.test(path))).toEqual([]);
  // The scan is not blind: both of them hold what came.
  const seen = [...holding.values()].flat();
  expect(Object.keys(canary).filter((field) => !seen.includes(field))).toEqual([]);
  expect([...holding.keys()].some((path) => path.startsWith('lake/quarantine/'))).toBe(true);
});

test('the vault gives them back to those who may see them, and masked to others', async () => {
  const get = async (key: string, path: string): Promise<unknown> => {
    const response = await fetch(`${host.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return response.json();
  };
  const whole = {
    userIds: [userId],
    anonymousIds: [canary.old, anonymousId],
    traits: { email, phone, name, address: { street: canary.street, city: 'Ulm' }, plan: 'gold' },
  };
  for (const role of ['admin', 'privacy', 'marketer'] as const) {
    const key = await host.addKey({ kind: 'secret', role });
    expect(await get(key, `/api/profiles/${userId}`)).toMatchObject({ profile: { static: whole } });
  }
  const viewer = await host.addKey({ kind: 'secret', role: 'viewer' });
  const masked = [
    await get(viewer, `/api/profiles/${userId}`),
    await get(viewer, `/api/profiles/${userId}/events`),
  ];
  expect(masked[0]).toMatchObject({
    profile: {
      static: {
        userIds: ['use…'],
        anonymousIds: ['dev…', 'dev…'],
        traits: { email: 'k…@example.com', phone: '+49…89', name: 'K…', plan: 'gold' },
      },
    },
  });
  const shown = JSON.stringify(masked);
  expect(Object.values(canary).filter((text) => shown.includes(text))).toEqual([]);
  expect(await get(host.secretKey, `/api/profiles/${userId}/events?type=identify`)).toMatchObject({
    events: [{ userId, anonymousId, traits: { email, name, deep: { list: [{ contact: phone }] } } }],
  });
});

test('without the item in the vault, a copy of the lake made before opens to nobody', async () => {
  const copies = parquetFiles().map((path, n) => {
    const copy = join(kept.path, `${n}.parquet`);
    copyFileSync(join(host.data, path), copy);
    return copy;
  });
  const { secret } = credentials(host.data);
  const table = new EmbeddedTable({ path: files.table(host.data, 'vault'), clock: Date });
  const subject = subjectOf(secret, TENANT, 'user', userId);
  const texts = (await Promise.all(copies.map(lakeText))).flatMap(
    (text) => text.match(/sealed:1:[\w:-]+/g) ?? [],
  );
  expect(texts.length).toBeGreaterThan(4);
  const open = async (): Promise<unknown[]> => {
    const opened = await new Vault(table, secret).open(TENANT, subjectsIn(texts));
    return texts.map((text) => opened.value(text));
  };
  expect(await open()).toContain(email);
  await table.delete([vaultKey(TENANT, subject)]);
  table.close();
  const after = new EmbeddedTable({ path: files.table(host.data, 'vault'), clock: Date });
  const opened = await new Vault(after, secret).open(TENANT, subjectsIn(texts));
  expect(new Set(texts.map((text) => opened.value(text)))).toEqual(new Set([ERASED]));
  after.close();
  for (const role of ['admin', 'privacy', 'marketer', 'viewer'] as const satisfies readonly Role[]) {
    const key = await host.addKey({ kind: 'secret', role });
    const response = await fetch(`${host.url}/api/profiles/${subject}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(await response.json()).toMatchObject({
      profile: { static: { userIds: [subject], traits: { email: ERASED, name: ERASED, plan: 'gold' } } },
    });
  }
});
