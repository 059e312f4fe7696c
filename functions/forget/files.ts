/** Objects that hold more than one person: what names somebody is taken out, the rest stays. */
import { type Objects, pages } from '../../domain/ports.ts';
import { type Counts, noCounts, plus } from '../../domain/privacy/request.ts';

/** What is left of an object: `rows` were taken out; `data` undefined: nothing is left. */
export interface Left {
  readonly rows: number;
  readonly data?: Uint8Array | undefined;
}

/** Goes through the objects below a prefix; those from which something is taken are written again or deleted. */
export async function cleanse(
  objects: Objects,
  prefix: string,
  take: (data: Uint8Array, key: string) => Left,
): Promise<Counts> {
  let counts = noCounts;
  for await (const { key, size } of below(objects, prefix)) {
    const data = await objects.get(key);
    if (!data) continue;
    const { rows, data: left } = take(data, key);
    counts = plus(counts, { scanned: 1, changed: rows > 0 ? 1 : 0, rows, bytes: size });
    if (rows === 0) continue;
    if (left) await objects.put(key, left);
    else await objects.delete([key]);
  }
  return counts;
}

export async function* below(
  objects: Objects,
  prefix: string,
): AsyncGenerator<{ readonly key: string; readonly size: number }> {
  for await (const items of pages((from) => objects.list({ prefix, ...from }))) yield* items;
}
