/** HTTP request -> answer about profiles, ledger, quarantine or pipeline, for the tenant of the caller's key. */
import { WellspringError } from '../../domain/errors.ts';
import { KeyCache } from '../../domain/keys.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import { errorReply, Refused, refusals } from './replies.ts';
import { type ApiServices, type Host, match } from './route.ts';
import { routes } from './routes.ts';

export type { Waiting } from './route.ts';

/** Builds the API; it keeps key look-ups between requests. */
export function makeApi(services: ApiServices): (request: HttpRequest) => Promise<HttpReply> {
  const host: Host = { services, keys: new KeyCache(services.tables.sources) };
  return async (request) => {
    try {
      return await dispatch(request, host);
    } catch (error) {
      return failed(error, request);
    }
  };
}

function dispatch(request: HttpRequest, host: Host): Promise<HttpReply> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const allowed: string[] = [];
  for (const route of routes) {
    const named = match(route.pattern, request.path);
    if (!named) continue;
    if (route.method === method) return route.answer(request, named, host);
    allowed.push(...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  }
  if (allowed.length === 0) throw new Refused('not_found');
  throw new Refused('method_not_allowed', { headers: { allow: allowed.join(', ') } });
}

/** Errors that a retry can help are answered; others are the host's to report. */
function failed(error: unknown, request: HttpRequest): HttpReply {
  if (error instanceof Refused) {
    const { code, message, headers } = error;
    return errorReply({ status: refusals[code].status, code, message }, request, headers);
  }
  if (!(error instanceof WellspringError && error.retryable)) throw error;
  const { code, fix: message } = error;
  return errorReply({ status: 503, code, message }, request, { 'retry-after': '5' });
}
