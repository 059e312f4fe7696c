/** Who asks, and as what: a key or session in `Authorization: Bearer`, or claims that the platform has checked. */
import { type Duty, holders, may, type Role } from '../../domain/access/roles.ts';
import { type KeyCache, keyId } from '../../domain/keys.ts';
import { openLink } from '../../domain/privacy/link.ts';
import type { HttpRequest } from '../http.ts';
import { Refused } from './replies.ts';

/** What a route asks of its caller: nothing, the write key that any page shows, a person's own link, or a role. */
export type Access = 'open' | 'page' | 'person' | Duty;

export interface Caller {
  readonly tenant: string;
  /** Names who asks in the audit log: a key's id, or the subject of a token. Empty on open routes. */
  readonly id: string;
  /** undefined: may do only what pages may. */
  readonly role: Role | undefined;
  /** The source that a key belongs to. */
  readonly source: string;
  /** Set for who comes by a link to their own page: the profile it names. */
  readonly person?: string;
}

/** Keys that may be looked up; anything else cannot be one of ours and saves the look-up. */
const plausible = /^[\w-]{8,128}$/;

const challenge = 'Bearer realm="wellspring"';

const nobody: Caller = { tenant: '', id: '', role: undefined, source: '' };

export interface Known {
  readonly keys: KeyCache;
  /** What links are signed with. */
  readonly secret: string;
  /** ms since the epoch. */
  readonly now: number;
}

/** @throws Refused when the key is missing, unknown, disabled or expired, or may not do this. */
export async function callerOf(
  request: HttpRequest,
  access: Access,
  { keys, secret, now }: Known,
): Promise<Caller> {
  if (access === 'open') return nobody;
  if (access === 'person') return callerByLink(request, secret, now);
  const caller = request.claims
    ? { ...request.claims, source: 'console' }
    : await callerByKey(request, keys, now);
  if (access === 'page') return caller;
  if (caller.role === undefined) throw new Refused('secret_key_required');
  if (!may(caller.role, access)) {
    throw new Refused('forbidden', {
      message: `This needs the role ${holders(access)}; yours is ${caller.role}.`,
    });
  }
  return caller;
}

function callerByLink(request: HttpRequest, secret: string, now: number): Caller {
  const claims = openLink(secret, bearerOf(request) ?? '', now);
  if (!claims) throw new Refused('invalid_link');
  const { tenant, profile } = claims;
  return { tenant, id: `person ${profile.slice(0, 16)}`, role: undefined, source: 'page', person: profile };
}

async function callerByKey(request: HttpRequest, keys: KeyCache, now: number): Promise<Caller> {
  const key = bearerOf(request);
  if (key === undefined) throw new Refused('missing_key', { headers: { 'www-authenticate': challenge } });
  const found = plausible.test(key) ? await keys.find(key, now) : undefined;
  if (!found || found.disabled || found.kind === 'login') {
    throw new Refused('invalid_key', {
      headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
    });
  }
  const { tenant, source, kind, role } = found;
  return { tenant, source, id: keyId(key), role: kind === 'public' ? undefined : (role ?? 'admin') };
}

export const bearerOf = ({ headers }: HttpRequest): string | undefined =>
  /^bearer\s+(\S+)\s*$/i.exec(headers['authorization'] ?? '')?.[1];
