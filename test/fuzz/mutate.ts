/** Requests that go wrong in every way a byte can: seeds, and mutations of them. All randomness is given. */
import { deflateSync, gzipSync } from 'node:zlib';

export interface Attack {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const paths = [
  '/v1/batch',
  '/v1/track',
  '/v1/identify',
  '/v1/page',
  '/v1/t',
  '/v1/b',
  '/v1/alias',
  '/v1/group',
  '/v1/import',
];

/** Texts that break parsers, ids, numbers and renderers. */
const nasty = [
  '{"type":"track","event":"a","anonymousId":"f"}',
  '{"batch":[{"type":"identify","userId":"u","traits":{"__proto__":{"x":1},"constructor":{"prototype":{}}}}]}',
  '{"batch":[{"type":"track","event":"x","userId":"a","userId":"b"},{"type":"alias","previousId":"a","userId":"b"}]}',
  '{"batch":[{"type":"track","event":"Order Completed","anonymousId":"z","properties":{"order_id":1,"revenue":1e400,"products":[{"price":"NaN"}]}}]}',
  '{"batch":[{"type":"page","anonymousId":"\\ud800","name":"\\u0000"},1,null,[],"x",{"type":{}}]}',
  '{"batch":[{"type":"group","groupId":[],"userId":9007199254740993,"traits":[]},{"type":"screen","name":{},"anonymousId":"s"}]}',
  '{"batch":[{"type":"track","event":"t","anonymousId":"a","timestamp":"yesterday","context":{"page":{"url":"http://[::"},"userAgent":{},"consent":[]}}]}',
  '{"batch":[{"type":"identify","anonymousId":"a","userId":"u","context":{"userToken":1,"traits":{"email":{}}}}],"sentAt":"x","context":[]}',
  '{}',
  '[]',
  'null',
  '',
];
const fragments = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\u0000',
  '\\u0000',
  '1e999',
  '-0',
  'null',
  '__proto__',
  '"batch":[',
  '\ud7ff',
  '  ',
  '"type":"track"',
  '\\ud800',
];

const pick = <T>(list: readonly T[], random: () => number): T =>
  list[Math.floor(random() * list.length)] as T;

function mutateText(text: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const to = Math.min(text.length, at + Math.floor(random() * 12));
  const kind = random();
  if (kind < 0.4) return text.slice(0, at) + pick(fragments, random) + text.slice(at);
  if (kind < 0.7) return text.slice(0, at) + text.slice(to);
  if (kind < 0.9)
    return text.slice(0, at) + text.slice(at, to).repeat(1 + Math.floor(random() * 4)) + text.slice(to);
  return text.slice(0, at) + pick(nasty, random) + text.slice(at);
}

function mutateBytes(bytes: Uint8Array, random: () => number): Uint8Array {
  const out = Uint8Array.from(bytes);
  for (let i = Math.floor(random() * 3); i >= 0 && out.length > 0; i--) {
    out[Math.floor(random() * out.length)] = Math.floor(random() * 256);
  }
  return out;
}

function encode(body: Uint8Array, random: () => number): { body: Uint8Array; encoding?: string } {
  const kind = random();
  if (kind < 0.8) return { body };
  if (kind < 0.88) return { body: gzipSync(body), encoding: 'gzip' };
  if (kind < 0.92) return { body: mutateBytes(gzipSync(body), random), encoding: 'gzip' };
  if (kind < 0.95) return { body: deflateSync(body), encoding: 'deflate' };
  return { body, encoding: pick(['gzip', 'zebra', 'br', ''], random) };
}

/** One request: a seed, mutated up to six times. `good`: bodies of valid requests to start from. */
export function attack(random: () => number, good: readonly string[], authorization: string): Attack {
  let text = random() < 0.6 ? pick(good, random) : pick(nasty, random);
  for (let i = Math.floor(random() * 7); i > 0; i--) text = mutateText(text, random);
  const bytes = new TextEncoder().encode(text);
  const { body, encoding } = encode(random() < 0.2 ? mutateBytes(bytes, random) : bytes, random);
  return {
    path: pick(paths, random),
    headers: {
      'content-type': pick(['application/json', 'text/plain', 'application/x-www-form-urlencoded'], random),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      ...(random() < 0.97 ? { authorization } : {}),
      ...(random() < 0.05 ? { 'x-strict': '1' } : {}),
      ...(random() < 0.05 ? { 'sec-gpc': '1' } : {}),
    },
    body,
  };
}
