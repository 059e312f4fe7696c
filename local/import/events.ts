/** From the bytes of a file to the events to send. */
import type { JsonObject } from '../../events/json.ts';
import type { Entry } from './entry.ts';
import { mapRows } from './map-rows.ts';
import type { Mapping } from './mapping-schema.ts';
import { readCombined } from './read-combined.ts';
import { readCsv } from './read-csv.ts';
import { readNdjson } from './read-ndjson.ts';
import type { Tally } from './tally.ts';

export interface Outgoing {
  /** The event as JSON. */
  readonly json: string;
  /** Whose events stay in order. */
  readonly person: string;
  /** Its name, for the report. */
  readonly name: string;
  /** Line of the file; 0 where an event comes from several. */
  readonly line: number;
}

function readerOf(mapping: Mapping): (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Entry> {
  switch (mapping.format) {
    case 'csv':
      return (chunks) => readCsv(chunks, mapping.csv);
    case 'ndjson':
      return readNdjson;
    case 'combined':
      return readCombined;
  }
}

function outgoing(event: JsonObject, json: string, line: number): Outgoing {
  const { userId, anonymousId, event: name, type } = event;
  const person = userId ?? anonymousId ?? '';
  return {
    json,
    line,
    person: typeof person === 'string' ? person : JSON.stringify(person),
    name: typeof name === 'string' && name !== '' ? name : typeof type === 'string' ? type : 'no type',
  };
}

/** Lines that are events already: passed on as they are, for the chain to judge. */
async function* segmentEvents(chunks: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Outgoing> {
  for await (const entry of readNdjson(chunks)) {
    tally.rows++;
    if ('problem' in entry) tally.reject(entry.line, entry.problem);
    else yield outgoing(entry.row, entry.text ?? JSON.stringify(entry.row), entry.line);
  }
}

/** `mapping` undefined: the file holds events in Segment form, one per line. `key`: for hashes in the mapping. */
export async function* eventsOf(
  chunks: AsyncIterable<Uint8Array>,
  mapping: Mapping | undefined,
  key: string,
  tally: Tally,
): AsyncGenerator<Outgoing> {
  if (!mapping) {
    yield* segmentEvents(chunks, tally);
    return;
  }
  for await (const event of mapRows(readerOf(mapping)(chunks), mapping, key, tally)) {
    yield outgoing(event, JSON.stringify(event), 0);
  }
}
