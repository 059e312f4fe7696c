/** Texts as the readers get them: bytes, cut anywhere. */
import { eventsOf } from '../../local/import/events.ts';
import { parseMapping } from '../../local/import/mapping.ts';
import { Tally } from '../../local/import/tally.ts';

/** The bytes of a text in chunks that end at the given places. */
export async function* cut(
  text: string | Uint8Array,
  places: readonly number[] = [],
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const place of [...places].sort((a, b) => a - b)) {
    const to = Math.min(place, bytes.length);
    yield bytes.subarray(from, to);
    from = to;
  }
  yield bytes.subarray(from);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export interface Mapped {
  readonly events: readonly unknown[];
  readonly tally: Tally;
  /** `line: problem` */
  readonly rejects: readonly string[];
}

/** What a text gives by a mapping; without one it holds events in Segment form. */
export async function mapped(
  text: string | Uint8Array,
  mapping?: object,
  places: readonly number[] = [],
): Promise<Mapped> {
  const rejects: string[] = [];
  const tally = new Tally((line, problem) => rejects.push(`${line}: ${problem}`));
  const map = mapping && parseMapping(JSON.stringify(mapping), 'test');
  const outgoing = await all(eventsOf(cut(text, places), map, 'key', tally));
  return { events: outgoing.map(({ json }) => JSON.parse(json)), tally, rejects };
}
