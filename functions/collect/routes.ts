/** Which path means which call: Segment's routes with their short forms. */
import type { CallType } from '../../events/envelope.ts';

export type Route =
  | { readonly kind: 'call'; readonly call: CallType }
  | { readonly kind: 'batch' }
  | { readonly kind: 'settings'; readonly writeKey: string }
  | { readonly kind: 'source-config' }
  | { readonly kind: 'tag' }
  | { readonly kind: 'health' };

const short: Record<string, CallType> = {
  t: 'track',
  i: 'identify',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
  track: 'track',
  identify: 'identify',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
};
const calls = new Map(Object.entries(short));
const batches = new Set(['batch', 'b', 'import']);

/** Undefined for a path that nothing answers. */
export function routeOf(path: string): Route | undefined {
  // RudderStack's browser SDK has a path of its own for what it sends by beacon.
  if (path === '/beacon/v1/batch') return { kind: 'batch' };
  const call = /^\/v1\/([a-z]+)\/?$/.exec(path)?.[1];
  if (call !== undefined) {
    const type = calls.get(call);
    if (type) return { kind: 'call', call: type };
    return batches.has(call) ? { kind: 'batch' } : undefined;
  }
  const writeKey = /^\/v1\/projects\/([\w-]{1,128})\/settings$/.exec(path)?.[1];
  if (writeKey !== undefined) return { kind: 'settings', writeKey };
  if (path === '/sourceConfig' || path === '/sourceConfig/') return { kind: 'source-config' };
  if (path === '/tag.js') return { kind: 'tag' };
  return path === '/health' ? { kind: 'health' } : undefined;
}

/** The method a route answers, besides OPTIONS (and HEAD where GET is answered). */
export function methodOf(route: Route): 'GET' | 'POST' {
  return route.kind === 'call' || route.kind === 'batch' ? 'POST' : 'GET';
}
