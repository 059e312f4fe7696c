/** Keys of sources: made, rotated and ended here. A key is shown once, when it is made. */
import * as z from 'zod/mini';
import { roles } from '../../domain/access/roles.ts';
import { keyId, type ListedKey, listKeys, newKey, registration, type SourceKey } from '../../domain/keys.ts';
import { readJson } from './body.ts';
import { described } from './parameters.ts';
import { Refused } from './replies.ts';
import type { Answer, ApiServices, Call } from './route.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const keyView = z.object({
  id: z.string(),
  source: z.string(),
  kind: z.enum(['public', 'secret']),
  role: z.optional(z.enum(roles)),
  hint: described('its last four characters', z.optional(z.string())),
  eventsPerSecond: z.number(),
  createdAt: z.optional(z.iso.datetime()),
  expiresAt: z.optional(z.iso.datetime()),
  ended: described('it is refused', z.boolean()),
});
export const keysReply = z.object({ keys: z.array(keyView) });
export const madeKeyReply = z.object({
  key: described('shown this once; only its hash is kept', z.string()),
  view: keyView,
});

export const keyBody = z.object({
  source: described(
    'where events come from, such as web or shop-server',
    z.string().check(z.regex(/^[\w .-]{1,64}$/)),
  ),
  kind: described('public keys may only send', z.enum(['public', 'secret'])),
  role: described('what a secret key may do; viewer when absent', z.optional(z.enum(roles))),
  days: described(
    'after which it ends; never when absent',
    z.optional(z.int().check(z.minimum(1), z.maximum(3650))),
  ),
  eventsPerSecond: z._default(z.int().check(z.minimum(1), z.maximum(100_000)), 1000),
});
export const rotateBody = z.object({
  graceHours: described(
    'for which the old key still works',
    z._default(z.int().check(z.minimum(0), z.maximum(720)), 24),
  ),
});

type KeyView = z.output<typeof keyView>;
type MadeKey = z.output<typeof madeKeyReply>;
const iso = (ms: number): string => new Date(ms).toISOString();

function viewOf(id: string, value: SourceKey, now: number): KeyView {
  const { source, kind, role, hint, eventsPerSecond, createdAt, expiresAt, disabled } = value;
  const secret = kind === 'secret';
  return {
    id,
    source,
    kind: secret ? 'secret' : 'public',
    ...(secret && { role: role ?? 'admin' }),
    ...(hint !== undefined && { hint }),
    eventsPerSecond,
    ...(createdAt !== undefined && { createdAt: iso(createdAt) }),
    ...(expiresAt !== undefined && { expiresAt: iso(expiresAt) }),
    ended: disabled || (expiresAt !== undefined && expiresAt <= now),
  };
}

export async function readKeys({
  services,
  tenant,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof keysReply>>> {
  const now = services.clock.now();
  const listed = await listKeys(services.tables.sources, tenant);
  const keys = listed.map(({ id, value }) => viewOf(id, value, now));
  return { value: { keys: keys.sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? '')) } };
}

async function issue(services: ApiServices, value: SourceKey): Promise<MadeKey> {
  const key = newKey(value.kind);
  const whole = { ...value, hint: key.slice(-4) };
  await services.tables.sources.put([registration(key, whole)]);
  return { key, view: viewOf(keyId(key), whole, services.clock.now()) };
}

/** @throws Refused `invalid_body`. */
export async function makeKey({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<MadeKey>> {
  const { source, kind, role = 'viewer', days, eventsPerSecond } = readJson(keyBody, request);
  const now = services.clock.now();
  const made = await issue(services, {
    tenant,
    source,
    kind,
    eventsPerSecond,
    disabled: false,
    createdAt: now,
    ...(kind === 'secret' && { role }),
    ...(days !== undefined && { expiresAt: now + days * DAY_MS }),
  });
  return { value: made };
}

/** A new key for the same source; the old one works on for a while. @throws Refused `unknown_key`. */
export async function rotateKey(call: Call<{ id: string }, unknown>): Promise<Answer<MadeKey>> {
  const { services, keys, request } = call;
  const { graceHours } = readJson(rotateBody, request);
  const old = await findKey(call);
  const now = services.clock.now();
  const { expiresAt: ended, ...lasting } = old.value;
  const made = await issue(services, { ...lasting, disabled: false, createdAt: now });
  const end = now + graceHours * HOUR_MS;
  await old.change({ ...old.value, expiresAt: Math.min(end, ended ?? end) });
  keys.forget();
  return { value: made };
}

export const endedReply = z.object({ ended: z.literal(true) });

/** Ends a key at once here, and within a minute where look-ups are remembered. @throws Refused `unknown_key`. */
export async function endKey(call: Call<{ id: string }, unknown>): Promise<Answer<{ ended: true }>> {
  const { change, value } = await findKey(call);
  await change({ ...value, disabled: true, expiresAt: call.services.clock.now() });
  call.keys.forget();
  return { value: { ended: true } };
}

async function findKey({ services, tenant, path }: Call<{ id: string }, unknown>): Promise<ListedKey> {
  const listed = await listKeys(services.tables.sources, tenant);
  const found = listed.find(({ id }) => id === path.id);
  if (!found) throw new Refused('unknown_key');
  return found;
}
