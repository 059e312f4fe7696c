/**
 * What the chain asked of AWS for a million events: counted by `npm run bench -- chain`, which runs it against emulators,
 * 660 bytes an event, visits of five events by new people, 1,000 events a second. Priced anew whenever somebody asks.
 */
import type { Work } from './bill.ts';

interface Measured {
  /** Events in one request of a sender. */
  readonly perRequest: number;
  readonly work: Work;
}

export const measuredAt = '2026-11-28';

const micros = {
  collect: 4.9,
  clean: 16.6,
  archive: 13.1,
  features: 17.7,
  products: 7.0,
  score: 0.2,
  segment: 0.2,
};
const common = { events: 1_000_000, perSecond: 1000, bucket: { records: 50 }, micros } as const;
const invocations = { clean: 1000, features: 1000, archive: 50, products: 100, score: 200, segment: 100 };

export const measured: readonly Measured[] = [
  {
    perRequest: 20,
    work: {
      ...common,
      stream: { records: 212_650, bytes: 213_987_100, kilobytes: 274_300, payloadUnits: 212_650 },
      table: { writeUnits: 215_000, readUnits: 154_975 },
      invocations: { ...invocations, collect: 50_000 },
    },
  },
  {
    perRequest: 50,
    work: {
      ...common,
      stream: { records: 184_150, bytes: 199_299_200, kilobytes: 257_250, payloadUnits: 184_150 },
      table: { writeUnits: 216_900, readUnits: 126_975 },
      invocations: { ...invocations, collect: 20_000 },
    },
  },
];
