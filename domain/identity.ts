/** Whose event it is. Pure decisions; the writing is done by the features function. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CleanEvent } from '../events/envelope.ts';
import type { IdentityKind } from './ids.ts';

export interface Identity {
  readonly kind: IdentityKind;
  readonly id: string;
}

/**
 * The identity that an event names. A user id that only a public key asserts is a claim: it never
 * reaches the profile that trusted senders feed. Undefined when the event names nobody.
 */
export function primaryIdentity(
  event: Pick<CleanEvent, 'userId' | 'anonymousId' | 'trust'>,
): Identity | undefined {
  if (event.userId !== undefined) {
    return { kind: event.trust === 'public' ? 'claim' : 'user', id: event.userId };
  }
  return event.anonymousId === undefined ? undefined : { kind: 'anonymous', id: event.anonymousId };
}

/** What a device's profile says of its link. */
export interface LinkState {
  readonly into?: string | undefined;
  readonly linkTrusted?: boolean | undefined;
}

/**
 * Devices that one person can take over. A profile must fit into one table item (400 KB), and who has used
 * more devices than this is more likely a script, or a till, than a person.
 */
export const LINKED_DEVICES = 32;

/**
 * `link`: the device becomes the person's, and the person takes its past over. `linked`: it already is.
 * `reroute`: from now on its events go to the person; its past stays with the claim it was linked to.
 * `keep`: it is somebody else's (a shared device): the first link wins; or the person has enough devices.
 */
export type LinkDecision = 'link' | 'linked' | 'reroute' | 'keep';

export interface LinkCandidate {
  /** The person's profile. */
  readonly into: string;
  readonly trusted: boolean;
  /** Devices the person has already. */
  readonly devices: number;
}

/** Decides on a device that was seen with a person. A trusted sender overrides what a page asserted. */
export function linkDecision(device: LinkState, person: LinkCandidate): LinkDecision {
  if (device.into === person.into) return 'linked';
  if (person.devices >= LINKED_DEVICES) return 'keep';
  if (device.into === undefined) return 'link';
  return person.trusted && device.linkTrusted !== true ? 'reroute' : 'keep';
}

/** The token with which a shop's server vouches for a user id: HMAC-SHA256, hex. */
export function userToken(secret: string, tenant: string, userId: string): string {
  return createHmac('sha256', secret).update(`user\u0000${tenant}\u0000${userId}`).digest('hex');
}

/** Compares in constant time. */
export function verifyUserToken(secret: string, tenant: string, userId: string, token: string): boolean {
  const expected = Buffer.from(userToken(secret, tenant, userId));
  const given = Buffer.from(token);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
