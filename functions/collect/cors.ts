/** Any page may send events: the write key is public and no cookie is read, so no origin is special. */
export const cors = {
  'access-control-allow-origin': '*',
  // Clients in pages wait as long as they are told only if they may read it.
  'access-control-expose-headers': 'retry-after',
} as const;

/** What the stock SDKs set, also when they try again. The star lets later versions add to it; it does not cover authorization. */
const requestHeaders = [
  'authorization',
  'content-type',
  'content-encoding',
  'anonymousid',
  'sentat',
  'sec-gpc',
  'x-retry-count',
  'x-strict',
  'rsa-retry-attempt',
  'rsa-retry-reason',
  'rsa-since-last-attempt',
  'rsa-since-first-attempt',
  'rsa-recovered',
  '*',
];

export const preflight = {
  ...cors,
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': requestHeaders.join(', '),
  'access-control-max-age': '86400',
} as const;
