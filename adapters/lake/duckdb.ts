/** The lake on DuckDB: Parquet files by tenant and hour of receipt, over any store of objects. */
import { hash } from 'node:crypto';
import type { Insights } from '../../domain/insight/questions.ts';
import type { CompactReport, Erased, EraseQuery, Lake, LakeQuery } from '../../domain/lake.ts';
import type { Objects } from '../../domain/ports.ts';
import type { CleanEvent } from '../../events/envelope.ts';
import { readCleanEvent } from '../../events/upcast.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { eraseFrom } from './erase.ts';
import { LakeFiles } from './files.ts';
import { LakeInsights } from './insights.ts';
import {
  AHEAD_MS,
  batchKey,
  HOUR_MS,
  type Hour,
  hourFolder,
  hoursOf,
  isJoined,
  joinedKey,
  prefixOf,
} from './layout.ts';
import { Lines } from './lines.ts';
import { eventOf, lineOf } from './rows.ts';
import { allEvents, countRows, join, personEvents, writeLines } from './sql.ts';

/** Hours that a question looks at first; each further step takes four times as many. */
const FIRST_HOURS = 24;

export interface LakeOptions extends EngineOptions {
  readonly objects: Objects;
  /** Folder in which the objects lie as files, where they do: DuckDB then reads them in place. */
  readonly root?: string;
}

export class DuckLake implements Lake {
  readonly #engine: Engine;
  readonly #files: LakeFiles;
  readonly insights: Insights;

