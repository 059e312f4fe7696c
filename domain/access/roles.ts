/** What people and keys may do. Deny by default: a role holds what its row names and nothing else. */
export const roles = ['viewer', 'marketer', 'admin', 'privacy'] as const;
export type Role = (typeof roles)[number];

/** What a route needs: a role, or what several roles do. `consent`: what a person allows; `copies`: all that is known of one. */
export type Duty = Role | 'consent' | 'copies';

/**
 * `viewer` looks, `marketer` also makes segments and campaigns, `admin` also keys, settings and repairs.
 * `privacy` looks and answers the requests of people; nobody else may erase.
 */
const held: Readonly<Record<Role, readonly Duty[]>> = {
  viewer: ['viewer'],
  marketer: ['viewer', 'marketer', 'consent'],
  admin: ['viewer', 'marketer', 'admin', 'consent', 'copies'],
  privacy: ['viewer', 'privacy', 'consent', 'copies'],
};

/** Who sees ids, names and addresses of people as they are; others see them masked. */
export const seesIdentifiers = (role: Role | undefined): boolean => role !== undefined && role !== 'viewer';

/** The roles that may, as a sentence names them. */
export const holders = (duty: Duty): string => roles.filter((role) => may(role, duty)).join(' or ');

export const may = (role: Role, needed: Duty): boolean => held[role].includes(needed);
