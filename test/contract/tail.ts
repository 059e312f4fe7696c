/** What every tail must do, whatever stream it reads along. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stream, Tail } from '../../domain/ports.ts';

export interface TailUnderTest {
  readonly stream: Stream;
  readonly tail: Tail;
  readonly close: () => Promise<void>;
}

export function tailContract(open: () => Promise<TailUnderTest>): void {
  let subject: TailUnderTest;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.close());

  const append = (...texts: string[]): Promise<void> =>
    subject.stream.append(
      texts.map((text, i) => ({ key: `key-${i % 5}`, data: new TextEncoder().encode(text) })),
    );
  const read = async (after: string): Promise<{ texts: string[]; position: string }> => {
    const { records, position } = await subject.tail.read(after);
    return { texts: records.map(({ data }) => new TextDecoder().decode(data)).sort(), position };
  };

  it('reads what comes after the position, once, and nothing before it', async () => {
    await append('before');
    const { records, position } = await subject.tail.read();
    expect(records).toEqual([]);
    await append('a', 'b', 'c');
    const first = await read(position);
    expect(first.texts).toEqual(['a', 'b', 'c']);
    await append('d', 'e', 'f', 'g', 'h');
    const second = await read(first.position);
    expect(second.texts).toEqual(['d', 'e', 'f', 'g', 'h']);
    expect((await read(second.position)).texts).toEqual([]);
  });

  it('gives two watchers the same', async () => {
    const { position } = await subject.tail.read();
    await append('x');
    expect((await read(position)).texts).toEqual(['x']);
    expect((await read(position)).texts).toEqual(['x']);
  });

  it('refuses a position that is none', async () => {
    await expect(subject.tail.read('elsewhere')).rejects.toThrow(/JSON/);
  });
}
