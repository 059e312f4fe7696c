/** What people and keys may do. Deny by default: a role holds what its row names and nothing else. */
export const roles = ['viewer', 'marketer', 'admin', 'privacy'] as const;
export type Role = (typeof roles)[number];

/**
 * `viewer` looks, `marketer` also makes segments and campaigns, `admin` also keys, settings and repairs.
 * `privacy` looks and answers the requests of people; nobody else may erase.
 */
const held: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  marketer: ['viewer', 'marketer'],
  admin: ['viewer', 'marketer', 'admin'],
  privacy: ['viewer', 'privacy'],
};

export const may = (role: Role, needed: Role): boolean => held[role].includes(needed);
