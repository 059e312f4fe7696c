/** What people ask about their data: to be erased, or to get a copy. Asked here, done by others. */
import * as z from 'zod/mini';
import { sealKnown } from '../../../domain/privacy/person.ts';
import {
  countsSchema,
  type PrivacyRequest,
  type RequestKind,
  requestKinds,
  requestStates,
  stepStates,
} from '../../../domain/privacy/request.ts';
import { listRequests, newRequestId, readRequest, saveRequest } from '../../../domain/privacy/requests.ts';
import { says } from '../../../domain/privacy/says.ts';
import { isSubject, subjectOf } from '../../../domain/vault/subject.ts';
import { readJson } from '../body.ts';
import { described, personId } from '../parameters.ts';
import { Refused } from '../replies.ts';
import type { Answer, ApiServices, Call } from '../route.ts';

export const requestBody = z.object({ kind: z.enum(requestKinds), id: personId });

const iso = (ms: number): string => new Date(ms).toISOString();
const moment = z.iso.datetime();

export const requestView = z.object({
  id: z.string(),
  kind: z.enum(requestKinds),
  state: z.enum(requestStates),
  says: described('the state in one sentence', z.string()),
  subjects: described('pseudonyms of the person; none once it is finished', z.array(z.string())),
  steps: z.array(
    z.object({
      name: z.string(),
      state: z.enum(stepStates),
      counts: countsSchema,
      seconds: z.number(),
      doneAt: z.optional(moment),
      error: described('code of the last failure', z.optional(z.string())),
    }),
  ),
  models: described(
    'models that learned from the person, and when they must not serve any more',
    z.array(z.object({ name: z.string(), version: z.string(), retireBy: moment })),
  ),
  requestedBy: described('id of the key or person that asked', z.string()),
  createdAt: moment,
  liveAt: described('when nothing was left but in streams', z.optional(moment)),
  until: described('until when streams hold what came in before', z.optional(moment)),
  finishedAt: z.optional(moment),
});
export type RequestView = z.output<typeof requestView>;

const at = <K extends string>(name: K, ms: number | undefined): { [P in K]?: string } =>
  ms === undefined ? {} : ({ [name]: iso(ms) } as { [P in K]?: string });

export function viewOfRequest(request: PrivacyRequest): RequestView {
  const { id, kind, state, subjects, steps, models, by, createdAt, liveAt, until, finishedAt } = request;
  return {
    id,
    kind,
    state,
    says: says(request),
    subjects: [...subjects],
    steps: steps.map(({ name, state: stepState, counts, ms, doneAt, error }) => ({
      name,
      state: stepState,
      counts,
      seconds: ms / 1000,
      ...at('doneAt', doneAt),
      ...(error !== undefined && { error }),
    })),
    models: models.map(({ name, version, retireBy }) => ({ name, version, retireBy: iso(retireBy) })),
    requestedBy: by,
    createdAt: iso(createdAt),
    ...at('liveAt', liveAt),
    ...at('until', until),
    ...at('finishedAt', finishedAt),
  };
}

/** Somebody who was never seen can ask as well. @throws Refused `invalid_body`. */
export async function makeRequest({
  services,
  tenant,
  caller,
  request,
}: Call<unknown, unknown>): Promise<Answer<RequestView>> {
  const asked = readJson(requestBody, request);
  return { value: viewOfRequest(await startRequest(services, { ...asked, tenant, by: caller.id })) };
}

interface Asking {
  readonly tenant: string;
  readonly by: string;
  readonly kind: RequestKind;
  /** Any id of the person. */
  readonly id: string;
}

/** Stores a request; whoever works on them begins soon. */
export async function startRequest(
  services: ApiServices,
  { tenant, by, kind, id }: Asking,
): Promise<PrivacyRequest> {
  const now = services.clock.now();
  const named = { tenant, id: newRequestId(now) };
  const made: PrivacyRequest = {
    ...named,
    version: 1,
    kind,
    // A copy is made when it is fetched; the request is kept as a note that somebody asked.
    ...(kind === 'export' ? { state: 'finished', finishedAt: now } : { state: 'initialised' }),
    by,
    subjects: isSubject(id)
      ? [id]
      : [subjectOf(services.secret, tenant, 'user', id), subjectOf(services.secret, tenant, 'device', id)],
    sealed: sealKnown(services.secret, named, { ids: [id], profiles: [], marks: [] }),
    steps: [],
    models: [],
    createdAt: now,
    updatedAt: now,
  };
  await saveRequest(services.tables.privacy, { request: made, version: 0 });
  services.onRequest?.();
  return made;
}

export const requestsReply = z.object({
  requests: z.array(requestView),
  cursor: described('sent as "cursor" for the next page; absent on the last', z.optional(z.string())),
});

/** Newest first. */
export async function readRequests({
  services,
  tenant,
  query,
}: Call<unknown, { limit: number; cursor?: string | undefined }>): Promise<
  Answer<z.output<typeof requestsReply>>
> {
  const { items, cursor } = await listRequests(services.tables.privacy, tenant, query);
  return { value: { requests: items.map(viewOfRequest), ...(cursor !== undefined && { cursor }) } };
}

/** @throws Refused `unknown_request`. */
export async function readOneRequest({
  services,
  tenant,
  path,
}: Call<{ id: string }, unknown>): Promise<Answer<RequestView>> {
  const found = await readRequest(services.tables.privacy, tenant, path.id);
  if (!found) throw new Refused('unknown_request');
  return { value: viewOfRequest(found.request) };
}
