/** `GET /api/retention`: who comes back, by the day, week or four weeks in which they were first seen. */
import * as z from 'zod/mini';
import { shownPeople, shownShare } from '../../../domain/insight/shown.ts';
import { described } from '../parameters.ts';
import type { Answer, Call } from '../route.ts';
import { bounded, DAY, iso, people, share } from './parts.ts';

/** Who was seen in the days before the first period is not new in it. */
const BEFORE_DAYS = 28;
/** The epoch was a Thursday; weeks begin on Monday, UTC. */
const MONDAY = 4 * DAY;

const kinds = ['day', 'week', 'month'] as const;
type Kind = (typeof kinds)[number];
const lengths: Readonly<Record<Kind, number>> = { day: DAY, week: 7 * DAY, month: 28 * DAY };

export const retentionQuery = {
  by: described('day, week, or month, which is four weeks', z._default(z.enum(kinds), 'week')),
  periods: described(
    'a whole number from 2 to 26: how many of them, the running one included',
    z._default(z.coerce.number().check(z.int(), z.minimum(2), z.maximum(26)), 8),
  ),
};

export const retentionReply = z.object({
  by: z.enum(kinds),
  from: z.iso.datetime(),
  to: described('end of the running period, which is not over yet', z.iso.datetime()),
  cohorts: z.array(
    z.object({
      start: z.iso.datetime(),
      people: described('whose first event fell into the period', people),
      active: described(
        'those of them who did something in each period from their first to the running one',
        z.array(z.object({ people, share })),
      ),
    }),
  ),
});

interface Asked {
  readonly by: Kind;
  readonly periods: number;
}

export async function readRetention({
  services,
  tenant,
  query: { by, periods },
}: Call<unknown, Asked>): Promise<Answer<z.output<typeof retentionReply>>> {
  const period = lengths[by];
  const origin = by === 'day' ? 0 : MONDAY;
  const running = Math.floor((services.clock.now() - origin) / period) * period + origin;
  const from = running - (periods - 1) * period;
  const cohorts = await bounded(
    services.lake.insights.retention({ tenant, from, period, periods, before: BEFORE_DAYS * DAY }),
  );
  return {
    value: {
      by,
      from: iso(from),
      to: iso(running + period),
      cohorts: cohorts.map((cohort) => {
        const size = shownPeople(cohort.active[0] ?? 0);
        const active = cohort.active.map((count) => {
          const here = size === null ? null : shownPeople(count);
          return { people: here, share: shownShare(here, size) };
        });
        return { start: iso(from + cohort.period * period), people: size, active };
      }),
    },
  };
}
