/** Every reply of the API that is not a success, in one table. Nothing of the input is echoed. */
import { type HttpReply, type HttpRequest, json } from '../http.ts';

export const refusals = {
  missing_key: { status: 401, message: 'No key was sent: use "Authorization: Bearer" with a secret key.' },
  invalid_key: { status: 401, message: 'The key is not known.' },
  secret_key_required: { status: 403, message: 'This is a write key; reading needs a secret key.' },
  not_found: { status: 404, message: 'There is nothing at this path.' },
  unknown_profile: { status: 404, message: 'No profile is known by this id.' },
  unknown_model: { status: 404, message: 'No model has this name; /api/models lists them.' },
  method_not_allowed: { status: 405, message: 'This path does not answer this method.' },
  invalid_parameter: { status: 400, message: 'A parameter is not valid.' },
  invalid_body: { status: 400, message: 'The body is not what this path takes.' },
  too_many_objects: {
    status: 400,
    message: 'Too many files would have to be searched: give the "receivedAt" of each item.',
  },
  body_too_large: { status: 413, message: 'The body is larger than 1 MB.' },
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

export interface ErrorBody {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** An error reply. Errors are not kept by caches. */
export function errorReply(
  { status, code, message }: ErrorBody,
  { requestId }: Pick<HttpRequest, 'requestId'>,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return json(status, { error: { code, message, requestId } }, { 'cache-control': 'no-store', ...headers });
}
