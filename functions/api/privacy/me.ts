/** What a person may see and do on their own page. Everything here is about the person of the link and nobody else. */
import * as z from 'zod/mini';
import { readJson } from '../body.ts';
import { findPerson } from '../profiles.ts';
import { Refused } from '../replies.ts';
import type { Answer, Call } from '../route.ts';
import { consentBody, consentSetReply, decideFor } from './consent.ts';
import { exportPerson, type Package, packageReply } from './package.ts';
import { startRequest } from './requests.ts';

/** What fits on a page: all but the events, which come with the copy. */
export const ownDataReply = z.omit(packageReply, { events: true, refused: true, before: true, items: true });

type Own = Call<unknown, { before?: number | undefined }>;

/**
 * The profile of the link as it stands now. A link made for a device or for what pages claimed does not open what a server
 * vouched for since: that may be somebody else's.
 * @throws Refused `invalid_link`.
 */
async function ownOf({ services, tenant, caller }: Call<unknown, unknown>) {
  const id = caller.person ?? '';
  const { people, items } = await findPerson(services, tenant, id).catch((error: unknown) => {
    throw error instanceof Refused ? new Refused('invalid_link') : error;
  });
  const own = items.find(({ profile }) => profile.id === id);
  if (!own || (own.kind !== 'user' && items.some(({ kind }) => kind === 'user'))) {
    throw new Refused('invalid_link');
  }
  return { id, people, items, own };
}

async function packageOf(call: Own): Promise<Package> {
  const { id } = await ownOf(call);
  return (await exportPerson({ ...call, path: { id } })).value;
}

export async function readOwnData(
  call: Call<unknown, unknown>,
): Promise<Answer<z.output<typeof ownDataReply>>> {
  return { value: ownDataReply.parse(await packageOf({ ...call, query: {} })) };
}

export const exportOwnData = async (call: Own): Promise<Answer<Package>> => ({
  value: await packageOf(call),
});

export async function setOwnConsent(
  call: Call<unknown, unknown>,
): Promise<Answer<z.output<typeof consentSetReply>>> {
  const given = readJson(consentBody, call.request);
  const { people, items } = await ownOf(call);
  const identities = items.flatMap((item) => people.identityOf(item) ?? []);
  return { value: await decideFor(call.services, call.tenant, identities, { ...given, by: 'page' }) };
}

export const eraseOwnBody = z.object({ confirm: z.literal(true) });
export const eraseOwnReply = z.object({ requested: z.literal(true) });

/** @throws Refused `invalid_link` or `invalid_body`. */
export async function eraseOwnData(
  call: Call<unknown, unknown>,
): Promise<Answer<z.output<typeof eraseOwnReply>>> {
  readJson(eraseOwnBody, call.request);
  const { people, own, id } = await ownOf(call);
  const { services, tenant, caller } = call;
  await startRequest(services, {
    tenant,
    by: caller.id,
    kind: 'erase',
    id: people.identityOf(own)?.id ?? id,
  });
  return { value: { requested: true } };
}
