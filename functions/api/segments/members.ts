/** Who is in a segment, page by page, as JSON and as CSV; and in which segments a person is. */
import * as z from 'zod/mini';
import { WellspringError } from '../../../domain/errors.ts';
import type { Item, Page } from '../../../domain/ports.ts';
import { compile } from '../../../domain/segments/evaluate.ts';
import { factsFrom, plainFacts } from '../../../domain/segments/facts.ts';
import { membersPartition, standingKey } from '../../../domain/segments/keys.ts';
import { readSegments } from '../../../domain/segments/segment.ts';
import { decodeStanding } from '../../../domain/segments/standing.ts';
import { isApart, readPeople } from '../../membership/look.ts';
import { described, invalid } from '../parameters.ts';
import { findPerson } from '../profiles.ts';
import type { Answer, ApiServices, Call } from '../route.ts';
import { scoredOf, storedScores } from '../score-view.ts';
import { csvLine } from './csv.ts';
import { type ById, findSegment, iso } from './definitions.ts';
import { personView, viewsOf } from './person-view.ts';

export const membersReply = z.object({
  members: z.array(z.object({ ...personView.shape, since: z.iso.datetime() })),
  cursor: described('sent as "cursor" for the next page; absent on the last', z.optional(z.string())),
});
type Members = z.output<typeof membersReply>;

interface Paged {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export async function listMembers(call: Call<ById, Paged>): Promise<Answer<Members>> {
  await findSegment(call);
  return { value: await membersOf(call) };
}

async function membersOf(call: Call<ById, Paged>): Promise<Members> {
  const { services, tenant, path, query } = call;
  const page = await pageOf(services, membersPartition(tenant, path.id), query);
  const people = await readPeople(
    services.tables.profiles,
    tenant,
    page.items.map(({ sk }) => sk),
  );
  const since = new Map(page.items.map((item) => [item.sk, sinceOf(item)]));
  const views = await viewsOf(
    call,
    people.filter(({ profile }) => !isApart(profile)),
  );
  const members = views.map((view) => ({ ...view, since: since.get(view.profileId) ?? '' }));
  return { members, ...(page.cursor !== undefined && { cursor: page.cursor }) };
}

const memberSchema = z.object({ since: z.number() });
const sinceOf = ({ data }: Item): string =>
  iso(memberSchema.parse(JSON.parse(new TextDecoder().decode(data))).since);

/** @throws Refused `invalid_parameter` for a cursor that no reply gave. */
async function pageOf({ tables }: ApiServices, pk: string, { limit, cursor }: Paged): Promise<Page<Item>> {
  try {
    return await tables.segments.query({ pk, limit, ...(cursor !== undefined && { cursor }) });
  } catch (error) {
    if (cursor === undefined || error instanceof WellspringError) throw error;
    throw invalid('cursor', 'one that a reply gave');
  }
}

export const exportReply = z.string();
const columns = [
  'profile_id',
  'user_id',
  'name',
  'email',
  'since',
  'last_seen',
  'orders',
  'revenue',
] as const;

/** The first page begins with the names of the columns. */
export async function exportMembers(call: Call<ById, Paged>): Promise<Answer<string>> {
  const { id } = await findSegment(call);
  const { members, cursor } = await membersOf(call);
  const lines = members.map(({ profileId, userId, name, email, since, lastSeen, orders, revenue }) =>
    csvLine([profileId, userId, name, email, since, lastSeen, orders, revenue]),
  );
  return {
    value: [...(call.query.cursor === undefined ? [csvLine(columns)] : []), ...lines].join(''),
    headers: {
      'content-disposition': `attachment; filename="segment-${id}.csv"`,
      ...(cursor !== undefined && { 'x-next-cursor': cursor }),
    },
  };
}

export const personSegmentsReply = z.object({
  segments: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      since: described('absent for a moment after somebody entered', z.optional(z.iso.datetime())),
    }),
  ),
});

/** As the rules say now; what is stored follows within seconds. @throws Refused `unknown_profile`. */
export async function readPersonSegments({
  services,
  tenant,
  path,
}: Call<ById, unknown>): Promise<Answer<z.output<typeof personSegmentsReply>>> {
  const { items } = await findPerson(services, tenant, path.id);
  const person = scoredOf(items);
  if (!person || isApart(person.profile)) return { value: { segments: [] } };
  const { active } = await readSegments(services.tables.segments, tenant);
  const facts = factsFrom(plainFacts(person.profile.state, await storedScores(services, person)));
  const [stored] = await services.tables.segments.get([standingKey(tenant, person.profile.id)]);
  const since = new Map(stored ? decodeStanding(stored).in : []);
  const now = services.clock.now();
  const segments = active
    .filter(({ rule }) => compile(rule).test(facts, now))
    .map(({ id, name }) => {
      const entered = since.get(id);
      return { id, name, ...(entered !== undefined && { since: iso(entered) }) };
    });
  return { value: { segments: segments.sort((a, b) => a.name.localeCompare(b.name)) } };
}
