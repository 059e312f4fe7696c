/** `GET /api/campaigns`: visits and orders by the campaign from which people came last. */
import * as z from 'zod/mini';
import type { CampaignRow } from '../../../domain/insight/questions.ts';
import { LEAST_PEOPLE, roundedTo5, shownPeople, shownShare } from '../../../domain/insight/shown.ts';
import { described } from '../parameters.ts';
import type { Answer, Call } from '../route.ts';
import { bounded, DAY, iso, people, rangeOf, share } from './parts.ts';

/** How long a campaign is remembered. */
const MEMORY_DAYS = 30;

const row = z.object({
  kind: described(
    'unknown: no campaign in the last 30 days; other: campaigns of few people, joined',
    z.enum(['named', 'unknown', 'other']),
  ),
  source: z.optional(z.string()),
  medium: z.optional(z.string()),
  name: z.optional(z.string()),
  sessions: described('rounded to 5; null where few people stand behind it', z.nullable(z.int())),
  people,
  orders: described('rounded to 5; null where few people ordered', z.nullable(z.int())),
  buyers: people,
  conversion: described('buyers of people', share),
  revenue: described(
    'in units of the currency, before returns; null where few people ordered',
    z.nullable(z.number()),
  ),
});

export const campaignsReply = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  memoryDays: described('how long a campaign is remembered after a visit from it', z.number()),
  campaigns: z.array(row),
});

interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export async function readCampaigns({
  services,
  tenant,
  query,
}: Call<unknown, Range>): Promise<Answer<z.output<typeof campaignsReply>>> {
  const { from, to } = rangeOf(query, services.clock.now());
  const asked = { tenant, from, to, least: LEAST_PEOPLE, memory: MEMORY_DAYS * DAY };
  const rows = await bounded(services.lake.insights.campaigns(asked));
  return { value: { from: iso(from), to: iso(to), memoryDays: MEMORY_DAYS, campaigns: rows.map(shown) } };
}

function shown({ kind, campaign, ...counts }: CampaignRow): z.output<typeof row> {
  const visitors = shownPeople(counts.people);
  const buyers = shownPeople(counts.buyers);
  return {
    kind,
    ...campaign,
    sessions: visitors === null ? null : roundedTo5(counts.sessions),
    people: visitors,
    orders: buyers === null ? null : roundedTo5(counts.orders),
    buyers,
    conversion: shownShare(buyers, visitors),
    revenue: buyers === null ? null : Math.round(counts.revenue),
  };
}
