/** What every stream must do, whatever it is built on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareSequence, type Stream, type StreamEntry, type StreamRecord } from '../../domain/ports.ts';
import { noise } from '../fixtures/noise.ts';

export interface StreamUnderTest {
  readonly stream: Stream;
  /** Every record stored so far, as consumers see them: shard by shard, each in order. */
  readonly records: () => Promise<StreamRecord[]>;
  readonly close: () => Promise<void>;
}

const entry = (key: string, data: string): StreamEntry => ({ key, data: new TextEncoder().encode(data) });
const textOf = (record: StreamRecord): string => new TextDecoder().decode(record.data);

export function streamContract(open: () => Promise<StreamUnderTest>): void {
  let subject: StreamUnderTest;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.close());

  const ofKey = async (key: string): Promise<StreamRecord[]> =>
    (await subject.records()).filter((record) => record.key === key);

  it('keeps every record that append resolved for', async () => {
    await subject.stream.append([entry('kept-a', 'one'), entry('kept-b', 'two')]);
    expect((await ofKey('kept-a')).map(textOf)).toEqual(['one']);
    expect((await ofKey('kept-b')).map(textOf)).toEqual(['two']);
  });

  it('keeps the order of a key within and across appends', async () => {
    await subject.stream.append([entry('order', '0'), entry('order', '1'), entry('order', '2')]);
    await subject.stream.append([entry('order', '3')]);
    const found = await ofKey('order');
    expect(found.map(textOf)).toEqual(['0', '1', '2', '3']);
    expect(new Set(found.map((record) => record.shard)).size).toBe(1);
  });

  it('numbers the records of a shard upwards', async () => {
    const last = new Map<string, string>();
    for (const { shard, sequence } of await subject.records()) {
      expect(compareSequence(sequence, last.get(shard) ?? '')).toBeGreaterThan(0);
      last.set(shard, sequence);
    }
  });

  it('gives back any bytes unchanged', async () => {
    const compressible = new Uint8Array(50_000).fill(97);
    const all = [new Uint8Array([0]), new Uint8Array([1, 0, 255]), compressible, noise(60_000, 1)];
    await subject.stream.append(all.map((data) => ({ key: 'bytes', data })));
    const found = await ofKey('bytes');
    expect(found.map((record) => Buffer.from(record.data).toString('hex'))).toEqual(
      all.map((data) => Buffer.from(data).toString('hex')),
    );
  });

  it('takes more records and more bytes than one request of the service holds', async () => {
    const entries = Array.from({ length: 1100 }, (_, i) => entry(`many-${i % 7}`, `${i}`));
    const large = Array.from({ length: 12 }, (_, i) => ({ key: `large-${i}`, data: noise(500_000, i + 3) }));
    await subject.stream.append([...entries, ...large]);
    const records = await subject.records();
    const many = records.filter((record) => record.key.startsWith('many-'));
    expect(many.map(textOf).sort()).toEqual(entries.map((_, i) => `${i}`).sort());
    for (let k = 0; k < 7; k++) {
      const numbers = many.filter((record) => record.key === `many-${k}`).map((r) => Number(textOf(r)));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
    for (const { key, data } of large) {
      const stored = records.find((record) => record.key === key)?.data ?? new Uint8Array();
      expect(Buffer.compare(stored, data)).toBe(0);
    }
  });

  it('serves concurrent callers', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => subject.stream.append([entry('together', `${i}`)])),
    );
    expect(
      (await ofKey('together'))
        .map(textOf)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('says when a record arrived', async () => {
    const [record] = await ofKey('kept-a');
    expect(record?.arrivedAt).toBeGreaterThan(1_600_000_000_000);
  });

  it('does nothing for no records', async () => {
    const before = (await subject.records()).length;
    await subject.stream.append([]);
    expect((await subject.records()).length).toBe(before);
  });
}
