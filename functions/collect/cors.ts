/** Any page may send events: the write key is public and no cookie is read, so no origin is special. */
export const cors = { 'access-control-allow-origin': '*' } as const;

export const preflight = {
  ...cors,
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, content-encoding, anonymousid, sentat, sec-gpc, x-retry-count, x-strict',
  'access-control-max-age': '86400',
} as const;