  constructor(options: LakeOptions) {
    const { objects, root } = options;
    const engine = new Engine(options);
    this.#engine = engine;
    this.#files = new LakeFiles({ objects, root, temporary: (extension) => engine.temporary(extension) });
    this.insights = new LakeInsights(engine, this.#files);
  }

  /** @throws TypeError when one of them is no clean event; then nothing is written. */
  async append(
    name: string,
    events: readonly Uint8Array[],
    keep: (event: CleanEvent) => boolean = () => true,
  ): Promise<void> {
    const folders = new Map<string, Lines>();
    for (const bytes of events) {
      const { folder, line, event } = place(bytes);
      if (!keep(event)) continue;
      const lines = folders.get(folder) ?? new Lines();
      folders.set(folder, lines);
      lines.add(line);
    }
    for (const [folder, lines] of folders) {
      await this.#files.lending(lines, (source) =>
        this.#files.writing(batchKey(folder, name), async (path) => {
          await this.#engine.rows(writeLines(source, path));
        }),
      );
    }
  }

  /**
   * Looks at the newest hours first and no further back than the answer needs. So among copies that were received
   * hours apart, the first may lie behind what was looked at: then the earliest copy within it is answered.
   */
  async events(query: LakeQuery): Promise<CleanEvent[]> {
    if (query.userIds.length + query.anonymousIds.length === 0 || query.limit < 1) return [];
    return this.#files.steadily(prefixOf(query.tenant), (keys) => this.#walk(hoursOf(keys), query));
  }

  /** A copy received hours after the first is told by its message id: those of the whole time are kept in memory. */
  async *history(query: { tenant: string; from?: number; to?: number }): AsyncGenerator<CleanEvent[]> {
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
    const hours = hoursOf(await this.#files.list(prefixOf(query.tenant)));
    const seen = new Set<string>();
    for (const { keys, start } of hours) {
      if (start + HOUR_MS <= from || start >= to) continue;
      const rows = await this.#files.reading(async (pathsOf) =>
        this.#engine.rows(allEvents(await pathsOf(keys))),
      );
      const fresh = rows.map(eventOf).filter((event) => {
        if (event.receivedAt < from || event.receivedAt >= to) return false;
        const message = hash('sha256', `${event.source}\u0000${event.messageId}`, 'base64').slice(0, 16);
        const known = seen.has(message);
        seen.add(message);
        return !known;
      });
      if (fresh.length > 0) yield fresh;
    }
  }

  erase(query: EraseQuery): AsyncGenerator<Erased> {
    return eraseFrom(this.#engine, this.#files, query);
  }

  async compact(
    before: number,
    suppressed: (tenant: string) => Promise<readonly string[]> = async () => [],
  ): Promise<CompactReport> {
    const hours = hoursOf(await this.#files.list(prefixOf())).filter(
      (hour) => hour.start + HOUR_MS <= before && !isJoined(hour),
    );
    const total = { hours: 0, filesBefore: 0, filesAfter: 0, rowsBefore: 0, rowsAfter: 0 };
    const errors: unknown[] = [];
    for (const hour of hours) {
      try {
        const { rowsBefore, rowsAfter } = await this.#join(hour, await suppressed(hour.tenant));
        total.hours++;
        total.filesBefore += hour.keys.length;
        total.filesAfter++;
        total.rowsBefore += rowsBefore;
        total.rowsAfter += rowsAfter;
      } catch (error) {
        // An hour that cannot be joined must not keep the others from it.
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return total;
  }

  /** Deletes temporary files. The lake may be used again afterwards. */
  close(): Promise<void> {
    return this.#engine.close();
  }

  #walk(hours: readonly Hour[], query: LakeQuery): Promise<CleanEvent[]> {
    const { from = Number.NEGATIVE_INFINITY } = query;
    const open = hours.filter((hour) => hour.start + HOUR_MS + AHEAD_MS > from).reverse();
    return this.#files.reading(async (pathsOf) => {
      for (let count = FIRST_HOURS; ; count *= 4) {
        const looked = open.slice(0, count);
        if (looked.length === 0) return [];
        const found = await this.#ask(await pathsOf(looked.flatMap(({ keys }) => keys)), query);
        const next = open[count];
        const last = found[query.limit - 1];
        if (!next || (last && last.timestamp >= next.start + HOUR_MS + AHEAD_MS)) return found;
      }
    });
  }

  async #ask(paths: readonly string[], query: LakeQuery): Promise<CleanEvent[]> {
    const { userIds, anonymousIds, from, to, limit } = query;
    const sql = personEvents(paths, {
      users: userIds.length,
      devices: anonymousIds.length,
      from: from !== undefined,
      to: to !== undefined,
    });
    const rows = await this.#engine.rows(sql, {
      ...Object.fromEntries(userIds.map((id, i) => [`user${i}`, id])),
      ...Object.fromEntries(anonymousIds.map((id, i) => [`device${i}`, id])),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      limit,
    });
    return rows.map(eventOf);
  }

  /** The new file first, then the old ones away: a stop in between leaves repeats, which the next call joins. */
  async #join(
    { folder, keys }: Hour,
    suppressed: readonly string[],
  ): Promise<{ rowsBefore: number; rowsAfter: number }> {
    return this.#files.reading(async (pathsOf) => {
      const paths = await pathsOf(keys);
      const rowsBefore = Number((await this.#engine.rows(countRows(paths)))[0]?.[0]);
      let rowsAfter = 0;
      await this.#files.writing(joinedKey(folder, keys), async (path) => {
        const lines = suppressed.map((subject) => `${JSON.stringify({ subject })}\n`);
        if (lines.length === 0) await this.#engine.rows(join(paths, path));
        else
          await this.#files.lending(new Lines(lines), (list) => this.#engine.rows(join(paths, path, list)));
        rowsAfter = Number((await this.#engine.rows(countRows([path])))[0]?.[0]);
      });
      await this.#files.delete(keys);
      return { rowsBefore, rowsAfter };
    });
  }
}

/** The parser's own errors would quote the event. */
function place(bytes: Uint8Array): { folder: string; line: string; event: CleanEvent } {
  try {
    const event = readCleanEvent(bytes);
    return { folder: hourFolder(event.tenant, event.receivedAt), line: lineOf(event), event };
  } catch {
    throw new TypeError('not a clean event');
  }
}
