/** The demo's people as the shop's own server would vouch for them. */
import { userToken } from '../../domain/identity.ts';
import { people } from '../../web/shop/people.ts';

export interface Vouched {
  readonly userId: string;
  readonly userToken: string;
}

/** `secret`: the host's. */
export const vouchedPeople = (secret: string, tenant: string): Vouched[] =>
  people.map(({ userId }) => ({ userId, userToken: userToken(secret, tenant, userId) }));
