/** Questions about rules and segments that are answered from memory: how many, who for example, and how far they overlap. */
import * as z from 'zod/mini';
import { LEAST_PEOPLE } from '../../../domain/insight/shown.ts';
import { compile } from '../../../domain/segments/evaluate.ts';
import { buyer, type Marks, readySegments, usualMarks } from '../../../domain/segments/ready.ts';
import type { Roster } from '../../../domain/segments/roster.ts';
import { both, noRows, type Rows, sizeOf } from '../../../domain/segments/rows.ts';
import { ruleSchema } from '../../../domain/segments/rule.ts';
import { readSegments } from '../../../domain/segments/segment.ts';
import { readPeople } from '../../membership/look.ts';
import { readJson } from '../body.ts';
import { described } from '../parameters.ts';
import { Refused } from '../replies.ts';
import type { Answer, Call } from '../route.ts';
import { countedRows, countOf, countView, peopleOf, selectionOf, viewOfCount } from './counts.ts';
import { ruleOf } from './definitions.ts';
import { personView, viewsOf } from './person-view.ts';
import { isSensitive } from './sensitive-rules.ts';

/** People shown of a rule. */
const SHOWN = 10;
/** Segments of one table of overlaps. */
const TOGETHER = 8;

export const previewBody = z.object({ rule: ruleSchema });
export const previewReply = z.object({
  count: countView,
  estimated: described('counted in a sample, because the tenant has very many people', z.boolean()),
  people: described(
    `up to ${SHOWN} of them, spread evenly; none where fewer than ${LEAST_PEOPLE}`,
    z.array(personView),
  ),
});

export async function previewSegment(
  call: Call<unknown, unknown>,
): Promise<Answer<z.output<typeof previewReply>>> {
  const { services, tenant, request } = call;
  const { rule } = readJson(z.object({ rule: z.unknown() }), request);
  const read = ruleOf(rule);
  const found = await peopleOf(services, tenant);
  const selection = selectionOf(services, { tenant, people: found, rule: read, shown: SHOWN });
  const count = viewOfCount(selection.count, found.roster.size * found.weight);
  const people = await readPeople(services.tables.profiles, tenant, selection.ids);
  return { value: { count, estimated: found.weight > 1, people: await viewsOf(call, people) } };
}

export const overlapBody = z.object({
  segments: described(
    'ids of 2 to 8 segments',
    z.array(z.string().check(z.maxLength(64))).check(z.minLength(2), z.maxLength(TOGETHER)),
  ),
});
export const overlapReply = z.object({
  segments: z.array(z.object({ id: z.string(), name: z.string(), count: countView })),
  overlap: described(
    'row by row in the order of the segments: people in both, and their share of the segment of the row',
    z.array(z.array(countView)),
  ),
});

/** @throws Refused `invalid_body` or `unknown_segment`. */
export async function readOverlap({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof overlapReply>>> {
  const { segments: ids } = readJson(overlapBody, request);
  const { active } = await readSegments(services.tables.segments, tenant);
  const wanted = [...new Set(ids)].map((id) => {
    const segment = active.find((one) => one.id === id);
    if (!segment) throw new Refused('unknown_segment');
    return segment;
  });
  const { roster, weight } = await peopleOf(services, tenant);
  const now = services.clock.now();
  const chosen = wanted.map(({ rule }) => countedRows({ roster }, rule, now));
  const size = (rows: Rows): number => Math.round(sizeOf(rows) * weight);
  const all = roster.size * weight;
  return {
    value: {
      segments: wanted.map(({ id, name }, i) => ({
        id,
        name,
        count: viewOfCount(size(chosen[i] ?? noRows(0)), all),
      })),
      overlap: chosen.map((row) => chosen.map((column) => viewOfCount(size(both(row, column)), size(row)))),
    },
  };
}

export const readyReply = z.object({
  ready: z.array(
    z.object({
      key: z.string(),
      group: z.enum(['frequency', 'value', 'rfm', 'lifecycle']),
      name: z.string(),
      description: z.string(),
      rule: ruleSchema,
      count: countView,
    }),
  ),
  names: described(
    'what conditions may ask about beyond what every person has, at most 200 each',
    z.object({ traits: z.array(z.string()), attributes: z.array(z.string()) }),
  ),
});
const NAMES = 200;

/** The bounds of high and low are where a fifth of the shop's own buyers begins. */
export async function readReady({
  services,
  tenant,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof readyReply>>> {
  const people = await peopleOf(services, tenant);
  const all = people.roster.size * people.weight;
  const marks = marksOf(people.roster, services.clock.now());
  const ready = readySegments(marks).map((one) => {
    const name = `${tenant}#ready#${one.key}#${JSON.stringify(marks)}`;
    return { ...one, count: viewOfCount(countOf(services, name, people, one.rule), all) };
  });
  const named = (kind: 'traits' | 'attributes'): string[] =>
    people.roster
      .names(kind)
      .filter((name) => !isSensitive(name))
      .slice(0, NAMES);
  return { value: { ready, names: { traits: named('traits'), attributes: named('attributes') } } };
}

/** Fewer buyers say nothing about where the others divide. */
const BUYERS = 100;

function marksOf(roster: Roster, now: number): Marks {
  const buyers = roster.select(compile(buyer), now);
  const orders = roster.sorted('orders', buyers);
  const value = roster.sorted('net', buyers);
  if (orders.length < BUYERS) return usualMarks;
  const at = (values: Float64Array, q: number): number => values[Math.floor(q * (values.length - 1))] ?? 0;
  const low = Math.max(1, at(orders, 0.2));
  return {
    orders: { low, high: Math.max(low + 1, at(orders, 0.8)) },
    value: { low: Math.round(at(value, 0.2)), high: Math.round(at(value, 0.8)) },
  };
}
