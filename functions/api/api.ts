/** HTTP request -> answer about profiles, ledger, quarantine or pipeline, for the tenant of the caller. */
import { WellspringError } from '../../domain/errors.ts';
import { KeyCache } from '../../domain/keys.ts';
import { RateLimiter } from '../../domain/rate.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import { AuditChains } from './audit-chain.ts';
import { errorReply, Refused, refusals } from './replies.ts';
import { type ApiServices, type Host, match } from './route.ts';
import { routes } from './routes.ts';
import { Noted } from './trail.ts';

export type { Waiting } from './route.ts';

/** Builds the API; it keeps key look-ups between requests. */
export function makeApi(services: ApiServices): (request: HttpRequest) => Promise<HttpReply> {
  const host: Host = {
    services,
    keys: new KeyCache(services.tables.sources),
    rates: new RateLimiter(),
    noted: new Noted(),
    chains: new AuditChains(),
  };
  return async (request) => {
    try {
      return await dispatch(request, host);
    } catch (error) {
      return failed(error, request);
    }
  };
}

async function dispatch(request: HttpRequest, host: Host): Promise<HttpReply> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const matching = routes.flatMap((route) => {
    const named = match(route.pattern, request.path);
    return named ? [{ route, named }] : [];
  });
  // A path that is written out stands before one with names.
  const names = Math.min(...matching.map(({ named }) => named.size));
  const found = matching.filter(({ named }) => named.size === names);
  const allowed = found.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  if (allowed.length === 0) throw new Refused('not_found');
  const page = found.some(({ route }) => route.role === 'page');
  if (method === 'OPTIONS' && page) return { status: 204, headers: preflight(allowed), body: '' };
  const asked = found.find(({ route }) => route.method === method);
  if (!asked) throw new Refused('method_not_allowed', { headers: { allow: allowed.join(', ') } });
  const answer = asked.route.answer(request, asked.named, host);
  return page ? readableByPages(await answer.catch((error: unknown) => failed(error, request))) : answer;
}

/** What pages may ask is said to any origin: no cookie is ever looked at, so there is nothing to borrow. */
const anyOrigin = { 'access-control-allow-origin': '*' };

const preflight = (allowed: readonly string[]): Record<string, string> => ({
  ...anyOrigin,
  'access-control-allow-methods': allowed.join(', '),
  'access-control-allow-headers': 'authorization, content-type, idempotency-key',
  'access-control-max-age': '86400',
});

const readableByPages = (reply: HttpReply): HttpReply => ({
  ...reply,
  headers: { ...reply.headers, ...anyOrigin },
});

/** Errors that a retry can help are answered; others are the host's to report. */
function failed(error: unknown, request: HttpRequest): HttpReply {
  if (error instanceof Refused) {
    const { code, message, headers } = error;
    return errorReply({ status: refusals[code].status, code, detail: message }, request, headers);
  }
  if (!(error instanceof WellspringError && error.retryable)) throw error;
  const { code, fix: detail } = error;
  return errorReply({ status: 503, code, detail }, request, { 'retry-after': '5' });
}
