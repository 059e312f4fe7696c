/** What a destination is told of a change. */

import { refuses } from '../../domain/consent/record.ts';
import { unseal } from '../../domain/privacy/sealed.ts';
import type { Profile } from '../../domain/profile/item.ts';
import { type Destination, type Job, sealedFor } from '../../domain/webhook/destination.ts';
import type { Letter } from '../../domain/webhook/sender.ts';
import { signedHeaders } from '../../domain/webhook/signature.ts';

/**
 * Nothing is said of who was erased. Of who refused profiling no word goes out but that they left: the receiver is to stop.
 */
export function isWithheld({ change }: Job, profile: Profile): boolean {
  const { version, meta, state } = profile;
  if (version === 0 || meta.erased || meta.into !== undefined) return true;
  return change.kind === 'entered' && refuses(state.consent, 'profiling');
}

/** `now`: ms. @throws Error when the secrets of the destination were changed from outside. */
export function letterOf(
  { change }: Job,
  profile: Profile,
  destination: Destination,
  { secret, now }: { readonly secret: string; readonly now: number },
): Letter {
  const { url, secrets } = destination;
  const body = JSON.stringify({
    type: `segment.${change.kind}`,
    timestamp: new Date(change.at).toISOString(),
    data: {
      profileId: change.profileId,
      segmentId: change.segmentId,
      userIds: [...profile.state.userIds],
    },
  });
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
