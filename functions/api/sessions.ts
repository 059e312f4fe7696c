/** Logging in on one machine: the link that the start prints is exchanged, once, for a session. */
import * as z from 'zod/mini';
import { type Role, roles } from '../../domain/access/roles.ts';
import { newKey, registration, takeOnce } from '../../domain/keys.ts';
import type { Write } from '../../domain/ports.ts';
import { readJson } from './body.ts';
import { described } from './parameters.ts';
import { Refused } from './replies.ts';
import type { Answer, Call } from './route.ts';

const HOUR_MS = 3_600_000;
const SESSION_MS = 12 * HOUR_MS;

export const sessionBody = z.object({
  login: described('the token of a login link', z.string().check(z.minLength(8), z.maxLength(128))),
});
export const sessionReply = z.object({
  token: described('sent as Authorization: Bearer', z.string()),
  expiresAt: z.iso.datetime(),
});

/** @throws Refused `invalid_login` for a link that was used, has ended, or never was. */
export async function openSession({
  services,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof sessionReply>>> {
  const { login } = readJson(sessionBody, request);
  const now = services.clock.now();
  const taken = await takeOnce(services.tables.sources, login, now);
  if (!taken) throw new Refused('invalid_login');
  const token = newKey('session');
  const expiresAt = now + SESSION_MS;
  const { tenant, role = 'viewer' } = taken;
  await services.tables.sources.put([
    registration(token, {
      tenant,
      role,
      source: 'console',
      kind: 'session',
      disabled: false,
      eventsPerSecond: 0,
      createdAt: now,
      expiresAt,
    }),
  ]);
  return { value: { token, expiresAt: new Date(expiresAt).toISOString() } };
}

export const loginBody = z.object({
  role: described('what its bearer may do', z.enum(roles)),
  hours: described('for which the link works', z._default(z.int().check(z.minimum(1), z.maximum(168)), 24)),
});
export const loginReply = z.object({
  login: described('opens the console once, as `/#login=...`', z.string()),
  expiresAt: z.iso.datetime(),
});

/** The token of a login link. @throws Refused `invalid_body`. */
export async function makeLogin({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof loginReply>>> {
  const { role, hours } = readJson(loginBody, request);
  const login = newKey('login');
  const expiresAt = services.clock.now() + hours * HOUR_MS;
  await services.tables.sources.put([loginLink(login, { tenant, role, expiresAt })]);
  return { value: { login, expiresAt: new Date(expiresAt).toISOString() } };
}

/** The write that makes a login link work. */
export const loginLink = (
  login: string,
  given: { readonly tenant: string; readonly role: Role; readonly expiresAt: number },
): Write =>
  registration(login, { ...given, source: 'console', kind: 'login', disabled: false, eventsPerSecond: 0 });

export const meReply = z.object({
  tenant: z.string(),
  role: z.enum(roles),
  caller: described('as the audit log names you', z.string()),
});

export async function readMe({ caller }: Call<unknown, unknown>): Promise<Answer<z.output<typeof meReply>>> {
  const { tenant, role = 'viewer', id } = caller;
  return { value: { tenant, role, caller: id } };
}
