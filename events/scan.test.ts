import { describe, expect, it } from 'vitest';
import { scanBody, scanEvent } from './scan.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

/** The texts of the spans of a body. */
function pieces(text: string): string[] {
  const body = bytes(text);
  const found = scanBody(body);
  if (!found.ok) throw new Error(found.error);
  return found.spans.map(([from, to]) => new TextDecoder().decode(body.subarray(from, to)));
}

const error = (input: string | Uint8Array): string | undefined => {
  const found = scanBody(typeof input === 'string' ? bytes(input) : input);
  return found.ok ? undefined : found.error;
};

const scan = (text: string): unknown => scanEvent(bytes(text));

describe('scanBody', () => {
  it('finds the elements of the top-level batch, without white space', () => {
    expect(pieces('{"batch": [ {"a":1} ,\n{"b":[2,3]}\t], "writeKey":"k"}')).toEqual([
      '{"a":1}',
      '{"b":[2,3]}',
    ]);
  });

  it('finds elements that are no objects, so that each is refused on its own', () => {
    expect(pieces('{"batch":[1,"a,b]",null,[{}]]}')).toEqual(['1', '"a,b]"', 'null', '[{}]']);
    expect(pieces('{"batch":[ ]}')).toEqual([]);
  });

  it('takes the whole object as one event where there is no batch', () => {
    expect(pieces(' {"type":"track","properties":{"batch":[1,2]}} ')).toEqual([
      '{"type":"track","properties":{"batch":[1,2]}}',
    ]);
    expect(pieces('{"x":"batch","y":[1,2]}')).toHaveLength(1);
    expect(pieces('{"batch":3,"y":[1,2]}')).toHaveLength(1);
    expect(pieces('{"batch":{"y":[1,2]}}')).toHaveLength(1);
  });

  it('reads a batch key written with escapes, and lets the last batch win as a parser does', () => {
    expect(pieces('{"b\\u0061tch":[1,2]}')).toEqual(['1', '2']);
    expect(pieces('{"batch":[1,2],"batch":[3]}')).toEqual(['3']);
    expect(pieces('{"batch":[1,2],"batch":3}')).toHaveLength(1);
  });

  it('is not misled by quotes, brackets and commas inside strings', () => {
    expect(pieces('{"batch":[{"a":"\\"]},{"},{"b":"\\\\"}]}')).toEqual(['{"a":"\\"]},{"}', '{"b":"\\\\"}']);
  });

  it('refuses everything but one object', () => {
    const texts = ['', ' ', '[1]', '"a"', '1', 'null', '{', '{"a":1', '{}{}', '{} x', '{"a":"'];
    expect(texts.filter((text) => error(text) !== 'invalid_json')).toEqual([]);
    expect(error('{} \n')).toBeUndefined();
  });

  it('accepts a byte-order mark and refuses broken UTF-8', () => {
    expect(error('\ufeff{"batch":[]}')).toBeUndefined();
    expect(error(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe('invalid_encoding');
    expect(error(new Uint8Array([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]))).toBe(
      'invalid_encoding',
    );
  });

  it('refuses nesting beyond 32 levels, however deep, without recursion', () => {
    expect(error(`{"a":${nested(31, '[', ']')}}`)).toBeUndefined();
    expect(error(`{"a":${nested(32, '[', ']')}}`)).toBe('too_deep');
    expect(error(`{"a":${nested(200_000, '[', ']')}}`)).toBe('too_deep');
    expect(error('{"a":'.repeat(200_000))).toBe('too_deep');
  });
});

describe('scanEvent', () => {
  it('counts the keys of all levels, and only keys', () => {
    expect(scan('{"a":"b:c","d" : {"e":[{"f":"g"}, "h"]}}')).toMatchObject({ ok: true, keys: 4 });
    expect(scan('{}')).toMatchObject({ keys: 0 });
  });

  it('names an id that occurs twice at the top level, also when written with escapes', () => {
    expect(scan('{"userId":"a","userId":"b"}')).toMatchObject({ duplicate: 'userId' });
    expect(scan('{"userId":"a","user\\u0049d":"b"}')).toMatchObject({ duplicate: 'userId' });
    expect(scan('{"\\u0074ype":"a","type":"b"}')).toMatchObject({ duplicate: 'type' });
    expect(scan('{"userId":"a","properties":{"userId":"b"}}')).toMatchObject({ duplicate: undefined });
    expect(scan('{"a":1,"a":2}')).toMatchObject({ duplicate: undefined });
  });

  it('sees keys that reach for prototypes at any level, also when written with escapes', () => {
    expect(scan('{"properties":[{"__proto__":{}}]}')).toMatchObject({ unsafe: true });
    expect(scan('{"constructor":{"prototype":{}}}')).toMatchObject({ unsafe: true });
    expect(scan('{"a":{"\\u005f_proto__":1}}')).toMatchObject({ unsafe: true });
    expect(scan('{"a":"__proto__","proto":"constructor"}')).toMatchObject({ unsafe: false });
  });

  it('refuses what is no object, goes on after it, or nests too deep', () => {
    expect(scan('[1]')).toEqual({ ok: false, error: 'invalid_json' });
    expect(scan('{}x')).toEqual({ ok: false, error: 'invalid_json' });
    expect(scan(`{"a":${nested(40, '[', ']')}}`)).toEqual({ ok: false, error: 'too_deep' });
  });
});
