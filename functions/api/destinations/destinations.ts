/** Destinations: made, listed, given new secrets and deleted here. A secret is shown once, when it is made. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { Table } from '../../../domain/ports.ts';
import { seal } from '../../../domain/privacy/sealed.ts';
import {
  DESTINATIONS,
  type Destination,
  decodeDestination,
  decodeState,
  destinationKey,
  destinationsOf,
  destinationWrite,
  queuePartition,
  type State,
  sealedFor,
  sentPartition,
  stateKey,
} from '../../../domain/webhook/destination.ts';
import { secretText } from '../../../domain/webhook/signature.ts';
import { readWebhookUrl } from '../../../domain/webhook/url.ts';
import { readJson } from '../body.ts';
import { described } from '../parameters.ts';
import { Refused } from '../replies.ts';
import type { Answer, ApiServices, Call } from '../route.ts';

const HOUR_MS = 3_600_000;

const segmentIds = z.array(z.string().check(z.regex(/^[0-9a-f]{16}$/))).check(z.maxLength(200));

export const destinationBody = z.object({
  url: described('https, port 443 or 8443, on the public internet', z.string().check(z.maxLength(2048))),
  segments: described('ids of segments whose changes go there; none: all', z._default(segmentIds, [])),
});

export const destinationView = z.object({
  id: z.string(),
  url: z.string(),
  segments: z.array(z.string()),
  createdAt: z.iso.datetime(),
  delivered: z.number(),
  undelivered: described('given up or refused; kept with the reason for 30 days', z.number()),
  withheld: described('not sent because the person was erased or objects', z.number()),
  behind: described('something waits to be sent again', z.boolean()),
  lastDeliveredAt: z.optional(z.iso.datetime()),
  lastFailure: z.optional(z.object({ at: z.iso.datetime(), reason: z.string() })),
});
export const destinationsReply = z.object({ destinations: z.array(destinationView) });
export const madeDestinationReply = z.object({
  secret: described('signs what is sent; shown this once', z.string()),
  view: destinationView,
});
export const newSecretBody = z.object({
  graceHours: described(
    'for which the old secret signs too',
    z._default(z.int().check(z.minimum(0), z.maximum(720)), 24),
  ),
});
export const deletedDestinationReply = z.object({ deleted: z.literal(true) });

type View = z.output<typeof destinationView>;
type Made = z.output<typeof madeDestinationReply>;
interface ById {
  readonly id: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

function viewOf({ id, url, segments, createdAt }: Destination, state: State): View {
  const { delivered, undelivered, withheld, behind, lastDeliveredAt, lastFailure } = state;
  return {
    id,
    url,
    segments,
    createdAt: iso(createdAt),
    delivered,
    undelivered,
    withheld,
    behind,
    ...(lastDeliveredAt !== undefined && { lastDeliveredAt: iso(lastDeliveredAt) }),
    ...(lastFailure && { lastFailure: { ...lastFailure, at: iso(lastFailure.at) } }),
  };
}

export async function listDestinations({
  services,
  tenant,
}: Call<unknown, unknown>): Promise<Answer<z.output<typeof destinationsReply>>> {
  const table = services.tables.destinations;
  const found = await destinationsOf(table, tenant);
  const states = await table.get(found.map(({ id }) => stateKey(tenant, id)));
  return { value: { destinations: found.map((one, i) => viewOf(one, decodeState(states[i]))) } };
}

function newSecret(
  services: ApiServices,
  owner: Pick<Destination, 'tenant' | 'id'>,
): { secret: string; sealed: string } {
  const secret = secretText(randomBytes(32));
  return { secret, sealed: seal(services.secret, sealedFor(owner), secret) };
}

/** @throws Refused `invalid_body`, `invalid_url` or `too_many_destinations`. */
export async function makeDestination({
  services,
  tenant,
  request,
}: Call<unknown, unknown>): Promise<Answer<Made>> {
  const { url, segments } = readJson(destinationBody, request);
  const checked = readWebhookUrl(url, { loopback: services.loopbackWebhooks ?? false });
  if (typeof checked === 'string') throw new Refused('invalid_url', { message: `The URL must ${checked}.` });
  const table = services.tables.destinations;
  if ((await destinationsOf(table, tenant)).length >= DESTINATIONS)
    throw new Refused('too_many_destinations');
  const id = randomBytes(8).toString('hex');
  const { secret, sealed } = newSecret(services, { tenant, id });
  const made: Destination = {
    version: 1,
    tenant,
    id,
    url: checked.href,
    segments,
    secrets: [{ sealed }],
    createdAt: services.clock.now(),
  };
  await table.put([destinationWrite(made)]);
  return { value: { secret, view: viewOf(made, decodeState(undefined)) } };
}

/** @throws Refused `unknown_destination`. */
async function find({ services, tenant, path }: Call<ById, unknown>): Promise<Destination> {
  const [item] = await services.tables.destinations.get([destinationKey(tenant, path.id)], {
    consistent: true,
  });
  if (!item) throw new Refused('unknown_destination');
  return decodeDestination(item);
}

/** While both count, deliveries carry two signatures. @throws Refused `unknown_destination` or `invalid_body`. */
export async function renewSecret(call: Call<ById, unknown>): Promise<Answer<Made>> {
  const { services, tenant, request } = call;
  const { graceHours } = readJson(newSecretBody, request);
  const known = await find(call);
  const until = services.clock.now() + graceHours * HOUR_MS;
  const { secret, sealed } = newSecret(services, known);
  const [newest] = known.secrets;
  const kept = newest && graceHours > 0 ? [{ sealed: newest.sealed, until }] : [];
  const changed = { ...known, secrets: [{ sealed }, ...kept] };
  const table = services.tables.destinations;
  await table.put([destinationWrite(changed)]);
  const [state] = await table.get([stateKey(tenant, known.id)]);
  return { value: { secret, view: viewOf(changed, decodeState(state)) } };
}

/** What waits for it is not sent any more. @throws Refused `unknown_destination`. */
export async function deleteDestination(call: Call<ById, unknown>): Promise<Answer<{ deleted: true }>> {
  const { id } = await find(call);
  const { services, tenant } = call;
  const table = services.tables.destinations;
  await table.delete([destinationKey(tenant, id), stateKey(tenant, id)]);
  for (const pk of [queuePartition(tenant, id), sentPartition(tenant, id)]) await clear(table, pk);
  return { value: { deleted: true } };
}

/** What is deleted makes room for the next page. */
async function clear(table: Table, pk: string): Promise<void> {
  for (let { items } = await table.query({ pk }); items.length > 0; { items } = await table.query({ pk }))
    await table.delete(items);
}
