/** A system with an officer for privacy, and what such a person can see and do. */
import { hash, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { EmbeddedTable } from '../../adapters/embedded/table.ts';
import { decodeProfile, profileKey } from '../../domain/profile/item.ts';
import { encodeScores, SCORES } from '../../domain/scores/scores.ts';
import { subjectsIn, Vault } from '../../domain/vault/vault.ts';
import type { Json } from '../../events/json.ts';
import { type RequestView, requestsReply, requestView } from '../../functions/api/privacy/requests.ts';
import { segmentView } from '../../functions/api/segments/definitions.ts';
import { loginReply, sessionReply } from '../../functions/api/sessions.ts';
import type { TableName } from '../../functions/chain.ts';
import { leaveHistory } from '../../functions/retrain/run.ts';
import { credentials } from '../../local/credentials.ts';
import { files } from '../../local/files.ts';
import { type Host, startHost, TENANT } from '../../local/host.ts';
import { History } from '../../models/snapshot/history.ts';
import { profileIdOf } from '../fixtures/person.ts';
import type { Person } from './canary.ts';

export interface Shop {
  readonly host: Host;
  readonly data: string;
  ask<T extends z.ZodMiniType>(schema: T, method: string, path: string, asked?: Asked): Promise<z.output<T>>;
  /** Asks for a person to be erased and waits for as far as that gets now. */
  erase(id: string): Promise<RequestView>;
  /** One more run; the newest request afterwards. */
  goOn(): Promise<RequestView>;
  stop(): Promise<void>;
}

interface Asked {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly officer?: true;
}

/** `keptMs`: for which streams keep what everybody has read. */
export async function startShop(data: string, keptMs: number): Promise<Shop> {
  const host = await startHost({ data, port: 0, upkeep: { everyMs: 50, keptMs } });
  let officer = '';
  const ask: Shop['ask'] = async (schema, method, path, { body, headers = {}, officer: asOfficer } = {}) => {
    const key = asOfficer ? officer : host.secretKey;
    const response = await fetch(`${host.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${text}`);
    return schema.parse(JSON.parse(text));
  };
  const { login } = await ask(loginReply, 'POST', '/api/logins', { body: { role: 'privacy' } });
  officer = (await ask(sessionReply, 'POST', '/api/sessions', { body: { login } })).token;
  const newest = async (): Promise<RequestView> => {
    const { requests } = await ask(requestsReply, 'GET', '/api/privacy/requests?limit=1');
    if (!requests[0]) throw new Error('nobody asked');
    return requests[0];
  };
  return {
    host,
    data,
    ask,
    erase: async (id) => {
      const body = { kind: 'erase', id };
      const { id: made } = await ask(requestView, 'POST', '/api/privacy/requests', { body, officer: true });
      await host.run('forget');
      return ask(requestView, 'GET', `/api/privacy/requests/${made}`);
    },
    goOn: async () => {
      await host.run('forget');
      return newest();
    },
    stop: () => host.stop(),
  };
}

const clock = { now: (): number => Date.now() };
const withTable = async <T>(
  data: string,
  name: TableName,
  use: (table: EmbeddedTable) => Promise<T>,
): Promise<T> => {
  const table = new EmbeddedTable({ path: files.table(data, name), clock });
  try {
    return await use(table);
  } finally {
    table.close();
  }
};

const idsOf = (data: string, { userId, anonymousId }: Person): string[] => {
  const { secret } = credentials(data);
  return [
    profileIdOf(secret, TENANT, 'user', userId),
    profileIdOf(secret, TENANT, 'claim', userId),
    profileIdOf(secret, TENANT, 'anonymous', anonymousId),
  ];
};

/** What marketers and models leave behind about a person: answers, exports, scores, a history to learn from. */
export async function workWith({ ask, data }: Shop, person: Person): Promise<void> {
  const rule = { kind: 'count', of: 'events', op: 'gte', value: 1 };
  const body = { name: 'One of them', description: `for ${person.email}`, rule };
  const headers = { 'idempotency-key': person.email };
  const { id, version } = await ask(segmentView, 'POST', '/api/segments', { body, headers });
  await ask(z.unknown(), 'GET', `/api/profiles/${person.userId}`);
  await ask(z.unknown(), 'GET', `/api/profiles/${person.userId}/recommendations`);
  await ask(z.unknown(), 'DELETE', `/api/segments/${id}`, { headers: { 'if-match': `"${version}"` } });
  const [user = ''] = idsOf(data, person);
  const made = { model: 'next', modelVersion: '1', profileVersion: 1, at: 1 };
  const items = [{ item: 'lamp', score: 1, because: person.name }];
  const scores = encodeScores({
    version: 1,
    profileVersion: 1,
    missing: {},
    next: { ...made, mode: 'popularity', items },
  });
  await withTable(data, 'profiles', (table) =>
    table.put([{ ...profileKey(TENANT, user, SCORES), data: scores }]),
  );
  const history = new History();
  history.put({ kind: `Note ${person.street}`, at: 1 }, user);
  await leaveHistory(new EmbeddedObjects(files.lake(data)), { tenant: TENANT, run: randomUUID() }, history);
}

/** Digests of everything that is stored about a person, by where. */
export async function digestsOf({ ask, data }: Shop, person: Person): Promise<Record<string, string>> {
  const digest = (value: string | Uint8Array): string => hash('sha256', value, 'hex');
  const items = await withTable(data, 'profiles', async (table) => {
    const pages = await Promise.all(
      idsOf(data, person).map((id) => table.query({ pk: profileKey(TENANT, id).pk })),
    );
    return pages.flatMap((page) => page.items);
  });
  const events = await ask(z.unknown(), 'GET', `/api/profiles/${person.userId}/events`);
  const quarantine = await ask(z.object({ items: z.array(z.unknown()) }), 'GET', '/api/quarantine');
  const refused = quarantine.items
    .map((item) => JSON.stringify(item))
    .filter((text) => text.includes(person.userId));
  return {
    profiles: digest(items.map((item) => `${item.sk} ${item.version} ${digest(item.data)}`).join('\n')),
    items: `${items.length}`,
    events: digest(JSON.stringify(events)),
    refused: `${refused.length} ${digest(refused.join('\n'))}`,
  };
}

/** What the vault of one folder makes of the e-mail address in another folder's copy of a profile. */
export async function mailBy(vault: string, copy: string, person: Person): Promise<Json | undefined> {
  const [user = ''] = idsOf(copy, person);
  const [item] = await withTable(copy, 'profiles', (table) => table.get([profileKey(TENANT, user)]));
  const sealed = decodeProfile(TENANT, user, item).state.traits.get('email')?.value ?? null;
  const opened = await withTable(vault, 'vault', (table) =>
    new Vault(table, credentials(copy).secret).open(TENANT, subjectsIn(sealed)),
  );
  return opened.value(sealed);
}
