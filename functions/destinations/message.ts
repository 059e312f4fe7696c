/** What a destination is told of a change. */

import { unseal } from '../../domain/privacy/sealed.ts';
import type { Profile } from '../../domain/profile/item.ts';
import type { Opened } from '../../domain/vault/vault.ts';
import { type Destination, type Job, sealedFor } from '../../domain/webhook/destination.ts';
import type { Letter } from '../../domain/webhook/sender.ts';
import { signedHeaders } from '../../domain/webhook/signature.ts';

/** `now`: ms. `opened`: what the vault knows of the profile's users. @throws Error when the secrets of the destination were changed from outside. */
export function letterOf(
  { change }: Job,
  profile: Profile,
  destination: Destination,
  { secret, now, opened }: { readonly secret: string; readonly now: number; readonly opened: Opened },
): Letter {
  const { url, secrets } = destination;
  const body = JSON.stringify(wordOf(change, profile, opened));
  const counting = secrets.filter(({ until }) => until === undefined || until > now);
  const signed = { id: change.id, timestamp: Math.floor(now / 1000), body };
  return {
    url,
    body,
    headers: signedHeaders(
      signed,
      counting.map(({ sealed }) => unseal(secret, sealedFor(destination), sealed)),
    ),
  };
}

/** Of somebody who was erased the receiver knows no more than what it was told before: the id of the profile. */
function wordOf(
  { kind, at, profileId, segmentId }: Job['change'],
  { state }: Profile,
  opened: Opened,
): object {
  const timestamp = new Date(at).toISOString();
  if (kind === 'erased') return { type: 'person.erased', timestamp, data: { profileId } };
  const userIds = [...state.userIds].map((subject) => opened.id(subject));
  return { type: `segment.${kind}`, timestamp, data: { profileId, segmentId, userIds } };
}
