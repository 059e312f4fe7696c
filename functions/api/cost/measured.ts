/**
 * What the chain asked of AWS for a million events: counted by `npm run bench -- chain`, which runs it against emulators,
 * 660 bytes an event, visits of five events, 1,000 events a second. Priced anew whenever somebody asks.
 */
import type { Work } from './bill.ts';

interface Measured {
  /** Events in one request of a sender. */
  readonly perRequest: number;
  readonly work: Work;
}

export const measuredAt = '2026-11-28';

const micros = { collect: 5.4, clean: 16.4, archive: 13.8, features: 15.7, products: 6.2 };
const common = { events: 1_000_000, perSecond: 1000, bucket: { records: 50 }, micros } as const;
const invocations = { clean: 1000, features: 1000, archive: 50, products: 100 };

export const measured: readonly Measured[] = [
  {
    perRequest: 20,
    work: {
      ...common,
      stream: { records: 212_650, bytes: 208_977_900, kilobytes: 270_250, payloadUnits: 212_650 },
      table: { writeUnits: 304_200, readUnits: 197_350 },
      invocations: { ...invocations, collect: 50_000 },
    },
  },
  {
    perRequest: 50,
    work: {
      ...common,
      stream: { records: 184_150, bytes: 193_913_850, kilobytes: 252_300, payloadUnits: 184_150 },
      table: { writeUnits: 304_000, readUnits: 197_125 },
      invocations: { ...invocations, collect: 20_000 },
    },
  },
];
