/** How something is posted to a receiver that somebody else runs: the port, and what may become of it. */

export interface Letter {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why there was no answer. */
export const sendFailures = {
  forbidden_url: 'The URL is not one that may be posted to.',
  forbidden_address: 'The host leads to an address that is not public.',
  unresolved: 'The name of the host is not known.',
  unreachable: 'The host did not take the connection, or cut it.',
  timed_out: 'There was no answer in time.',
  invalid_reply: 'What came back is no HTTP reply, or its headers are too large.',
} as const;
export type SendFailure = keyof typeof sendFailures;

/** Of a reply its status and `Retry-After` are looked at, and nothing else. `retryAfterMs`: as it asks, from now. */
export type SendOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'failed'; readonly reason: SendFailure };

export interface Sender {
  /** Never throws for what a receiver does. */
  send(letter: Letter): Promise<SendOutcome>;
}
