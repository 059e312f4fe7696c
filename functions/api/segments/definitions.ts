/** Segments as people name and define them. Each change carries the version that it rests on, so that none is lost. */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod/mini';
import { shownPeople } from '../../../domain/insight/shown.ts';
import { DEFINITIONS, definitionsPartition } from '../../../domain/segments/keys.ts';
import { type Rule, RuleProblem, readRule, ruleSchema } from '../../../domain/segments/rule.ts';
import {
  type Definition,
  decodeSegment,
  encodeSegment,
  readSegments,
  SEGMENTS,
  type Segment,
} from '../../../domain/segments/segment.ts';
import type { HttpRequest } from '../../http.ts';
import { readJson } from '../body.ts';
import { described } from '../parameters.ts';
import { Refused } from '../replies.ts';
import type { Answer, ApiServices, Call } from '../route.ts';
import { countOf, countView, peopleOf, viewOfCount } from './counts.ts';
import type { People } from './people.ts';
import { refuseSensitive } from './sensitive-rules.ts';

export const segmentBody = z.object({
  name: described('1 to 100 characters', z.string().check(z.trim(), z.minLength(1), z.maxLength(100))),
  description: z._default(z.string().check(z.maxLength(500)), ''),
  rule: ruleSchema,
});

export const segmentView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  rule: ruleSchema,
  version: described('counts the changes of the definition', z.int()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  count: countView,
});
export type SegmentView = z.output<typeof segmentView>;

export const segmentsReply = z.object({
  segments: described('by name', z.array(segmentView)),
  people: described('all people, rounded; null: fewer than 25', z.nullable(z.int())),
});
export const deletedReply = z.object({ deleted: z.literal(true) });

export const iso = (ms: number): string => new Date(ms).toISOString();
const etagOf = ({ version }: Segment): string => `"${version}"`;

function viewOf(services: ApiServices, tenant: string, segment: Segment, people: People): SegmentView {
  const { id, name, description, rule, version, createdAt, updatedAt } = segment;
  const count = countOf(services, `${tenant}#${id}#${version}`, people, rule);
  return {
    id,
    name,
    description,
    rule,
    version,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    count: viewOfCount(count, people.roster.size * people.weight),
  };
}

export async function listSegments({
  services,
  tenant,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof segmentsReply>>> {
  const { active } = await readSegments(services.tables.segments, tenant);
  const people = await peopleOf(services, tenant);
  const segments: SegmentView[] = [];
  for (const segment of active.toSorted((a, b) => a.name.localeCompare(b.name))) {
    segments.push(viewOf(services, tenant, segment, people));
    await nextTurn();
  }
  const all = Math.round(people.roster.size * people.weight);
  return { value: { segments, people: shownPeople(all) } };
}

export interface ById {
  readonly id: string;
}

/** @throws Refused `unknown_segment`. */
export async function findSegment({ services, tenant, path }: Call<ById, unknown>): Promise<Segment> {
  const key = { pk: definitionsPartition(tenant), sk: path.id };
  const [item] = await services.tables.segments.get([key], { consistent: true });
  const segment = item && decodeSegment(item);
  if (!segment) throw new Refused('unknown_segment');
  return segment;
}

export async function readSegment(call: Call<ById, unknown>): Promise<Answer<SegmentView>> {
  return answer(call, await findSegment(call));
}

async function answer(
  { services, tenant }: Call<unknown, unknown>,
  segment: Segment,
): Promise<Answer<SegmentView>> {
  const people = await peopleOf(services, tenant);
  return { value: viewOf(services, tenant, segment, people), headers: { etag: etagOf(segment) } };
}

/** @throws Refused `invalid_rule` that says where and what. */
export function ruleOf(given: unknown): Rule {
  try {
    const rule = readRule(given);
    refuseSensitive(rule);
    return rule;
  } catch (error) {
    if (!(error instanceof RuleProblem)) throw error;
    const at = error.path === '' ? '' : ` at ${error.path.slice(0, 200)}`;
    throw new Refused('invalid_rule', { message: `The rule is not valid${at}: ${error.message}.` });
  }
}

const looseBody = z.object({ ...segmentBody.shape, rule: z.unknown() });

/** @throws Refused `invalid_body` or `invalid_rule`. */
function definitionIn(request: HttpRequest): Pick<Definition, 'name' | 'description' | 'rule'> {
  const { name, description, rule } = readJson(looseBody, request);
  return { name, description, rule: ruleOf(rule) };
}

export async function createSegment(call: Call<unknown, unknown>): Promise<Answer<SegmentView>> {
  const { services, tenant, request } = call;
  const given = definitionIn(request);
  const { active } = await readSegments(services.tables.segments, tenant);
  if (active.length >= SEGMENTS) throw new Refused('too_many_segments');
  const now = services.clock.now();
  const id = randomBytes(8).toString('hex');
  const version = await save(call, id, { ...given, createdAt: now, updatedAt: now }, 0);
  return answer(call, { ...given, id, version, createdAt: now, updatedAt: now });
}

/** @throws Refused `if_match_required`, `changed_meanwhile`, and as reading and creating do. */
export async function updateSegment(call: Call<ById, unknown>): Promise<Answer<SegmentView>> {
  const given = definitionIn(call.request);
  const known = await findSegment(call);
  checkMatch(call.request, known);
  const next = { ...given, createdAt: known.createdAt, updatedAt: call.services.clock.now() };
  const version = await save(call, known.id, next, known.version);
  return answer(call, { ...next, id: known.id, version });
}

/** Everybody leaves it, within a minute or two. @throws Refused as updating does. */
export async function deleteSegment(
  call: Call<ById, unknown>,
): Promise<Answer<z.output<typeof deletedReply>>> {
  const known = await findSegment(call);
  checkMatch(call.request, known);
  await save(call, known.id, null, known.version);
  return { value: { deleted: true } };
}

function checkMatch({ headers }: HttpRequest, segment: Segment): void {
  const given = headers['if-match'];
  if (given === undefined) throw new Refused('if_match_required');
  if (given.trim().replace(/^W\//, '') !== etagOf(segment)) throw new Refused('changed_meanwhile');
}

/** Returns the new version. @throws Refused `changed_meanwhile`. */
async function save(
  { services, tenant }: Call<unknown, unknown>,
  id: string,
  definition: Definition | null,
  expect: number,
): Promise<number> {
  const [result] = await services.tables.segments.put([
    {
      pk: definitionsPartition(tenant),
      sk: id,
      data: encodeSegment(definition),
      index: DEFINITIONS,
      expect,
    },
  ]);
  if (result?.outcome !== 'written') throw new Refused('changed_meanwhile');
  return result.version;
}
