import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../events/packed.ts';
import { Marks } from './marks.ts';
import { withoutFailed, withoutParts } from './refused.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('marks', () => {
  const marks = new Marks(['ada@example.com', 'customer-17', '17', 'ada', '+49 30 1234567']);

  it.each([
    ['{"userId":"customer-17"}', 'as it stands'],
    ['{"mail":"ADA@Example.com"}', 'in any case'],
    ['{"mail":"ada\\u0040example.com"}', 'escaped'],
    ['{"url":"https:\\/\\/shop.example\\/?mail=ada%40example.com&x=1"}', 'inside a URL'],
    ['{"phone":"+49 30 1234567"', 'in broken JSON'],
    ['{"userId":"17"}', 'a short id, as a whole value'],
    ['{"userId":17}', 'a number, where an id is expected'],
    ['{"anonymousId":"ada"}', 'a short id'],
  ])('are found in %s: %s', (text) => {
    expect(marks.inText(text)).toBe(true);
  });

  it.each([
    ['{"userId":"customer-170"}', 'a longer id'],
    ['{"userId":"new-customer-17b"}', 'another id around it'],
    ['{"price":17,"total":"17.5"}', 'a number that is no id'],
    ['{"country":"Canada","note":"for ada"}', 'a short id inside a text'],
    ['{"mail":"canada@example.com"}', 'another address'],
  ])('are not found in %s: %s', (text) => {
    expect(marks.inText(text)).toBe(false);
  });

  it('of nobody are found nowhere', () => {
    expect(new Marks([]).inText('{"userId":"","a":""}')).toBe(false);
    expect(new Marks(['']).inText('{"userId":"","a":""}')).toBe(false);
  });

  it('know an id that was never seen by what it leads to', () => {
    const theirs = new Marks([], (id) => id === 'somebody');
    expect(theirs.inText('{"batch":[{"user\\u0049d":"some\\u0062ody"}')).toBe(true);
    expect(theirs.inText('{"name":"somebody"}')).toBe(false);
  });

  it('with signs of patterns stand for themselves', () => {
    expect(new Marks(['a.c+d(e)']).inText('{"userId":"a.c+d(e)"}')).toBe(true);
    expect(new Marks(['a.c+d(e)']).inText('{"userId":"abccd(e)"}')).toBe(false);
  });
});

describe('what is left of', () => {
  const marks = new Marks(['customer-17']);

  it('a frame keeps the parts of others to the byte, and goes when none is left', () => {
    const other = bytes('{"userId":"bob" }');
    const { rows, data } = withoutParts(
      pack('{"version":1}', [bytes('{"userId":"customer-17"}'), other]),
      marks,
    );
    expect(rows).toBe(1);
    expect(unpack(data ?? new Uint8Array()).parts.map(String)).toEqual([String(Buffer.from(other))]);
    expect(withoutParts(bytes('no frame of customer-17'), marks)).toEqual({ rows: 1, data: undefined });
    expect(withoutParts(bytes('no frame'), marks).rows).toBe(0);
  });

  it('a record that was given up keeps its place in the shard', () => {
    const data = (text: string): string =>
      Buffer.from(pack('{"version":1}', [bytes(text)])).toString('base64');
    const Records = ['{"userId":"customer-17"}', '{"userId":"bob"}'].map((text, i) => ({
      eventID: `0:${i}`,
      kinesis: { sequenceNumber: `${i}`, data: data(text) },
    }));
    const failure = { version: '1.0', payload: JSON.stringify({ Records }) };
    const coding = { decode: (one: Uint8Array) => one, encode: (one: Uint8Array) => one };
    const left = withoutFailed(bytes(JSON.stringify(failure)), marks, coding);
    expect(left.rows).toBe(1);
    const { payload, version } = JSON.parse(new TextDecoder().decode(left.data));
    expect(version).toBe('1.0');
    const records: typeof Records = JSON.parse(payload).Records;
    expect(records.map(({ eventID }) => eventID)).toEqual(['0:0', '0:1']);
    expect(records[1]).toEqual(Records[1]);
    expect(unpack(Buffer.from(records[0]?.kinesis.data ?? '', 'base64')).parts).toEqual([]);
  });
});
