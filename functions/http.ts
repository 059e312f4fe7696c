/** A request and its reply as plain values; `adapters/aws/http.ts` and `local/http.ts` translate. */
import type { Role } from '../domain/access/roles.ts';

/** What a token says that the platform has checked. Nothing in a request can set it. */
export interface Claims {
  readonly tenant: string;
  readonly id: string;
  readonly role: Role;
}

export interface HttpRequest {
  readonly method: string;
  /** Path without query, percent-decoded no further than the host did. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** The peer's address as the host knows it. */
  readonly ip?: string;
  readonly claims?: Claims;
  /** Names the request in logs and error replies. */
  readonly requestId: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}
