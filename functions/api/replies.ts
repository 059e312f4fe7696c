/** Every reply of the API that is not a success, in one table. Nothing of the input is echoed. */
import type { HttpReply, HttpRequest } from '../http.ts';

export const refusals = {
  missing_key: { status: 401, message: 'No key was sent: use "Authorization: Bearer" with a secret key.' },
  invalid_key: { status: 401, message: 'The key is not known.' },
  secret_key_required: { status: 403, message: 'This is a write key; reading needs a secret key.' },
  forbidden: { status: 403, message: 'Your role may not do this.' },
  invalid_login: {
    status: 401,
    message: 'This login link was used or has ended: `wellspring login` prints another.',
  },
  invalid_link: { status: 401, message: 'This link has ended or is not valid: ask for another.' },
  not_found: { status: 404, message: 'There is nothing at this path.' },
  unknown_profile: { status: 404, message: 'No profile is known by this id.' },
  unknown_model: { status: 404, message: 'No model has this name; /api/models lists them.' },
  nothing_earlier: { status: 409, message: 'No earlier version of this model has served.' },
  unknown_key: { status: 404, message: 'No key has this id; /api/keys lists them.' },
  unknown_segment: { status: 404, message: 'No segment has this id; /api/segments lists them.' },
  unknown_destination: {
    status: 404,
    message: 'No destination has this id; /api/destinations lists them.',
  },
  unknown_request: { status: 404, message: 'No request has this id; /api/privacy/requests lists them.' },
  method_not_allowed: { status: 405, message: 'This path does not answer this method.' },
  invalid_parameter: { status: 400, message: 'A parameter is not valid.' },
  invalid_body: { status: 400, message: 'The body is not what this path takes.' },
  invalid_rule: { status: 400, message: 'The rule of the segment is not valid.' },
  invalid_url: { status: 400, message: 'The URL is not one that may be posted to.' },
  too_many_destinations: {
    status: 409,
    message: 'There are 20 destinations: delete one that is not needed.',
  },
  too_many_segments: { status: 409, message: 'There are 200 segments: delete one that is not needed.' },
  changed_meanwhile: {
    status: 412,
    message: 'Somebody else changed it meanwhile: read it again and repeat your change.',
  },
  if_match_required: { status: 428, message: 'Send "If-Match" with the ETag of what you read.' },
  too_many_objects: {
    status: 400,
    message: 'Too many files would have to be searched: give the "receivedAt" of each item.',
  },
  invalid_idempotency_key: { status: 400, message: 'Idempotency-Key must hold 1 to 128 characters.' },
  idempotency_in_progress: {
    status: 409,
    message: 'The first request of this Idempotency-Key still runs: ask again in a moment.',
  },
  idempotency_conflict: {
    status: 422,
    message: 'This Idempotency-Key was used for another request: take a new one.',
  },
  body_too_large: { status: 413, message: 'The body is larger than 1 MB.' },
  rate_limited: { status: 429, message: 'Too many requests: ask again after the stated time.' },
} as const;

export type Refusal = keyof typeof refusals;

export interface RefusedOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Says more than the table; must hold nothing of the input. */
  readonly message?: string;
}

/** Thrown inside the API to leave with a refusal; never leaves it. */
export class Refused extends Error {
  readonly code: Refusal;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: Refusal, options: RefusedOptions = {}) {
    super(options.message ?? refusals[code].message);
    this.code = code;
    this.headers = options.headers ?? {};
  }
}

export interface Problem {
  readonly status: number;
  /** Stable; `docs/errors.md` lists them. */
  readonly code: string;
  readonly detail: string;
}

/** An error reply as RFC 9457 writes it, with a stable `code`. Errors are not kept by caches. */
export function errorReply(
  { status, code, detail }: Problem,
  { requestId }: Pick<HttpRequest, 'requestId'>,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const title = code.replaceAll('_', ' ');
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, detail, code, requestId }),
  };
}
