/** Takes people out of the lake's files: each file that names one is written again without those rows, or deleted. */
import type { Erased, EraseQuery } from '../../domain/lake.ts';
import type { Engine } from './engine.ts';
import { namedIn, withoutNamed } from './erase-sql.ts';
import type { LakeFiles } from './files.ts';
import { prefixOf } from './layout.ts';
import { Lines } from './lines.ts';
import { countRows } from './sql.ts';

/** Files of one question: where they are fetched first, this many lie on the disk at once. */
const GROUP = 100;
const ATTEMPTS = 5;

interface File {
  readonly key: string;
  readonly size: number;
}

export async function* eraseFrom(
  engine: Engine,
  files: LakeFiles,
  { tenant, people, after = '' }: EraseQuery,
): AsyncGenerator<Erased> {
  if (people.length === 0) return;
  const lines = new Lines(people.map((id) => `${JSON.stringify({ subject: id })}\n`));
  const all = (await files.listed(prefixOf(tenant))).filter(({ key }) => key > after);
  for (let at = 0; at < all.length; at += GROUP) {
    const group = all.slice(at, at + GROUP);
    const [rows, changed] = await eraseSteadily(engine, files, group, lines);
    yield {
      through: group.at(-1)?.key ?? after,
      scanned: group.length,
      changed,
      rows,
      bytes: group.reduce((sum, { size }) => sum + size, 0),
    };
  }
}

/** Files that were joined meanwhile are gone: what they became is found by the look that follows later. */
async function eraseSteadily(
  engine: Engine,
  files: LakeFiles,
  group: readonly File[],
  lines: Lines,
): Promise<[rows: number, changed: number]> {
  let open = group.map(({ key }) => key);
  for (let attempt = 1; ; attempt++) {
    try {
      return await eraseGroup(engine, files, open, lines);
    } catch (error) {
      const left = await files.existing(open);
      if (left.length === open.length || attempt >= ATTEMPTS) throw error;
      open = left;
    }
  }
}

async function eraseGroup(
  engine: Engine,
  files: LakeFiles,
  keys: readonly string[],
  lines: Lines,
): Promise<[rows: number, changed: number]> {
  if (keys.length === 0) return [0, 0];
  let [rows, changed] = [0, 0];
  await files.lending(lines, (list) =>
    files.reading(async (pathsOf) => {
      const paths = await pathsOf(keys);
      for (const [index, count] of await engine.rows(namedIn(paths, list))) {
        const [key = '', path = ''] = [keys[Number(index)], paths[Number(index)]];
        const [[total] = []] = await engine.rows(countRows([path]));
        rows += Number(count);
        changed++;
        if (total === count) await files.delete([key]);
        else await files.writing(key, async (to) => void (await engine.rows(withoutNamed(path, to, list))));
      }
    }),
  );
  return [rows, changed];
}
