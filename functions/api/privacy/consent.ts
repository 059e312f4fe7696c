/**
 * What a person allows: how it stands, how it came to be, and how it is changed. A change takes the way of every event, so
 * that it is folded, kept and erased like one; each stored profile of the person gets its own.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { historyOf } from '../../../domain/consent/record.ts';
import type { Identified, Stored } from '../../../domain/profile/people.ts';
import { profileView, view } from '../../../domain/profile/view.ts';
import { type Consent, consentSignals, type Envelope, purposes } from '../../../events/envelope.ts';
import { streams } from '../../chain.ts';
import { LanePacker } from '../../lanes.ts';
import { readJson } from '../body.ts';
import { described, optional } from '../parameters.ts';
import { findPerson, joined } from '../profiles.ts';
import type { Answer, ApiServices, Call } from '../route.ts';

const choices = z
  .partialRecord(z.enum(purposes), z.boolean())
  .check(z.refine((given) => Object.keys(given).length > 0));

export const consentBody = z.object({
  purposes: described('true or false for the purposes that change', choices),
  wording: described(
    'version of the wording that the person saw',
    z.optional(z.string().check(z.regex(/^[\w.:/ -]{1,64}$/))),
  ),
});

const moment = z.iso.datetime();

export const consentReply = z.object({
  consent: described(
    'as it stands, by purpose; what was never asked is not there',
    profileView.shape.consent,
  ),
  history: described(
    'every answer, oldest first. Senders that repeat an answer without saying when it was given have one entry for it',
    z.array(
      z.object({
        purpose: z.enum(purposes),
        granted: z.boolean(),
        decidedAt: described('when it was decided, where the sender said so', z.optional(moment)),
        firstSaid: moment,
        lastSaid: moment,
        source: z.string(),
        signals: described('how it came', z.array(z.enum(consentSignals))),
        wording: z.optional(z.string()),
      }),
    ),
  ),
});
export type ConsentReply = z.output<typeof consentReply>;

const iso = (ms: number): string => new Date(ms).toISOString();

export function consentOf(items: readonly Stored[], now: number): ConsentReply {
  const state = joined(items);
  return {
    consent: view(state, now).consent,
    history: historyOf(state.consent).map(
      ({ decidedAt, firstSaid, lastSaid, signals, wording, ...said }) => ({
        ...said,
        ...optional('decidedAt', decidedAt === undefined ? undefined : iso(decidedAt)),
        firstSaid: iso(firstSaid),
        lastSaid: iso(lastSaid),
        signals: [...signals],
        ...optional('wording', wording),
      }),
    ),
  };
}

export async function readConsentOf({
  services,
  tenant,
  path,
}: Call<{ id: string }, unknown>): Promise<Answer<ConsentReply>> {
  const { items } = await findPerson(services, tenant, path.id);
  return { value: consentOf(items, services.clock.now()) };
}

export const consentSetReply = z.object({
  decidedAt: described('counts from now on; what is stored follows within seconds', moment),
});

/** @throws Refused `unknown_profile` or `invalid_body`. */
export async function setConsentOf({
  services,
  tenant,
  path,
  request,
}: Call<{ id: string }, unknown>): Promise<Answer<z.output<typeof consentSetReply>>> {
  const given = readJson(consentBody, request);
  const { people, items } = await findPerson(services, tenant, path.id);
  const identities = items.flatMap((item) => people.identityOf(item) ?? []);
  return { value: await decideFor(services, tenant, identities, { ...given, by: 'api' }) };
}

export interface Decision {
  readonly purposes: Consent;
  readonly wording?: string | undefined;
  readonly by: 'api' | 'page';
}

/** Puts a decision into the front of the chain, once for each identity. */
export async function decideFor(
  { streams: { clickstream }, clock }: ApiServices,
  tenant: string,
  identities: readonly Identified[],
  { purposes: choice, wording, by }: Decision,
): Promise<z.output<typeof consentSetReply>> {
  const now = clock.now();
  const packer = new LanePacker(streams.clickstream.lanes);
  for (const { kind, id } of identities) {
    const envelope: Envelope = {
      version: 1,
      tenant,
      source: 'console',
      // A claim is what pages say of a user; only a public sender reaches it.
      trust: kind === 'claim' ? 'public' : 'secret',
      receivedAt: now,
      decided: by,
      pseudonymised: true,
    };
    const event = {
      type: 'track',
      event: 'Consent Updated',
      messageId: randomUUID(),
      timestamp: iso(now),
      ...(kind === 'anonymous' ? { anonymousId: id } : { userId: id }),
      context: { consent: { ...choice, decidedAt: now, ...optional('wording', wording) } },
    };
    packer.add(JSON.stringify(envelope), tenant, id, JSON.stringify(event));
  }
  await clickstream.append(packer.take());
  return { decidedAt: iso(now) };
}
