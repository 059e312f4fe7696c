/** `POST /api/funnel`: how many people did one thing after another, and how long that took. */
import * as z from 'zod/mini';
import type { FunnelCount } from '../../../domain/insight/questions.ts';
import { LEAST_PEOPLE, shownPeople, shownShare } from '../../../domain/insight/shown.ts';
import { attributes } from '../../../events/attributes.ts';
import { readJson } from '../body.ts';
import { described } from '../parameters.ts';
import type { Answer, Call } from '../route.ts';
import { bounded, iso, MOST_DAYS, people, rangeOf, share, USUAL_DAYS } from './parts.ts';

const HOUR = 3_600_000;
const MOST_STEPS = 8;
const MOST_FILTERS = 4;
/** Groups of a breakdown that are named. */
const GROUPS = 8;

const name = z.string().check(z.minLength(1), z.maxLength(256));
const property = described('name of a property, at its top level', name);
const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);
const ms = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text);

export const funnelBody = z.object({
  steps: described(
    'in the order in which they must be done, each later than the one before',
    z
      .array(
        z.object({
          event: described('name of the event', name),
          where: described(
            'only events of which all these properties have these values',
            z._default(
              z
                .array(
                  z.object({
                    property,
                    is: z.union([z.string().check(z.maxLength(512)), z.number(), z.boolean()]),
                  }),
                )
                .check(z.maxLength(MOST_FILTERS)),
              [],
            ),
          ),
        }),
      )
      .check(z.minLength(2), z.maxLength(MOST_STEPS)),
  ),
  windowHours: described(
    'time from the first step within which the others count',
    z._default(z.number().check(z.minimum(1 / 60), z.maximum(MOST_DAYS * 24)), 7 * 24),
  ),
  from: described(
    `at most ${MOST_DAYS} days before "to"; @default ${USUAL_DAYS} days before it`,
    z.optional(moment),
  ),
  to: described('@default now', z.optional(moment)),
  breakdown: described(
    'a property of the first step, or what was last known of the person then',
    z.optional(z.union([z.object({ property }), z.object({ attribute: z.enum(attributes) })])),
  ),
});

const stepReply = z.object({
  event: z.string(),
  people,
  share: described('of those who did the first step', share),
  shareOfPrevious: described('of those who did the step before', share),
  medianSeconds: described('since the step before', z.nullable(z.number())),
});
const steps = z.array(stepReply);

export const funnelReply = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  steps,
  groups: described(
    'largest first; those that are small or many are joined as "other"',
    z.array(z.object({ kind: z.enum(['named', 'unknown', 'other']), value: z.optional(z.string()), steps })),
  ),
});

export async function askFunnel({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof funnelReply>>> {
  const body = readJson(funnelBody, request);
  const { from, to } = rangeOf({ from: ms(body.from), to: ms(body.to) }, services.clock.now());
  const { windowHours, breakdown } = body;
  const answer = await bounded(
    services.lake.insights.funnel({
      tenant,
      from,
      to,
      steps: body.steps,
      least: LEAST_PEOPLE,
      groups: GROUPS,
      window: Math.round(windowHours * HOUR),
      ...(breakdown && { breakdown }),
    }),
  );
  const names = body.steps.map(({ event }) => event);
  return {
    value: {
      from: iso(from),
      to: iso(to),
      steps: shown(answer.steps, names),
      groups: answer.groups.map((group) => ({ ...group, steps: shown(group.steps, names) })),
    },
  };
}

function shown(counts: readonly FunnelCount[], names: readonly string[]): z.output<typeof steps> {
  const numbers = counts.map((count) => shownPeople(count.people));
  return counts.map(({ median }, i) => {
    const here = numbers[i] ?? null;
    return {
      event: names[i] ?? '',
      people: here,
      share: shownShare(here, numbers[0] ?? null),
      shareOfPrevious: shownShare(here, numbers[Math.max(0, i - 1)] ?? null),
      medianSeconds: here === null || median === undefined ? null : Math.round(median / 1000),
    };
  });
}
