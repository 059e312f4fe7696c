/** A request for every route of the API that would be answered: those that a route lacks make the tests of threats fail. */

import { may, type Role, roles } from '../../domain/access/roles.ts';
import { subjectOf } from '../../domain/vault/subject.ts';
import { suppress } from '../../domain/vault/suppression.ts';
import { madeDestinationReply } from '../../functions/api/destinations/destinations.ts';
import { madeKeyReply } from '../../functions/api/keys.ts';
import { linkReply } from '../../functions/api/privacy/links.ts';
import { requestView } from '../../functions/api/privacy/requests.ts';
import type { Route } from '../../functions/api/route.ts';
import { segmentView } from '../../functions/api/segments/definitions.ts';
import { loginReply } from '../../functions/api/sessions.ts';
import { NOW, SECRET, type TestChain } from '../api/chain.ts';
import { valueOf } from '../api/reply.ts';
import { serveTiny } from '../fixtures/models.ts';

const rule = { kind: 'count', of: 'orders', op: 'gte', value: 1 };

/** What belongs to the tenant `test`, by the beginning of the paths that name it. */
export interface Own {
  readonly ids: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<Role, string>;
  /** Opens a person's own page. */
  readonly link: string;
  readonly login: string;
}

export async function makeOwn(chain: TestChain): Promise<Own> {
  const post = (path: string, body: object, key?: string) =>
    chain.ask(path, { method: 'POST', body: JSON.stringify(body), ...(key !== undefined && { key }) });
  const at = new Date(NOW - 60_000).toISOString();
  await chain.send({}, { type: 'identify', userId: 'bob', messageId: 'i-2', timestamp: at });
  await chain.send(
    {},
    { type: 'identify', userId: 'ada', messageId: 'i-1', timestamp: at, traits: { plan: 'gold' } },
  );
  await chain.send(
    {},
    { type: 'track', event: 'Order Completed', userId: 'ada', messageId: 'o-1', timestamp: at },
  );
  for (const version of ['v1', 'v2'])
    await serveTiny(chain.objects, { tenant: 'test', name: 'classes', version, seed: 1 });
  const key = async (role: string) =>
    valueOf(await post('/api/keys', { source: 'x', kind: 'secret', role }), madeKeyReply);
  const keys = new Map<Role, string>();
  for (const role of roles) keys.set(role, (await key(role)).key);
  const made = valueOf(await post('/api/privacy/links', { id: 'bob' }), linkReply);
  const subject = subjectOf(SECRET, 'test', 'user', 'carl');
  await suppress(chain.suppression, 'test', [subject], { reason: 'objected', now: NOW });
  const segment = valueOf(await post('/api/segments', { name: 'Buyers', rule }), segmentView);
  const destination = valueOf(
    await post('/api/destinations', { url: 'https://hooks.example.com/' }),
    madeDestinationReply,
  );
  const request = valueOf(
    await post('/api/privacy/requests', { kind: 'erase', id: 'nobody' }, keys.get('privacy')),
    requestView,
  );
  const { login } = valueOf(await post('/api/logins', { role: 'viewer' }), loginReply);
  return {
    keys,
    link: made.path.slice(made.path.indexOf('#') + 1),
    login,
    ids: new Map([
      ['/api/profiles/', 'ada'],
      ['/api/models/', 'classes'],
      ['/api/keys/', (await key('viewer')).view.id],
      ['/api/segments/', segment.id],
      ['/api/destinations/', destination.view.id],
      ['/api/privacy/requests/', request.id],
      ['/api/privacy/suppression/', subject],
    ]),
  };
}

/** The path of a route with the ids of the tenant `test`. @throws for a route that names something new. */
export function pathOf({ pattern }: Pick<Route, 'pattern'>, { ids }: Own): string {
  if (!pattern.includes('{')) return pattern;
  const [prefix, id] = [...ids].find(([start]) => pattern.startsWith(`${start}{`)) ?? [];
  if (prefix === undefined || id === undefined) throw new Error(`add an id for ${pattern}`);
  return pattern.replace(/\{\w+\}/, id);
}

/** What opens a route: the first role that may, or the link of the person whose page it is. */
export function keyFor({ role }: Pick<Route, 'role'>, keys: ReadonlyMap<Role, string>, link: string): string {
  if (role === 'person') return link;
  const duty = role === 'open' || role === 'page' ? 'admin' : role;
  return keys.get(roles.toReversed().find((one) => may(one, duty)) ?? 'admin') ?? '';
}

/** Bodies that routes take, by operation. */
export function bodyOf(operationId: string, { ids, login }: Own): object {
  const bodies: Readonly<Record<string, object>> = {
    openSession: { login },
    makeLogin: { role: 'viewer' },
    makeKey: { source: 'x', kind: 'secret', role: 'viewer' },
    rotateKey: { graceHours: 1 },
    makeDestination: { url: 'https://hooks.example.com/' },
    renewDestinationSecret: { graceHours: 1 },
    createSegment: { name: 'x', rule },
    updateSegment: { name: 'y', rule },
    previewSegment: { rule },
    readOverlap: { segments: [ids.get('/api/segments/')] },
    recommendToPage: { anonymousId: 'a-1', items: ['lamp'] },
    putProducts: { products: [{ item: 'lamp', name: 'Lamp' }] },
    makePrivacyRequest: { kind: 'export', id: 'somebody' },
    askFunnel: { steps: [{ event: 'Product Viewed' }, { event: 'Order Completed' }] },
    rollBackModel: { from: 'v2' },
    replayQuarantine: { items: [{ receipt: '0:1:0', event: { type: 'track' } }] },
    makeUserToken: { userId: 'ada' },
    setProfileConsent: { purposes: { email: true } },
    setOwnConsent: { purposes: { email: true } },
    makePersonLink: { id: 'ada' },
    eraseOwnData: { confirm: true },
  };
  const body = bodies[operationId];
  if (!body) throw new Error(`add a body for ${operationId}`);
  return body;
}
