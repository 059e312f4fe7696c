/** Every reply of the collector that is not a success, in one table. Nothing of the input is echoed. */
import { type HttpReply, type HttpRequest, json } from '../http.ts';

export const refusals = {
  missing_write_key: {
    status: 401,
    message: 'No write key was sent: use Basic authorisation or "writeKey" in the body.',
  },
  invalid_write_key: { status: 401, message: 'The write key is not known.' },
  conflicting_write_key: { status: 401, message: 'The header and the body name different write keys.' },
  secret_key_in_browser: {
    status: 403,
    message: 'A secret key was sent by a browser. Rotate it and use the write key there.',
  },
  secret_key_required: { status: 403, message: 'History can only be sent with a secret key.' },
  not_found: { status: 404, message: 'There is nothing at this path.' },
  method_not_allowed: { status: 405, message: 'This path does not answer this method.' },
  timeout: { status: 408, message: 'The body did not arrive in time.' },
  empty_body: { status: 400, message: 'The body is empty.' },
  empty_batch: { status: 400, message: 'The batch holds no events.' },
  invalid_json: { status: 400, message: 'The body is not one JSON document.' },
  invalid_encoding: { status: 400, message: 'The body is not valid UTF-8, or its compression is broken.' },
  too_deep: { status: 400, message: 'The body is nested deeper than 32 levels.' },
  batch_too_large: { status: 413, message: 'The body is larger than 500 KB after decompression.' },
  too_many_events: { status: 413, message: 'A batch holds at most 500 events.' },
  unsupported_encoding: { status: 415, message: 'Content-Encoding must be gzip, deflate, br, or absent.' },
  rate_limited: { status: 429, message: 'This key sends faster than its limit.' },
  stream_unavailable: { status: 503, message: 'Events cannot be stored right now.' },
  disk_full: { status: 503, message: 'Events cannot be stored right now: no space is left.' },
} as const;

export type Refusal = keyof typeof refusals;

/** Thrown inside the collector to leave with a refusal; never leaves it. */
export class Refused extends Error {
  readonly code: Refusal;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: Refusal, headers: Readonly<Record<string, string>> = {}) {
    super(refusals[code].message);
    this.code = code;
    this.headers = headers;
  }
}

/** The reply of a refusal. */
export function refuse(
  code: Refusal,
  request: Pick<HttpRequest, 'requestId'>,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const { status, message } = refusals[code];
  return json(status, { error: { code, message, requestId: request.requestId } }, headers);
}
