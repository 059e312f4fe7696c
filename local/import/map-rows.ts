/** Rows -> events, as a mapping says; counts what it finds on the way. */
import { hash } from 'node:crypto';
import { WellspringError } from '../../domain/errors.ts';
import { isObject, type JsonObject } from '../../events/json.ts';
import { type Call, callMaker } from './calls.ts';
import { conditionOf, filler, type Row, RowError, textOf } from './cells.ts';
import type { Entry } from './entry.ts';
import { columnsOf } from './mapping.ts';
import type { GroupSpec, Mapping } from './mapping-schema.ts';
import { OpenGroups } from './open-groups.ts';
import { RecentRows } from './recent-rows.ts';
import type { Tally } from './tally.ts';

/** Name under which equal rows are reported. */
export const DUPLICATES = 'duplicates';

/** 128 bits, for telling rows apart. */
const digestOf = (text: string): string => hash('sha256', text, 'hex').slice(0, 32);

interface Group {
  readonly call: JsonObject;
  readonly lines: JsonObject[];
  /** Digest of the rows so far, in their order. */
  digest: string;
}

type Check = { readonly name: string; readonly skip: boolean; readonly holds: (row: Row) => boolean };

/** @throws WellspringError `invalid_mapping` when the rows lack a column that the mapping reads. */
function checkColumns(mapping: Mapping, row: Row): void {
  for (const [column, place] of columnsOf(mapping)) {
    if (!Object.hasOwn(row, column)) {
      throw new WellspringError(
        'invalid_mapping',
        `The file has no column ${column}, which the mapping ${mapping.name} names at ${place}.`,
      );
    }
  }
}

class RowMapper {
  readonly #mapping: Mapping;
  readonly #tally: Tally;
  readonly #call: (row: Row) => Call;
  readonly #checks: readonly Check[];
  readonly #fillLine: (target: JsonObject, row: Row) => void;
  readonly #recent = new RecentRows();
  readonly #groups = new OpenGroups<Group>();

  constructor(mapping: Mapping, key: string, tally: Tally) {
    this.#mapping = mapping;
    this.#tally = tally;
    this.#call = callMaker(mapping, key);
    this.#checks = (mapping.checks ?? []).map(({ name, when, skip }) => ({
      name,
      skip: skip === true,
      holds: conditionOf(when),
    }));
    this.#fillLine = filler(mapping.group?.line, key);
    // In the order of the mapping, and also what does not occur.
    for (const { name } of this.#checks) tally.dirty(name, false, 0);
    tally.dirty(DUPLICATES, false, 0);
  }

  /** The events that a row completes. */
  take(row: Row): JsonObject[] {
    const digest = digestOf(Object.values(row).map(String).join('\u0000'));
    const before = this.#recent.seen(digest);
    if (this.#leftOut(row, before > 0)) return [];
    const { group } = this.#mapping;
    if (group) return this.#addToGroup(group, row, digest);
    return [this.#finish(this.#call(row).call, before === 0 ? digest : `${digest} ${before}`)];
  }

  /** The events of the groups that are still open. */
  close(): JsonObject[] {
    const { group } = this.#mapping;
    return group ? this.#groups.close().flatMap((open) => this.#eventsOf(group, open)) : [];
  }

  #leftOut(row: Row, repeated: boolean): boolean {
    let out = false;
    for (const { name, skip, holds } of this.#checks) {
      if (!holds(row)) continue;
      this.#tally.dirty(name, skip && !out);
      out ||= skip;
    }
    if (repeated) {
      const skip = this.#mapping.repeats === 'skip';
      this.#tally.dirty(DUPLICATES, skip && !out);
      out ||= skip;
    }
    return out;
  }

  #addToGroup(spec: GroupSpec, row: Row, digest: string): JsonObject[] {
    const fields: JsonObject = {};
    this.#fillLine(fields, row);
    const { call, kind } = this.#call(row);
    const key = [kind, ...spec.by.map((column) => textOf(row, column))].join('\u0000');
    const group = this.#groups.find(key);
    if (group) {
      group.lines.push(fields);
      group.digest = digestOf(group.digest + digest);
      return [];
    }
    const closed = this.#groups.open(key, { call, lines: [fields], digest });
    return closed ? this.#eventsOf(spec, closed) : [];
  }

  #eventsOf(spec: GroupSpec, { call, lines, digest }: Group): JsonObject[] {
    const events: JsonObject[] = [];
    for (let from = 0; from < lines.length; from += spec.most) {
      const first = from === 0;
      const properties: JsonObject = {
        ...(isObject(call['properties']) ? call['properties'] : undefined),
        [spec.lines]: lines.slice(from, from + spec.most),
        // The whole sum stands in the first event: it is the one that counts as the order.
        ...(first ? sumsOf(spec, lines) : undefined),
      };
      const event = { ...call, ...(first ? undefined : { event: spec.more }), properties };
      events.push(this.#finish(event, first ? digest : `${digest} ${from}`));
    }
    return events;
  }

  #finish(call: JsonObject, digest: string): JsonObject {
    call['messageId'] ??= `import-${digestOf(`${this.#mapping.name}\u0000${digest}`)}`;
    return call;
  }
}

/** Rounded to four decimals, which takes away what binary fractions add. */
function sumsOf(spec: GroupSpec, lines: readonly JsonObject[]): JsonObject {
  const sums: JsonObject = {};
  for (const [name, factors] of Object.entries(spec.sums ?? {})) {
    let sum = 0;
    for (const line of lines) {
      const numbers = factors.map((factor) => line[factor]);
      if (numbers.every((value) => typeof value === 'number')) sum += numbers.reduce((a, b) => a * b, 1);
    }
    sums[name] = Math.round(sum * 1e4) / 1e4;
  }
  return sums;
}

/**
 * The events of a file. `key`: for hashes in the mapping. Rows that cannot become an event are counted
 * as rejected and the next one is read.
 * @throws WellspringError `invalid_mapping` when the file lacks a column.
 */
export async function* mapRows(
  entries: AsyncIterable<Entry>,
  mapping: Mapping,
  key: string,
  tally: Tally,
): AsyncGenerator<JsonObject> {
  const mapper = new RowMapper(mapping, key, tally);
  let checked = mapping.format === 'ndjson';
  for await (const entry of entries) {
    tally.rows++;
    if ('problem' in entry) {
      tally.reject(entry.line, entry.problem);
      continue;
    }
    if (!checked) checkColumns(mapping, entry.row);
    checked = true;
    try {
      yield* mapper.take(entry.row);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      tally.reject(entry.line, error.message);
    }
  }
  yield* mapper.close();
}
