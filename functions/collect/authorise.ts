/** Who sends: the key of a request, from the header, the query or the body. */
import type { KeyCache, SourceKey } from '../../domain/keys.ts';
import type { HttpRequest } from '../http.ts';
import { Refused } from './replies.ts';

/** The key in `Authorization: Basic base64(key:)` or `Bearer key`; undefined when there is none. */
function headerKey(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2);
  if (/^bearer$/i.test(scheme)) return value || undefined;
  if (!/^basic$/i.test(scheme)) return undefined;
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] || undefined;
}

/** Keys that may be looked up; anything else cannot be one of ours and saves the look-up. */
const plausible = /^[\w-]{8,128}$/;

/**
 * The source of a request.
 * @throws Refused when the key is missing, unknown, disabled, contradictory, or secret and sent by a page.
 */
export async function authorise(
  request: HttpRequest,
  bodyKey: string | undefined,
  keys: KeyCache,
  now: number,
): Promise<SourceKey> {
  const named = [
    headerKey(request.headers['authorization']),
    request.query.get('writeKey') ?? undefined,
    bodyKey,
  ];
  const distinct = new Set(named.filter((key) => key !== undefined && key !== ''));
  const [key] = distinct;
  if (key === undefined) throw new Refused('missing_write_key');
  if (distinct.size > 1) throw new Refused('conflicting_write_key');
  const source = plausible.test(key) ? await keys.find(key, now) : undefined;
  const sends = source?.kind === 'public' || source?.kind === 'secret';
  if (!source || source.disabled || !sends) throw new Refused('invalid_write_key');
  if (source.kind === 'secret' && request.headers['origin'] !== undefined)
    throw new Refused('secret_key_in_browser');
  return source;
}
