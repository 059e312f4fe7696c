import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './json.ts';
import { scanBody, scanEvent, singleKeys, unsafeKeys } from './scan.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('batch', ...singleKeys, ...unsafeKeys, '', '"', '\\', ':', '}'),
);

/** Pairs instead of objects, so that a key may occur twice. */
type Tree = null | boolean | number | string | { list: Tree[] } | { pairs: [string, Tree][] };

/**
 * Each key once: of a key that occurs twice, V8's JSON.parse keeps the last value or, once it has seen objects of that
 * shape, the first (Node 24.21: parse `[{"\\"":"a","\\"":0,"\\\\":1}]`), so it cannot be what we compare with.
 */
const unique = <T>(pair: fc.Arbitrary<[string, T]>, maxLength: number): fc.Arbitrary<[string, T][]> =>
  fc.uniqueArray(pair, { maxLength, selector: ([name]) => name });

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Tree>(null, true, false, -0, 1.5e-7, 12, 'a', '\u20ac', '\u{1f600}'),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.record({ list: fc.array(tie('tree'), { maxLength: 4 }) }),
    fc.record({ pairs: unique(fc.tuple(key, tie('tree')), 4) }),
  ),
}));

/** Writes a tree as JSON with white space and escapes as `pick` chooses. */
function write(value: Tree, pick: (choices: number) => number): string {
  const space = (): string => ['', '', ' ', '\n', '\t \r'][pick(5)] ?? '';
  const text = (s: string): string =>
    `"${[
      ...JSON.stringify(s)
        .slice(1, -1)
        .matchAll(/\\u.{4}|\\.|[\s\S]/gu),
    ]
      .map(([c]) =>
        c.length === 1 && c !== '/' && pick(8) === 0
          ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
          : c,
      )
      .join('')}"`;
  const walk = (node: Tree): string => {
    if (typeof node === 'string') return text(node);
    if (typeof node !== 'object' || node === null) return JSON.stringify(node);
    const inner =
      'list' in node
        ? node.list.map((v) => space() + walk(v) + space())
        : node.pairs.map(([k, v]) => `${space()}${text(k)}${space()}:${space()}${walk(v)}${space()}`);
    const joined = inner.length === 0 ? space() : inner.join(',');
    return 'list' in node ? `[${joined}]` : `{${joined}}`;
  };
  return space() + walk(value) + space();
}

const picks = fc.infiniteStream(fc.nat(1000)).map((stream) => (choices: number): number => {
  const next = stream.next();
  return next.done ? 0 : next.value % choices;
});

const document = fc.array(fc.tuple(key, tree), { maxLength: 5 }).map((pairs) => ({ pairs }));
const deep = { depth: 100 };

/** What a parser makes of the spans of a body. */
function parsedSpans(text: string): { batch: boolean; events: Json[]; spans: string[] } | string {
  const bytes = encoder.encode(text);
  const scan = scanBody(bytes, deep);
  if (!scan.ok) return scan.error;
  const spans = scan.spans.map(([from, to]) => decoder.decode(bytes.subarray(from, to)));
  return { batch: scan.batch, events: spans.map((span) => JSON.parse(span)), spans };
}

/** Keys, depth and unsafe keys, counted on the tree itself. */
function facts(node: Tree): { keys: number; depth: number; unsafe: boolean } {
  if (typeof node !== 'object' || node === null) return { keys: 0, depth: 0, unsafe: false };
  const inner = ('list' in node ? node.list : node.pairs.map(([, v]) => v)).map(facts);
  const own = 'list' in node ? [] : node.pairs.map(([k]) => k);
  return {
    keys: own.length + inner.reduce((sum, f) => sum + f.keys, 0),
    depth: 1 + Math.max(0, ...inner.map((f) => f.depth)),
    unsafe: own.some((k) => unsafeKeys.has(k)) || inner.some((f) => f.unsafe),
  };
}

describe('scanBody', () => {
  it('agrees with JSON.parse about the events of any document', () => {
    const plain = unique(fc.tuple(key, tree), 5).map((pairs) => ({ pairs }));
    const withBatch = fc
      .tuple(plain, fc.array(tree, { maxLength: 5 }), fc.nat(5))
      .map(([{ pairs }, list, at]) => {
        const others = pairs.filter(([name]) => name !== 'batch');
        return { pairs: others.toSpliced(at, 0, ['batch', { list }]) };
      });
    fc.assert(
      fc.property(fc.oneof(plain, withBatch), picks, (body, pick) => {
        const text = write(body, pick);
        const parsed: JsonObject = JSON.parse(text);
        const batch = Object.hasOwn(parsed, 'batch') ? parsed['batch'] : undefined;
        const events = Array.isArray(batch) ? batch : [parsed];
        const found = parsedSpans(text);
        expect(JSON.stringify(found)).toBe(
          JSON.stringify({
            batch: Array.isArray(batch),
            events,
            spans: typeof found === 'string' ? [] : found.spans.map((span) => span.trim()),
          }),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('ends in an answer for any bytes, with spans that lie inside', () => {
    const json = fc.string({ unit: fc.constantFrom(...'{}[]",:\\ ab1') }).map((text) => encoder.encode(text));
    const body = fc
      .string({ unit: fc.constantFrom(...'{}[]",:\\ ab1') })
      .map((text) => encoder.encode(`{"batch":[${text}]}`));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), json, body), (bytes) => {
        const scan = scanBody(bytes);
        const spans = scan.ok ? scan.spans : [];
        expect(spans.every(([from, to]) => 0 <= from && from <= to && to <= bytes.length)).toBe(true);
        expect(typeof scanEvent(bytes).ok).toBe('boolean');
      }),
      { numRuns: 3000 },
    );
  });

  it('never calls a body with more text behind it whole', () => {
    const more = fc.constantFrom('{', '}', ']', '1', ',', '"', '{}', 'null');
    fc.assert(
      fc.property(document, picks, more, (body, pick, rest) => {
        expect(parsedSpans(write(body, pick) + rest)).toBe('invalid_json');
      }),
    );
  });
});

describe('scanEvent', () => {
  it('finds what was written, whatever the spelling', () => {
    fc.assert(
      fc.property(document, picks, (event, pick) => {
        const truth = facts(event);
        const names = event.pairs.map(([k]) => k);
        const twice = singleKeys.filter((k) => names.indexOf(k) !== names.lastIndexOf(k));
        const scan = scanEvent(encoder.encode(write(event, pick)), deep);
        expect(scan).toMatchObject({ ok: true, keys: truth.keys, unsafe: truth.unsafe });
        expect([...twice, undefined]).toContain(scan.ok && scan.duplicate);
        expect(scan.ok && scan.duplicate !== undefined).toBe(twice.length > 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses exactly what nests deeper than the limit', () => {
    fc.assert(
      fc.property(document, picks, fc.integer({ min: 1, max: 6 }), (event, pick, depth) => {
        const scan = scanEvent(encoder.encode(write(event, pick)), { depth });
        expect(scan.ok).toBe(facts(event).depth <= depth);
      }),
      { numRuns: 1000 },
    );
  });
});
