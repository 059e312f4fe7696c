/** `GET /api/pipeline/cost`: what a million events cost on AWS, from counted work and dated list prices. */
import * as z from 'zod/mini';
import { described } from '../parameters.ts';
import type { Answer } from '../route.ts';
import { dollars, type Parts } from './bill.ts';
import { measured, measuredAt } from './measured.ts';
import { prices } from './prices.ts';

const parts = z.object({
  api: z.number(),
  lambda: z.number(),
  streams: z.number(),
  tables: z.number(),
  lake: z.number(),
});

export const costReply = z.object({
  pricesOf: described('month of the list prices, US East, without free tiers', z.string()),
  measuredOn: described('day on which the work of the chain was counted', z.iso.date()),
  cases: z.array(
    z.object({
      perRequest: described('events in one request of a sender', z.int()),
      streams: z.enum(['on demand', 'provisioned']),
      dollars: described(
        'per million events, for a tenant without models and segments; storage, logs and transfer not in it',
        parts,
      ),
      total: z.number(),
      work: described(
        'per million events',
        z.object({
          requests: z.number(),
          invocations: z.number(),
          streamRecords: z.number(),
          tableWriteUnits: z.number(),
          tableReadUnits: z.number(),
          objects: z.number(),
        }),
      ),
    }),
  ),
});

type CostReply = z.output<typeof costReply>;

const sum = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((total, number) => total + number, 0);

const cases = measured.flatMap(({ perRequest, work }): CostReply['cases'] => {
  const { onDemand, provisioned } = dollars(work);
  const counts = {
    requests: work.invocations.collect,
    invocations: sum(work.invocations),
    streamRecords: work.stream.records,
    tableWriteUnits: work.table.writeUnits,
    tableReadUnits: work.table.readUnits,
    objects: work.bucket.records,
  };
  const priced = (streams: 'on demand' | 'provisioned', bill: Parts): CostReply['cases'][number] => ({
    perRequest,
    streams,
    dollars: bill,
    total: sum(bill),
    work: counts,
  });
  return [priced('on demand', onDemand), priced('provisioned', provisioned)];
});

export const readCost = async (): Promise<Answer<CostReply>> => ({
  value: { pricesOf: prices.date, measuredOn: measuredAt, cases },
});
