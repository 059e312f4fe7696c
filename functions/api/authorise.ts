/** Who asks: the secret key in `Authorization: Bearer`. Everything a reply shows is of that key's tenant. */
import type { KeyCache, SourceKey } from '../../domain/keys.ts';
import type { HttpRequest } from '../http.ts';
import { Refused } from './replies.ts';

/** Keys that may be looked up; anything else cannot be one of ours and saves the look-up. */
const plausible = /^[\w-]{8,128}$/;

const challenge = 'Bearer realm="wellspring"';

/** @throws Refused when the key is missing, unknown, disabled, or a write key. */
export async function authorise(request: HttpRequest, keys: KeyCache, now: number): Promise<SourceKey> {
  const key = /^bearer\s+(\S+)\s*$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (key === undefined) throw new Refused('missing_key', { headers: { 'www-authenticate': challenge } });
  const source = plausible.test(key) ? await keys.find(key, now) : undefined;
  if (!source || source.disabled) {
    throw new Refused('invalid_key', {
      headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
    });
  }
  if (source.kind !== 'secret') throw new Refused('secret_key_required');
  return source;
}
